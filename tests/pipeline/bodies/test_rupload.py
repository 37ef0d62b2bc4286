"""Meta's rupload: pieces of an entity, keyed by its address."""

from __future__ import annotations

from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import rupload


def test_place_and_end() -> None:
    """The offset is the place; an answer with an id ends it."""
    (turn,) = wire.by_name("Meta rupload").talk(PICTURE, "a")

    step = rupload.step(seen(turn))

    assert step is not None
    assert (PICTURE, 0, len(PICTURE), True, True) == (step.data, step.offset, step.total, step.finish, step.image)


def test_refused() -> None:
    """A server that refused holds nothing of it."""
    (turn,) = wire.by_name("Meta rupload").talk(PICTURE, "a")

    step = rupload.step(seen(Turn("POST", turn.path, turn.headers, turn.body, 412, b"{}")))

    assert step is not None
    assert (None, False, False) == (step.data, step.confirmed, step.finish)
