"""F13b: FilePond's chunks: an empty POST gives an id as text, PATCHes with `?patch=<id>` bring the bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.model.upload_step import Step

if TYPE_CHECKING:
    from creditline.pipeline.bodies.view import View

CODE = "F13"
MAX_ID = 256


def may_be(view: View) -> bool:
    """Lengths and offsets as in tus, without tus' own header."""
    if view.header("tus-resumable") is not None:
        return False
    if view.method == "PATCH":
        return "patch" in view.query and view.header("upload-offset") is not None
    return view.method == "POST" and view.header("upload-length") is not None


def step(view: View) -> Step | None:
    """What the request adds."""
    if view.method == "POST":
        name = view.answer.decode("utf-8", "replace").strip().strip('"')
        if not view.accepted or not 0 < len(name) <= MAX_ID:
            return None
        return Step(CODE, _key(view, name), total=view.number("upload-length"))
    return Step(
        CODE,
        _key(view, view.query["patch"]),
        data=view.body,
        missed=view.missed,
        offset=view.number("upload-offset"),
        total=view.number("upload-length"),
        confirmed=view.accepted,
        whole=view.whole,
        filename=view.header("upload-name"),
    )


def _key(view: View, name: str) -> str:
    return f"{view.host}{view.path}#filepond:{name}"
