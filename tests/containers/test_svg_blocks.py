import pytest

from creditline.containers.svg_blocks import Part, Scan, block, payload, segments, spliced, trimmed
from creditline.containers.svg_text import Text
from creditline.model.errors import ContainerError

UTF8 = b"<svg><a:title>x</a:title><metadata></metadata></svg>"
PART = Part("svg_metadata", "title", 5, 25, 5, needed=(("a", 'urn:"1"&<'), ("", "urn:2")))
SCAN = Scan(5, "", {}, {}, (PART,), (35,), ())


def test_payload_declares_what_it_needs() -> None:
    """Namespaces from around the element stand in its own tag, quoted."""
    expected = b'<a:title xmlns:a="urn:&quot;1&quot;&amp;&lt;" xmlns="urn:2">x</a:title>'

    assert expected == payload(PART, UTF8)
    assert ("title@5", expected) == ((found := block(PART, Text(UTF8), 5)).location, found.payload)


def test_segments() -> None:
    """Elements and the text around them, without a gap."""
    found = segments(SCAN, {5: 5, 25: 25}, len(UTF8))

    assert [("text", 0, 5), ("title", 5, 20), ("text", 25, 27)] == [(s.kind, s.offset, s.length) for s in found]


def test_spliced_into_the_metadata_element() -> None:
    """What goes into metadata goes to the end of the first such element; a manifest is named by its namespace."""
    out = spliced(Text(UTF8), SCAN, {"xmp": [b"<x/>"], "c2pa": [b"store"]})

    assert (
        b'<metadata><x/><c2pa:manifest xmlns:c2pa="http://c2pa.org/manifest">c3RvcmU=</c2pa:manifest></metadata>'
        in out
    )


def test_kinds_of_element_do_not_change_places() -> None:
    """A description given where a title stood takes the title out and comes behind the root's tag."""
    assert b"<svg><desc/><metadata>" in spliced(Text(UTF8), SCAN, {"svg_metadata": [b"<desc/>"]})


def test_nowhere_to_go() -> None:
    """A root that closes itself has no place, and no other element is svg_metadata."""
    empty = Scan(None, "", {}, {}, (), (), ())

    with pytest.raises(ContainerError):
        spliced(Text(b"<svg/>"), empty, {"xmp": [b"<x/>"]})
    with pytest.raises(ContainerError):
        spliced(Text(UTF8), SCAN, {"svg_metadata": [b"<rect/>"]})


def test_trimmed() -> None:
    """Padding, byte order mark and XML declaration go; the rest stays."""
    assert [b"<x> </x>", b"<?xpacket?>"] == trimmed(
        [b"\xef\xbb\xbf<?xml version='1.0'?> <x> </x>\0\n", b" <?xpacket?>"]
    )
