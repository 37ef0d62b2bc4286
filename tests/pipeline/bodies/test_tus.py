"""tus: offsets, what the server refused, uploads that are joined."""

from __future__ import annotations

import pytest
from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import tus


def test_a_session() -> None:
    """Creation gives address, length and name; PATCHes have their place."""
    first, *pieces = (tus.step(seen(turn)) for turn in wire.by_name("tus").talk(PICTURE, "a"))

    assert first is not None
    assert (len(PICTURE), "a.jpg") == (first.total, first.filename)
    assert {first.key} == {piece.key for piece in pieces if piece is not None}
    assert [offset for offset, _ in wire.thirds(PICTURE)] == [
        piece.offset for piece in pieces if piece is not None
    ]


@pytest.mark.parametrize("status", [409, 460])
def test_refused(status: int) -> None:
    """After a wrong offset or checksum the server holds nothing of the body."""
    said = (wire.TUS, ("Upload-Offset", "0"))

    step = tus.step(seen(Turn("PATCH", "/f/1", said, PICTURE, status)))

    assert step is not None
    assert (None, None) == (step.data, step.missed)


def test_posted_patch() -> None:
    """Where only POST passes, a header names the method that is meant."""
    said = (wire.TUS, ("Upload-Offset", "0"), ("X-HTTP-Method-Override", "PATCH"))

    step = tus.step(seen(Turn("POST", "/f/1", said, PICTURE, 204)))

    assert step is not None
    assert (PICTURE, 0) == (step.data, step.offset)


def test_creation_with_upload() -> None:
    """The creation may carry the first bytes."""
    said = (wire.TUS, ("Upload-Length", "9000"), ("Content-Type", tus.CHUNK))

    step = tus.step(seen(Turn("POST", "/f", said, PICTURE, 201, b"", (("Location", "/f/1"),))))

    assert step is not None
    assert (PICTURE, 0, 9000) == (step.data, step.offset, step.total)


def test_joined() -> None:
    """A final upload names those it is made of, in order."""
    *_, final = (tus.step(seen(turn)) for turn in wire.by_name("tus, partial uploads joined").talk(PICTURE, "a"))

    assert final is not None
    assert [f"{wire.HOST}/f11j/a-{n}" for n in range(3)] == list(final.joins)
