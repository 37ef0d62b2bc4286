"""F11: tus 1.0 (https://tus.io/protocols/resumable-upload), with creation, concatenation and termination."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from creditline.model.upload_step import Step
from creditline.pipeline.bodies.view import number

if TYPE_CHECKING:
    from creditline.pipeline.bodies.view import View

CODE = "F11"
CHUNK = "application/offset+octet-stream"
MAX_JOINED = 1000
_REFUSED = frozenset({400, 404, 409, 410, 413, 460})
"""Answers after which the server holds nothing of what was sent."""


def may_be(view: View) -> bool:
    """A request that says it speaks tus."""
    return view.header("tus-resumable") is not None and view.method in {"POST", "PATCH", "DELETE"}


def step(view: View) -> Step | None:
    """What the request adds; None when it names no upload."""
    if view.method == "POST":
        return _creation(view)
    key = view.resource()
    if view.method == "DELETE":
        return Step(CODE, key, abort=view.accepted)
    refused = view.status in _REFUSED
    return Step(
        CODE,
        key,
        data=None if refused else view.body,
        missed=None if refused else view.missed,
        offset=view.number("upload-offset"),
        total=view.number("upload-length"),
        confirmed=view.accepted,
        kept=number(view.answered("upload-offset")),
        whole=view.whole,
    )


def _creation(view: View) -> Step | None:
    location = view.answered("location")
    if not view.accepted or location is None:
        return None
    key = view.resource(location)
    said = _metadata(view.header("upload-metadata") or "")
    kind = said.get("filetype") or said.get("type") or said.get("contentType")
    concat = (view.header("upload-concat") or "").strip()
    joins: tuple[str, ...] = ()
    if concat.startswith("final;"):
        joins = tuple(view.resource(url) for url in concat.removeprefix("final;").split()[:MAX_JOINED])
    carries = view.media_type == CHUNK
    return Step(
        CODE,
        key,
        # Creation with upload: the first bytes come with it.
        data=view.body if carries else None,
        missed=view.missed if carries else None,
        offset=0 if carries else None,
        total=view.number("upload-length"),
        kept=number(view.answered("upload-offset")),
        whole=view.whole,
        finish=bool(joins),
        joins=joins,
        partial=concat == "partial",
        image=(kind or "").startswith("image/"),
        filename=said.get("filename") or said.get("name"),
        content_type=kind,
    )


def _metadata(text: str) -> dict[str, str]:
    """`Upload-Metadata`: pairs of a key and base64, set apart by commas."""
    found = {}
    for pair in text.split(",")[:64]:
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            continue
    return found
