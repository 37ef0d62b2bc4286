"""Regions of interest in a manifest's actions, as values (C2PA 2.2, "Region of interest").

An action says under `changes` which parts of the picture it touched. Only spatial regions are read: what another kind
of range covers cannot be told in pixels, so an action with one says nothing of its extent.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from creditline.metadata.c2pa_manifest import as_dict, as_list
from creditline.model.reading import Region

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_REGIONS = 200
"""Of one action; an editor's brush leaves some dozens."""
MAX_VERTICES = 2_000
"""Of one polygon; outlines of a person have some hundreds."""
MAX_NUMBER = 1e7
"""Pixels or percent; more than any picture is wide."""

_UNITS = frozenset({"pixel", "percent"})


def regions(action: Mapping[str, Any]) -> tuple[Region, ...] | None:
    """What an action says to have changed; None where it does not say, or any part of it is not understood."""
    changes = action.get("changes")
    if not isinstance(changes, list) or not changes:
        return None
    found: list[Region] = []
    for change in changes:
        ranges = as_list(as_dict(change).get("region"))
        if not ranges or len(found) + len(ranges) > MAX_REGIONS:
            return None
        for item in map(as_dict, ranges):
            region = _region(as_dict(item.get("shape"))) if item.get("type") == "spatial" else None
            if region is None:
                return None
            found.append(region)
    return tuple(found)


def _region(shape: Mapping[str, Any]) -> Region | None:
    kind, unit, inside = shape.get("type"), shape.get("unit"), shape.get("inside", True)
    origin = _point(shape.get("origin"))
    if origin is None or unit not in _UNITS or not isinstance(inside, bool):
        return None
    width, height = _number(shape.get("width")), _number(shape.get("height"))
    if kind == "rectangle" and width is not None and height is not None and min(width, height) >= 0:
        return Region("rectangle", str(unit), *origin, width, height, inside=inside)
    if kind == "circle" and width is not None and width >= 0:
        return Region("circle", str(unit), *origin, width, width, inside=inside)
    if kind == "polygon":
        corners = as_list(shape.get("vertices"))
        points = [_point(corner) for corner in corners[: MAX_VERTICES + 1]]
        sound = [point for point in points if point is not None]
        if 2 <= len(sound) == len(corners) <= MAX_VERTICES:
            return Region("polygon", str(unit), *origin, vertices=(origin, *sound), inside=inside)
    return None


def _point(value: object) -> tuple[float, float] | None:
    point = as_dict(value)
    x, y = _number(point.get("x")), _number(point.get("y"))
    return None if x is None or y is None else (x, y)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and abs(value) <= MAX_NUMBER else None
