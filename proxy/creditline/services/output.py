"""Where a command writes to: never over something that was not meant (contract §2)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from creditline.model.errors import UsageError

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
