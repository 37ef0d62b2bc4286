"""Where a command may write to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from creditline.model.errors import UsageError
from creditline.services.output import check_target

if TYPE_CHECKING:
    from pathlib import Path


def test_inputs_folders_and_files_that_are_there_are_refused(tmp_path: Path) -> None:
    """An input even with force, under whatever name; another file only without it."""
    there = tmp_path / "a.jpg"
    there.write_bytes(b"abc")
    (tmp_path / "link").symlink_to(there)

    for target, inputs, force in (
        (there, [there], True),
        (tmp_path / "link", [there], True),
        (there, [], False),
        (tmp_path, [], True),
    ):
        with pytest.raises(UsageError):
            check_target(target, inputs=inputs, force=force)
    check_target(there, force=True)
    check_target(tmp_path / "new.jpg", inputs=[there])
