"""The probe pack: what it says can be read back, and the ledger knows it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from creditline.fingerprints.perceptual import pdq
from creditline.ledger import overview
from creditline.model.errors import UsageError
from creditline.services import probe
from creditline.services.check import inspect_bytes
from creditline.services.context import Context
from creditline.services.find import Finder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def pictures() -> list[probe.Probe]:
    return list(probe.pack("K7Q2M9"))


def test_every_value_can_be_read_back(pictures: list[probe.Probe]) -> None:
    """In every format, no field is missing, none says something else in another carrier, and nothing is broken."""
    for picture in pictures:
        said = inspect_bytes(picture.data, pixels=False).to_json()
        found: dict[str, set[str]] = {}
        for item in said["fields"]:
            value = item["value"] if isinstance(item["value"], str) else "; ".join(item["value"])
            found.setdefault(item["id"], set()).add(value)

        assert [] == said["errors"], picture.name
        assert picture.values.keys() == found.keys(), picture.name
        assert "gps" in said["private"]
        for name, values in found.items():
            assert 1 == len(values), (picture.name, name)


def test_values_tell_fields_and_pictures_apart(pictures: list[probe.Probe]) -> None:
    """No free text stands twice in a pack, in whatever field or picture; with another token all are others."""
    for one, two in itertools.combinations(pictures, 2):
        shared = set(one.values.values()) & set(two.values.values())
        assert shared <= {*probe.probe_fields.FIXED.values(), one.values["digital_source_type"]}
    for picture in pictures:
        texts = [value for value in picture.values.values() if picture.token in value]
        assert len(texts) == len(set(texts)) > 45


def test_the_kinds_declare_what_they_are_for(pictures: list[probe.Probe]) -> None:
    """Two are AI-generated, one is signed, none claims to be what it is not."""
    said = {picture.name: inspect_bytes(picture.data, pixels=False).to_json() for picture in pictures}

    assert ["ai.jpg", "ai.png"] == sorted(n for n, s in said.items() if s["ai"]["label"] == "ai-generated")
    assert ["signed.jpg"] == [name for name, one in said.items() if one["c2pa"]["state"] != "none"]
    assert {"jpeg", "png", "webp"} == {one["format"] for one in said.values()}
    assert "prohibited" == said["camera.jpg"]["consent"]["ai_training"]


def test_pictures_are_told_apart_by_their_fingerprints(pictures: list[probe.Probe]) -> None:
    """Six works, far from each other and good enough to match by."""
    codes = [pdq(picture.data) for picture in pictures]

    assert all(code.quality is not None and code.quality >= 80 for code in codes)
    for one, two in itertools.combinations(codes, 2):
        assert one.code is not None
        assert two.code is not None
        assert (int.from_bytes(one.code) ^ int.from_bytes(two.code)).bit_count() > 90


def test_the_ledger_knows_them(tmp_path: Path) -> None:
    """By their pixels and by their token, as works of the user's own; a pack is not written over."""
    context = Context.open(tmp_path / "home", options={"workers": 1})
    try:
        done = probe.write(context, tmp_path / "pack")
        first, work = done[0]
        link = context.ledger.link(probe.RULE, first.token)

        assert 6 == len(overview.works(context.ledger))
        assert all(row.mine for row in overview.works(context.ledger))
        assert link is not None
        assert work == link.work
        found = Finder(context.ledger, geometry=False).find(tmp_path / "pack" / "camera.webp")
        assert done[2][1] == found[0]["work"]
        with pytest.raises(UsageError):
            probe.write(context, tmp_path / "pack")
    finally:
        context.close()
