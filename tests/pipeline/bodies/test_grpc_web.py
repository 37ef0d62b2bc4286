"""A picture in a gRPC-web message is found by its beginning, and called a guess."""

from __future__ import annotations

import base64

from hypothesis import given, settings
from hypothesis import strategies as st
from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import grpc_web


def test_binary_and_text() -> None:
    """In both encodings, with the path of its field."""
    message = wire.grpc_message(PICTURE)
    for kind, body in (("+proto", message), ("-text", base64.b64encode(message))):
        view = seen(Turn("POST", "/a", (("Content-Type", f"application/grpc-web{kind}"),), body))

        (piece,) = grpc_web.cut(view).pieces

        assert (PICTURE, "/3", grpc_web.GUESSED) == (piece.data, piece.part, piece.declared)


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_never_raises(body: bytes) -> None:
    """No message makes the reader raise."""
    for kind in ("application/grpc-web", "application/grpc-web-text"):
        grpc_web.cut(seen(Turn("POST", "/a", (("Content-Type", kind),), body)))
        grpc_web.cut(seen(Turn("POST", "/a", (("Content-Type", kind),), b"\0\0\0\1\x90" + body)))
