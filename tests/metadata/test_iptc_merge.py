"""Datasets put into IIM records that hold others."""

from __future__ import annotations

import pytest

from creditline.metadata import iptc_iim, iptc_merge
from creditline.model.errors import CarrierError

LATIN = b"\x1c\x02\x00\x00\x02\x00\x02" + b"\x1c\x02\x50\x00\x06Andr\xe9s" + b"\x1c\x02\x28\x00\x07FBMD012"


def values(payload: bytes) -> dict[str, object]:
    """The records' datasets."""
    return {item.key: item.value for item in iptc_iim.read(payload)}


def test_records_are_made_where_there_are_none() -> None:
    """UTF-8, and marked so."""
    made = iptc_merge.merged(None, {"2:116": ["© 2026 Ann"], "2:025": ["sea", "lake"]})

    assert "UTF-8" == values(made)["1:090"]
    assert ("© 2026 Ann", ["sea", "lake"]) == (values(made)["2:116"], values(made)["2:025"])


def test_what_was_there_stays() -> None:
    """In its old code it would not fit beside UTF-8, so it is converted; a site's mark stays."""
    made = iptc_merge.merged(LATIN, {"2:116": ["© 2026 Ann"]})

    assert ("Andrés", "FBMD012", "© 2026 Ann") == tuple(values(made)[key] for key in ("2:080", "2:040", "2:116"))
    assert 1 == made.count(b"\x1c\x02\x00")


def test_a_dataset_gives_way_to_its_like() -> None:
    """All of a repeated one do."""
    once = iptc_merge.merged(None, {"2:025": ["a", "b", "c"], "2:080": ["Ann"]})

    assert {"2:025": "sea", "2:080": "Ann"}.items() <= values(iptc_merge.merged(once, {"2:025": ["sea"]})).items()


def test_a_long_text_has_an_extended_length() -> None:
    """32 KiB and more (IIM 1.5 c)."""
    text = "a" * 40_000

    assert text == values(iptc_merge.merged(LATIN, {"2:120": [text]}))["2:120"]


def test_broken_records_are_refused() -> None:
    """What breaks off may have gone on with anything."""
    with pytest.raises(CarrierError):
        iptc_merge.merged(LATIN[:-2], {"2:080": ["Ann"]})
