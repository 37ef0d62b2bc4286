"""Which earlier file a picture is: the cheapest proof first, and of equal proofs the likeliest story."""

from __future__ import annotations

import struct
import time
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped
from tests.services.sample import Desk, at, exchange_id, upload, view

from creditline.fingerprints.digest import digests
from creditline.fingerprints.perceptual import KIND, pdq
from creditline.ledger import schema
from creditline.model.observation import Observation
from creditline.pipeline.match import Known
from creditline.services.recognition import PICK_WINDOW, PICKED, hits, known_of, original_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from creditline.services.recognition import Hit

PNG = encoded(painting(1), "PNG")
JPEG = encoded(painting(1), quality=95)
OTHER = encoded(painting(2), quality=95)
LOGO = encoded(Image.new("RGB", (320, 240), (200, 30, 30)), "PNG")
FLAT = encoded(Image.new("RGB", (300, 200), (200, 30, 30)))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A data folder, opened."""
    desk = Desk(tmp_path)
    yield desk
    desk.close()


def known(data: bytes) -> Known:
    """What a worker would say of these bytes."""
    return Known(digests(data).sha256, pdq(data))


def sent(data: bytes, name: str | None = "a.jpg", *, site: str = "fotos", seconds: float = 0) -> Observation:
    """An upload that is not yet in the ledger."""
    return Observation(
        exchange_id(), at(seconds), "uploaded", "proxy", site=site, filename=name, sha256=known(data).sha256
    )


def found(desk: Desk, data: bytes, name: str | None = "a.jpg", **where: float | str) -> Hit | None:
    """The original that an upload of these bytes is taken to be made from."""
    return original_of(desk.ledger, desk.index, sent(data, name, **where), known(data))  # type: ignore[arg-type]


def test_by_bytes_by_pixels_by_fingerprint(desk: Desk) -> None:
    """Each proof by itself is enough, and the strongest names the method."""
    original = desk.pick(PNG, "pick.png")
    copies = {
        ("identical", "bytes"): PNG,
        ("same-pixels", "pixels"): encoded(painting(1), "PNG", compress_level=1),
        ("same-work", "fingerprint"): encoded(painting(1).resize((200, 150)), quality=70),
    }
    for expected, data in copies.items():
        hit = found(desk, data, "blob")

        assert hit is not None
        assert (original.id, *expected) == (hit.observation.id, hit.match.verdict, hit.match.method)
    assert found(desk, OTHER, "blob") is None


def test_a_stronger_proof_comes_first(desk: Desk) -> None:
    """Equal bytes before equal pixels before likeness, however late the others came."""
    first = desk.pick(JPEG, "1.jpg", seconds=-30)
    second = desk.pick(PNG, "2.png", seconds=-20)
    third = desk.pick(encoded(painting(1), "PNG", compress_level=1), "3.png", seconds=-10)

    for_png = hits(desk.ledger, desk.index, known(PNG), stages=("original",))

    assert [second.id, third.id, first.id] == [hit.observation.id for hit in for_png]
    assert ["bytes", "pixels", "fingerprint"] == [hit.match.method for hit in for_png]


def test_of_equals_the_latest(desk: Desk) -> None:
    """The same bytes picked twice: the later time is meant."""
    desk.pick(PNG, "1.png", seconds=-30)
    later = desk.pick(PNG, "2.png", seconds=-10)
    desk.pick(PNG, "3.png", seconds=-20)

    hit = found(desk, PNG, "blob")

    assert hit is not None
    assert later.id == hit.observation.id


def test_only_asked_stages_count(desk: Desk) -> None:
    """A served copy never stands for a work, an upload only where uploads are asked for."""
    desk.see(upload(("a.jpg", JPEG)))
    desk.see(view(encoded(painting(1), quality=60)))

    assert [] == hits(desk.ledger, desk.index, known(JPEG), stages=("original",))
    assert {"uploaded"} == {
        hit.observation.stage
        for hit in hits(desk.ledger, desk.index, known(JPEG), stages=("original", "uploaded"))
    }
    served = encoded(painting(1), quality=60)
    assert not any(
        hit.match.method == "bytes"
        for hit in hits(desk.ledger, desk.index, known(served), stages=("original", "uploaded"))
    )


def test_a_tie_is_resolved_by_the_picked_file(desk: Desk) -> None:
    """Two originals with equal pixels and other metadata: the one picked here under this name, else the latest."""
    one = desk.pick(stamped(PNG, xmp=RIGHTS), "one.png", seconds=-60)
    two = desk.pick(stamped(PNG, xmp={"dc:creator": ["Bob"]}), "two.png", seconds=-50)
    re_encoded = encoded(painting(1), "PNG", compress_level=1)

    picked, latest, elsewhere = (
        found(desk, re_encoded, "one.png"),
        found(desk, re_encoded, "blob"),
        found(desk, re_encoded, "one.png", site="wall"),
    )

    assert picked is not None
    assert latest is not None
    assert elsewhere is not None
    assert (one.id, "same-pixels") == (picked.observation.id, picked.match.verdict)
    assert two.id == latest.observation.id == elsewhere.observation.id


def test_where_looks_decide_nothing_the_picked_file_does(desk: Desk) -> None:
    """A flat logo, re-encoded by the page, has only its name and moment; the rule is named."""
    logo = desk.pick(LOGO, "logo.png")

    hit = found(desk, FLAT, "logo.png")

    assert hit is not None
    assert (logo.id, "same-work", "binding", PICKED) == (
        hit.observation.id,
        hit.match.verdict,
        hit.match.method,
        hit.match.rule,
    )
    for name, site, seconds in (
        ("other.png", "fotos", 0),
        (None, "fotos", 0),
        ("logo.png", "wall", 0),
        ("logo.png", "fotos", PICK_WINDOW.total_seconds() + 60),
    ):
        assert found(desk, FLAT, name, site=site, seconds=seconds) is None


def test_a_name_alone_proves_nothing(desk: Desk) -> None:
    """Phones call every picture image.jpg: a plainly different one is not what was picked under that name."""
    right = desk.pick(JPEG, "image.jpg", seconds=-40)
    wrong = desk.pick(OTHER, "image.jpg", seconds=-5)
    re_encoded = encoded(painting(1).resize((300, 225)), quality=80)

    hit = found(desk, re_encoded, "image.jpg")
    third = found(desk, encoded(painting(3)), "image.jpg")

    assert hit is not None
    assert (right.id, "fingerprint") == (hit.observation.id, hit.match.method)
    assert third is None
    assert wrong.id != right.id


def test_the_name_as_it_is_kept(desk: Desk) -> None:
    """A path before the name, as some pages send it, is none of the name."""
    logo = desk.pick(LOGO, "logo.png")

    hit = found(desk, FLAT, "holiday/logo.png")

    assert hit is not None
    assert logo.id == hit.observation.id


def test_an_upload_without_bytes_has_no_original(desk: Desk) -> None:
    """Nothing is known of it, so nothing is found."""
    desk.pick(JPEG)

    assert original_of(desk.ledger, desk.index, replace(sent(OTHER), sha256=None), Known("f" * 64)) is None


def test_what_the_ledger_knows_of_a_picture(desk: Desk) -> None:
    """Its code where it was taken, else its bytes alone."""
    seen = desk.pick(JPEG)

    assert known(JPEG) == known_of(desk.ledger, str(seen.sha256))
    assert Known("f" * 64) == known_of(desk.ledger, "f" * 64)


def test_a_picture_seen_very_often(desk: Desk) -> None:
    """Of more sightings than a page of the ledger holds still the latest is found."""
    seen = desk.pick(LOGO, "0.png", seconds=-500)
    for number in range(101):
        again = replace(seen, id=exchange_id(), at=at(number - 400), filename="again", chain=None, prev=None)
        latest = desk.ledger.append(again)

    hit = found(desk, LOGO, "blob")

    assert hit is not None
    assert latest.id == hit.observation.id


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says it is that large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


def test_pictures_that_nothing_is_to_be_seen_in_match_nothing(desk: Desk) -> None:
    """Bombs, threads, black, slopes and noise are no copies of each other or of a photograph; in bounded time."""
    noise = [np.random.default_rng(seed).integers(0, 256, (240, 320, 3), np.uint8) for seed in (1, 2)]
    hostile = {
        "bomb": bomb(60_000, 60_000),
        "wide bomb": bomb(2**31 - 1, 1),
        "thread": encoded(Image.new("RGB", (65_535, 1), (90, 90, 90)), "PNG"),
        "rope": encoded(Image.new("RGB", (1, 65_535), (90, 90, 90)), "PNG"),
        "black": encoded(Image.new("RGB", (320, 240)), "PNG"),
        "white": encoded(Image.new("RGB", (320, 240), (255, 255, 255)), "PNG"),
        "slope": encoded(Image.linear_gradient("L").convert("RGB"), "PNG"),
        "turned slope": encoded(Image.linear_gradient("L").rotate(90).convert("RGB"), "PNG"),
        "noise": encoded(Image.fromarray(noise[0]), "PNG"),
        "other noise": encoded(Image.fromarray(noise[1]), "PNG"),
        "photograph": OTHER,
    }
    start = time.monotonic()

    works = {name: desk.pick(data, f"{name}.png", site=None).work for name, data in hostile.items()}

    assert len(hostile) == len(set(works.values()))
    assert time.monotonic() - start < 60


def test_ten_thousand_near_duplicates(desk: Desk) -> None:
    """A picture that is there ten thousand times, all but alike, is found at once, and another one is not it."""
    first = desk.pick(JPEG, site=None)
    code = known(JPEG).fingerprint
    assert code is not None
    assert code.code is not None
    with desk.ledger.writes() as connection:
        row = dict(connection.execute(sa.select(schema.observations)).mappings().one())
        prints = next(
            dict(found)
            for found in connection.execute(sa.select(schema.fingerprints)).mappings()
            if found["kind"] == KIND
        )
        names = [f"{number:064x}" for number in range(10_000)]
        flipped = [bytes(a ^ b for a, b in zip(code.code, flip(number), strict=True)) for number in range(10_000)]
        connection.execute(
            sa.insert(schema.pictures), [{"sha256": name, "kept": False, "first_seen": at()} for name in names]
        )
        connection.execute(
            sa.insert(schema.observations),
            [row | {"seq": n + 2, "id": f"n{n}", "sha256": name} for n, name in enumerate(names)],
        )
        del prints["seq"]
        connection.execute(
            sa.insert(schema.fingerprints),
            [
                prints | {"sha256": name, "pixels": None, "code": near}
                for name, near in zip(names, flipped, strict=True)
            ],
        )
    copy = encoded(painting(1).resize((200, 150)), quality=70)
    start = time.monotonic()

    near = hits(desk.ledger, desk.index, known(copy), stages=("original",))
    other = hits(desk.ledger, desk.index, known(OTHER), stages=("original",))

    assert {first.work} == {hit.observation.work for hit in near}
    assert len(near) <= 2000
    assert [] == other
    assert time.monotonic() - start < 10


def flip(number: int) -> bytes:
    """Three bits of 256, others for each number."""
    bits = sum(1 << (number * step + step) % 256 for step in (1, 7, 31))
    return bits.to_bytes(33)[-32:]
