"""Whether a copy shows the same work as an original."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from creditline import pixels
from creditline.fingerprints.perceptual import KIND, pdq
from creditline.model.audit import Match
from creditline.model.observation import Fingerprint, Form, Placement
from creditline.pipeline.match import Known, best, match, ranked

_names = itertools.count()


def known(
    bits: int = 0,
    *,
    quality: int | None = 90,
    sha256: str | None = None,
    pixels_hash: str | None = None,
    kind: str = KIND,
) -> Known:
    """A picture whose code lies `bits` away from the code of all zeros; another file each time."""
    code = ((1 << bits) - 1).to_bytes(32)
    name = f"{next(_names):064x}" if sha256 is None else sha256
    return Known(name, Fingerprint(kind, code, quality, pixels_hash))


def test_equal_bytes_are_identical() -> None:
    """The same file is identical, with the distance that was measured anyway."""
    result = match(known(sha256="a" * 64), known(sha256="a" * 64))

    assert Match("identical", "bytes", distance=0, quality=90) == result
    assert result.same


def test_equal_bytes_need_no_fingerprint() -> None:
    """Two files with the same SHA-256 are identical even where nothing could be decoded."""
    result = match(Known("a" * 64), Known("a" * 64))

    assert Match("identical", "bytes") == result


def test_equal_pixels() -> None:
    """Other bytes with the same decoded pixels are the same picture, whatever its quality."""
    result = match(known(quality=3, pixels_hash="f"), known(quality=3, pixels_hash="f"))

    assert Match("same-pixels", "pixels", distance=0, quality=3) == result


def test_unknown_pixels_are_not_equal() -> None:
    """Two pictures whose pixels were not hashed are not the same for that reason."""
    result = match(known(0, quality=3), known(0, quality=3))

    assert Match("undecided", None, distance=0, quality=3) == result


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        (0, Match("same-work", "fingerprint", 0, 58, 90, 1e-9)),
        (58, Match("same-work", "fingerprint", 58, 58, 90, 1e-9)),
        (59, Match("undecided", None, 59, 58, 90)),
        (80, Match("undecided", None, 80, 58, 90)),
        (81, Match("different", "fingerprint", 81, 80, 90)),
        (128, Match("different", "fingerprint", 128, 80, 90)),
    ],
)
def test_distance_decides(bits: int, expected: Match) -> None:
    """Up to 58 bits it is the same work, past 80 it is not, and between them nobody knows."""
    result = match(known(), known(bits))

    assert expected == result


@pytest.mark.parametrize(("one", "other"), [(49, 90), (90, 49), (0, 0), (None, 90)])
@pytest.mark.parametrize("bits", [0, 70, 128])
def test_flat_pictures_stay_undecided(one: int | None, other: int | None, bits: int) -> None:
    """Where either picture has too little to see, no distance decides anything, near or far."""
    result = match(known(quality=one), known(bits, quality=other))

    assert (result.verdict, result.method, result.distance) == ("undecided", None, bits)
    assert result.false_match_rate is None
    assert not result.same


def test_quality_is_the_lower_of_two() -> None:
    """The figure shown is the one that limits the verdict."""
    result = match(known(quality=51), known(quality=97))

    assert (result.verdict, result.quality) == ("same-work", 51)


def test_a_binding_decides_where_the_fingerprint_cannot() -> None:
    """When the site itself tied the address to the upload, any distance is still the same work, and reported."""
    result = match(known(), known(140), rule="mastodon.media_attachments")

    assert Match("same-work", "binding", distance=140, quality=90, rule="mastodon.media_attachments") == result


def test_bytes_come_before_a_binding() -> None:
    """The strongest proof is named, and the rule kept beside it."""
    result = match(known(sha256="b" * 64), known(sha256="b" * 64), rule="r")

    assert (result.verdict, result.method, result.rule) == ("identical", "bytes", "r")


@pytest.mark.parametrize(
    "other",
    [
        Known("c" * 64),
        Known("c" * 64, Fingerprint(KIND, None, missed="not decoded")),
        known(kind="creditline.pdq.2"),
    ],
)
def test_nothing_to_compare_is_undecided(other: Known) -> None:
    """No fingerprint, no code or a code of another kind gives no distance and no verdict."""
    assert Match("undecided", None) == match(known(), other)
    assert Match("undecided", None) == match(other, known())


def test_best_is_the_nearest_of_the_strongest() -> None:
    """Equal bytes win over a nearer code, and among codes the nearest wins."""
    copy = known(0, sha256="d" * 64)
    candidates = [("far", known(40)), ("near", known(2)), ("file", known(50, sha256="d" * 64)), ("no", known(200))]

    order = ranked(candidates, copy)
    found, without_file = best(candidates, copy), best(candidates[:2], copy)

    assert [key for key, _ in order] == ["file", "near", "far", "no"]
    assert found is not None
    assert found[0] == "file"
    assert without_file is not None
    assert without_file[0] == "near"


def test_best_is_none_where_none_is_known_to_be_it() -> None:
    """A candidate that is only perhaps the same is no match."""
    assert best([], known()) is None
    assert best([("perhaps", known(70)), ("no", known(128))], known()) is None


def test_real_pictures_end_to_end() -> None:
    """A picture recoded as a site does it is the same work; losslessly repacked it has the same pixels."""
    random = np.random.default_rng(5)
    image = Image.fromarray(random.integers(0, 256, (9, 12, 3), np.uint8)).resize((480, 360))
    target = io.BytesIO()
    image.save(target, "PNG")
    original = target.getvalue()
    small, repacked = pixels.recode(original, "jpeg", edge=200), pixels.recode(original, "png")

    verdicts = [match(Known("1", pdq(original)), Known("2", pdq(copy))) for copy in (small, repacked)]

    assert [v.verdict for v in verdicts] == ["same-work", "same-pixels"]


def form(bits: int, quality: int = 90, **how: bool | int) -> Form:
    """A copy's form whose code lies `bits` away from the code of all zeros."""
    return Form(((1 << bits) - 1).to_bytes(32), quality, **how)  # type: ignore[arg-type]


def crop(bits: int, quality: int = 90, name: str = "1:1") -> Fingerprint:
    """An original's crop whose code lies `bits` away from the code of all zeros."""
    return Fingerprint(f"{KIND}/{name}", ((1 << bits) - 1).to_bytes(32), quality)


FAR = replace(known(200), sha256="e" * 64)


@pytest.mark.parametrize(
    ("original", "copy", "verdict"),
    [
        (known(), replace(FAR, forms=(form(31, mirrored=True),)), "same-work"),
        (known(), replace(FAR, forms=(form(31, trimmed=True),)), "contains"),
        (replace(FAR, crops=(crop(31),)), known(), "contains"),
        (known(), replace(FAR, forms=(form(32, mirrored=True),)), "undecided"),
        (known(), replace(FAR, forms=(form(80, trimmed=True),)), "undecided"),
        (known(), replace(FAR, forms=(form(81),)), "different"),
        (known(), replace(FAR, forms=(form(0, quality=49),)), "undecided"),
        (replace(FAR, crops=(crop(0, quality=49),)), known(), "undecided"),
        (replace(FAR, crops=(replace(crop(0), code=None),)), known(), "different"),
        (replace(FAR, crops=(replace(crop(0), kind="creditline.pdq.2/1:1"),)), known(), "different"),
    ],
)
def test_variants_decide_only_when_very_near(original: Known, copy: Known, verdict: str) -> None:
    """Up to 31 bits a crop or form decides, up to 80 it makes the pair a candidate; quality 50 holds for it, too."""
    assert verdict == match(original, copy).verdict


def test_a_variant_says_which() -> None:
    """Crop, turn and mirror are told, with the variant's own distance, threshold and rate."""
    result = match(replace(FAR, crops=(crop(0), crop(20, name="4:5"))), replace(known(20), forms=(form(25),)))

    assert (0 + 20 - 20, 31) == (result.distance, result.threshold)
    assert {"rotation": 0.0, "mirrored": False, "crop": "4:5", "trimmed": False} == result.geometry
    assert result.false_match_rate is not None


def test_a_candidate_by_itself_stays_one() -> None:
    """Where the whole pictures are candidates, a variant that decides nothing changes nothing; a near one decides."""
    whole = match(known(), known(70))

    assert whole == match(known(), replace(known(70), forms=(form(60),)))
    assert "same-work" == match(known(), replace(known(70), forms=(form(3, rotation=180),))).verdict


PLACEMENT = Placement(1.0, 0.0, False, (0, 0, 64, 48), 1.0, 1.0, 80, 0.99, 0.98)


@pytest.mark.parametrize(
    ("placement", "verdict"),
    [
        (PLACEMENT, "same-work"),
        (replace(PLACEMENT, shown=0.9), "contains"),
        (replace(PLACEMENT, filled=0.9), "contains"),
    ],
)
def test_a_placement_decides_what_codes_do_not(placement: Placement, verdict: str) -> None:
    """Nearly the whole of both is the same work, otherwise one contains the other; the distance is still told."""
    result = match(known(), known(200), placement=placement)

    assert (verdict, "geometry", 200) == (result.verdict, result.method, result.distance)
    assert placement.to_json() == result.geometry
    assert placement == Placement.from_json(placement.to_json())
    assert result.false_match_rate is not None


def test_a_placement_comes_last() -> None:
    """A cheaper proof is named before it."""
    assert "fingerprint" == match(known(), known(3), placement=PLACEMENT).method
    assert "binding" == match(known(), known(200), rule="r", placement=PLACEMENT).method
