"""`creditline index`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.cli.sample import jpeg, lines, one_line, run, write

if TYPE_CHECKING:
    from pathlib import Path


def test_the_numbers_and_a_rebuild(tmp_path: Path) -> None:
    """After an import each kind of code is there; a rebuild of all makes them anew and changes nothing."""
    run("import", write(tmp_path / "a.jpg", jpeg(1)), write(tmp_path / "b.jpg", jpeg(2)))
    (before,) = lines(run("index", "stats", "--json"))

    nothing, all_ = run("index", "rebuild"), run("index", "rebuild", "--all")

    assert "creditline/index/1" == before["schema"]
    assert {2} == {kind["searched"] for kind in before["kinds"] if kind["kind"].startswith("creditline.pdq.1")}
    assert "of 0 pictures" in nothing.stdout
    assert "of 2 pictures" in all_.stdout
    assert [before] == lines(run("index", "stats", "--json"))
    assert "2 searched of 2" in run("index", "stats").stdout


def test_a_new_ledger_has_no_codes() -> None:
    """An empty search is said to be empty."""
    assert "No fingerprint" in run("index", "stats").stdout


def test_an_engine_that_there_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong word of the setting is one line and exit code 2."""
    monkeypatch.setenv("CREDITLINE_INDEX", "hnsw")

    result = run("index", "stats")

    assert 2 == result.exit_code
    assert "hnsw" in one_line(result)
