"""A WebSocket message counts when it begins as a picture."""

from __future__ import annotations

from tests.wire import PICTURE, Turn, seen

from creditline.model.exchange import WEBSOCKET
from creditline.pipeline.bodies import websocket_message
from creditline.pipeline.recognise import uploads


def test_by_its_beginning() -> None:
    """A picture is one whole piece under F17; other messages, and other requests, are none."""
    view = seen(Turn(WEBSOCKET, "/ws", (), PICTURE))

    (found,) = uploads(view.exchange, None)

    assert (PICTURE, "F17", None) == (found.data, found.form, found.missed)
    assert not websocket_message.recognises(seen(Turn(WEBSOCKET, "/ws", (), b"\x01" + PICTURE)))
    assert not websocket_message.recognises(seen(Turn("POST", "/ws", (), PICTURE)))
