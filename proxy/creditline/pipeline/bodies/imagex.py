"""F16: ByteDance's ImageX: raw bodies under `/upload/v1/`, each with its CRC-32, at once or in parts."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from creditline.model.upload_step import Step
from creditline.pipeline.bodies.view import number

if TYPE_CHECKING:
    from creditline.pipeline.bodies.view import View

CODE = "F16"
PREFIX = "/upload/v1/"
_ID = re.compile(rb'"upload_?id"\s*:\s*"([^"]{1,512})"', re.IGNORECASE)
_LISTED = re.compile(rb"(\d{1,5}):[0-9a-fA-F]{1,8}")


def may_be(view: View) -> bool:
    """A POST there, with a checksum or a phase."""
    if view.method not in {"POST", "PUT"} or not view.path.startswith(PREFIX):
        return False
    return view.header("content-crc32") is not None or "phase" in view.query


def step(view: View) -> Step | None:
    """What the request adds; whether the checksum holds is said with it."""
    phase = view.query.get("phase", "").lower()
    declared = _checked(view)
    if not phase:
        return Step(
            CODE,
            f"{view.host}{view.path}#{view.exchange.id}",
            data=view.body,
            missed=view.missed,
            offset=0,
            whole=view.whole,
            finish=view.whole,
            alone=True,
            declared=declared,
        )
    name = view.query.get("uploadID") or view.query.get("uploadid") or _answered(view)
    if name is None:
        return None
    key = f"{view.host}{view.path}#{name}"
    if phase == "transfer":
        index = number(view.query.get("partNumber"))
        return Step(
            CODE,
            key,
            data=view.body,
            missed=view.missed,
            index=index,
            confirmed=view.accepted,
            whole=view.whole,
            declared=declared,
        )
    if phase == "finish":
        listed = tuple(int(found) for found in _LISTED.findall((view.body or b"")[: 1 << 20]))
        return Step(CODE, key, finish=view.accepted, order=listed if view.accepted else ())
    return Step(CODE, key)


def _answered(view: View) -> str | None:
    match = _ID.search(view.answer)
    return match[1].decode("utf-8", "replace") if match is not None and view.accepted else None


def _checked(view: View) -> tuple[tuple[str, str], ...]:
    said = view.header("content-crc32")
    if said is None or view.body is None:
        return ()
    same = said.strip().lower().lstrip("0") == f"{zlib.crc32(view.body):x}"
    return (("content_crc32", "matches" if same else "differs"),)
