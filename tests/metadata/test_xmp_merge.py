"""Properties put into a packet that holds others: those stay, whatever they are."""

from __future__ import annotations

import pytest

from creditline.metadata import xmp, xmp_merge
from creditline.metadata.xmp_packet import packet
from creditline.model.errors import CarrierError

FOREIGN = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Site 1.0">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="uuid:1" xmlns:site="https://site.example/ns/" xmlns:d="http://purl.org/dc/elements/1.1/"
 site:job="a&amp;b&#10;c"><d:creator><rdf:Seq><rdf:li>Bob</rdf:li></rdf:Seq></d:creator></rdf:Description>
<rdf:Description rdf:about="uuid:1" xmlns:dc="https://not-dublin.example/"><dc:creator>nobody</dc:creator>
<dc:note rdf:parseType="Resource"><dc:a>1</dc:a></dc:note></rdf:Description></rdf:RDF></x:xmpmeta>"""
NEW = xmp_merge.made({"photoshop:Credit": "Ann <&> Co", "dc:title": {"x-default": "Sea", "de": "Meer"}})


def values(payload: bytes) -> dict[str, object]:
    """The packet's properties."""
    return {item.key: item.value for item in xmp.read(payload)}


def test_what_was_there_stays_and_what_is_new_comes_in() -> None:
    """Foreign namespaces, one under a known prefix, attributes, structures and several descriptions survive."""
    before = values(FOREIGN)

    made = xmp_merge.merged(FOREIGN, [NEW])

    # The foreign namespace has a prefix of its own now, so its URI needs not be spelled out any more.
    after = {key.replace("ns1:", "{https://not-dublin.example/}:"): text for key, text in values(made).items()}
    added = {"photoshop:Credit": "Ann <&> Co", "dc:title": {"x-default": "Sea", "de": "Meer"}}
    assert before | added == after
    assert "a&b\nc" == after["site:job"]
    assert b'xmlns:ns1="https://not-dublin.example/"' in made


def test_a_property_of_the_same_name_gives_way() -> None:
    """In attribute form and in element form, wherever it stands."""
    mine = xmp_merge.made({"dc:creator": ["Ann"]})

    after = values(xmp_merge.merged(FOREIGN, [mine], dropped=["site:job"]))

    assert ["Ann"] == after["dc:creator"]
    assert "site:job" not in after


def test_a_packet_is_made_where_there_is_none() -> None:
    """Two merges into nothing are as one packet with everything."""
    first = xmp_merge.merged(None, [NEW])

    again = xmp_merge.merged(first, [xmp_merge.made({"dc:rights": "© 2026 Ann"})])

    assert {"photoshop:Credit", "dc:title", "dc:rights"} == set(values(again))
    assert again.startswith(b"<?xpacket begin=")


def test_elements_are_carried_over_whole() -> None:
    """Structures come with members that no field names, and a second packet fills in what the first lacks."""
    held = xmp_merge.elements(
        packet({"plus:Licensor/plus:LicensorName": "Ann", "plus:Licensor/plus:LicensorCity": "Graz"}),
        packet({"dc:title": "Sea"}),
    )

    after = values(xmp_merge.merged(None, [held]))

    assert {"plus:Licensor/plus:LicensorName", "plus:Licensor/plus:LicensorCity", "dc:title"} == set(after)
    assert {"plus:Licensor", "dc:title"} == set(held.nodes)


def test_history_grows_at_its_end() -> None:
    """An entry is added behind those that are there; the first makes the sequence."""
    once = xmp_merge.merged(None, [], history={"stEvt:action": "saved"})

    twice = xmp_merge.merged(once, [], history={"stEvt:action": "creditline restored", "stEvt:when": "2026"})

    assert ["saved", "creditline restored"] == values(twice)["xmpMM:History/stEvt:action"]


@pytest.mark.parametrize(
    "payload",
    [
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>",
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>",
        b"<!DOCTYPE a><a/>",
        FOREIGN.replace(b'rdf:parseType="Resource"', b'rdf:parseType="Literal"'),
        FOREIGN.replace(b"<dc:a>1</dc:a>", b"<s:a xmlns:s='x:1'/><s:b xmlns:s='x:2'/>"),
    ],
)
def test_what_cannot_be_kept_whole_is_refused(payload: bytes) -> None:
    """Broken XML, no RDF, a document type, literals, one prefix for two namespaces."""
    with pytest.raises(CarrierError):
        xmp_merge.merged(payload, [NEW])


def test_properties_can_be_taken_out() -> None:
    """`without` leaves the rest as it was."""
    assert "site:job" not in values(xmp_merge.without(FOREIGN, ["site:job"]))
