"""F13: numbered pieces in the fields of Dropzone, resumable.js, flow.js, plupload and Fine Uploader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.model.upload_step import Step
from creditline.pipeline.bodies import multipart
from creditline.pipeline.bodies.view import number

if TYPE_CHECKING:
    from creditline.pipeline.bodies.view import View

CODE = "F13"


@dataclass(frozen=True, slots=True)
class Family:
    """The names that one library gives its fields; `first` is the number of the first piece."""

    id: str
    index: str
    count: str
    first: int
    total: str | None = None
    filename: str | None = None


FAMILIES = (
    Family("dzuuid", "dzchunkindex", "dztotalchunkcount", 0, "dztotalfilesize"),
    # Its last chunk is up to twice as long as the others: only the number tells the place.
    Family(
        "resumableIdentifier",
        "resumableChunkNumber",
        "resumableTotalChunks",
        1,
        "resumableTotalSize",
        "resumableFilename",
    ),
    Family("flowIdentifier", "flowChunkNumber", "flowTotalChunks", 1, "flowTotalSize", "flowFilename"),
    Family("qquuid", "qqpartindex", "qqtotalparts", 0, "qqtotalfilesize", "qqfilename"),
    Family("name", "chunk", "chunks", 0, None, "name"),
)


def may_be(view: View) -> bool:
    """A form, or a body whose query has such fields."""
    if view.method not in {"POST", "PUT"}:
        return False
    return multipart.recognises(view) or any(
        family.id in view.query and family.index in view.query for family in FAMILIES
    )


def step(view: View) -> Step | None:
    """What the request adds; None when it has no numbers, as with a file that needs one request only."""
    fields = view.fields
    for family in FAMILIES:
        index, count = number(fields.get(family.index)), number(fields.get(family.count))
        if family.id not in fields or index is None or count is None:
            continue
        sent = multipart.file_of(view) if multipart.recognises(view) else None
        raw = not multipart.recognises(view)
        data = view.body if raw else (sent.data if sent is not None else None)
        named = fields.get(family.filename) if family.filename else None
        return Step(
            CODE,
            f"{view.host}{view.path}#{family.id}:{fields[family.id]}",
            data=data,
            missed=view.missed or (sent.missed if sent is not None else None),
            index=index,
            first=family.first,
            total=number(fields.get(family.total)) if family.total else None,
            count=count,
            confirmed=view.accepted,
            whole=view.whole and (sent is None or sent.closed),
            part=sent.part if sent is not None else None,
            filename=named or (sent.filename if sent is not None else None),
        )
    return None
