"""F8 as Azure has it: blocks with names (`comp=block`), ended by a list of names (`comp=blocklist`)."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from creditline.model.upload_step import Step

if TYPE_CHECKING:
    from creditline.pipeline.bodies.view import View

CODE = "F8"
MAX_BLOCKS = 50_000
"""As many as Azure takes."""
_NAME = re.compile(rb"<(?:Latest|Uncommitted|Committed)>\s*([^<\s]{1,128})\s*</")


def may_be(view: View) -> bool:
    """A PUT of a block, or of the list that makes a blob of them."""
    return view.method == "PUT" and view.query.get("comp", "").lower() in {"block", "blocklist"}


def step(view: View) -> Step | None:
    """What the request adds; a name stands as a number made of it."""
    key = f"{view.host}{view.path}#blocks"
    if view.query["comp"].lower() == "blocklist":
        names = tuple(_number(name) for name in _NAME.findall(view.body or b"")[:MAX_BLOCKS])
        return Step(CODE, key, finish=view.accepted, order=names if view.accepted else ())
    name = view.query.get("blockid")
    if name is None:
        return None
    index = _number(name.encode("utf-8"))
    return Step(
        CODE, key, data=view.body, missed=view.missed, index=index, confirmed=view.accepted, whole=view.whole
    )


def _number(name: bytes) -> int:
    return int.from_bytes(hashlib.sha256(name).digest()[:6])
