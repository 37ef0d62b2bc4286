"""Pieces by Content-Range: their place, their end, and what the server says it kept."""

from __future__ import annotations

import pytest
from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import content_range


def test_a_session() -> None:
    """Its opening names the address; pieces have their place; the last one ends it."""
    first, *pieces = (content_range.step(seen(turn)) for turn in wire.by_name("Content-Range").talk(PICTURE, "a"))

    assert first is not None
    assert {first.key} == {piece.key for piece in pieces if piece is not None}
    assert [False, False, True] == [piece.finish for piece in pieces if piece is not None]
    assert [offset for offset, _ in wire.thirds(PICTURE)] == [
        piece.offset for piece in pieces if piece is not None
    ]


@pytest.mark.parametrize(("said", "kept"), [((("Range", "bytes=0-9"),), 10), ((), 0)])
def test_what_was_kept(said: tuple[tuple[str, str], ...], kept: int) -> None:
    """308 with a range means so much of it was kept; without one, nothing."""
    turn = Turn("PUT", "/u", (("Content-Range", "bytes 0-99/500"),), b"x" * 100, 308, b"", said)

    step = content_range.step(seen(turn))

    assert step is not None
    assert (kept, False) == (step.kept, step.finish)


def test_graph_says_what_it_expects() -> None:
    """MS Graph answers 202 with the next range that it wants."""
    answer = b'{"nextExpectedRanges": ["26-127"]}'

    step = content_range.step(
        seen(Turn("PUT", "/u", (("Content-Range", "bytes 0-99/128"),), b"x" * 100, 202, answer))
    )

    assert step is not None
    assert (26, False) == (step.kept, step.finish)


def test_a_range_that_lies() -> None:
    """A piece of another length than its range is not used."""
    step = content_range.step(seen(Turn("PUT", "/u", (("Content-Range", "bytes 0-99/128"),), b"x" * 50)))

    assert step is not None
    assert (None, "range_differs") == (step.data, step.missed)


def test_sliced_form() -> None:
    """Forms sent in slices carry the piece as their file."""
    body = wire.multipart(("files[]", "a.jpg", "image/jpeg", PICTURE[:100]))
    said = (("Content-Type", wire.FORM), ("Content-Range", f"bytes 0-99/{len(PICTURE)}"))

    step = content_range.step(seen(Turn("POST", "/u", said, body)))

    assert step is not None
    assert (PICTURE[:100], 0, "a.jpg") == (step.data, step.offset, step.filename)
