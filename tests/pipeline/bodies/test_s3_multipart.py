"""S3's numbered parts and the list that ends them."""

from __future__ import annotations

from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import s3_multipart


def test_a_session() -> None:
    """The answered id ties them; the list says which parts count, gaps and all."""
    first, *parts, end = (
        s3_multipart.step(seen(turn)) for turn in wire.by_name("S3 multipart").talk(PICTURE, "a")
    )

    assert first is not None
    assert end is not None
    assert {first.key} == {part.key for part in (*parts, end) if part is not None}
    assert ([1, 2, 5], (1, 2, 5)) == ([part.index for part in parts if part is not None], end.order)


def test_an_error_behind_200() -> None:
    """S3 may begin its answer with success and end it with an error: then nothing was finished."""
    step = s3_multipart.step(seen(Turn("POST", "/a?uploadId=1", (), b"", 200, b"<Error><Code>x</Code></Error>")))

    assert step is not None
    assert not step.finish


def test_frames_are_stripped() -> None:
    """A part in aws-chunked frames is what is inside them."""
    part = wire.by_name("S3 multipart in aws-chunked frames").talk(PICTURE, "a")[1]

    step = s3_multipart.step(seen(part))

    assert step is not None
    assert wire.thirds(PICTURE)[0][1] == step.data


def test_abort() -> None:
    """DELETE gives it up."""
    step = s3_multipart.step(seen(Turn("DELETE", "/a?uploadId=1", status=204)))

    assert step is not None
    assert step.abort
