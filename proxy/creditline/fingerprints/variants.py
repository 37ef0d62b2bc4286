"""More codes of one picture: crops that sites make of a work, and forms in which a copy of it may come.

A work is stored with the codes of the whole and of four centre crops. A copy is asked for turned and mirrored, all
eight ways, and once without its border. Every one of these pairs is one more chance to be wrong, so a hit through
them counts less than one between two whole pictures: `vocab.thresholds`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from creditline.fingerprints import iscc
from creditline.fingerprints.border import trimmed
from creditline.fingerprints.glimpse import glimpse
from creditline.fingerprints.perceptual import BOX, KIND, sampled, sampled_code
from creditline.model.errors import LimitError, PictureError
from creditline.model.observation import Codes, Fingerprint, Form

if TYPE_CHECKING:
    from numpy.typing import NDArray

CROPS: tuple[tuple[str, float], ...] = (("1:1", 1.0), ("4:5", 0.8), ("1.91:1", 1.91), ("9:16", 0.5625))
"""Name and width by height of the centre crops that sites make: thumbnail, portrait, link preview, story."""

CROP_KINDS = tuple(f"{KIND}/{name}" for name, _ in CROPS)
"""`Fingerprint.kind` of each crop's code."""


def codes(data: bytes, *, with_pixels: bool = True) -> Codes:
    """Every code of an encoded picture, from one decoding; never raises on what the bytes are.

    A picture that cannot be decoded has a `plain` without code and with the reason in `missed`, and nothing else.
    """
    # As in `perceptual.pdq`: decoders would be memory for nothing in a process that only compares.
    from creditline import pixels

    try:
        luma = pixels.grey(data, BOX)
        canonical = pixels.canonical_hash(data) if with_pixels else None
    except (PictureError, LimitError) as error:
        return Codes(Fingerprint(kind=KIND, code=None, missed=str(error)))
    forms = turned(luma)
    first = forms[0]
    plain = Fingerprint(kind=KIND, code=first.code, quality=first.quality, pixels=canonical, luma=first.luma)
    return Codes(plain, crops(luma), (*forms[1:], *without_border(luma)), (iscc.code_of(luma),))


def crops(luma: NDArray[np.float32]) -> tuple[Fingerprint, ...]:
    """The codes of the centre crops, in the order of `CROPS`."""
    found = []
    for kind, (_, shape) in zip(CROP_KINDS, CROPS, strict=True):
        samples = sampled(centre(luma, shape))
        code, quality = sampled_code(samples)
        found.append(Fingerprint(kind=kind, code=code, quality=quality, luma=glimpse(samples)))
    return tuple(found)


def centre(luma: NDArray[np.float32], shape: float) -> NDArray[np.float32]:
    """The largest part of that width by height around the middle, at least one pixel each way."""
    rows, columns = luma.shape
    width = max(1, min(columns, round(rows * shape)))
    height = max(1, min(rows, round(columns / shape)))
    top, left = (rows - height) // 2, (columns - width) // 2
    return luma[top : top + height, left : left + width]


def turned(luma: NDArray[np.float32]) -> tuple[Form, ...]:
    """All eight ways to turn and mirror a picture, the plain one first."""
    samples = sampled(luma)
    found = []
    for mirrored in (False, True):
        for quarter in range(4):
            # What is undone here is what was done to the original: turned clockwise last, so turned back first.
            back = np.rot90(samples, quarter)
            shown = back[:, ::-1] if mirrored else back
            code, quality = sampled_code(shown)
            found.append(Form(code, quality, rotation=90 * quarter, mirrored=mirrored, luma=glimpse(shown)))
    return tuple(found)


def without_border(luma: NDArray[np.float32]) -> tuple[Form, ...]:
    """The picture inside a plain border, if there is one."""
    inside = trimmed(luma)
    if inside is None:
        return ()
    samples = sampled(inside)
    code, quality = sampled_code(samples)
    return (Form(code, quality, trimmed=True, luma=glimpse(samples)),)
