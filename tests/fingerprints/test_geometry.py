"""Where an original lies in a copy: measured placements, refusals, hostile pictures."""

from __future__ import annotations

import sys
import time

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps
from tests.fingerprints.scenes import collided, page, saved, scene

from creditline.fingerprints import geometry
from creditline.fingerprints.perceptual import distance, pdq
from creditline.model.errors import LimitError, MissingPartError, PictureError
from creditline.model.observation import Placement
from creditline.vocab.thresholds import VARIANT, WHOLE

pytest.importorskip("cv2", reason="the extra `geometry` is not installed: uv sync --extra geometry")

ORIGINAL = saved(scene(1), quality=92)


def place(original: bytes, copy: bytes, *, mirrored: bool = False) -> Placement | None:
    """The first look's placement that is believed."""
    features, seen = geometry.original_features(original), geometry.copy_of(copy)
    looks = (seen.mirrored() if mirrored else seen).looks()
    return next((p for p in (geometry.placed(features, look, mirrored=mirrored) for look in looks) if p), None)


def near(expected: tuple[int, ...], found: tuple[int, ...], by: int) -> bool:
    """Whether a box is the expected one within so many pixels."""
    return all(abs(a - b) <= by for a, b in zip(expected, found, strict=True))


def test_a_crop_from_anywhere_is_placed() -> None:
    """The box is what was cut out, to a few pixels; the copy is filled by it and shows that share."""
    copy = saved(scene(1).crop((300, 90, 620, 330)), quality=80)

    found = place(ORIGINAL, copy)

    assert found is not None
    assert near((300, 90, 320, 240), found.box, 4)
    assert found.scale == pytest.approx(1, abs=0.02)
    assert found.shown == pytest.approx(0.25, abs=0.02)
    assert found.filled == pytest.approx(1, abs=0.02)
    assert not found.mirrored


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("rotation", [0, 30, 90, 180, 270])
def test_a_turned_copy_is_placed(rotation: int, mirrored: bool) -> None:
    """The turn is clockwise, after mirroring."""
    image = ImageOps.mirror(scene(1)) if mirrored else scene(1)

    found = place(ORIGINAL, saved(image.rotate(-rotation, expand=True), quality=80), mirrored=mirrored)

    assert found is not None
    assert mirrored == found.mirrored
    assert abs((found.rotation - rotation + 180) % 360 - 180) < 2


def test_sizes_are_those_of_the_pictures() -> None:
    """Box and scale are in the pixels that are shown, whatever size the pictures are looked at."""
    large = saved(scene(1).resize((1920, 1440), Image.Resampling.BICUBIC), quality=80)
    copy = saved(scene(1).crop((160, 120, 480, 360)), quality=80)

    found = place(large, copy)

    assert found is not None
    assert near((480, 360, 960, 720), found.box, 14)
    assert found.scale == pytest.approx(1 / 3, abs=0.01)


def captioned(image: Image.Image) -> Image.Image:
    """With a white bar and a caption below."""
    below = Image.new("RGB", (image.width, image.height + 90), "white")
    below.paste(image, (0, 0))
    ImageDraw.Draw(below).text((10, image.height + 20), "and then the light came back", "black", font_size=40)
    return below


def written_on(image: Image.Image) -> Image.Image:
    """With text over it."""
    copy = image.copy()
    for line in range(3):
        ImageDraw.Draw(copy).text((40, 60 + 150 * line), "SAMPLE PICTURE", "white", font_size=56)
    return copy


@pytest.mark.parametrize(
    ("copy", "whole"),
    [
        (scene(1), True),
        (scene(1).resize((150, 112)), True),
        (written_on(scene(1)), True),
        (ImageOps.grayscale(scene(1)), True),
        (captioned(scene(1)), False),
        (ImageOps.expand(scene(1), 120, "white"), False),
        (page(scene(1)), False),
        (page(scene(1), 300), False),
    ],
    ids=["as it is", "150 px", "text over it", "grey", "caption", "framed", "on a page", "smaller on a page"],
)
def test_copies_that_show_it_all(copy: Image.Image, whole: bool) -> None:
    """All of the original is there; a composition is told from a copy of the same frame."""
    found = place(ORIGINAL, saved(copy, quality=85))

    assert found is not None
    assert found.shown >= WHOLE
    assert whole == (found.filled >= WHOLE)


def test_other_pictures_are_not_placed() -> None:
    """Twenty pictures of the same kind of shapes lie nowhere in one another."""
    features = [geometry.original_features(saved(scene(seed), quality=85)) for seed in range(20, 40)]
    looks = [next(geometry.copy_of(saved(scene(seed), quality=85)).looks()) for seed in range(20, 25)]

    found = [
        (a, b) for a, one in enumerate(features) for b, look in enumerate(looks) if geometry.placed(one, look)
    ]

    assert [(n, n) for n in range(5)] == found


def test_a_shared_watermark_does_not_make_two_pictures_one() -> None:
    """The same large text over both gives points that agree; the pixels around it do not."""
    one, other = (saved(written_on(scene(seed)), quality=90) for seed in (1, 2))

    assert place(one, other) is None


def test_a_shared_page_does_not_make_two_pictures_one() -> None:
    """Two screenshots of one site with different pictures are not copies of each other."""
    one, other = (saved(page(scene(seed)), "PNG") for seed in (1, 2))

    assert place(one, other) is None


def test_a_crafted_collision_is_not_placed() -> None:
    """A picture made to have another's code, so that the code alone would take it for that one, lies nowhere in it."""
    forged = saved(collided(scene(2), scene(1)), "PNG")
    one, other = pdq(ORIGINAL).code, pdq(forged).code

    assert one is not None
    assert other is not None
    assert distance(one, other) <= VARIANT.distance
    assert place(ORIGINAL, forged) is None
    assert place(forged, ORIGINAL) is None


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_whole_copy_is_known_without_points(turn: int, mirrored: bool) -> None:
    """Laid on its original by its frame alone, a turned, mirrored, poorer copy is it, and says how it was turned."""
    image = ImageOps.mirror(scene(1)) if mirrored else scene(1)
    copy = geometry.copy_of(saved(image.rotate(-turn, expand=True).convert("RGB"), quality=60))
    seen = copy.mirrored() if mirrored else copy

    found = geometry.whole(geometry.original_features(ORIGINAL), next(iter(seen.looks())), mirrored=mirrored)

    assert found is not None
    assert turn == found.rotation
    assert mirrored == found.mirrored
    assert (0, 0, *scene(1).size) == found.box


def test_neither_another_picture_nor_a_collision_is_a_whole_copy() -> None:
    """Equal frames are not enough, nor are another's slow waves at full strength, nor another shape."""
    original = geometry.original_features(ORIGINAL)
    others = [
        scene(2),
        collided(scene(2), scene(1), 0.2),
        collided(scene(2), scene(1), 1.0),
        scene(1).resize((640, 300)),
    ]
    looks = [next(iter(geometry.copy_of(saved(other, "PNG")).looks())) for other in others]

    assert [None] * 4 == [geometry.whole(original, look) for look in looks]


def test_another_light_on_the_same_outlines_is_not_a_copy() -> None:
    """Coarse likeness with other detail, as of a second photograph from the same place, is not enough."""
    blurred = scene(1).resize((32, 24)).resize((640, 480), Image.Resampling.BICUBIC)
    mixed = Image.blend(blurred, scene(7), 0.25)

    assert place(ORIGINAL, saved(mixed, quality=90)) is None


@pytest.mark.parametrize(
    "image",
    [
        Image.new("RGB", (640, 480)),
        Image.new("L", (1, 65_535)),
        Image.new("L", (65_535, 1), 255),
        Image.new("RGB", (1, 1)),
        Image.fromarray(np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8)),
        Image.fromarray(np.indices((480, 640)).sum(axis=0).astype(np.uint8) // 8 % 2 * 255),
        Image.linear_gradient("L").resize((640, 480)),
    ],
    ids=["black", "1 × 65535", "65535 × 1", "one pixel", "noise", "stripes", "slope"],
)
def test_hostile_pictures_are_placed_nowhere_and_soon(image: Image.Image) -> None:
    """Neither as copy nor as original does anything come of them, in bounded time."""
    hostile = saved(image, "PNG")
    start = time.process_time()

    found = [place(ORIGINAL, hostile), place(hostile, ORIGINAL)]

    assert [None, None] == found
    assert time.process_time() - start < 5


def test_two_even_pictures_are_not_each_other() -> None:
    """There is nothing to see in them, so nothing is said."""
    black = saved(Image.new("RGB", (640, 480)), "PNG")

    assert place(black, black) is None


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"not a picture", PictureError),
        (saved(Image.new("1", (20_000, 20_000)), "PNG"), LimitError),
    ],
    ids=["no picture", "bomb"],
)
def test_what_cannot_be_decoded(data: bytes, error: type[Exception]) -> None:
    """Undecodable bytes and decompression bombs are refused with an error of ours."""
    with pytest.raises(error):
        geometry.original_features(data)
    with pytest.raises(error):
        geometry.copy_of(data)


def test_features_are_compact() -> None:
    """100 kB at most, of which the points are spread over the picture."""
    found = geometry.original_features(ORIGINAL)

    assert geometry.POINTS == len(found.points) == len(found.descriptors)
    assert found.nbytes <= 100_000
    cells = {(int(x // 64), int(y // 60)) for x, y in found.points}
    assert len(cells) >= 60


def test_without_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    """The missing part is named with the command that brings it; nothing else breaks."""
    monkeypatch.setitem(sys.modules, "cv2", None)

    with pytest.raises(MissingPartError) as caught:
        geometry.original_features(ORIGINAL)
    assert caught.value.next_step is not None
    assert "creditline[geometry]" in caught.value.next_step
