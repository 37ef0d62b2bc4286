"""F15: Meta's rupload: a raw body with `Offset`, `X-Entity-Name` and `X-Entity-Length`, keyed by its address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from creditline.model.upload_step import Step

if TYPE_CHECKING:
    from creditline.pipeline.bodies.view import View

CODE = "F15"
_DONE = re.compile(rb'"(?:upload_id|media_id|h|id)"\s*:')


def may_be(view: View) -> bool:
    """A POST that says how long the entity is and where this begins."""
    length = view.header("x-entity-length") or view.header("x-entity-name")
    return view.method == "POST" and length is not None and view.header("offset") is not None


def step(view: View) -> Step | None:
    """What the request adds. Copied scripts get the length wrong: an answer with an id ends it, whatever was said."""
    kind = view.header("x-entity-type")
    refused = view.status is not None and not view.accepted
    return Step(
        CODE,
        f"{view.host}{view.path}",
        data=None if refused else view.body,
        missed=None if refused else view.missed,
        offset=view.number("offset"),
        total=view.number("x-entity-length"),
        confirmed=view.accepted,
        whole=view.whole,
        finish=view.accepted and view.whole and _DONE.search(view.answer) is not None,
        image=(kind or "").startswith("image"),
        content_type=kind,
    )
