"""F9: `X-Goog-Upload-*`: Google's own protocol, raw or resumable, for Photos, YouTube and Firebase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.model.upload_step import Step

if TYPE_CHECKING:
    from creditline.pipeline.bodies.view import View

CODE = "F9"


def may_be(view: View) -> bool:
    """A request with a command, or one that sends all at once."""
    named = view.header("x-goog-upload-command") or view.header("x-goog-upload-protocol")
    return view.method in {"POST", "PUT"} and named is not None


def step(view: View) -> Step | None:
    """What the request adds."""
    said = view.header("x-goog-upload-command") or ""
    commands = {word.strip().lower() for word in said.split(",") if word.strip()}
    kind = view.header("x-goog-upload-header-content-type") or view.header("x-goog-upload-content-type")
    if not commands:
        if (view.header("x-goog-upload-protocol") or "").strip().lower() != "raw":
            return None
        return Step(
            CODE,
            f"{view.resource()}#{view.exchange.id}",
            data=view.body,
            missed=view.missed,
            offset=0,
            whole=view.whole,
            finish=view.whole,
            alone=True,
            image=(kind or "").startswith("image/"),
            filename=view.header("x-goog-upload-file-name"),
            content_type=kind,
        )
    key = view.resource()
    if "start" in commands:
        address = view.answered("x-goog-upload-url")
        if address is None or not view.accepted:
            return None
        key = view.resource(address)
    uploads = "upload" in commands
    return Step(
        CODE,
        key,
        data=view.body if uploads else None,
        missed=view.missed if uploads else None,
        offset=(view.number("x-goog-upload-offset") or 0) if uploads else None,
        total=view.number("x-goog-upload-header-content-length") or view.number("x-goog-upload-raw-size"),
        confirmed=view.accepted,
        whole=view.whole,
        finish="finalize" in commands and view.accepted and view.whole,
        abort="cancel" in commands and view.accepted,
        image=(kind or "").startswith("image/"),
        content_type=kind,
    )
