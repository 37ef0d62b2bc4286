"""X's media upload, wherever its commands stand."""

from __future__ import annotations

import base64

from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import multipart_chunk


def test_commands_in_the_query() -> None:
    """INIT's answer names the upload; segments are numbered from 0; FINALIZE ends it."""
    turns = wire.by_name("multipart chunks (X)").talk(PICTURE, "a")

    first, *parts, end = (multipart_chunk.step(seen(turn)) for turn in turns)

    assert first is not None
    assert end is not None
    assert {first.key} == {part.key for part in (*parts, end) if part is not None}
    assert ([0, 1, 2], True, True) == ([part.index for part in parts if part is not None], end.finish, first.image)
    assert PICTURE == b"".join(part.data or b"" for part in parts if part is not None)


def test_commands_in_fields_and_base64() -> None:
    """API clients send all of it as fields of the form, the segment as base64."""
    said = {"command": "APPEND", "media_id": "7", "segment_index": "1"}
    fields = [(name, None, None, value.encode()) for name, value in said.items()]
    body = wire.multipart(*fields, ("media_data", None, None, base64.b64encode(PICTURE)))

    step = multipart_chunk.step(seen(Turn("POST", "/1.1/media/upload.json", (("Content-Type", wire.FORM),), body)))

    assert step is not None
    assert (PICTURE, 1) == (step.data, step.index)


def test_commands_in_the_path() -> None:
    """Version 2 has them in the path."""
    body = wire.multipart(("segment_index", None, None, b"0"), ("media", "blob", None, PICTURE))
    form = (("Content-Type", wire.FORM),)

    begun = multipart_chunk.step(seen(Turn("POST", "/2/media/upload/initialize", answer=b'{"data":{"id":"7"}}')))
    piece = multipart_chunk.step(seen(Turn("POST", "/2/media/upload/7/append", form, body)))
    end = multipart_chunk.step(seen(Turn("POST", "/2/media/upload/7/finalize")))

    assert begun is not None
    assert piece is not None
    assert end is not None
    assert ({begun.key}, PICTURE, True) == ({piece.key, end.key}, piece.data, end.finish)


def test_a_plain_form_there_is_none() -> None:
    """The simple upload of version 1.1 is one form."""
    body = wire.multipart(("media", "a.jpg", None, PICTURE))

    view = seen(Turn("POST", "/1.1/media/upload.json", (("Content-Type", wire.FORM),), body))

    assert multipart_chunk.step(view) is None
