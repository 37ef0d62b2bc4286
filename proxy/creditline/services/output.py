"""Files that a command writes: whole or not at all, never over something that was not meant (contract §2)."""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import TYPE_CHECKING

from creditline.model.errors import PictureError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def check_target(target: Path, *, inputs: Iterable[Path] = (), force: bool = False) -> None:
    """Whether `target` may be written, before any work is done.

    Raises:
        UsageError: it is one of the inputs, a folder, or there already and `force` is not given.
    """
    for path in inputs:
        with contextlib.suppress(OSError):
            if target.exists() and target.samefile(path):
                raise UsageError(
                    f"{target} is the input, which is never written to", next_step="name another file"
                )
    if target.is_dir():
        raise UsageError(f"{target} is a folder", next_step="name a file in it")
    if target.exists() and not force:
        raise UsageError(f"{target} is there already", next_step="name another file, or add --force")


def write_whole(target: Path, data: bytes) -> None:
    """`data` in `target`: written beside it under another name, then renamed, so that there is never half a file.

    Raises:
        PictureError: the folder is missing or may not be written, or the disk is full. Nothing is left behind.
    """
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise PictureError(
            f"{target} cannot be written: {error.strerror}", code="unwritable", next_step="name another place"
        ) from error
