"""How much regions cover together: known areas, overlaps, edges of the picture."""

from __future__ import annotations

import math
import time

import pytest

from creditline.analysis.regions import share
from creditline.model.reading import Region

CLOSE = 0.003


def box(x: float, y: float, width: float, height: float, unit: str = "percent", *, inside: bool = True) -> Region:
    return Region("rectangle", unit, x, y, width, height, inside=inside)


TRIANGLE = Region("polygon", "percent", 0, 0, vertices=((0, 0), (100, 0), (0, 100)))


@pytest.mark.parametrize(
    ("regions", "size", "expected"),
    [
        ([box(0, 0, 50, 50)], (300, 200), 0.25),
        ([box(0, 0, 50, 50), box(25, 25, 50, 50)], (300, 200), 0.4375),  # a union, not a sum
        ([box(50, 50, 500, 500)], (300, 200), 0.25),  # clipped
        ([box(-50, -50, 100, 100)], (300, 200), 0.25),
        ([box(0, 0, 150, 100, "pixel")], (300, 200), 0.25),
        ([box(0, 0, 50, 50, inside=False)], (300, 200), 0.75),
        ([box(200, 200, 10, 10)], (300, 200), 0.0),
        ([TRIANGLE], (300, 200), 0.5),
        ([Region("circle", "percent", 50, 50, 50, 50)], (200, 200), math.pi / 16),
        ([Region("circle", "pixel", 200, 50, 100, 100)], (400, 100), math.pi / 16),  # round on the picture
        ([box(0, 0, 100, 100)], (1, 5000), 1.0),
        ([box(0, 0, 50, 50)], None, 0.25),
        ([], (300, 200), 0.0),
    ],
)
def test_area(regions: list[Region], size: tuple[int, int] | None, expected: float) -> None:
    """The share is that of the shapes' union inside the picture."""
    found = share(regions, size)

    assert found is not None
    assert abs(expected - found) < CLOSE


def test_a_star_is_filled_by_even_and_odd() -> None:
    """A polygon that goes around twice leaves its middle open."""
    twice = Region("polygon", "percent", 0, 0, vertices=((0, 0), (100, 0), (100, 100), (0, 100)) * 2)

    assert share([twice], (100, 100)) == 0.0


def test_what_cannot_be_told() -> None:
    """Pixels of a picture of unknown size, and outlines past the cap, have no share."""
    corners = tuple((float(n % 100), float(n % 97)) for n in range(2_000))
    start = time.process_time()

    assert share([box(0, 0, 10, 10, "pixel")], None) is None
    assert share([Region("polygon", "percent", 0, 0, vertices=corners)] * 200, (100, 100)) is None
    assert share([box(0, 0, 1, 1)], (0, 10)) is None
    assert share([box(float(n % 100), 0, 1, 1) for n in range(1000)], (100, 100)) is not None
    assert 10 > time.process_time() - start
