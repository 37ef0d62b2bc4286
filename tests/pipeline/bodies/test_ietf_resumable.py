"""The IETF's resumable upload: the answer's address ties the pieces, `Upload-Complete` ends them."""

from __future__ import annotations

from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import ietf_resumable


def test_a_session() -> None:
    """The first request brings the first piece; the last says so."""
    steps = [ietf_resumable.step(seen(turn)) for turn in wire.by_name("IETF resumable upload").talk(PICTURE, "a")]

    assert 1 == len({step.key for step in steps if step is not None})
    assert [False, False, True] == [step.finish for step in steps if step is not None]
    assert PICTURE == b"".join(step.data or b"" for step in steps if step is not None)


def test_the_older_header() -> None:
    """`Upload-Incomplete: ?0` means the same as `Upload-Complete: ?1`."""
    step = ietf_resumable.step(seen(Turn("POST", "/u", (("Upload-Incomplete", "?0"),), PICTURE)))

    assert step is not None
    assert (True, 0, PICTURE) == (step.finish, step.offset, step.data)
