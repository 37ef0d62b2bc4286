"""One picture, or one pair of pictures, without proxy, server or ledger (contract §2, `inspect` and `audit`)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from creditline.analysis.read import read
from creditline.model.errors import LimitError, PictureError

if TYPE_CHECKING:
    from pathlib import Path

    from creditline.model.audit import Audit
    from creditline.model.observation import Placement
    from creditline.model.reading import Inspection

MAX_PICTURE = 1024 * 1024 * 1024
"""Bytes of the largest file that is read whole; a picture over 1 GiB is no upload of any site."""


def load(path: Path) -> bytes:
    """The bytes of a picture file.

    Raises:
        PictureError: the file is missing, a folder, empty, or may not be read.
        LimitError: it is over `MAX_PICTURE`.
    """
    try:
        if path.is_dir():
            raise PictureError(f"{path} is a folder; add -r to read the pictures in it", code="is_folder")
        with path.open("rb") as file:  # a pipe or a device has no size to ask for beforehand
            size = os.fstat(file.fileno()).st_size
            data = b"" if size > MAX_PICTURE else file.read(MAX_PICTURE + 1)
        if max(size, len(data)) > MAX_PICTURE:
            raise LimitError(f"{path} has over {MAX_PICTURE} bytes; so large a file is not read", code="too_large")
    except FileNotFoundError:
        raise PictureError(f"{path}: no such file", code="no_such_file") from None
    except OSError as error:
        raise PictureError(f"{path} cannot be read: {error.strerror}", code="unreadable_file") from error
    if not data:
        raise PictureError(f"{path} is empty (0 bytes)", code="empty_file")
    return data


def inspect(source: Path | bytes) -> Inspection:
    """Everything one picture says about its origin (contract §7).

    Raises:
        PictureError: `source` is a path that cannot be read.
    """
    if isinstance(source, bytes):
        return inspect_bytes(source)
    return inspect_bytes(load(source), path=str(source))


def audit(original: Path | bytes, served: Path | bytes, *, uploaded: Path | bytes | None = None) -> Audit:
    """What became of `original` in `served` (contract §7).

    Raises:
        PictureError: one of them is a path that cannot be read.
    """
    first, last, between = (
        s if s is None or isinstance(s, bytes) else load(s) for s in (original, served, uploaded)
    )
    assert first is not None  # noqa: S101 - neither is optional
    assert last is not None  # noqa: S101
    return audit_bytes(first, last, uploaded=between)


def inspect_bytes(
    data: bytes, *, path: str | None = None, pixels: bool = True, user_anchors: str | None = None
) -> Inspection:
    """Everything one picture says about its origin (contract §3)."""
    return read(data, path=path, pixels=pixels, user_anchors=user_anchors)


def audit_bytes(
    original: bytes,
    served: bytes,
    *,
    uploaded: bytes | None = None,
    via: str = "cli",
    url: str | None = None,
    user_anchors: str | None = None,
) -> Audit:
    """What became of `original` in `served` (contract §4); `url` is where the copy was fetched from, if it was."""
    from creditline.analysis.compare import compare
    from creditline.fingerprints.variants import codes
    from creditline.model.audit import Stage
    from creditline.pipeline.match import Known, match

    readings = [read(item, user_anchors=user_anchors) for item in (original, served)]
    between = None if uploaded is None else read(uploaded, user_anchors=user_anchors)
    first, last = codes(original), codes(served)
    known = (
        Known(readings[0].sha256, first.plain, crops=first.crops),
        Known(readings[1].sha256, last.plain, forms=last.forms),
    )
    verdict = match(*known)
    if not verdict.same:
        verdict = match(*known, placement=placement(original, served))
    return compare(
        readings[0],
        between,
        readings[1],
        stages=(
            Stage(readings[0].sha256, via),
            None if between is None else Stage(between.sha256, via),
            Stage(readings[1].sha256, via, url=url),
        ),
        match=verdict,
    )


def placement(original: bytes, copy: bytes) -> Placement | None:
    """Where the original lies in the copy; None where that is not known, or OpenCV is not there to find out."""
    from creditline.fingerprints import geometry
    from creditline.fingerprints.geometry_gallery import Gallery

    if not geometry.available():
        return None
    try:
        found = Gallery().place(geometry.copy_of(copy), [("", False), ("", True)], lambda _: original)
    except (PictureError, LimitError):
        return None
    return found[0][1] if found else None
