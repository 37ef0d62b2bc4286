"""A probe that can no longer be known by what it looks like is known by one value that it kept."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from tests.services.sample import Desk, upload, view

from creditline.containers import sniff
from creditline.metadata.xmp_packet import packet
from creditline.services import probe
from creditline.services.check import inspect_bytes
from creditline.services.find import Finder
from creditline.services.probe_values import MOST, RULE, tokens_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from creditline.model.observation import Observation

TOKEN = "K7Q2M9"


@pytest.fixture(scope="module")
def pictures() -> list[probe.Probe]:
    return list(probe.pack(TOKEN))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "home")
    yield made
    made.close()


def unlike(seed: int, said: dict[str, Any]) -> bytes:
    """A picture that looks like none of the pack, with these values as XMP properties and nothing else."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (8, 9, 3), dtype=np.uint8))
    stream = io.BytesIO()
    small.resize((240, 200), Image.Resampling.BICUBIC).save(stream, "JPEG")
    return sniff.replace(stream.getvalue(), {"xmp": [packet(said)]}) if said else stream.getvalue()


def known(desk: Desk, picture: probe.Probe) -> Observation:
    """The picture as the ledger has it after `creditline probe`."""
    seen = desk.pick(picture.data, picture.name, site=None)
    for key in (picture.token, picture.values["digital_image_guid"]):
        desk.ledger.put_link(RULE, key, seen.work, seen.id)
    return seen


def test_every_text_of_a_probe_gives_its_token(pictures: list[probe.Probe]) -> None:
    """Any one free-text value is enough; a term, a date or a place says nothing."""
    for picture in pictures:
        fixed = {*probe.probe_fields.FIXED.values(), picture.values["digital_source_type"]}
        for name, value in picture.values.items():
            found = tokens_in({"fields": [{"id": name, "value": value}]})
            if name == "digital_image_guid":
                assert (value,) == found
            elif value in fixed or value.startswith("2026-") or name == "gps":
                assert () == found, name
            else:
                assert (picture.token,) == found, name


def test_what_is_no_token() -> None:
    """Words, other numbers and parts of longer names lead to nothing; so many look-alikes are looked up, no more."""
    texts = ["PHOTO-1", "K7Q2M9-7", "K7Q2M9-12", "xK7Q2M9-1", "K7Q2M9 1", "K7Q2M0-1", "12345678-1", ""]
    many = " ".join(f"{chr(65 + number % 8)}7Q2M{2 + number // 8}-1" for number in range(40))

    assert () == tokens_in({"fields": [{"id": "title", "value": text} for text in texts]})
    assert MOST == len(tokens_in({"fields": [{"id": "title", "value": {"x-default": many}}]}))
    assert () == tokens_in({"fields": [{"id": "title", "value": "0123456789abcdef" * 2}]})


@pytest.mark.parametrize("kept", ["creator", "guid"])
def test_a_served_copy_is_known_by_one_value(desk: Desk, pictures: list[probe.Probe], kept: str) -> None:
    """Without its upload: the audit is against the probe, bound by that rule, and says what else was removed."""
    probe_picture = pictures[0]
    original = known(desk, probe_picture)
    said = {"dc:creator": [probe_picture.values["creator"]]}
    if kept == "guid":
        said = {"Iptc4xmpExt:DigImageGUID": probe_picture.values["digital_image_guid"]}

    (served,) = desk.see(view(unlike(1, said), "https://wall.example/media/1.jpg"))

    assert original.work == served.work
    (verdict,) = desk.verdicts()
    assert ("same-work", "binding", RULE) == tuple(
        verdict.audit["match"][k] for k in ("verdict", "method", "rule")
    )
    assert original.id == verdict.audit["stages"]["original"]["observation"]
    outcomes = {item["id"]: item["outcome"] for item in verdict.audit["fields"]}
    assert "kept" == outcomes["creator" if kept == "creator" else "digital_image_guid"]
    assert "removed" == outcomes["copyright_notice"]


def test_the_upload_is_found_with_it(desk: Desk, pictures: list[probe.Probe]) -> None:
    """With the upload to that site: what happened after it is the site's doing."""
    probe_picture = pictures[0]
    original = known(desk, probe_picture)
    desk.see(upload(("camera.jpg", probe_picture.data), host="wall.example"))

    (served,) = desk.see(
        view(unlike(1, {"dc:creator": [probe_picture.values["creator"]]}), "https://wall.example/media/1.jpg")
    )

    assert original.work == served.work
    verdict = next(verdict for verdict in desk.verdicts() if verdict.served == served.id)
    assert verdict.audit["stages"]["uploaded"] is not None
    outcomes = {item["id"]: item["lost_between"] for item in verdict.audit["fields"]}
    assert ["uploaded", "served"] == outcomes["copyright_notice"]


def test_an_upload_that_the_page_made_anew_is_known(desk: Desk, pictures: list[probe.Probe]) -> None:
    """A page's script that redraws the picture past recognition and keeps a value: the loss is before the upload."""
    original = known(desk, pictures[0])

    (sent,) = desk.see(
        upload(("new.jpg", unlike(2, {"dc:title": pictures[0].values["title"]})), host="wall.example")
    )

    assert original.work == sent.work
    (verdict,) = desk.verdicts()
    assert RULE == verdict.audit["match"]["rule"]


def test_others_are_nobodys(desk: Desk, pictures: list[probe.Probe]) -> None:
    """Another pack's token, two probes' tokens at once, and no token: not known, and no bytes are kept."""
    known(desk, pictures[0])
    known(desk, pictures[1])
    both = f"{pictures[0].token} {pictures[1].token}"
    for number, title in enumerate(("title ZZZZZZ-1", both, "title")):
        (served,) = desk.see(
            view(unlike(5 + number, {"dc:title": title}), f"https://wall.example/media/{number}.jpg")
        )

        assert served.work is None
        assert served.sha256 not in desk.kept()


def test_find_knows_it_too(desk: Desk, pictures: list[probe.Probe], tmp_path: Path) -> None:
    """`creditline find` names the work of such a file."""
    original = known(desk, pictures[3])
    path = tmp_path / "saved.jpg"
    path.write_bytes(unlike(8, {"dc:title": pictures[3].values["title"]}))
    assert [pictures[3].token] == list(tokens_in(inspect_bytes(path.read_bytes(), pixels=False).to_json()))

    (found,) = Finder(desk.ledger, geometry=False).find(path)

    assert (original.work, "binding") == (found["work"], found["method"])
