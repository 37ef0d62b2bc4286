"""Folders of recorders: locked while they live, taken over when they are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.services.tray import Tray

if TYPE_CHECKING:
    from pathlib import Path


def test_only_trays_of_the_dead_are_taken_over(tmp_path: Path) -> None:
    """What a living recorder has is left alone; what one left behind is given, oldest first, and its tray goes."""
    alive, gone = Tray(tmp_path), Tray(tmp_path)
    (alive.path / "a").touch()
    for name in ("2", "1"):
        (gone.path / name).touch()
    gone.close()
    own = Tray(tmp_path)

    assert ["1", "2"] == [path.name for path in own.left()]
    assert not gone.path.exists()
    assert (alive.path / "a").exists()


def test_an_empty_tray_leaves_nothing(tmp_path: Path) -> None:
    """Folder and lock go when nothing is in it."""
    tray = Tray(tmp_path)

    tray.close()

    assert [] == list(tmp_path.iterdir())
