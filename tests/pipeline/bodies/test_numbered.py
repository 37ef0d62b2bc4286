"""Numbered pieces, in the fields of the five libraries that sites use."""

from __future__ import annotations

import pytest
from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import numbered


@pytest.mark.parametrize("family", numbered.FAMILIES, ids=lambda family: family.id)
def test_each_library(family: numbered.Family) -> None:
    """Its fields say which piece of how many this is, counted from where it counts from."""
    said = {family.id: "a", family.index: str(family.first), family.count: "2"}
    fields = [(name, None, None, value.encode()) for name, value in said.items()]
    body = wire.multipart(*fields, ("file", "blob", "application/octet-stream", PICTURE))

    step = numbered.step(seen(Turn("POST", "/up", (("Content-Type", wire.FORM),), body)))

    assert step is not None
    assert (PICTURE, family.first, family.first, 2) == (step.data, step.index, step.first, step.count)


def test_raw_body_with_a_query() -> None:
    """resumable.js can send the bytes alone, with its fields in the query."""
    first = wire.by_name("numbered raw chunks (resumable.js)").talk(PICTURE, "a")[0]

    step = numbered.step(seen(first))

    assert step is not None
    assert (wire.thirds(PICTURE)[0][1], 1, 3, "a.jpg") == (step.data, step.index, step.count, step.filename)


def test_a_form_without_numbers() -> None:
    """A file that needs one request only is a plain form."""
    body = wire.multipart(("dzuuid", None, None, b"a"), ("file", "a.jpg", None, PICTURE))

    assert numbered.step(seen(Turn("POST", "/up", (("Content-Type", wire.FORM),), body))) is None
