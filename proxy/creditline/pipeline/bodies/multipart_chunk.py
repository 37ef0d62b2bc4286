"""F2: X's media upload: INIT gives an id, APPEND brings a segment in a form, FINALIZE ends it (1.1 and 2).

The commands stand in the query (the site's own page), in the form's fields (API clients) or in the path (version 2).
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from creditline.model.upload_step import Step
from creditline.pipeline.bodies import multipart
from creditline.pipeline.bodies.view import number

if TYPE_CHECKING:
    from creditline.pipeline.bodies.view import View

CODE = "F2"
_PATH = re.compile(r"/(?:[\w.-]+/){0,4}media/upload2?(?:\.json)?(?:/(?P<rest>[\w/]{1,80}))?", re.ASCII)
_IN_PATH = re.compile(r"(?:(?P<id>\d{1,30})/)?(?P<command>initialize|append|finalize)", re.ASCII)
_COMMANDS = {"initialize": "INIT", "append": "APPEND", "finalize": "FINALIZE"}
_ID = re.compile(rb'"(?:media_id_string|id)"\s*:\s*"(\d{1,30})"')


def may_be(view: View) -> bool:
    """A POST to `…/media/upload`."""
    return view.method == "POST" and _PATH.fullmatch(view.path) is not None


def step(view: View) -> Step | None:
    """What the request adds; None for an upload without commands, which is one plain form."""
    match = _PATH.fullmatch(view.path)
    place = _IN_PATH.fullmatch(match["rest"] or "") if match is not None else None
    fields = view.fields
    command = _COMMANDS[place["command"]] if place is not None else fields.get("command", "").upper()
    name = (place["id"] if place is not None else None) or fields.get("media_id")
    if command == "INIT":
        found = _ID.search(view.answer)
        if found is None or not view.accepted:
            return None
        kind = fields.get("media_type")
        return Step(
            CODE,
            _key(view, found[1].decode()),
            total=number(fields.get("total_bytes")),
            image=(kind or "").startswith("image/"),
            content_type=kind,
        )
    if name is None:
        return None
    if command == "FINALIZE":
        md5 = fields.get("original_md5")
        return Step(CODE, _key(view, name), finish=view.accepted, declared=(("original_md5", md5),) if md5 else ())
    if command != "APPEND":
        return None
    data, missed, closed = _segment(view)
    return Step(
        CODE,
        _key(view, name),
        data=data,
        missed=missed,
        index=number(fields.get("segment_index")),
        first=0,
        confirmed=view.accepted,
        whole=view.whole and closed,
        part="media",
    )


def _segment(view: View) -> tuple[bytes | None, str | None, bool]:
    text = view.fields.get("media_data") or _text(view)
    if text is not None:
        try:
            return base64.b64decode(text.replace(" ", "+"), validate=True), None, True
        except (binascii.Error, ValueError):
            return None, "base64_broken", True
    sent = multipart.file_of(view)
    if sent is None:
        return None, view.missed or "no_segment", True
    return sent.data, sent.missed, sent.closed


def _text(view: View) -> str | None:
    """A segment as base64 in a form's field, without a Content-Transfer-Encoding that would say so."""
    part = next((part for part in view.form.parts if part.name == "media_data" and part.filename is None), None)
    coded = part is not None and not part.transfer_encoding and part.raw.isascii()
    return part.raw.decode("ascii") if part is not None and coded else None


def _key(view: View, name: str) -> str:
    return f"{view.host}#media:{name}"
