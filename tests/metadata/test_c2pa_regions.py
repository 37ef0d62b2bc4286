"""Regions of interest as signers write them; anything not understood leaves the extent open."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditline.metadata.c2pa_regions import MAX_REGIONS, MAX_VERTICES, regions
from creditline.model.reading import Region

BOX = {"type": "rectangle", "unit": "percent", "origin": {"x": 10, "y": 20.5}, "width": 30, "height": 40}


def changed(*shapes: Any, kind: str = "spatial") -> dict[str, Any]:
    return {"changes": [{"region": [{"type": kind, "shape": shape}]} for shape in shapes]}


def test_shapes() -> None:
    """Rectangle, circle and polygon; a polygon begins at its origin."""
    origin = {"x": 1, "y": 2}
    circle = {"type": "circle", "unit": "pixel", "origin": origin, "width": 7, "inside": False}
    polygon = {
        "type": "polygon",
        "unit": "pixel",
        "origin": origin,
        "vertices": [{"x": 5, "y": 2}, {"x": 5, "y": 9}],
    }

    assert (
        Region("rectangle", "percent", 10, 20.5, 30, 40),
        Region("circle", "pixel", 1, 2, 7, 7, inside=False),
        Region("polygon", "pixel", 1, 2, vertices=((1, 2), (5, 2), (5, 9))),
    ) == regions(changed(BOX, circle, polygon))


@pytest.mark.parametrize(
    "action",
    [
        {},
        {"changes": []},
        {"changes": "all"},
        {"changes": [{}]},
        changed(BOX, kind="temporal"),
        changed(BOX, BOX | {"unit": "inch"}),
        changed(BOX | {"width": -1}),
        changed(BOX | {"width": True}),
        changed(BOX | {"origin": {"x": float("nan"), "y": 0}}),
        changed(BOX | {"type": "spiral"}),
        changed(BOX | {"inside": "no"}),
        changed(
            {"type": "polygon", "unit": "percent", "origin": {"x": 0, "y": 0}, "vertices": [{"x": 1, "y": 1}]}
        ),
        changed(*[BOX] * (MAX_REGIONS + 1)),
        changed(BOX | {"type": "polygon", "vertices": [{"x": 1, "y": 1}] * (MAX_VERTICES + 1)}),
    ],
)
def test_not_understood(action: dict[str, Any]) -> None:
    """One region that makes no sense leaves the whole extent unknown; it is never taken for none or for all."""
    assert regions(action) is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["changes", "region", "type", "shape", "origin", "x", "vertices"]), inner
            )
        ),
        max_leaves=20,
    )
)
def test_any_json(value: Any) -> None:
    """Whatever a signer writes, there is an answer."""
    regions({"changes": value})
