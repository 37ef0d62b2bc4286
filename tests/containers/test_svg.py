import base64
import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditline.containers import sniff, svg
from creditline.model.errors import ContainerError
from creditline.model.picture import Layout

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="é"/>'
    '</rdf:RDF></x:xmpmeta>   \n<?xpacket end="w"?>'
).encode()
WORK = (
    f'<rdf:RDF xmlns:cc="http://creativecommons.org/ns#" xmlns:rdf="{RDF}">'
    '<cc:Work rdf:about=""><cc:license rdf:resource="https://licence.example/"/></cc:Work></rdf:RDF>'
).encode()
TITLE = b'<title xmlns="http://www.w3.org/2000/svg">A &amp; B</title>'
DESC = b'<desc xmlns="http://www.w3.org/2000/svg">what it shows</desc>'
EXPECTED: Mapping[str, list[bytes]] = {
    "svg_metadata": [TITLE, DESC, WORK],
    "xmp": [PACKET],
    "c2pa": [b"\0\0\0\x10jumbstore"],
}
PLAIN = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- a > b -->\n'
    b'<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20" class="a>b">\n'
    b' <g><title>of a shape</title><rect width="3" height="2"/></g>\n</svg>\n'
)
DRAWN = f"""<?xml version="1.0" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg:svg xmlns:svg="http://www.w3.org/2000/svg" xmlns:rdf="{RDF}" xmlns:cc="http://web.resource.org/cc/"
   xmlns:dc="http://purl.org/dc/elements/1.1/" viewBox="0 0 40 10" height="20">
  <svg:title>Fish</svg:title>
  <svg:metadata id="m"><rdf:RDF><cc:Work rdf:about=""><dc:title>Ann</dc:title></cc:Work></rdf:RDF></svg:metadata>
</svg:svg>""".encode()


def payloads(layout: Layout, carrier: str) -> list[bytes]:
    return [block.payload for block in layout.blocks if block.carrier == carrier]


def every(layout: Layout) -> dict[str, list[bytes]]:
    return {block.carrier: payloads(layout, block.carrier) for block in layout.blocks}


def test_read() -> None:
    """Everything that SVG can hold is found where it was put, with the size; the drawing is as it was."""
    data = svg.replace(PLAIN, EXPECTED)

    layout = svg.find(data)
    assert ("svg", 30, 20, 1, ()) == (layout.format, layout.width, layout.height, layout.frames, layout.problems)
    assert dict(EXPECTED) == every(layout)
    assert () == layout.unexamined
    assert data.endswith(b' <g><title>of a shape</title><rect width="3" height="2"/></g>\n</svg>\n')
    assert data.startswith(PLAIN[: PLAIN.index(b">\n <g>") + 1] + TITLE + DESC + b"<metadata>")


def test_order_of_newcomers() -> None:
    """Title and description come first, RDF, XMP and manifest in elements behind."""
    layout = svg.find(svg.replace(PLAIN, EXPECTED))

    locations = [block.location.partition("@")[0] for block in layout.blocks]

    assert ["title", "desc", "rdf:RDF", "x:xmpmeta", "c2pa:manifest"] == locations


def test_splice_back_is_byte_identical() -> None:
    """No change, and the payloads that are there, leave the file as it is; out and in again keeps all blocks."""
    data = svg.replace(PLAIN, EXPECTED)
    gone = svg.replace(data, {carrier: [] for carrier in svg.CARRIERS})

    assert data == svg.replace(data, {})
    assert data == svg.replace(data, EXPECTED)
    assert () == svg.find(gone).blocks
    assert dict(EXPECTED) == every(svg.find(svg.replace(gone, EXPECTED)))
    assert gone == svg.replace(svg.replace(gone, EXPECTED), {carrier: [] for carrier in svg.CARRIERS})


def test_one_carrier_comes_back_to_the_byte() -> None:
    """What stands alone in its metadata element goes and comes without a trace."""
    data = PLAIN.replace(b"\n <g>", b"\n <metadata id='m'>" + PACKET + b"</metadata><g>")

    gone = svg.replace(data, {"xmp": []})

    assert b"<metadata id='m'></metadata>" in gone
    assert data == svg.replace(gone, {"xmp": [PACKET]})


def test_drawing_programs() -> None:
    """RDF with namespaces of the root stands by itself in its payload; a public document type does no harm."""
    layout = svg.find(DRAWN)

    title, rdf = payloads(layout, "svg_metadata")
    assert (80, 20) == (layout.width, layout.height)
    assert b'<svg:title xmlns:svg="http://www.w3.org/2000/svg">Fish</svg:title>' == title
    assert rdf.startswith(b'<rdf:RDF xmlns:cc="http://web.resource.org/cc/" xmlns:dc="http://purl.org/dc/')
    assert [] == payloads(layout, "xmp")
    assert DRAWN == svg.replace(DRAWN, every(layout))
    assert [PACKET] == payloads(svg.find(svg.replace(DRAWN, {"xmp": [PACKET]})), "xmp")
    assert b"<svg:metadata>" in svg.replace(DRAWN.replace(b"metadata", b"other"), {"xmp": [PACKET]})


def test_rdf_that_is_no_work_is_xmp() -> None:
    """A description without a wrapper is XMP all the same."""
    rdf = PACKET[PACKET.index(b"<rdf:RDF") : PACKET.index(b"</x:xmpmeta>")]

    assert [rdf] == payloads(svg.find(svg.replace(PLAIN, {"xmp": [rdf]})), "xmp")


def test_padding_and_declaration_are_left_out() -> None:
    """A packet from another container brings what cannot stand in a document."""
    padded = b"\xef\xbb\xbf<?xml version='1.0'?>\n" + PACKET + b" \n\0\0"

    assert [PACKET] == payloads(svg.find(svg.replace(PLAIN, {"xmp": [padded]})), "xmp")


@pytest.mark.parametrize("element", [b'<title id="t"/>', b"<title/>", b'<title id="t" ></title >'])
def test_empty_elements(element: bytes) -> None:
    """An element that holds nothing ends where its tag does, whatever comes next."""
    data = b"<svg><metadata/>" + element + b"</svg>"

    assert [element] == payloads(svg.find(data), "svg_metadata")
    assert data.replace(b"</svg>", b"<metadata>" + PACKET + b"</metadata></svg>") == svg.replace(
        data, {"xmp": [PACKET]}
    )


def test_manifest() -> None:
    """The store is what the base64 says; something else there is unreadable, not absent."""
    data = svg.replace(PLAIN, {"c2pa": [b"store"]})
    element = b'<c2pa:manifest xmlns:c2pa="http://c2pa.org/manifest">' + base64.b64encode(b"store")

    assert element in data
    wrapped = data.replace(b"c3Rv", b"c3\nRv ")
    assert [b"store"] == payloads(svg.find(wrapped), "c2pa")
    broken = svg.find(data.replace(b"c3Rv", b"c?Rv"))
    assert ["carrier_broken"] == [block.problem.code for block in broken.blocks if block.problem]


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252", "shift_jis"])
def test_encodings(encoding: str) -> None:
    """Payloads are UTF-8 whatever the file is, and the file stays in its encoding."""
    text = PLAIN.decode().replace("UTF-8", encoding)
    drawn = text.replace("<g>", "<title>\u00a7 \u00b1</title><g>")
    data = drawn.encode(encoding)

    layout = svg.find(data)

    assert ['<title xmlns="http://www.w3.org/2000/svg">§ ±</title>'.encode()] == payloads(layout, "svg_metadata")
    assert len(data) == sum(part.length for part in layout.segments)
    title = layout.segments[1]
    assert "<title>§ ±</title>" in data[title.offset : title.offset + title.length].decode(
        encoding if encoding != "utf-16" else "utf-16-le"
    )
    changed = svg.replace(data, {"svg_metadata": [TITLE]})
    assert [TITLE] == payloads(svg.find(changed), "svg_metadata")
    assert data[-40:] == changed[-40:]


def test_text_that_the_encoding_cannot_hold() -> None:
    """A payload outside the file's characters is refused, not written as something else."""
    data = PLAIN.decode().replace("UTF-8", "iso-8859-1").encode("iso-8859-1")

    with pytest.raises(ContainerError):
        svg.replace(data, {"svg_metadata": ["<title>絵</title>".encode()]})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', "xml_dtd"),
        (b"<!DOCTYPE svg [<!ELEMENT svg ANY>]><svg/>", "xml_dtd"),
        (b"<?xml version='1.0' encoding='utf-7'?><svg/>", "encoding"),
        (b"<?xml version='1.0' encoding='us-ascii'?><svg>\xe4</svg>", "encoding"),
        (b"<svg><a:b/></svg>", "container_broken"),
        (b"<svg><a></svg>", "container_broken"),
        (b"<svg><a>", "truncated"),
        (b"<svg><title>ab", "truncated"),
        (b"<svg><a href='", "truncated"),
        (b"<svg>\xff</svg>", "container_broken"),
        (b"<svg>" + b"<g>" * 2_000, "limit"),
    ],
)
def test_not_read(data: bytes, code: str) -> None:
    """Entities, broken XML and unknown encodings are a problem; nothing is claimed absent or written."""
    layout = sniff.find(data)

    assert "svg" == layout.format
    assert [code] == [problem.code for problem in layout.problems]
    assert set(svg.CARRIERS) == set(layout.unexamined) | {block.carrier for block in layout.blocks}
    with pytest.raises(ContainerError):
        svg.replace(data, {})


def test_cut_block_is_unreadable() -> None:
    """An element that the file cuts is there, with a problem; what came before is whole."""
    data = svg.replace(PLAIN, EXPECTED)

    layout = svg.find(data[: data.index(b"</x:xmpmeta>")])

    assert [TITLE, DESC, WORK] == payloads(layout, "svg_metadata")
    assert ("xmp", "truncated") == (
        layout.blocks[-1].carrier,
        (problem := layout.blocks[-1].problem) and problem.code,
    )
    assert ("c2pa",) == layout.unexamined


@pytest.mark.parametrize("data", [b"", b"<html/>", b"<svg xmlns='urn:other'/>"])
def test_never_began(data: bytes) -> None:
    """Another document is no SVG."""
    with pytest.raises(ContainerError):
        svg.find(data)


@pytest.mark.parametrize(
    ("data", "changes"),
    [
        (b"<svg/>", {"xmp": [PACKET]}),
        (PLAIN, {"exif": [b"MM\0*"]}),
        (PLAIN, {"xmp": [b"<x>"]}),
        (PLAIN, {"xmp": [b"no packet"]}),
        (PLAIN, {"xmp": [WORK]}),
        (PLAIN, {"xmp": [PACKET + b"<script/>"]}),
        (PLAIN, {"xmp": ["<x/>".encode("utf-16")]}),
        (PLAIN, {"xmp": [b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + PACKET]}),
        (PLAIN, {"svg_metadata": [b"<g/>"]}),
        (PLAIN, {"svg_metadata": [TITLE + DESC]}),
        (PLAIN, {"svg_metadata": [WORK.replace(b"</rdf:RDF>", b"")]}),
    ],
)
def test_refused(data: bytes, changes: Mapping[str, list[bytes]]) -> None:
    """What would break the document, or be read as something else, is not written."""
    with pytest.raises(ContainerError) as caught:
        svg.replace(data, changes)

    assert str(caught.value)


def test_hostile_sizes_are_bounded() -> None:
    """Millions of elements, instructions and prefixes, and blocks without end, are given up in time."""
    rdf = f"<svg xmlns:rdf='{RDF}' xmlns:a='urn:{'x' * 900}'>"
    cases = [
        b"<svg>" + b"<a/>" * 1_500_000,
        b"<svg>" + PACKET + b"<?xpacket end='w'?>" * 300_000 + b"</svg>",
        (rdf + "<rdf:RDF><a:b/></rdf:RDF>" * 5_000 + "</svg>").encode(),
        (
            "<svg " + " ".join(f"xmlns:a{n}='urn:{n}'" for n in range(20_000)) + f" xmlns:rdf='{RDF}'><rdf:RDF>"
        ).encode()
        + b"".join(b"<a%d:b/>" % n for n in range(20_000)),
        b"<svg viewBox='" + b"9" * 5_000_000 + b"'/>",
    ]
    started = time.process_time()

    codes = [[problem.code for problem in svg.find(case).problems] for case in cases]

    assert [["limit"], [], ["limit"], ["limit"], []] == codes
    assert time.process_time() - started < 15


WHOLE = svg.replace(PLAIN, EXPECTED)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(60, len(WHOLE) - 1), st.integers(0, 255)), max_size=4), st.integers(0, 5_000)
)
def test_damaged_files(changes: list[tuple[int, int]], length: int) -> None:
    """Whatever bytes change or go, the segments cover the file, and a splice is whole or refused."""
    data = bytearray(WHOLE)
    for at, value in changes:
        data[at] = value
    damaged = bytes(data[:length])

    try:
        layout = svg.find(damaged)
        assert len(damaged) == sum(part.length for part in layout.segments)
        assert damaged == svg.replace(damaged, {})
        changed = svg.replace(damaged, {"xmp": [PACKET], "c2pa": [b"new"]})
        assert [PACKET] == payloads(svg.find(changed), "xmp")
    except ContainerError as error:
        assert str(error)
