"""F17 (readable case): a WebSocket message that itself begins as a picture; nothing else of a socket is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.model.exchange import WEBSOCKET
from creditline.pipeline.bodies import raw

if TYPE_CHECKING:
    from creditline.pipeline.bodies.piece import Cut
    from creditline.pipeline.bodies.view import View

CODE = "F17"


def recognises(view: View) -> bool:
    """A message of a socket, its beginning that of a picture."""
    return view.method == WEBSOCKET and raw.begins(view)


def cut(view: View) -> Cut:
    """The whole message."""
    return raw.cut(view)
