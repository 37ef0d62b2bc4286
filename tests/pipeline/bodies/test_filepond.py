"""FilePond's chunks belong to the id that its server gave."""

from __future__ import annotations

from tests import wire
from tests.wire import PICTURE, seen

from creditline.pipeline.bodies import filepond


def test_a_session() -> None:
    """The answer's text is the id of what PATCH brings."""
    first, *pieces = (filepond.step(seen(turn)) for turn in wire.by_name("FilePond chunks").talk(PICTURE, "a"))

    assert first is not None
    assert ({first.key}, len(PICTURE)) == ({piece.key for piece in pieces if piece is not None}, first.total)
    assert PICTURE == b"".join(piece.data or b"" for piece in pieces if piece is not None)


def test_tus_is_not_filepond() -> None:
    """What says it speaks tus is left to tus."""
    turn = wire.by_name("tus").talk(PICTURE, "a")[1]

    assert not filepond.may_be(seen(turn))
