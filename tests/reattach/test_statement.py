"""What the manifest of a restored picture says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.analysis.pictures import encoded, painting, stamped

from creditline.analysis.read import read
from creditline.reattach import statement
from creditline.reattach.material import material
from creditline.reattach.plan import make_plan
from creditline.vocab.consent_terms import PLUS_URI

if TYPE_CHECKING:
    from creditline.model.reading import Value

PLAIN = encoded(painting(1))


def stamped_with(**values: Value) -> bytes:
    """A picture with these XMP values; `__` stands for the colon."""
    return stamped(PLAIN, xmp={key.replace("__", ":"): value for key, value in values.items()})


def test_restored_values_as_xmp_has_them() -> None:
    """Lists stay lists, languages stay apart, members stand in their structure; Exif is said once."""
    original = stamped(
        PLAIN,
        xmp={
            "dc:creator": ["Ann"],
            "dc:title": {"x-default": "Sea", "de": "Meer"},
            "plus:Licensor/plus:LicensorName": "Ann",
            "TC260:AIGC": "{}",
            "photoshop:City": "Graz",
        },
        tags={"IFD0:Copyright": "© Ann"},
    )
    steps = make_plan(material(original), material(PLAIN)).steps

    assert {
        "dc:creator": ["Ann"],
        "dc:title": {"x-default": "Sea", "de": "Meer"},
        "plus:Licensor": {"plus:LicensorName": "Ann"},
        "dc:rights": "© Ann",
    } == statement.metadata(steps)


@pytest.mark.parametrize(
    ("code", "entries"),
    [
        ("DMI-PROHIBITED-AIMLTRAINING", {"ai_training": "notAllowed", "ai_generative_training": "notAllowed"}),
        ("DMI-PROHIBITED-GENAIMLTRAINING", {"ai_generative_training": "notAllowed"}),
        ("DMI-ALLOWED", dict.fromkeys(("data_mining", "ai_training", "ai_generative_training"), "allowed")),
        ("DMI-UNSPECIFIED", {}),
    ],
)
def test_consent_as_the_original_declares_it(code: str, entries: dict[str, str]) -> None:
    """Each PLUS code has its entries; nothing is made of silence."""
    assert entries == statement.training(read(stamped_with(plus__DataMining=PLUS_URI + code)))
    assert {} == statement.training(read(PLAIN))


def test_a_constraint_comes_with_its_words() -> None:
    """`constrained` alone says nothing."""
    reading = read(
        stamped_with(
            plus__DataMining=PLUS_URI + "DMI-PROHIBITED-SEECONSTRAINT",
            plus__OtherConstraints="AI training: ask first",
        )
    )

    said = statement.training(reading)

    assert {"use": "constrained", "constraint_info": "AI training: ask first"} == said["ai_training"]


def test_another_coding_is_said() -> None:
    """Pixels that are the original's are not called transcoded."""
    reading = read(PLAIN)

    assert (statement.RESTORED,) == statement.statement((), reading, same_pixels=True).actions
    assert (statement.TRANSCODED, statement.RESTORED) == statement.statement(
        (), reading, same_pixels=False
    ).actions
