"""Folders of pairs, by stem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.importers.folder import is_pairs, pairs

if TYPE_CHECKING:
    from pathlib import Path


def test_pairs(tmp_path: Path) -> None:
    """Equal stems belong together, whatever the format; a copy without an original belongs to none."""
    for name in (
        "original/a.jpg",
        "original/b.png",
        "uploaded/a.jpg",
        "served/a.webp",
        "served/a.jpg",
        "served/c.jpg",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")

    found, alone = pairs(tmp_path)

    assert is_pairs(tmp_path)
    assert not is_pairs(tmp_path / "served")
    named = [(p.original.name, p.uploaded and p.uploaded.name, [s.name for s in p.served]) for p in found]
    assert [("a.jpg", "a.jpg", ["a.jpg", "a.webp"]), ("b.png", None, [])] == named
    assert ["c.jpg"] == [path.name for path in alone]
