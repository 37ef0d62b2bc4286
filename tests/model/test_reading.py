"""What a picture says, as values and as the line of contract §3."""

from __future__ import annotations

import json

from creditline.model.picture import Presence, Problem
from creditline.model.reading import (
    Ai,
    C2paAction,
    C2paProblem,
    C2paReading,
    Carrier,
    Consent,
    Evidence,
    Field,
    Inspection,
    Property,
)

FULL = Inspection(
    path="a.jpg",
    sha256="a" * 64,
    bytes=263485,
    format="jpeg",
    width=1024,
    height=683,
    orientation=1,
    frames=1,
    carriers=(
        Carrier("xmp", Presence.PRESENT, "APP1@20", 3120, "b" * 64),
        Carrier("iptc", Presence.UNREADABLE),
        Carrier("stealth", Presence.NOT_EXAMINED),
    ),
    fields=(
        Field("creator", ["Ann Example"], "iptc", "2:080", 2, (2,)),
        Field("caption", {"x-default": "a", "de": "b"}, "xmp", "dc:description", None, (1,)),
    ),
    resolved=(("creator", ["Ann Example"]), ("caption", "a")),
    c2pa=C2paReading(
        "trusted",
        label="urn:c2pa:1",
        signer="Ann",
        trust_list="c2pa",
        worst_ingredient="valid",
        problems=(C2paProblem("signingCredential.untrusted", "u", "e"), C2paProblem("x")),
        claim_version=2,
        actions=(C2paAction("c2pa.created", None, None),),
        training=(("ai_training", "notAllowed"),),
    ),
    ai=Ai(
        "ai-generated",
        "trainedAlgorithmicMedia",
        ("ComfyUI",),
        ("sd_xl",),
        "p",
        "n",
        "42",
        0.5,
        (Evidence("generator", "ComfyUI", "png_text", "workflow"),),
    ),
    consent=Consent("prohibited", "2027-01-01", (Evidence("consent", "no", "xmp", "plus:DataMining"),)),
    private=("gps",),
    errors=(Problem("truncated", "the file ends", "exif"), Problem("not_a_picture", "none")),
    properties=(Property("xmp", "dc:creator", ["Ann Example"]),),
)


def test_a_stored_line_is_read_back() -> None:
    """All that §3 prints survives; what it does not print is empty afterwards."""
    line = json.loads(json.dumps(FULL.to_json()))

    again = Inspection.from_json(line)

    assert line == again.to_json()
    assert FULL.carriers == again.carriers
    assert FULL.fields == again.fields
    assert FULL.resolved == again.resolved
    assert FULL.ai == again.ai
    assert FULL.consent == again.consent
    assert FULL.errors == again.errors
    assert ((), (), (), None) == (
        again.properties,
        again.c2pa.actions,
        again.c2pa.training,
        again.c2pa.claim_version,
    )


def test_the_shape_of_the_line() -> None:
    """Keys of §3 in its order, states as words, numbers that need precision as text."""
    line = FULL.to_json()

    order = (
        "schema path sha256 bytes format width height orientation frames carriers fields resolved c2pa ai consent"
    )
    assert [*order.split(), "private", "errors", "sync"] == list(line)
    assert ["present", "unreadable", "not_examined"] == [item["state"] for item in line["carriers"]]
    assert "42" == line["ai"]["seed"]
    assert {"carrier", "key", "value"} == set(line["consent"]["evidence"][0])
    assert "creditline/inspection/1" == line["schema"]


def test_properties_do_not_make_two_readings_differ() -> None:
    """Equality is by what is printed."""
    again = Inspection.from_json(FULL.to_json())

    assert Inspection.from_json(again.to_json()) == again
