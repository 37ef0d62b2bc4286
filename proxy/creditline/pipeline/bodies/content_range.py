"""F10: pieces with `Content-Range: bytes a-b/total`: GCS and Drive sessions, MS Graph, forms that send in slices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from creditline.model.upload_step import Step
from creditline.pipeline.bodies import multipart
from creditline.pipeline.bodies.view import number

if TYPE_CHECKING:
    from creditline.pipeline.bodies.view import View

CODE = "F10"
_RANGE = re.compile(r"bytes\s+(?:(\d{1,15})-(\d{1,15})|\*)/(\d{1,15}|\*)", re.IGNORECASE | re.ASCII)
_KEPT = re.compile(r"(?:bytes=)?0-(\d{1,15})", re.ASCII)
_EXPECTED = re.compile(rb'"nextExpectedRanges"\s*:\s*\[\s*"(\d{1,15})-')
_INCOMPLETE = 308
_CANCELLED = 499  # what GCS answers a DELETE of a session


def may_be(view: View) -> bool:
    """A piece with its place; the request that opens a session; the one that gives it up."""
    if view.method == "DELETE":
        return "upload_id" in view.query
    if view.method not in {"POST", "PUT", "PATCH"}:
        return False
    return view.header("content-range") is not None or _opens(view)


def step(view: View) -> Step | None:
    """What the request adds."""
    if view.method == "DELETE":
        return Step(CODE, view.resource(), abort=view.accepted or view.status == _CANCELLED)
    if view.header("content-range") is None:
        location = view.answered("location")
        if location is None or not view.accepted:
            return None
        kind = view.header("x-upload-content-type")
        return Step(
            CODE,
            view.resource(location),
            total=view.number("x-upload-content-length"),
            image=(kind or "").startswith("image/"),
            content_type=kind,
        )
    match = _RANGE.fullmatch((view.header("content-range") or "").strip())
    if match is None:
        return None
    done = view.accepted and view.status not in {202, _INCOMPLETE}
    total = number(match[3])
    if match[1] is None:
        # `bytes */N` asks how much is there; an answer of success says that all is.
        return Step(CODE, view.resource(), total=total, finish=done)
    return _piece(view, int(match[1]), int(match[2]), total, done=done)


def _piece(view: View, start: int, end: int, total: int | None, *, done: bool) -> Step:
    key, data, missed, part, filename = view.resource(), view.body, view.missed, None, None
    if multipart.recognises(view):
        sent = multipart.file_of(view)
        if sent is not None:
            data, missed, part, filename = sent.data, sent.missed, sent.part, sent.filename
            # Forms have no session but the file's name.
            key += f"#{filename}"
    if data is not None and view.whole and len(data) != end - start + 1:
        data, missed = None, "range_differs"
    refused = view.status is not None and not view.accepted
    last = total is not None and end == total - 1
    return Step(
        CODE,
        key,
        data=None if refused else data,
        missed=None if refused else missed,
        offset=start,
        total=total,
        confirmed=view.accepted,
        kept=_kept(view),
        whole=view.whole,
        # An unknown length ends with the piece that is not answered "more".
        finish=done and (last or (total is None and view.status in {200, 201})),
        part=part,
        filename=filename,
    )


def _opens(view: View) -> bool:
    return view.query.get("uploadType") == "resumable" or (view.header("x-goog-resumable") or "") == "start"


def _kept(view: View) -> int | None:
    """How many bytes the server says it holds; 308 without a range means none."""
    if view.status == _INCOMPLETE:
        match = _KEPT.fullmatch((view.answered("range") or "").strip())
        return int(match[1]) + 1 if match else 0
    if view.status == 202:
        found = _EXPECTED.search(view.answer)
        return int(found[1]) if found else None
    return None
