"""`creditline find`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.cli.sample import credited, jpeg, lines, one_line, remember, run, write

if TYPE_CHECKING:
    from pathlib import Path


def test_a_copy_is_found(tmp_path: Path) -> None:
    """A smaller copy without credit leads to its work, with the contract's members; exit code 0."""
    seen = remember(write(tmp_path / "a.jpg", credited()))
    copy = write(tmp_path / "copy.jpg", jpeg(1, (160, 120)))

    result = run("find", copy, "--json")

    (line,) = lines(result)
    assert 0 == result.exit_code
    assert ("creditline/matches/1", str(copy)) == (line["schema"], line["picture"])
    (match,) = line["matches"]
    assert {"work", "path", "verdict", "method", "distance"} == set(match)
    assert (seen.work, "a.jpg") == (match["work"], match["path"])
    assert ("same-work", "fingerprint") == (match["verdict"], match["method"])


def test_the_same_bytes_are_identical(tmp_path: Path) -> None:
    """Equal bytes need no fingerprint."""
    path = write(tmp_path / "a.jpg", credited())
    remember(path)

    assert "identical" == lines(run("find", path, "--json"))[0]["matches"][0]["verdict"]


def test_no_match_is_exit_code_3(tmp_path: Path) -> None:
    """A stranger has a line with no matches."""
    remember(write(tmp_path / "a.jpg", credited(1)))

    result = run("find", write(tmp_path / "b.jpg", jpeg(2)), "--json")

    assert (3, []) == (result.exit_code, lines(result)[0]["matches"])
    assert "" == result.stderr


def test_an_empty_ledger_is_no_error(tmp_path: Path) -> None:
    """Before anything was registered nothing is found."""
    assert 3 == run("find", write(tmp_path / "a.jpg", jpeg())).exit_code


@pytest.mark.parametrize("data", [None, b"", b"hello", jpeg()[:100]])
def test_what_cannot_be_decoded_is_exit_code_2(tmp_path: Path, data: bytes | None) -> None:
    """Not to be able to look is another thing than to find nothing."""
    path = tmp_path / "x.jpg" if data is None else write(tmp_path / "x.jpg", data)

    result = run("find", path, "--json")

    assert (2, "") == (result.exit_code, result.stdout)
    assert "x.jpg" in one_line(result)


def test_one_bad_file_never_stops_the_rest(tmp_path: Path) -> None:
    """The good one is found, the bad one is named; a match decides the exit code."""
    path = write(tmp_path / "a.jpg", credited())
    remember(path)

    result = run("find", tmp_path / "no.jpg", path, "--json")

    assert (0, 1) == (result.exit_code, len(lines(result)))
    assert "no.jpg" in one_line(result)


def test_for_people(tmp_path: Path) -> None:
    """A sentence a picture, a line a match."""
    path = write(tmp_path / "a.jpg", credited())
    remember(path)

    found = run("find", path)
    none = run("find", write(tmp_path / "b.jpg", jpeg(2)))

    assert "1 known work\n" in found.stdout
    assert "identical by bytes" in found.stdout
    assert "no known works" in none.stdout


def test_folders_and_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `-r` every file of a folder is looked up; an address is fetched through the guard, and stands as it was."""
    path = write(tmp_path / "deep" / "er" / "a.jpg", credited())
    remember(path)
    url = "https://example.org/a.jpg"

    async def fetched(asked: str) -> bytes:
        assert url == asked
        return path.read_bytes()

    monkeypatch.setattr("creditline.fetch.fetch", fetched)

    result = run("find", "-r", tmp_path / "deep", url, "--json")

    assert 0 == result.exit_code
    assert [str(path), url] == [line["picture"] for line in lines(result)]
    assert ["identical"] * 2 == [line["matches"][0]["verdict"] for line in lines(result)]


def test_a_folder_needs_to_be_meant(tmp_path: Path) -> None:
    """Without `-r` a folder is named, with what to say."""
    (tmp_path / "deep").mkdir()

    assert "-r" in one_line(run("find", tmp_path / "deep"))


def test_private_addresses_are_not_fetched() -> None:
    """What lies on this machine or in the house is refused, in one line and with exit code 2."""
    result = run("find", "http://127.0.0.1:9/a.jpg")

    assert 2 == result.exit_code
    assert "127.0.0.1" in one_line(result)
