"""`creditline import`."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from tests.cli.sample import credited, jpeg, lines, one_line, run, write
from tests.importers import archives

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


@pytest.mark.parametrize("kind", ["warc", "wacz", "flows", "har"])
def test_archives_of_traffic(tmp_path: Path, kind: str) -> None:
    """An upload and its copy give one work with an audit that names the rule; again, nothing comes twice."""
    path = getattr(archives, kind)(tmp_path / f"a.{kind}")

    first, again = run("import", path, "--json"), run("import", path, "--json")

    assert 0 == first.exit_code, first.stderr
    seen = lines(run("log", "--json"))
    if kind == "har":
        assert {("not_examined", "not_byte_exact"), ("present", None)} == {(o["state"], o["missed"]) for o in seen}
        assert "not byte-exact" in first.stderr
        return
    (line,) = lines(first)
    assert ["uploaded", "served"] == [o["stage"] for o in seen]
    assert {("import", "mastodon.social", line["work"])} == {(o["via"], o["site"], o["work"]) for o in seen}
    assert [o["id"] for o in seen] == line["observations"]
    assert lines(again) == lines(first)
    assert "known already" in again.stderr


def test_an_account_export_is_a_stage(tmp_path: Path) -> None:
    """A picture in an export belongs to its work; again, nothing comes twice; what was left out is said."""
    original = write(tmp_path / "a.jpg", credited(1))
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("data/manifest.js", "")
        package.writestr("data/tweets_media/1-ESIQ9H3pgRUabcd.jpg", jpeg(1, (200, 150)))
        package.writestr("data/tweets_media/2-FSIQ9H3pgRUabcd.jpg", b"no picture")
        package.writestr("data/direct_messages_media/1-b.jpg", jpeg(2))
    (known,) = lines(run("import", original, "--json"))

    result = run("import", path, "--json")

    (line,) = [line for line in lines(result) if line["work"] == known["work"]]
    exported = [o for o in lines(run("log", "--json")) if o["id"] in line["observations"]]
    assert [("exported", "x", known["work"])] == [(o["stage"], o["site"], o["work"]) for o in exported]
    assert "private messages" in result.stderr
    run("import", path)
    assert 1 == sum(o["work"] == known["work"] and o["stage"] == "exported" for o in lines(run("log", "--json")))


def test_a_folder_of_pairs_gives_audits(tmp_path: Path) -> None:
    """The same stem is the same work, and what was lost is in the audit."""
    folder = tmp_path / "shop"
    write(folder / "original" / "a.jpg", credited(1))
    write(folder / "served" / "a.jpg", jpeg(1, (200, 150)))
    lonely = write(folder / "served" / "z.jpg", jpeg(3))

    result = run("import", folder, "--json")

    (line,) = lines(result)
    assert 2 == len(line["observations"])
    assert str(lonely) in result.stderr
    seen = lines(run("log", "--json"))
    assert [("original", None), ("served", "shop")] == [(o["stage"], o["site"]) for o in seen]
    assert lines(run("import", folder, "--json")) == lines(result)
    assert 2 == len(lines(run("log", "--json")))


def test_the_same_original_again_is_one_observation(tmp_path: Path) -> None:
    """Importing a file again leaves nothing new."""
    path = write(tmp_path / "a.jpg", credited())

    first, again = run("import", path, "--json"), run("import", path, "--json")

    assert lines(first) == lines(again)
    assert 1 == len(lines(run("log", "--json")))


def test_a_folder_comes_in_at_once_and_in_order(tmp_path: Path) -> None:
    """Many originals, read by every worker: lines in the walk's order, one work for equal files, one bad file named."""
    paths = [write(tmp_path / "works" / f"{n:02}.jpg", credited(n)) for n in range(9)]
    twin = write(tmp_path / "works" / "below" / "03.jpg", credited(3))
    bad = write(tmp_path / "works" / "04b.jpg", b"no picture")

    result = run("import", tmp_path / "works", "--json")
    again = run("import", tmp_path / "works", "--json")

    works = {line["path"]: line["work"] for line in lines(result)}
    assert [*map(str, paths), str(twin)] == list(works)
    assert works[str(paths[3])] == works[str(twin)]
    assert 9 == len(set(works.values()))
    assert str(bad) in one_line(result)
    assert lines(result) == lines(again)
    assert 9 == len(lines(run("log", "--json")))
