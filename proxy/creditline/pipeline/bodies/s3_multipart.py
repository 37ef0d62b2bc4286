"""F8: S3 multipart upload: numbered parts, ended by a list of those that count; GCS and R2 speak it too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from creditline.model.upload_step import Step
from creditline.pipeline.bodies.view import number

if TYPE_CHECKING:
    from creditline.pipeline.bodies.view import View

CODE = "F8"
MAX_PARTS = 10_000
"""As many as S3 takes."""
_ID = re.compile(rb"<UploadId>([^<]{1,2048})</UploadId>")
_PART = re.compile(rb"<PartNumber>\s*(\d{1,5})\s*</PartNumber>")
_ERROR = re.compile(rb"<Error[\s>]")


def may_be(view: View) -> bool:
    """A request with `uploads` or `uploadId` in its query."""
    if view.method == "POST":
        return "uploads" in view.query or "uploadId" in view.query
    return view.method in {"PUT", "DELETE"} and "uploadId" in view.query


def step(view: View) -> Step | None:
    """What the request adds."""
    if "uploadId" not in view.query:
        match = _ID.search(view.answer)
        if match is None or not view.accepted:
            return None
        kind = view.content_type
        image = (kind or "").startswith("image/")
        name = match[1].decode("utf-8", "replace")
        return Step(CODE, _key(view, name), image=image, content_type=kind if image else None)
    key = _key(view, view.query["uploadId"])
    if view.method == "DELETE":
        return Step(CODE, key, abort=view.accepted)
    if view.method == "POST":
        listed = tuple(int(found) for found in _PART.findall(view.body or b"")[:MAX_PARTS])
        # S3 may begin its answer with 200 and end it with an error.
        done = view.accepted and _ERROR.search(view.answer) is None
        return Step(CODE, key, finish=done, order=listed if done else ())
    return Step(
        CODE,
        key,
        data=view.body,
        missed=view.missed,
        index=number(view.query.get("partNumber")),
        first=1,
        confirmed=view.accepted,
        whole=view.whole,
    )


def _key(view: View, name: str) -> str:
    return f"{view.host}{view.path}#{name}"
