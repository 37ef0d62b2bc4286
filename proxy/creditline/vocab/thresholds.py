"""How near two fingerprints must be, and how often chance alone brings two pictures that near.

Measured on 336 photos with 29 derivatives each, against 7.0 million pairs of different pictures. Distances are in
bits of 256 between `creditline.pdq.1` codes of whole pictures, each shrunk to at most 512 pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

BITS = 256
CODE_VERSION = 2
"""Which making of codes these thresholds hold for; raised with every change (of decoding, shrinking, hashing) that
gives the same picture another code or keeps more with it: 2 has small pictures. `creditline index rebuild` makes codes
of an older one anew."""
MINIMUM_QUALITY = 50
"""Flat pictures (logos, gradients, test cards) lie under this PDQ quality; their codes decide nothing."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A distance up to which a hit counts for something, with the rate of false hits per pair compared."""

    name: str
    distance: int
    false_match_rate: float
    basis: str


VARIANT = Threshold(
    "variant",
    31,
    2.8e-6,
    "0 of 1.08 million pairs of different pictures; the rate is the 95 % upper bound",
)
"""A hit through a crop, a turned or a trimmed variant counts alone only up to here."""

ALONE = Threshold(
    "alone",
    58,
    1e-9,
    "straight line through the logarithm of the measured tail, extrapolated",
)
"""Whole picture against whole picture: up to here the fingerprint alone says that it is the same work."""

CANDIDATE = Threshold(
    "candidate",
    80,
    1e-6,
    "measured on 7.0 million pairs of different pictures",
)
"""Past `ALONE` and up to here: perhaps, and something else must decide."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Correlations that the small pictures beside two codes must reach for the codes to be believed."""

    correlation: float
    detail: float


SMALL = Alike(0.7, 0.75)
"""Near codes of pictures that agree less than this decide nothing.

Chosen on every second photo of the corpus, where the highest of 506 crafted collisions reaches 0.69 in the detail, and
checked on the others, whose figures had been seen before (decision 0017): there the highest of 493 is 0.65, two
different photos 0.63. Re-encodes, colours and sizes of 150 pixels and more reach 0.75, but for one of 2,793. Text over
the picture, cut edges, some crops and turned copies fall under it, and are then for the second stage.
"""

THRESHOLDS = (VARIANT, ALONE, CANDIDATE)


@dataclass(frozen=True, slots=True)
class Agreement:
    """So many points that agree on a placement, and correlations above which the pictures are the same there."""

    inliers: int
    correlation: float
    detail: float


PLACED = (Agreement(10, 0.9, 0.76), Agreement(30, 0.8, 0.76), Agreement(20, 0.6, 0.88))
"""A placement that meets one of these is believed.

The last is for bright text over a dark picture, which takes the correlation and leaves the detail; it was set after all
photos of the corpus had been seen.

`detail` keeps apart two photographs of one scene from one place: at most 0.70 in 151 crops of the one such pair met
(correlation up to 0.97, up to 49 points), against 0.82 and more for the copies measured, with text over them too.
"""

FRAMED = Agreement(0, 0.8, 0.8)
"""What a copy laid on an original as the whole of it must meet: no points, so the pixels must agree more.

At a correlation of 0.6 one grooved surface in two lights was taken for one picture (0.70, 0.96 in the detail): 0.8 was
set after that pair had been seen."""

PLACED_RATE = 3e-5
"""False placements per pair aligned: 0 of 100,000 random pairs; the rate is the 95 % upper bound."""

WHOLE = 0.95
"""The least share of both pictures in their overlap for a placement to be the same frame and not a part of it."""
