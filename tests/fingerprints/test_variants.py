"""Codes of crops that sites make, and of turned, mirrored and framed copies."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageOps
from tests.fingerprints.scenes import saved, scene

from creditline.fingerprints.perceptual import KIND, distance, pdq
from creditline.fingerprints.variants import CROP_KINDS, CROPS, centre, codes
from creditline.vocab.thresholds import VARIANT

ORIGINAL = codes(saved(scene(1), quality=92))


def cropped(image: Image.Image, shape: float) -> Image.Image:
    """Its centre in that shape, as a site cuts it."""
    width, height = min(image.width, round(image.height * shape)), min(image.height, round(image.width / shape))
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def test_the_plain_code_is_that_of_pdq() -> None:
    """One decoding gives the same fingerprint, pixels and all, as asking for it alone."""
    data = saved(scene(1), quality=92)

    assert pdq(data) == codes(data).plain


@pytest.mark.parametrize(("number", "shape"), [(number, shape) for number, (_, shape) in enumerate(CROPS)])
def test_a_centre_crop_is_near_the_stored_crop(number: int, shape: float) -> None:
    """A site's thumbnail, cut and shrunk, is found through the crop of its shape."""
    small = cropped(scene(1), shape)
    small.thumbnail((320, 320))

    copy = codes(saved(small, quality=80))

    stored = ORIGINAL.crops[number]
    assert stored.kind == CROP_KINDS[number] == f"{KIND}/{CROPS[number][0]}"
    assert stored.code is not None
    assert copy.plain.code is not None
    assert distance(stored.code, copy.plain.code) <= VARIANT.distance


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_turned_copy_is_near_through_the_form_that_says_how(rotation: int, mirrored: bool) -> None:
    """The nearest form names what was done: mirrored first, then turned clockwise."""
    image = ImageOps.mirror(scene(1)) if mirrored else scene(1)
    copy = codes(saved(image.rotate(-rotation, expand=True), quality=80))

    assert ORIGINAL.plain.code is not None
    assert copy.plain.code is not None
    far = {(f.rotation, f.mirrored): distance(ORIGINAL.plain.code, f.code) for f in copy.forms}
    far[0, False] = distance(ORIGINAL.plain.code, copy.plain.code)
    nearest = min(far, key=lambda form: far[form])
    assert (rotation, mirrored) == nearest
    assert far[nearest] <= VARIANT.distance


def test_a_framed_copy_is_near_without_its_frame() -> None:
    """White bars are no part of the code of the trimmed form."""
    copy = codes(saved(ImageOps.expand(scene(1), (0, 160), "white"), quality=80))

    (trimmed,) = (form for form in copy.forms if form.trimmed)

    assert ORIGINAL.plain.code is not None
    assert distance(ORIGINAL.plain.code, trimmed.code) <= VARIANT.distance


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (2, 2)])
def test_pictures_of_odd_sizes_have_all_codes(size: tuple[int, int]) -> None:
    """A crop of a line has at least one pixel."""
    found = codes(saved(Image.new("RGB", size, "black"), "PNG"))

    assert (4, 7) == (len(found.crops), len(found.forms))
    assert {0} == {crop.quality for crop in found.crops}


def test_an_undecodable_picture_has_a_reason_and_no_variants() -> None:
    """What cannot be decoded says why, and never raises."""
    found = codes(b"\xff\xd8\xff\xe0 not a picture")

    assert (None, (), ()) == (found.plain.code, found.crops, found.forms)
    assert found.plain.missed


def test_the_centre_of_a_luma() -> None:
    """It has the shape asked for, as large as it fits."""
    luma = np.zeros((300, 400), np.float32)

    assert [(300, 300), (300, 240), (209, 400), (300, 169)] == [centre(luma, shape).shape for _, shape in CROPS]
