"""F11 as the IETF drafts it (draft-ietf-httpbis-resumable-upload): `Upload-Complete`, earlier `Upload-Incomplete`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.model.upload_step import Step
from creditline.pipeline.bodies.view import number

if TYPE_CHECKING:
    from creditline.pipeline.bodies.view import View

CODE = "F11"


def may_be(view: View) -> bool:
    """A request that says whether it is the last."""
    says = view.header("upload-complete") or view.header("upload-incomplete")
    return view.method in {"POST", "PUT", "PATCH"} and says is not None


def step(view: View) -> Step | None:
    """What the request adds; without the address of the upload nothing can be tied to it."""
    complete, incomplete = view.header("upload-complete"), view.header("upload-incomplete")
    last = complete.strip() == "?1" if complete is not None else (incomplete or "").strip() == "?0"
    location = view.answered("location")
    # The address may have come in a 104 that no proxy passes on: the last answer repeats it.
    key = view.resource(location) if view.method != "PATCH" and location else view.resource()
    alone = view.method != "PATCH" and location is None and last
    if alone:
        key += f"#{view.exchange.id}"  # one request that is the whole upload
    refused = view.status is not None and not view.accepted
    kind = view.content_type if view.media_type.startswith("image/") else None
    return Step(
        CODE,
        key,
        data=None if refused else view.body,
        missed=None if refused else view.missed,
        offset=view.number("upload-offset") if view.method == "PATCH" else 0,
        total=view.number("upload-length"),
        confirmed=view.accepted,
        kept=number(view.answered("upload-offset")),
        whole=view.whole,
        finish=last and view.accepted and view.whole,
        alone=alone and view.accepted,
        image=kind is not None,
        content_type=kind,
    )
