"""An upload under way is as its journal tells it, however that was cut off."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from creditline.model.upload_step import STEP_LINE
from creditline.services.underway import About, loaded, note

if TYPE_CHECKING:
    from pathlib import Path

ABOUT = About("e1", "2026-01-01T00:00:00.000Z", "https://a.example/up", "a", None, ("https://a.example/1.jpg",))
STEP = dict.fromkeys(STEP_LINE) | {
    "form": "F11",
    "key": "k",
    "offset": 0,
    "confirmed": True,
    "whole": True,
    "order": [],
    "joins": [],
    "declared": [["x", "y"]],
    "finish": False,
    "abort": False,
    "partial": False,
    "alone": False,
    "image": False,
}
LINE = STEP | {"length": 10, "begins": "jpeg", "role": "image", "row": {"id": "7"}, "file": "/nowhere"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An upload of which one piece came."""
    note(tmp_path, {"about": asdict(ABOUT), "form": "F11", "began": 5.0})
    note(tmp_path, {"step": LINE})
    return tmp_path


def test_what_was_noted_is_known_again(folder: Path) -> None:
    """Where it was seen, what came of it, and whether anybody heard of it."""
    note(folder, {"reported": True})

    known = loaded(folder, 9.0)

    assert known is not None
    assert (ABOUT, 5.0, 10, {"id": "7"}, True) == (
        known.about,
        known.began,
        known.bytes,
        known.row,
        known.reported,
    )
    assert (("x", "y"),) == known.upload.declared
    assert ("interrupted", True, 10) == ((lost := known.lost("interrupted")).why, lost.image, lost.bytes)


@pytest.mark.parametrize("tail", [b'{"step": {', b"\xff\n", b"[]\n", b'{"step": {"length": 3}}\n'])
def test_a_line_that_was_cut_off(folder: Path, tail: bytes) -> None:
    """What stands before it counts."""
    with (folder / "journal").open("ab") as journal:
        journal.write(tail)

    known = loaded(folder, 9.0)

    assert known is not None
    assert 1 == known.upload.steps


@pytest.mark.parametrize("first", [b"", b"{}", b"[]", b'{"about": {"odd": 1}}'])
def test_a_journal_without_its_beginning(tmp_path: Path, first: bytes) -> None:
    """It is no upload that anything could be said of."""
    (tmp_path / "journal").write_bytes(first)

    assert None is loaded(tmp_path, 9.0)
