import pytest

from creditline.metadata import svg
from creditline.model.errors import CarrierError, CreditlineError

NS = b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def values(payload: bytes) -> dict[str, object]:
    return {item.key: item.value for item in svg.read(payload)}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (b'<title xmlns="http://www.w3.org/2000/svg">A &amp; B</title>', {"title": "A & B"}),
        (b'<s:desc xmlns:s="http://www.w3.org/2000/svg" id="d"><![CDATA[<p>]]></s:desc>', {"desc": "<p>"}),
        (b"<title/>", {"title": ""}),
        (b"<title id='a>b' ><!-- <x> -->fish<?p q?> &#38; chips</title>", {"title": "fish & chips"}),
        (b"<desc>one<b>two</b></desc>", {"desc": "onetwo"}),
    ],
)
def test_title_and_description(payload: bytes, expected: dict[str, str]) -> None:
    """Each is one text under its own name, whatever its prefix."""
    assert expected == values(payload)
    assert {"svg_metadata"} == {item.carrier for item in svg.read(payload)}


@pytest.mark.parametrize("cc", [b"http://creativecommons.org/ns#", b"http://web.resource.org/cc/"])
def test_work(cc: bytes) -> None:
    """A party is named by its agent's title; the licence is an address; the old namespace is the new one."""
    payload = (
        b'<rdf:RDF %b xmlns:cc="%b"><cc:Work rdf:about=""><dc:format>image/svg+xml</dc:format>'
        b"<dc:creator><cc:Agent><dc:title>Ann</dc:title></cc:Agent></dc:creator>"
        b"<dc:rights><cc:Agent><dc:title>(c) Ann</dc:title></cc:Agent></dc:rights>"
        b"<dc:subject><rdf:Bag><rdf:li>fish</rdf:li><rdf:li>sea</rdf:li></rdf:Bag></dc:subject>"
        b'<cc:license rdf:resource="https://licence.example/"/></cc:Work></rdf:RDF>'
    ) % (NS, cc)

    found = values(payload)

    assert {
        "dc:format": "image/svg+xml",
        "dc:creator": "Ann",
        "dc:rights": "(c) Ann",
        "dc:subject": ["fish", "sea"],
        "cc:license": "https://licence.example/",
    } == found


@pytest.mark.parametrize(
    "payload", [b"", b"<rect/>", b"<title>", b"<title>x</title></r:Description>", b"<title>&x;</title>"]
)
def test_broken(payload: bytes) -> None:
    """What is no such element is unreadable, never empty."""
    with pytest.raises(CarrierError):
        svg.read(payload)


def test_entities_are_refused() -> None:
    """No declaration gets as far as being expanded."""
    with pytest.raises(CreditlineError):
        svg.read(b'<title><!DOCTYPE a [<!ENTITY b "c">]>&b;</title>')


def test_bytes_outside_utf8_are_said() -> None:
    """Text in another encoding is read all the same, and that is told."""
    found, problems = svg.read_with_problems(b"<title>\xe4</title>")

    assert ["ä"] == [item.value for item in found]
    assert ["xmp_encoding"] == [problem.code for problem in problems]
