"""`creditline import`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.cli.sample import credited, jpeg, lines, one_line, run, write

if TYPE_CHECKING:
    from pathlib import Path


def test_imported_pictures_are_found_and_listed(tmp_path: Path) -> None:
    """A folder in a folder, a file: one line each; what is no picture is named; copies lead to their works."""
    first = write(tmp_path / "works" / "deep" / "a.jpg", credited(1))
    second = write(tmp_path / "b.bin", credited(2))
    notes = write(tmp_path / "works" / "notes.txt", b"hello")

    result = run("import", tmp_path / "works", second, "--mine", "--json")

    found = {line["path"]: line for line in lines(result)}
    assert 0 == result.exit_code
    assert {str(first), str(second)} == set(found)
    assert str(notes) in one_line(result)
    for line in found.values():
        assert {"schema", "work", "path", "observations"} == set(line)
        assert "creditline/import/1" == line["schema"]
        assert 26 == len(line["work"]) == len(line["observations"][0])

    copy = write(tmp_path / "copy.jpg", jpeg(2, (160, 120)))
    assert found[str(second)]["work"] == lines(run("find", copy, "--json"))[0]["matches"][0]["work"]
    assert {line["observations"][0] for line in found.values()} == {
        line["id"] for line in lines(run("log", "--json"))
    }
    assert "2 originals" in run("status").stdout


def test_the_same_file_twice_is_one_work(tmp_path: Path) -> None:
    """Importing again makes no second work."""
    path = write(tmp_path / "a.jpg", credited())

    works = {line["work"] for line in lines(run("import", path, path, "--json"))}

    assert 1 == len(works)


@pytest.mark.parametrize("what", ["missing", "folder", "empty", "foreign"])
def test_nothing_to_register_is_exit_code_2(tmp_path: Path, what: str) -> None:
    """Whatever the reason, it is said in one line that names the path."""
    path = tmp_path / what
    if what == "folder":
        path.mkdir()
    elif what != "missing":
        write(path, b"" if what == "empty" else b"hello")

    result = run("import", path, "--json")

    assert (2, "") == (result.exit_code, result.stdout)
    assert str(path) in one_line(result)
