"""Names of canonical fields."""

from __future__ import annotations

from creditline.vocab import fields
from creditline.vocab.labels import FIELD_LABELS


def test_every_canonical_field_has_a_name() -> None:
    """No field of the crosswalk is shown by its id."""
    known = {field.id for field in fields.FIELDS}

    assert set() == known - set(FIELD_LABELS)
