"""F7: a picture PUT to an address whose query is the permission: S3, GCS, Azure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.pipeline.bodies import raw

if TYPE_CHECKING:
    from creditline.pipeline.bodies.piece import Cut
    from creditline.pipeline.bodies.view import View

CODE = "F7"
_SIGNATURES = frozenset({"x-amz-signature", "x-goog-signature", "upload_id"})
_OLD_SIGNATURE = frozenset({"signature", "expires"})  # S3's second version, still made by some libraries
_AZURE = frozenset({"sig", "se"})


def recognises(view: View) -> bool:
    """A PUT of a picture whose query carries a signature."""
    names = {name.lower() for name in view.query}
    signed = bool(names & _SIGNATURES) or names >= _OLD_SIGNATURE or names >= _AZURE
    return view.method == "PUT" and signed and raw.recognises(view)


def cut(view: View) -> Cut:
    """As F3."""
    return raw.cut(view)
