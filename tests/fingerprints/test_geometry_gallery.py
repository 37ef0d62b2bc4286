"""Many originals: the vote finds the one that a copy shows a part of, and stays bounded."""

from __future__ import annotations

import time
from functools import cache

import numpy as np
import pytest
from PIL import Image, ImageOps
from tests.fingerprints.scenes import page, saved, scene

from creditline.fingerprints import geometry, geometry_gallery
from creditline.fingerprints.geometry_gallery import Gallery
from creditline.model.errors import PictureError

pytest.importorskip("cv2", reason="the extra `geometry` is not installed: uv sync --extra geometry")

NAMES = [str(seed) for seed in range(40)]


@cache
def load(name: str) -> bytes:
    """An original's bytes."""
    return saved(scene(int(name), 480, 360), quality=85)


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    """With all forty originals in it."""
    gallery = Gallery()
    for name in NAMES:
        gallery.features(name, load)
    return gallery


@pytest.mark.parametrize(
    "copy",
    [
        scene(7, 480, 360).crop((200, 60, 460, 260)),
        page(scene(7, 480, 360)),
        ImageOps.mirror(scene(7, 480, 360)),
        ImageOps.mirror(scene(7, 480, 360)).crop((0, 0, 300, 300)),
        scene(7, 480, 360).rotate(90, expand=True),
    ],
    ids=["crop", "page", "mirrored", "mirrored crop", "turned"],
)
def test_the_vote_finds_the_original(gallery: Gallery, copy: Image.Image) -> None:
    """Of forty the right one, and no other."""
    found = gallery.vote(geometry.copy_of(saved(copy, quality=80)), NAMES, load)

    assert ["7"] == [name for name, _ in found]


def test_a_stranger_is_nobodys_copy(gallery: Gallery) -> None:
    """A picture that is not among them is not found, nor one without points, nor anything among none."""
    stranger = geometry.copy_of(saved(scene(99), quality=80))
    even = geometry.copy_of(saved(Image.new("RGB", (300, 300)), "PNG"))

    assert [] == gallery.vote(stranger, NAMES, load)
    assert [] == gallery.vote(even, NAMES, load)
    assert [] == gallery.vote(stranger, [], load)


def test_likely_originals_are_aligned(gallery: Gallery) -> None:
    """Each is asked about with whether it is mirrored; both ways for one original give it once."""
    copy = geometry.copy_of(saved(ImageOps.mirror(scene(7, 480, 360)), quality=80))

    assert [] == gallery.place(copy, [("7", False), ("8", True)], load)
    ((name, placement),) = gallery.place(copy, [("7", False), ("7", True), ("7", True)], load)
    assert ("7", True) == (name, placement.mirrored)


def test_undecodable_originals_are_passed_over(gallery: Gallery) -> None:
    """One broken file does not keep the others from being found."""
    copy = geometry.copy_of(load("7"))
    broken = Gallery()

    found = broken.vote(copy, ["x", "7"], lambda name: b"broken" if name == "x" else load(name))

    assert ["7"] == [name for name, _ in found]


def test_a_gallery_holds_no_more_than_it_may() -> None:
    """The least recently asked for goes first."""
    gallery = Gallery(held=3)
    for name in ("1", "2", "3", "1", "4"):
        gallery.features(name, load)

    asked: list[str] = []

    def again(name: str) -> bytes:
        asked.append(name)
        return load(name)

    for name in ("1", "3", "4", "2"):
        gallery.features(name, again)
    assert 3 == len(gallery)
    assert ["2"] == asked


def test_a_question_has_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past it the originals not yet held are left for the next question."""
    monkeypatch.setattr(geometry_gallery, "BUDGET", -1.0)
    gallery = Gallery()

    assert [] == gallery.vote(geometry.copy_of(load("7")), ["7"], load)
    monkeypatch.setattr(geometry_gallery, "BUDGET", 8.0)
    assert ["7"] == [name for name, _ in gallery.vote(geometry.copy_of(load("7")), ["7"], load)]


def test_ten_thousand_near_duplicates_take_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Points that are everywhere vote for nobody, so many copies of one original cost hardly more than one."""
    one = geometry.original_features(load("7"))
    gallery = Gallery()
    monkeypatch.setattr(geometry_gallery, "original_features", lambda _: one)
    names = [f"{n}" for n in range(geometry_gallery.HELD)]
    copy = geometry.copy_of(load("8"))
    gallery.vote(copy, names, lambda _: b"")
    start = time.process_time()

    found = gallery.vote(copy, [*names, *(f"more-{n}" for n in range(8000))], lambda _: b"")

    assert [] == found
    assert time.process_time() - start < 3
    assert len(gallery) <= geometry_gallery.HELD
    assert gallery.nbytes < 160_000_000


def test_a_copy_of_crowded_originals_is_still_one_of_them() -> None:
    """Among a hundred near-duplicates of one picture its copy is found by its codes; the vote alone may abstain."""
    gallery = Gallery()
    names = [f"{n}" for n in range(100)]

    found = gallery.vote(geometry.copy_of(load("7")), names, lambda _: load("7"))

    assert {name for name, _ in found} <= set(names)
    likely = gallery.place(geometry.copy_of(load("7")), [("0", False)], lambda _: load("7"))
    assert ["0"] == [name for name, _ in likely]


def test_a_failing_opencv_is_a_picture_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """What OpenCV cannot do with a picture is said of the picture."""
    cv2 = pytest.importorskip("cv2")

    def fail(*_: object, **__: object) -> None:
        raise cv2.error("no")

    monkeypatch.setattr(cv2, "estimateAffinePartial2D", fail)
    features = geometry.original_features(load("7"))
    with pytest.raises(PictureError):
        geometry.measured(features, next(geometry.copy_of(load("7")).looks()))
    assert np.isfinite(features.points).all()
