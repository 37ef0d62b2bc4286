"""Whether one picture lies inside another, and where: points that agree on one placement, then the pixels themselves.

ORB points (Rublee et al., 2011) spread over a grid, so that a line of text cannot take them all; pairs of points by
their descriptors; one similarity (shift, turn, scale) that most of them agree on, found by RANSAC; and then the
correlation of both pictures where they overlap, which is what decides. OpenCV does the work: the extra `geometry`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.util import find_spec
from math import atan2, degrees, hypot
from typing import TYPE_CHECKING, Any

import numpy as np

from creditline.fingerprints.border import blocks
from creditline.fingerprints.geometry_overlap import agreement, overlap
from creditline.fingerprints.perceptual import code_of
from creditline.model.errors import MissingPartError, PictureError
from creditline.model.observation import Placement
from creditline.vocab.thresholds import FRAMED, MINIMUM_QUALITY, PLACED, WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

EDGE = 640
"""Long edge in pixels at which an original is looked at, and a copy first."""
LARGE_EDGE = 1280
"""Long edge for a copy's second look: a picture on a screenshot of a page is a small part of it."""
POINTS = 500
LARGE_POINTS = 1500
SMALL_EDGE = 320
"""Long edge of the luma that is kept of an original, to correlate with: finer detail tells two photographs of one scene
apart, and takes four times as much memory for twice the size."""

_COLUMNS, _ROWS = 10, 8
_DETECTED = 5  # times the points that are kept: what the grid chooses from
_WEAKEST = 3  # luma levels by which a corner stands out
_RATIO = 0.85  # a pair of points must be nearer than this times the next best
_ROWS_AT_A_TIME = 32  # of the table of distances: its parts stay in the processor's cache
_FAR = 257  # bits, behind every distance
_REACH = 4.0  # pixels that a point may lie off its place
_TRIALS = 1000
_LEAST_SIDE = 32  # shorter pictures have no room for one ORB patch of 31 pixels
_LEAST_EDGE = 320  # a crop as it is has the points of its original; enlarged, it loses a part of them
_ENLARGED = 4.0
_LARGER = 1.2  # a second look at hardly more pixels would see no more
_LARGEST_SCALE = 10.0
_STRETCHED = 1.03  # sides of whole copies are rounded to pixels: 1 of 50
_LEAST_OVERLAP = 0.03  # of either picture; placements that squeeze one to a point agree with anything


@dataclass(frozen=True, slots=True)
class Features:
    """What comparing needs of a picture that is shown `width` × `height` pixels large.

    `points` (n × 2) are in pixels of the size looked at, `edge` its long edge; `descriptors` n × 32 bytes, best
    spread first. `luma` may be smaller than that size. `parts` are the pictures on it, if it is a page: top, left,
    rows and columns in `luma`.
    """

    width: int
    height: int
    edge: float
    points: NDArray[np.float32]
    descriptors: NDArray[np.uint8]
    luma: NDArray[np.uint8]
    parts: tuple[tuple[int, ...], ...] = ()

    @property
    def nbytes(self) -> int:
        """Bytes of memory that it takes."""
        return self.points.nbytes + self.descriptors.nbytes + self.luma.nbytes


def available() -> bool:
    """Whether the extra `geometry` is installed."""
    return find_spec("cv2") is not None


def original_features(data: bytes) -> Features:
    """An original's features, 100 kB at most.

    Raises:
        PictureError, LimitError: it cannot be decoded.
        MissingPartError: the extra `geometry` is not installed.
    """
    found = _features(_luma(data, EDGE), _size(data), POINTS)
    small = _reduced(found.luma, SMALL_EDGE)
    by = max(small.shape) / max(found.luma.shape)
    parts = [tuple(int(length * by) for length in part) for part in blocks(found.luma)]
    return replace(found, luma=small, parts=tuple(parts))


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy, decoded once, to be looked at in several ways."""

    width: int
    height: int
    luma: NDArray[np.uint8]

    def looks(self) -> Iterator[Features]:
        """Its features: as it is, then of each picture on it if it is a page, then at twice the size if it has that.

        Raises:
            MissingPartError: the extra `geometry` is not installed.
            PictureError: OpenCV fails on it.
        """
        yield _features(_reduced(self.luma, EDGE), (self.width, self.height), POINTS)
        for part in blocks(self.luma):
            yield _features(self.luma, (self.width, self.height), POINTS, part)
        if max(self.luma.shape) > EDGE * _LARGER:
            yield _features(self.luma, (self.width, self.height), LARGE_POINTS)

    def mirrored(self) -> Copy:
        """The copy as a mirror shows it."""
        return Copy(self.width, self.height, np.ascontiguousarray(self.luma[:, ::-1]))


def copy_of(data: bytes) -> Copy:
    """A copy to be looked at.

    Raises:
        PictureError, LimitError: it cannot be decoded.
    """
    width, height = _size(data)
    return Copy(width, height, _enlarged(_luma(data, LARGE_EDGE)))


def placed(original: Features, copy: Features, *, mirrored: bool = False) -> Placement | None:
    """Where the original lies in the copy, by `vocab.thresholds.PLACED`; None where that is not known.

    `mirrored` says that `copy` is the mirrored look. Points must agree and the pixels must: neither is enough.

    Raises:
        PictureError: OpenCV fails on it.
        MissingPartError: the extra `geometry` is not installed.
    """
    found = measured(original, copy, mirrored=mirrored)
    if found is None or not any(
        found.inliers >= rule.inliers and found.correlation > rule.correlation and found.detail > rule.detail
        for rule in PLACED
    ):
        return None
    return found


def whole(original: Features, copy: Features, *, mirrored: bool = False) -> Placement | None:
    """The original as the whole of the copy, perhaps turned by quarters: laid on it without points, which an even or
    a repeating picture has too few of. Believed by `vocab.thresholds.FRAMED`; None where that is not known, and where
    one of the two is as flat as a logo: many of those are nearly alike.

    `mirrored` is as for `placed`; `inliers` is 0.

    Raises:
        PictureError: OpenCV fails on it.
        MissingPartError: the extra `geometry` is not installed.
    """
    cv2 = _opencv()
    try:
        if min(_quality(original.luma), _quality(copy.luma)) < MINIMUM_QUALITY:
            return None
        for turn in (0, 90, 180, 270):
            found = _laid(cv2, original, copy, turn, mirrored)
            if found is not None and found.correlation > FRAMED.correlation and found.detail > FRAMED.detail:
                return found
    except cv2.error as error:
        raise PictureError(f"the picture cannot be compared: {error}") from error
    return None


def _laid(cv2: Any, original: Features, copy: Features, turn: int, mirrored: bool) -> Placement | None:
    """The whole on the whole, turned clockwise; None where the shapes differ or nothing can be compared."""
    (wide, high), (right, down) = _seen_size(original), _seen_size(copy)
    upright = (right, down) if turn in (0, 180) else (down, right)
    across, along = upright[0] / wide, upright[1] / high
    if not 1 / _STRETCHED <= across / along <= _STRETCHED:
        return None
    to = {
        0: ((across, 0, 0), (0, along, 0)),
        90: ((0, -along, right), (across, 0, 0)),
        180: ((-across, 0, right), (0, -along, down)),
        270: ((0, along, 0), (-across, 0, down)),
    }[turn]
    alike = agreement(cv2, np.array(to, np.float64), (across + along) / 2, original, copy)
    if alike is None:
        return None
    by = max(copy.width, copy.height) / max(original.width, original.height)
    return Placement(
        scale=round(by, 4),
        rotation=float((-turn if mirrored else turn) % 360),
        mirrored=mirrored,
        box=(0, 0, original.width, original.height),
        shown=1.0,
        filled=1.0,
        inliers=0,
        correlation=round(alike[0], 3),
        detail=round(alike[1], 3),
    )


def _quality(luma: NDArray[np.uint8]) -> int:
    return code_of(_reduced(luma, SMALL_EDGE).astype(np.float32))[1]


def _seen_size(of: Features) -> tuple[float, float]:
    """Width and height in pixels of the size looked at."""
    by = of.edge / max(of.width, of.height)
    return of.width * by, of.height * by


def measured(original: Features, copy: Features, *, mirrored: bool = False) -> Placement | None:
    """The best placement, however weak; None where points agree on none. `placed` says what to believe."""
    cv2 = _opencv()
    try:
        return _measured(cv2, original, copy, mirrored)
    except cv2.error as error:
        raise PictureError(f"the picture cannot be compared: {error}") from error


def _measured(cv2: Any, original: Features, copy: Features, mirrored: bool) -> Placement | None:
    pairs = _pairs(original.descriptors, copy.descriptors)
    least = min(rule.inliers for rule in PLACED)
    if len(pairs) < least:
        return None
    there, here = original.points[pairs[:, 0]], copy.points[pairs[:, 1]]
    found, kept = cv2.estimateAffinePartial2D(
        there, here, method=cv2.RANSAC, ransacReprojThreshold=_REACH, maxIters=_TRIALS, confidence=0.995
    )
    # Points that lie on one another, as of equal patches, are one witness.
    inliers = 0 if kept is None else len(np.unique(np.round(there[kept.ravel() > 0]), axis=0))
    if found is None or inliers < least or not np.isfinite(found).all():
        return None
    scale = hypot(found[0, 0], found[1, 0])
    if not 1 / _LARGEST_SCALE <= scale <= _LARGEST_SCALE:
        return None
    box, shown, filled = overlap(cv2, found, original, copy)
    if min(shown, filled) < _LEAST_OVERLAP and max(shown, filled) < WHOLE:
        return None
    alike = agreement(cv2, found, scale, original, copy)
    if alike is None:
        return None
    turn = degrees(atan2(found[1, 0], found[0, 0]))
    by = (max(copy.width, copy.height) / copy.edge) / (max(original.width, original.height) / original.edge)
    return Placement(
        scale=round(scale * by, 4),
        # The look was mirrored, so what turns it clockwise turns the copy the other way.
        rotation=round((-turn if mirrored else turn) % 360, 1) % 360,
        mirrored=mirrored,
        box=box,
        shown=round(shown, 3),
        filled=round(filled, 3),
        inliers=inliers,
        correlation=round(alike[0], 3),
        detail=round(alike[1], 3),
    )


def _pairs(there: NDArray[np.uint8], here: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Rows of the two that are each other's clear match, seen from either side; n × 2."""
    if len(there) < 2 or len(here) < 2:
        return np.empty((0, 2), np.intp)
    distances = np.empty((len(there), len(here)), np.uint16)
    columns = [np.ascontiguousarray(column) for column in here.view(np.uint64).T]
    for start in range(0, len(there), _ROWS_AT_A_TIME):
        rows = there[start : start + _ROWS_AT_A_TIME].view(np.uint64)
        counts = [np.bitwise_count(rows[:, number, None] ^ column) for number, column in enumerate(columns)]
        # 256 differing bits do not fit the eight that a count has, 128 do.
        np.add(
            counts[0] + counts[1], counts[2] + counts[3], out=distances[start : start + len(rows)], dtype=np.uint16
        )
    turned = np.ascontiguousarray(distances.T)
    pairs = [_clear(distances), _clear(turned)[:, ::-1]]
    return np.unique(np.concatenate(pairs), axis=0)


def _clear(distances: NDArray[np.uint16]) -> NDArray[np.intp]:
    """Row and column of each row's least, where that is clearly less than the next; `distances` is spent."""
    rows = np.arange(len(distances))
    best = distances.argmin(axis=1)
    nearest = distances[rows, best]
    distances[rows, best] = _FAR
    near = nearest < _RATIO * distances.min(axis=1)
    return np.stack([rows[near], best[near]], axis=1)


def _features(
    luma: NDArray[np.uint8],
    size: tuple[int, int],
    points: int,
    part: tuple[int, int, int, int] | None = None,
) -> Features:
    """Features of a luma at the size at which it is, or of a part of it: top, left, rows and columns."""
    cv2 = _opencv()
    where, what = np.empty((0, 2), np.float32), np.empty((0, 32), np.uint8)
    top, left, rows, columns = part or (0, 0, *luma.shape)
    seen = np.ascontiguousarray(luma[top : top + rows, left : left + columns])
    larger = seen if part is None else _enlarged(seen)
    if min(larger.shape) >= _LEAST_SIDE:
        try:
            # The grid takes the best of each cell; smooth skies and dark pictures have weak corners only.
            orb = cv2.ORB_create(nfeatures=points * _DETECTED, fastThreshold=_WEAKEST)
            chosen = _spread(list(orb.detect(larger, None)), larger.shape[1], larger.shape[0], points)
            chosen, described = orb.compute(larger, chosen)
        except cv2.error as error:
            raise PictureError(f"the picture cannot be compared: {error}") from error
        if described is not None and len(chosen):
            by = max(larger.shape) / max(seen.shape)
            where = np.array([point.pt for point in chosen], np.float32) / np.float32(by)
            where += np.array([left, top], np.float32)
            what = described
    return Features(*size, float(max(luma.shape)), where, what, luma)


def _spread(found: list[Any], columns: int, rows: int, points: int) -> list[Any]:
    """The strongest of each cell of the grid first, then the second of each, until there are enough."""
    if not found:
        return []
    facts = np.array([(*point.pt, point.response) for point in found], np.float64)
    cells = (facts[:, 0] * _COLUMNS / columns).astype(int) + _COLUMNS * (facts[:, 1] * _ROWS / rows).astype(int)
    order = np.lexsort((facts[:, 1], facts[:, 0], -facts[:, 2], cells))
    counts = np.bincount(cells)
    rank = np.empty(len(found), int)
    rank[order] = np.arange(len(found)) - np.repeat(np.cumsum(counts) - counts, counts)
    chosen = np.lexsort((-facts[:, 2], rank))[:points]
    return [found[number] for number in chosen]


def _luma(data: bytes, edge: int) -> NDArray[np.uint8]:
    from creditline import pixels  # decoders are memory for nothing in a process that only asks `available`

    return np.round(pixels.grey(data, edge)).astype(np.uint8)


def _size(data: bytes) -> tuple[int, int]:
    from creditline import pixels

    return pixels.size(data)


def _enlarged(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """At `_LEAST_EDGE` if it is smaller: ORB sees no point within 31 pixels of an edge."""
    longest = max(luma.shape)
    if longest >= _LEAST_EDGE or longest < _LEAST_SIDE:
        return luma
    by = min(_LEAST_EDGE / longest, _ENLARGED)
    rows, columns = (max(1, round(side * by)) for side in luma.shape)
    large: NDArray[np.uint8] = _opencv().resize(luma, (columns, rows), interpolation=_opencv().INTER_CUBIC)
    return large


def _reduced(luma: NDArray[np.uint8], edge: int) -> NDArray[np.uint8]:
    longest = max(luma.shape)
    if longest <= edge:
        return luma
    rows, columns = (max(1, round(side * edge / longest)) for side in luma.shape)
    small: NDArray[np.uint8] = _opencv().resize(luma, (columns, rows), interpolation=_opencv().INTER_AREA)
    return small


def _opencv() -> Any:
    """OpenCV, on one thread: it would start as many as there are cores, beside a proxy that needs them."""
    try:
        import cv2
    except ImportError as error:
        raise MissingPartError(
            "pictures cannot be aligned: OpenCV is not installed", next_step="pip install 'creditline[geometry]'"
        ) from error
    if cv2.getNumThreads() != 1:
        cv2.setNumThreads(1)
    return cv2
