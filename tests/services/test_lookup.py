"""Stage by stage: whole, crops and forms, aligned candidates, the vote; and what each needs."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageOps
from tests.fingerprints.scenes import collided, page, saved, scene
from tests.services.sample import Desk, exchange_id, upload, view

from creditline.fingerprints import geometry
from creditline.fingerprints.digest import digests
from creditline.fingerprints.variants import CROP_KINDS, codes
from creditline.ledger import queries
from creditline.ledger.rows import Batch, NewWork
from creditline.model.observation import Fingerprint, Observation
from creditline.pipeline.match import Known
from creditline.services.lookup import REMEMBERED, Lookup
from creditline.services.recognition import hits, judge
from creditline.services.record import Recording
from creditline.services.second_stage import Here
from creditline.services.settle import settle

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from creditline.services.recognition import Hit
    from creditline.services.second_stage import Placed

needs_opencv = pytest.mark.skipif(
    not geometry.available(), reason="the extra `geometry` is not installed: uv sync --extra geometry"
)
ORIGINAL = saved(scene(1), quality=92)
CROP = saved(scene(1).crop((300, 90, 620, 330)), quality=80)


class Counted:
    """A second stage that counts what it is asked."""

    def __init__(self, home: Path) -> None:
        self.asked: list[tuple[list[str], list[str]]] = []
        self._here = Here(home)

    def place(self, copy: Path, likely: Sequence[tuple[str, bool]], among: Sequence[str]) -> Placed:
        """As `SecondStage` has it."""
        self.asked.append(([sha256 for sha256, _ in likely], list(among)))
        return self._here.place(copy, likely, among)


class FullDesk(Desk):
    """A desk that recognises in every way."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.second = Counted(home)
        self.lookup = Lookup.load(self.ledger, self.second)
        self.recording = Recording(self.ledger, self.lookup)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[FullDesk]:
    """A data folder, opened."""
    desk = FullDesk(tmp_path)
    yield desk
    desk.close()


def known(data: bytes) -> Known:
    """What a worker would say of these bytes."""
    every = codes(data)
    return Known(digests(data).sha256, every.plain, forms=every.forms)


def found(desk: FullDesk, data: bytes, *, site: str | None = None, file: bool = True) -> list[Hit]:
    """What a copy is recognised as."""
    path = desk.home / "copy"
    path.write_bytes(data)
    given = path if file else None
    return hits(desk.ledger, desk.lookup, known(data), stages=("original",), file=given, site=site)


def how(hit: Hit) -> tuple[str, str | None]:
    """Verdict and method."""
    return hit.match.verdict, hit.match.method


@pytest.mark.parametrize(
    ("copy", "expected", "geometry_"),
    [
        (ImageOps.mirror(scene(1)), "same-work", {"mirrored": True, "crop": None}),
        (scene(1).rotate(-90, expand=True), "same-work", {"rotation": 90.0, "mirrored": False}),
        (ImageOps.fit(scene(1), (320, 320)), "contains", {"crop": "1:1", "trimmed": False}),
        (ImageOps.expand(scene(1), (0, 160), "white"), "contains", {"crop": None, "trimmed": True}),
    ],
    ids=["mirrored", "turned", "thumbnail", "framed"],
)
def test_a_code_of_a_variant_decides_and_says_how(
    desk: FullDesk, copy: Image.Image, expected: str, geometry_: dict[str, object]
) -> None:
    """Within 31 bits no second stage is asked; distance, threshold and rate are the variant's."""
    desk.pick(ORIGINAL)

    (hit,) = found(desk, saved(copy, quality=85))

    assert (expected, "fingerprint", 31) == (*how(hit), hit.match.threshold)
    assert hit.match.distance is not None
    assert hit.match.distance <= 31
    assert hit.match.false_match_rate is not None
    assert geometry_.items() <= (hit.match.geometry or {}).items()
    assert [] == desk.second.asked


@needs_opencv
def test_the_vote_finds_a_part_of_the_frame(desk: FullDesk) -> None:
    """A crop far from every code is aligned with what its points vote for, and the box is told."""
    desk.pick(ORIGINAL)
    for seed in (2, 3):
        desk.pick(saved(scene(seed)), f"{seed}.jpg")

    (hit,) = found(desk, CROP)

    assert ("contains", "geometry") == how(hit)
    assert hit.match.geometry is not None
    left, top, width, height = hit.match.geometry["box"]
    assert max(abs(left - 300), abs(top - 90), abs(width - 320), abs(height - 240)) <= 4
    assert hit.match.false_match_rate is not None


@needs_opencv
def test_strangers_are_nobodys_copy(desk: FullDesk) -> None:
    """Another picture, an even one and broken bytes find nothing."""
    desk.pick(ORIGINAL)

    assert [] == found(desk, saved(scene(9)))
    assert [] == found(desk, saved(Image.new("RGB", (400, 300))))
    assert [] == found(desk, b"broken")


@needs_opencv
def test_a_known_site_limits_the_vote(desk: FullDesk) -> None:
    """Pictures of the site and of no site are voted on; those of another site only while they are recent."""
    here = desk.pick(ORIGINAL, site="fotos").sha256
    nowhere = desk.pick(saved(scene(2)), site=None).sha256
    # The desk's clock is fixed in the past or the future of the test's; what counts is the window around now.
    desk.pick(saved(scene(3)), site="wall", seconds=-400 * 86_400)

    found(desk, CROP, site="fotos")

    assert [here, nowhere] == desk.second.asked[-1][1]


def test_without_a_file_or_a_second_stage_nothing_is_aligned(desk: FullDesk) -> None:
    """The first stage works by itself."""
    desk.pick(ORIGINAL)

    assert [] == found(desk, CROP, file=False)
    assert [] == desk.second.asked
    desk.lookup.second = None
    assert [] == found(desk, CROP)


@needs_opencv
def test_a_crop_that_a_site_serves_is_audited(desk: FullDesk) -> None:
    """From upload to verdict: the served crop is bound to the upload and the audit says where it lies."""
    desk.pick(ORIGINAL, site="wall")
    desk.see(upload(("a.jpg", ORIGINAL), host="wall.example"))
    desk.see(view(CROP, "https://wall.example/media/1.jpg"))

    (verdict,) = [v for v in desk.verdicts() if v.served is not None]

    assert verdict.audit is not None
    assert ("contains", "geometry") == (verdict.audit["match"]["verdict"], verdict.audit["match"]["method"])
    assert verdict.audit["match"]["geometry"]["box"]
    # What was placed while it was looked up is not placed again for the audit.
    assert 1 == len(desk.second.asked)


def test_a_mirrored_copy_is_audited_by_its_form(desk: FullDesk) -> None:
    """The forms of a copy outlive its lookup by the moment in which it is judged."""
    desk.lookup.second = None
    desk.pick(ORIGINAL, site="wall")
    desk.see(upload(("a.jpg", ORIGINAL), host="wall.example"))
    desk.see(view(saved(ImageOps.mirror(scene(1)), quality=85), "https://wall.example/media/1.jpg"))

    (verdict,) = [v for v in desk.verdicts() if v.served is not None]

    assert verdict.audit is not None
    assert ("same-work", True) == (
        verdict.audit["match"]["verdict"],
        verdict.audit["match"]["geometry"]["mirrored"],
    )


@needs_opencv
def test_an_upload_cut_on_the_page_has_its_original(desk: FullDesk) -> None:
    """What the page cuts before it sends is known as a part of the picked file."""
    original = desk.pick(ORIGINAL, "a.jpg", site="wall")
    (sent,) = desk.see(upload(("blob", CROP), host="wall.example"))

    (verdict,) = desk.verdicts()

    assert original.work == sent.work
    assert (original.id, "contains") == (verdict.original, verdict.match)
    assert settle(desk.ledger, desk.lookup, uploaded=sent, served=None)


@needs_opencv
@pytest.mark.parametrize("site", ["mastodon.social", "cdn.bsky.app"])
def test_an_avatar_of_a_profiled_site_is_not_accused(desk: FullDesk, site: str) -> None:
    """One's work, cut to a portrait by a site, is no copy of what was published there: it has no verdict."""
    desk.pick(ORIGINAL, "a.jpg", site="mastodon" if "mastodon" in site else "bluesky")
    path = {
        "mastodon.social": "mastodon.social/system/accounts/avatars/000/013/179/original/a1b2c3.jpg",
        "cdn.bsky.app": "cdn.bsky.app/img/avatar/plain/did:plc:abc/bafkreiabc@jpeg",
    }[site]
    portrait = saved(scene(1).crop((80, 0, 560, 480)).resize((400, 400)), quality=80)

    assert [] == desk.see(view(portrait, f"https://{path}"))
    assert [] == desk.verdicts()


@needs_opencv
def test_an_answers_address_may_serve_a_crop(desk: FullDesk) -> None:
    """Where no profile says how a site answers, a crop of the upload is taken for its copy, another picture not."""
    url = "https://stranger.example/m/1.jpg"
    desk.see(upload(("a.jpg", ORIGINAL), host="stranger.example", urls=(url,)))

    (crop,) = desk.see(view(CROP, url))
    (other,) = desk.see(view(saved(scene(4)), url, seconds=90))

    assert crop.work is not None
    assert other.work is None


def test_works_have_crops_and_served_copies_none(desk: FullDesk) -> None:
    """Four more rows for a picture that stands for a work; a copy is stored with its own code alone."""
    desk.pick(ORIGINAL, site="wall")
    small = saved(scene(1).resize((200, 150)), quality=80)
    desk.see(view(small, "https://wall.example/media/2.jpg"))

    kinds = [
        {r.fingerprint.kind for r in queries.fingerprints(desk.ledger, [digests(d).sha256])}
        for d in (ORIGINAL, small)
    ]

    assert set(CROP_KINDS) < kinds[0]
    assert set(CROP_KINDS).isdisjoint(kinds[1])
    assert (1, [1, 1, 1, 1]) == (
        len(Lookup.load(desk.ledger).crops[CROP_KINDS[0]]),
        [len(c) for c in desk.lookup.crops.values()],
    )


@needs_opencv
def test_judging_a_pair(desk: FullDesk) -> None:
    """A pair is aligned when its codes do not decide, both ways round a mirror, once; a rule needs none of that."""
    seen = desk.pick(ORIGINAL)
    copy = known(saved(ImageOps.mirror(scene(1).crop((300, 90, 620, 330))), quality=80))
    path = desk.home / "copy"
    path.write_bytes(saved(ImageOps.mirror(scene(1).crop((300, 90, 620, 330))), quality=80))

    judged = [judge(desk.ledger, desk.lookup, str(seen.sha256), copy, file=path) for _ in range(2)]

    assert ["contains", "contains"] == [one.verdict for one in judged]
    assert judged[0].geometry is not None
    assert judged[0].geometry["mirrored"]
    assert 1 == len(desk.second.asked)
    assert "binding" == judge(desk.ledger, desk.lookup, str(seen.sha256), copy, rule="r").method
    assert "different" == judge(desk.ledger, desk.index, str(seen.sha256), copy).verdict
    # Without bytes there is nothing to align.
    desk.ledger.blobs.remove(str(seen.sha256))
    assert (
        "different"
        == judge(desk.ledger, Lookup.of(Lookup(desk.index, second=desk.second)), str(seen.sha256), copy).verdict
    )


def test_a_flat_variant_decides_nothing(desk: FullDesk) -> None:
    """Below quality 50 a turned logo is undecided, and no hit."""
    logo = ImageOps.expand(Image.new("RGB", (300, 300), (200, 190, 180)), (0, 0, 150, 90), (220, 212, 200))
    desk.pick(saved(logo, "PNG"))

    assert [] == found(desk, saved(logo.rotate(90, expand=True), "PNG"))


@needs_opencv
def test_a_crafted_collision_is_not_found(desk: FullDesk) -> None:
    """A picture made for another's code is not found, turned neither, and aligned with it agrees on nothing."""
    seen = desk.pick(ORIGINAL)
    forged = saved(collided(scene(2), scene(1)), "PNG")
    path = desk.home / "copy"
    path.write_bytes(forged)

    assert [] == found(desk, forged)
    assert [] == found(desk, saved(collided(scene(2), scene(1)).rotate(90, expand=True), "PNG"))
    assert [] == desk.second.place(path, [(str(seen.sha256), False), (str(seen.sha256), True)], [str(seen.sha256)])


@needs_opencv
def test_a_page_with_the_picture_is_found_and_a_like_page_is_not(desk: FullDesk) -> None:
    """A screenshot contains the work; a screenshot of the same page with another picture contains nothing."""
    desk.pick(ORIGINAL)
    desk.pick(saved(page(scene(5)), "PNG"), "screenshot.png")

    assert ["contains"] == [hit.match.verdict for hit in found(desk, saved(page(scene(1)), "PNG"))]
    assert [] == found(desk, saved(page(scene(6)), "PNG"))


def test_ten_thousand_near_duplicates_take_bounded_time(desk: FullDesk) -> None:
    """Of ten thousand pictures a few bits apart the nearest are found, without looking up every one."""
    desk.lookup.second = None
    first = desk.pick(ORIGINAL)
    plain = codes(ORIGINAL).plain
    assert plain.code is not None
    number = int.from_bytes(plain.code)
    seen = replace(first, exchange=None, chain=None, prev=None)
    # Rows behind the ledger's back: ten thousand batches would take the test a minute.
    with desk.ledger.writes() as connection:
        from creditline.ledger import schema

        shas = [f"{n:064x}" for n in range(10_000)]
        connection.execute(
            schema.pictures.insert(), [{"sha256": s, "kept": False, "first_seen": seen.at} for s in shas]
        )
        near = [(number ^ (1 << n % 256) ^ (1 << n // 256)).to_bytes(32) for n in range(10_000)]
        connection.execute(
            schema.fingerprints.insert(),
            [
                {"sha256": s, "kind": plain.kind, "code": c, "quality": 100, "work": first.work}
                for s, c in zip(shas, near, strict=True)
            ],
        )
    start = time.process_time()

    got = found(desk, saved(scene(1), quality=85))

    assert [first.id] == [hit.observation.id for hit in got]
    assert time.process_time() - start < 5


def test_a_lookup_stands_for_its_index(desk: FullDesk) -> None:
    """Whoever takes it for an index of whole pictures can."""
    lookup = Lookup.of(desk.index)
    seen = desk.ledger.record(
        Batch(
            Observation(exchange_id(), "2026-11-24T12:00:00Z", "original", "cli", sha256="a" * 64),
            fingerprints=(Fingerprint("creditline.pdq.1", bytes(32), 90),),
            work=NewWork("x"),
        )
    )
    lookup.add(str(seen.sha256), bytes(32))

    assert Lookup.of(lookup) is lookup
    assert [("a" * 64, 0)] == lookup.within(bytes(32), 3)
    assert [[("a" * 64, 0)], []] == lookup.within_each([bytes(32), b"\xff" * 32], 3)
    assert 1 == len(lookup)
    lookup.bulk_load([("a" * 64, b"\xff" * 32)])
    assert [] == lookup.within(bytes(32), 3)
    assert lookup.remove("a" * 64)
    assert not lookup.remove("a" * 64)


def test_little_is_remembered() -> None:
    """Forms and placements of old copies are forgotten."""
    lookup = Lookup(Desk.__new__(Desk))  # type: ignore[arg-type] - the index is not asked
    for n in range(REMEMBERED + 5):
        lookup.remember(Known(f"{n}", crops=(Fingerprint("k", None),)))
        lookup.remember_placed("o", f"{n}", None)

    assert Known("0") == lookup.forms_of(Known("0"))
    assert Known("9") != lookup.forms_of(Known("9"))
    assert ((False, None), (True, None)) == (lookup.placed("o", "0"), lookup.placed("o", "9"))
