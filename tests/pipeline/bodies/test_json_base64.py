"""A picture in a string of a JSON body is found wherever it stands."""

from __future__ import annotations

import time

from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import json_base64


def test_pointer_and_bytes() -> None:
    """Escapes are undone, and the place is a JSON pointer."""
    (turn,) = wire.by_name("data URL in JSON").talk(PICTURE, "a")

    (piece,) = json_base64.cut(seen(turn)).pieces

    assert json_base64.recognises(seen(turn))
    assert ("/post/images/0/image", PICTURE, "image/jpeg") == (piece.part, piece.data, piece.content_type)


def test_hostile_depth_and_broken_json() -> None:
    """Depth and nonsense cost nothing and find nothing."""
    for body in (b"[" * 200_000, b'{"a": ' * 5000 + b"1" + b"}" * 5000, b'{"a": "/9j/'):
        started = time.perf_counter()

        cut = json_base64.cut(seen(Turn("POST", "/a", (("Content-Type", "application/json"),), body)))

        assert () == cut.pieces
        assert time.perf_counter() - started < 2
