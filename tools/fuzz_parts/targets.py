"""What is fuzzed: whole files of each container, and single carriers inside a picture that is sound."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING

from creditline.containers import sniff
from creditline.model.errors import ContainerError
from creditline.services.check import inspect_bytes

if TYPE_CHECKING:
    from creditline.model.reading import Inspection

CONTAINERS = ("jpeg", "png", "webp", "gif", "tiff", "heic", "avif", "mp4", "mov", "jxl", "svg")
CARRIERS = {"exif": "png", "xmp": "png", "iim": "tiff", "irb": "tiff", "text": "png", "jumbf": "png"}
"""Carrier → the format of the picture around it: one whose blocks are not cut at 64 KiB."""
TARGETS = (*CONTAINERS, *CARRIERS)

_NAMES = {"iim": "iptc", "irb": "photoshop", "text": "png_text", "jumbf": "c2pa"}


def inspected(target: str, data: bytes) -> Inspection | None:
    """The whole reading of `data`; None where a carrier does not fit into its picture."""
    if target in CONTAINERS:
        return inspect_bytes(data)
    try:
        return inspect_bytes(around(target, data))
    except ContainerError:
        return None


def around(target: str, payload: bytes) -> bytes:
    """A picture with this payload as its only metadata."""
    return sniff.replace(_plain(CARRIERS[target]), {_NAMES.get(target, target): [payload]})


@cache
def _plain(kind: str) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (2, 2), (10, 20, 30)).save(out, kind)
    return out.getvalue()
