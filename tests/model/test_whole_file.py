"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from creditline.model.errors import PictureError
from creditline.model.whole_file import write_whole

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_there_with_all_its_bytes(tmp_path: Path) -> None:
    """And nothing beside it."""
    write_whole(tmp_path / "a.jpg", b"abc")

    assert {"a.jpg": b"abc"} == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No part of the new file, and the old one as it was."""
    (tmp_path / "a.jpg").write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PictureError, match="No space left"):
        write_whole(tmp_path / "a.jpg", b"new")

    assert {"a.jpg": b"old"} == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    """It is not made: the name may be mistyped."""
    with pytest.raises(PictureError, match="cannot be written"):
        write_whole(tmp_path / "no" / "a.jpg", b"abc")
