"""The small picture beside a code, and crafted collisions that it gives away."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from tests.fingerprints.scenes import collided, saved, scene

from creditline.fingerprints.glimpse import BYTES, agreement, glimpse
from creditline.fingerprints.perceptual import BOX, distance, pdq, sampled, sampled_code
from creditline.fingerprints.variants import codes
from creditline.model.errors import UsageError
from creditline.pipeline.match import Known, match
from creditline.vocab.thresholds import ALONE, MINIMUM_QUALITY, SMALL, VARIANT

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORIGINAL = saved(scene(1), quality=90)


def known(data: bytes, name: str) -> Known:
    every = codes(data, with_pixels=False)
    return Known(name * 64, every.plain, crops=every.crops, forms=every.forms)


def climbed(target: bytes, chance: np.random.Generator) -> bytes:
    """Noise whose slow waves were pushed, each to its side of the median, until PDQ has the target's code."""
    order, place = np.arange(1, 17)[:, None], np.arange(64)[None, :]
    waves = np.sqrt(2 / 64) * np.cos(np.pi / 128 * order * (2 * place + 1))
    wanted = np.unpackbits(np.frombuffer(target, np.uint8))[::-1].reshape(16, 16) * 2.0 - 1
    picture: NDArray[np.float64] = chance.uniform(0, 255, (64, 64))
    for _ in range(200):
        seen = waves @ picture @ waves.T
        short = np.maximum(0, 60 - wanted * (seen - np.median(seen)))
        picture = np.clip(picture + waves.T @ (0.5 * wanted * short) @ waves, 0, 255)
    large = np.kron(np.round(picture), np.ones((8, 8))).astype(np.uint8)
    target_file = io.BytesIO()
    Image.fromarray(large).convert("RGB").save(target_file, "PNG")
    return target_file.getvalue()


@pytest.mark.parametrize("seed", range(3))
def test_noise_climbed_to_a_code_is_not_the_work(seed: int) -> None:
    """Noise that was optimised to have a picture's code lies within reach of it by the code, and is no match."""
    original = known(ORIGINAL, "a")
    assert original.fingerprint is not None
    assert original.fingerprint.code is not None
    forged = known(climbed(original.fingerprint.code, np.random.default_rng(seed)), "b")
    judged = match(original, forged)

    assert judged.distance is not None
    assert judged.distance <= VARIANT.distance
    assert judged.quality is not None
    assert judged.quality >= MINIMUM_QUALITY
    assert ("undecided", None) == (judged.verdict, judged.method)
    assert judged.luma is not None
    assert judged.luma["detail"] < SMALL.detail


@pytest.mark.parametrize("faint", [0.2, 0.5, 1.0])
def test_another_picture_with_the_same_slow_waves_is_not_the_work(faint: float) -> None:
    """A picture whose slow waves were replaced by another's, faintly or in full, is not that other."""
    forged = collided(scene(2), scene(1), faint)
    judged = match(known(ORIGINAL, "a"), known(saved(forged, "PNG"), "b"))
    turned = match(known(ORIGINAL, "a"), known(saved(forged.rotate(90, expand=True), "PNG"), "c"))

    assert judged.distance is not None
    assert judged.distance <= ALONE.distance
    assert ("undecided", None) == (judged.verdict, judged.method)
    assert not turned.same


@pytest.mark.parametrize("edge", [150, 320, 1280])
@pytest.mark.parametrize("quality", [40, 90])
def test_smaller_and_poorer_copies_agree(edge: int, quality: int) -> None:
    """A copy at another size and quality is the same work, and the small pictures say so."""
    small = scene(1).resize((edge, edge * 3 // 4), Image.Resampling.LANCZOS)
    judged = match(known(ORIGINAL, "a"), known(saved(small, quality=quality), "b"))

    assert ("same-work", "fingerprint") == (judged.verdict, judged.method)
    assert judged.luma is not None
    assert judged.luma["correlation"] >= SMALL.correlation
    assert judged.luma["detail"] >= SMALL.detail


def test_a_code_without_a_small_picture_decides_alone() -> None:
    """Codes of before have no small picture: they decide as they did, and `luma` is None."""
    plain = pdq(ORIGINAL, with_pixels=False)
    old = type(plain)(plain.kind, plain.code, plain.quality)
    judged = match(Known("a" * 64, old), Known("b" * 64, plain))

    assert ("same-work", None) == (judged.verdict, judged.luma)


def test_a_small_picture_is_what_the_code_is_of() -> None:
    """It holds the means of each two by two samples, so that code and small picture see the same."""
    luma = np.asarray(scene(3).convert("L").resize((BOX, BOX // 2)), np.float32)
    samples = sampled(luma)
    small = np.frombuffer(glimpse(samples), np.uint8).reshape(32, 32)
    wide = np.kron(small, np.ones((2, 2)))

    assert BYTES == small.size
    assert distance(sampled_code(samples)[0], sampled_code(wide)[0]) <= VARIANT.distance
    assert abs(float(samples[:2, :2].mean()) - float(small[0, 0])) <= 0.5


def test_agreement_of_even_and_opposite_pictures() -> None:
    """An even picture agrees with nothing, the opposite as little as can be, and itself in full."""
    slope = np.add.outer(np.arange(32) % 5, np.arange(32)).astype(np.uint8)
    even = bytes(BYTES)

    assert (0.0, 0.0) == agreement(even, slope.tobytes())
    assert pytest.approx((1.0, 1.0)) == agreement(slope.tobytes(), slope.tobytes())
    assert pytest.approx((-1.0, -1.0)) == agreement(slope.tobytes(), (255 - slope).tobytes())


def test_what_is_no_small_picture_is_refused() -> None:
    """Bytes of another length are a caller's mistake."""
    with pytest.raises(UsageError):
        agreement(bytes(BYTES), b"")
