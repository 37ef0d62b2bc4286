"""F6: a form that S3, or GCS, takes with a signed policy (Amazon S3, "Browser-based uploads using POST").

Read as F1. `file` is the last field; the store ignores what follows it, so a picture behind it was never uploaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.pipeline.bodies import multipart
from creditline.pipeline.bodies.piece import Cut

if TYPE_CHECKING:
    from creditline.pipeline.bodies.view import View

CODE = "F6"
FILE = "file"
_SIGNED = frozenset({"x-amz-credential", "awsaccesskeyid", "x-goog-credential", "googleaccessid"})


def recognises(view: View) -> bool:
    """A form with a key, a policy, and whose policy it is."""
    if not multipart.recognises(view):
        return False
    names = {(part.name or "").lower() for part in view.form.parts}
    return {"key", "policy"} <= names and bool(names & _SIGNED)


def cut(view: View) -> Cut:
    """The file, which stands last for the store."""
    whole = multipart.cut(view)
    last = next((n for n, piece in enumerate(whole.pieces) if (piece.part or "").lower() == FILE), None)
    return whole if last is None else Cut(whole.pieces[: last + 1], whole.limit)
