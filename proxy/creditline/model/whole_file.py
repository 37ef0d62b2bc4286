"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import TYPE_CHECKING

from creditline.model.errors import PictureError

if TYPE_CHECKING:
    from pathlib import Path

_KEPT_NAME = 100
"""Characters of the target's name in the other one: file systems end names at 255 bytes."""


def write_whole(target: Path, data: bytes) -> None:
    """`data` in `target`: written beside it under another name, then renamed, so that there is never half a file.

    Raises:
        PictureError: the folder is missing or may not be written, or the disk is full (code `unwritable`). Nothing
            is left behind.
    """
    beside = target.with_name(f".{target.name[:_KEPT_NAME]}.{secrets.token_hex(4)}.part")
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
