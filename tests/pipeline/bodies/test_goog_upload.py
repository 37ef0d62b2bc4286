"""Google's protocol: the session is the answered address, `finalize` ends it."""

from __future__ import annotations

from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import goog_upload


def test_a_session() -> None:
    """Start, two uploads and one that finalizes belong together."""
    first, *pieces = (goog_upload.step(seen(turn)) for turn in wire.by_name("X-Goog-Upload").talk(PICTURE, "a"))

    assert first is not None
    assert ({first.key}, len(PICTURE)) == ({piece.key for piece in pieces if piece is not None}, first.total)
    assert [False, False, True] == [piece.finish for piece in pieces if piece is not None]


def test_raw_is_whole_at_once() -> None:
    """The raw protocol sends all in one request."""
    step = goog_upload.step(seen(Turn("POST", "/v1/uploads", (("X-Goog-Upload-Protocol", "raw"),), PICTURE)))

    assert step is not None
    assert (PICTURE, 0, True) == (step.data, step.offset, step.finish)


def test_cancel() -> None:
    """A cancelled upload is given up."""
    step = goog_upload.step(seen(Turn("POST", "/u", (("X-Goog-Upload-Command", "cancel"),))))

    assert step is not None
    assert step.abort
