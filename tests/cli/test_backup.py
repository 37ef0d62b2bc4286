"""`creditline backup`."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from tests.cli.sample import credited, home, one_line, remember, run, write

if TYPE_CHECKING:
    from pathlib import Path


def test_a_backup_is_a_data_folder_again(tmp_path: Path) -> None:
    """Unpacked and named with --home, it holds what was there."""
    seen = remember(write(tmp_path / "a.jpg", credited()))

    result = run("backup", tmp_path / "b.zip")
    zipfile.ZipFile(tmp_path / "b.zip").extractall(tmp_path / "again")

    assert 0 == result.exit_code
    assert "1 picture" in result.stdout
    assert 0 == run("--home", tmp_path / "again", "show", seen.id).exit_code
    assert 0 == run("--home", tmp_path / "again", "log", "--verify").exit_code


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    """Only --force replaces it."""
    target = write(tmp_path / "b.zip", b"mine")

    refused = run("backup", target)

    assert (2, b"mine") == (refused.exit_code, target.read_bytes())
    assert "--force" in one_line(refused)
    assert 0 == run("backup", target, "--force").exit_code
    assert zipfile.is_zipfile(target)


def test_a_lost_picture_is_said(tmp_path: Path) -> None:
    """A backup that lacks a kept picture ends with 1 and names it."""
    seen = remember(write(tmp_path / "a.jpg", credited()))
    sha256 = str(seen.sha256)
    for path in (home() / "pictures").rglob(sha256):
        path.unlink()

    result = run("backup", tmp_path / "b.zip")

    assert 1 == result.exit_code
    assert sha256 in one_line(result)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder that is not there is named."""
    result = run("backup", tmp_path / "no" / "b.zip")

    assert 2 == result.exit_code
    assert str(tmp_path / "no") in one_line(result)
