"""`creditline show`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.cli.sample import credited, one_line, remember, run, write

if TYPE_CHECKING:
    from pathlib import Path


def test_an_observation_whole(tmp_path: Path) -> None:
    """All of §5 and what its picture says."""
    seen = remember(write(tmp_path / "a.jpg", credited()))

    result = run("show", seen.id)

    shown = json.loads(result.stdout)
    assert 0 == result.exit_code
    assert ("creditline/observation/1", seen.id) == (shown["schema"], shown["id"])
    assert ["Ann Example"] == shown["inspection"]["resolved"]["creator"]


def test_an_unknown_id_is_exit_code_2() -> None:
    """The id is named, and the command that lists the known ones."""
    result = run("show", "01ABC")

    assert (2, "") == (result.exit_code, result.stdout)
    assert "01ABC" in one_line(result)
    assert "creditline log" in result.stderr
