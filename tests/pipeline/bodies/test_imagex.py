"""ImageX: raw bodies whose checksum proves that they were cut out exactly."""

from __future__ import annotations

from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import imagex


def test_at_once() -> None:
    """One request is the whole, and the checksum holds; a wrong one is said to differ."""
    (turn,) = wire.by_name("ImageX").talk(PICTURE, "a")

    step = imagex.step(seen(turn))
    wrong = imagex.step(seen(Turn("POST", turn.path, turn.headers, turn.body + b"x")))

    assert step is not None
    assert (PICTURE, True, (("content_crc32", "matches"),)) == (step.data, step.finish, step.declared)
    assert wrong is not None
    assert (("content_crc32", "differs"),) == wrong.declared


def test_in_parts() -> None:
    """Parts are numbered and belong to the id of the first answer; the end lists them."""
    first, *parts, end = (imagex.step(seen(turn)) for turn in wire.by_name("ImageX in parts").talk(PICTURE, "a"))

    assert first is not None
    assert end is not None
    assert {first.key} == {part.key for part in (*parts, end) if part is not None}
    assert ((1, 2, 3), True) == (end.order, end.finish)
