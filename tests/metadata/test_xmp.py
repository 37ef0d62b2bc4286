"""The XMP reader: every form RDF allows, bounded against hostile XML."""

import pytest

from creditline.metadata import xmp
from creditline.model.errors import CarrierError, LimitError
from creditline.model.reading import Property

NAMESPACES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" '
    'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:cc="http://creativecommons.org/ns#"'
)


def document(body: str, description: str = "") -> bytes:
    """A packet without its wrapper around `body`."""
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {NAMESPACES}>'
        f'<rdf:Description rdf:about="" {description}>{body}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def values(payload: bytes) -> dict[str, object]:
    """Key → value of what the reader found."""
    return {item.key: item.value for item in xmp.read(payload)}


def test_attribute_and_element_form_read_alike() -> None:
    """RDF may put a simple property into an attribute or an element."""
    attribute = values(document("", 'photoshop:Credit="Ann"'))
    element = values(document("<photoshop:Credit>Ann</photoshop:Credit>"))

    assert {"photoshop:Credit": "Ann"} == attribute == element


@pytest.mark.parametrize("kind", ["Bag", "Seq"])
def test_arrays_are_lists_even_with_one_item(kind: str) -> None:
    """A Bag or Seq is a list whatever its length."""
    body = f"<dc:creator><rdf:{kind}><rdf:li>Ann</rdf:li></rdf:{kind}></dc:creator>"

    assert {"dc:creator": ["Ann"]} == values(document(body))


def test_language_alternatives() -> None:
    """x-default alone is text; more languages stay apart."""
    item = '<rdf:li xml:lang="{}">{}</rdf:li>'
    one = f"<dc:rights><rdf:Alt>{item.format('x-default', '© Ann')}</rdf:Alt></dc:rights>"
    two = f"<dc:title><rdf:Alt>{item.format('x-default', 'Sea')}{item.format('de', 'Meer')}</rdf:Alt></dc:title>"

    assert {"dc:rights": "© Ann", "dc:title": {"x-default": "Sea", "de": "Meer"}} == values(document(one + two))


def test_structs_are_flattened_in_every_form() -> None:
    """parseType, inner Description, attributes and arrays of structs give the same keys."""
    key = "plus:Licensor/plus:LicensorURL"
    resource = '<plus:Licensor rdf:parseType="Resource"><plus:LicensorURL>u</plus:LicensorURL></plus:Licensor>'
    inner = '<plus:Licensor><rdf:Description plus:LicensorURL="u"/></plus:Licensor>'
    attribute = '<plus:Licensor plus:LicensorURL="u"/>'
    array = (
        "<plus:Licensor><rdf:Seq>"
        '<rdf:li rdf:parseType="Resource"><plus:LicensorURL>u</plus:LicensorURL></rdf:li>'
        '<rdf:li><rdf:Description><plus:LicensorURL rdf:resource="v"/></rdf:Description></rdf:li>'
        "</rdf:Seq></plus:Licensor>"
    )

    assert {key: "u"} == values(document(resource)) == values(document(inner)) == values(document(attribute))
    assert {key: ["u", "v"]} == values(document(array))


def test_qualified_values_and_resources() -> None:
    """rdf:value is the value itself, rdf:resource its address, a cc:Agent its title."""
    body = (
        '<xmp:Identifier rdf:parseType="Resource"><rdf:value>id</rdf:value></xmp:Identifier>'
        '<cc:license rdf:resource="https://example.org/by"/>'
        "<dc:creator><cc:Agent><dc:title>Ann</dc:title></cc:Agent></dc:creator>"
    )

    expected = {"xmp:Identifier": "id", "cc:license": "https://example.org/by", "dc:creator": "Ann"}
    assert expected == values(document(body))


def test_namespaces_count_by_address_not_by_prefix() -> None:
    """Another prefix for a known namespace is understood; a known prefix for a foreign one does not deceive."""
    known = document('<d:source xmlns:d="http://purl.org/dc/elements/1.1/">a</d:source>')
    foreign = document('<dc:creator xmlns:dc="http://example.org/">a</dc:creator>')

    assert {"dc:source": "a"} == values(known)
    assert {"{http://example.org/}:creator": "a"} == values(foreign)


def test_the_first_value_that_says_anything_counts() -> None:
    """A property that stands twice is read once."""
    packet = document('<photoshop:Credit/></rdf:Description><rdf:Description photoshop:Credit="Ann">').replace(
        b"</rdf:RDF>", b'<rdf:Description photoshop:Credit="Bob"/></rdf:RDF>'
    )

    assert {"photoshop:Credit": "Ann"} == values(packet)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]
)
def test_encodings(encoding: str) -> None:
    """Every encoding that XMP allows is told from the bytes, with or without a byte order mark."""
    text = document("<photoshop:Credit>Zoë 東京</photoshop:Credit>").decode()

    assert {"photoshop:Credit": "Zoë 東京"} == values(text.encode(encoding))


def test_declaration_wrapper_and_padding() -> None:
    """An XML declaration before or behind the xpacket line and NULs at the end do no harm."""
    body = document("", 'photoshop:Credit="Ann"')
    wrapper = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'.encode()
    declaration = b'<?xml version="1.0" encoding="UTF-8"?>'
    end = b'<?xpacket end="w"?>'

    for packet in (
        declaration + wrapper + body + end,
        wrapper + declaration + body + b"  \n" + end + b"\0\0",
        b"\0" + body + b"\0" * 9,
    ):
        assert {"photoshop:Credit": "Ann"} == values(packet)


def test_wrong_encoding_is_read_and_said() -> None:
    """Latin-1 text costs strict reading, but is not lost."""
    payload = document("<photoshop:Credit>Zoë</photoshop:Credit>").decode().encode("latin-1")

    properties, problems = xmp.read_with_problems(payload)

    assert (Property("xmp", "photoshop:Credit", "Zoë"),) == properties
    assert ["xmp_encoding"] == [problem.code for problem in problems]
    with pytest.raises(CarrierError):
        xmp.read(payload)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>',
        '<!DOCTYPE l [<!ENTITY c SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE l SYSTEM "http://127.0.0.1/evil.dtd">',
        "<!DOCTYPE l [<!ENTITY % c SYSTEM 'http://127.0.0.1/'> %c;]>",
    ],
)
def test_document_types_are_refused(doctype: str) -> None:
    """No entity is ever declared, expanded or fetched."""
    with pytest.raises(CarrierError) as caught:
        xmp.read(doctype.encode() + document("<photoshop:Credit>&c;</photoshop:Credit>"))

    assert "xml_dtd" == caught.value.code


@pytest.mark.parametrize(
    "payload",
    [
        document("<dc:subject><rdf:Bag>" + "<rdf:li>a</rdf:li>" * 200_000 + "</rdf:Bag></dc:subject>"),
        document("<dc:a>" * 500 + "</dc:a>" * 500),
        document("<dc:" + "x" * 5_000 + "/>"),
        document("".join(f"<dc:a{n}/>" for n in range(xmp.MAX_KEYS + 1))),
    ],
    ids=["a million items", "deep", "long name", "many names"],
)
def test_caps(payload: bytes) -> None:
    """Count, depth, names and keys are bounded."""
    with pytest.raises(LimitError):
        xmp.read(payload)


@pytest.mark.parametrize("payload", [b"", b"\0" * 50, b"<a", b"<a/>", b"not xml", document("")[:-20], b"<\xff/>"])
def test_broken_packets_are_unreadable(payload: bytes) -> None:
    """What is no XMP is an error, never an empty reading."""
    with pytest.raises(CarrierError):
        xmp.read_with_problems(payload)


def test_forbidden_characters_are_said() -> None:
    """NULs that a tool wrote over a property cost that property alone."""
    payload = document("<photoshop:Credit>Ann</photoshop:Credit>\0\0\0")

    properties, problems = xmp.read_with_problems(payload)

    assert "Ann" == properties[0].value
    assert ["xmp_control"] == [problem.code for problem in problems]
