"""`creditline audit` against contract §4."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.cli.sample import credited, jpeg, lines, one_line, process, run, scene, write

from creditline.cli.audit import _weight

if TYPE_CHECKING:
    from pathlib import Path

MEMBERS = {
    *("schema", "stages", "match", "carriers", "fields", "c2pa", "ai", "consent", "pixels", "summary"),
}


def test_loss_is_exit_code_1(tmp_path: Path) -> None:
    """A copy of half the size without credit: the same work, everything removed."""
    original, copy = write(tmp_path / "a.jpg", credited()), write(tmp_path / "b.jpg", jpeg(1, (160, 120)))

    result = run("audit", original, copy, "--json")

    (line,) = lines(result)
    assert (1, "") == (result.exit_code, result.stderr)
    assert set(line) == MEMBERS
    assert ("same-work", "fingerprint") == (line["match"]["verdict"], line["match"]["method"])
    assert line["summary"]["cmi_lost"]
    assert line["summary"]["ai_label_lost"]
    assert line["summary"]["consent_lost"]
    creator = next(item for item in line["fields"] if item["id"] == "creator")
    assert ("removed", ["original", "served"]) == (creator["outcome"], creator["lost_between"])


def test_nothing_lost_is_exit_code_0(tmp_path: Path) -> None:
    """The same bytes under another name are identical."""
    first, second = write(tmp_path / "a.jpg", credited()), write(tmp_path / "b.jpg", credited())

    result = run("audit", first, second, "--json")

    assert 0 == result.exit_code
    assert "identical" == lines(result)[0]["match"]["verdict"]


def test_another_work_is_exit_code_3(tmp_path: Path) -> None:
    """Fields of different works are not compared."""
    result = run("audit", write(tmp_path / "a.jpg", credited(1)), write(tmp_path / "b.jpg", credited(2)), "--json")

    assert 3 == result.exit_code
    assert ("different", []) == (lines(result)[0]["match"]["verdict"], lines(result)[0]["fields"])


def test_uploaded_narrows_the_loss(tmp_path: Path) -> None:
    """With the file that was sent, the loss has its hop."""
    original = write(tmp_path / "a.jpg", credited())
    bare, copy = write(tmp_path / "up.jpg", jpeg()), write(tmp_path / "b.jpg", jpeg(1, (160, 120)))

    by_page = lines(run("audit", original, copy, "--uploaded", bare, "--json"))[0]
    by_site = lines(run("audit", original, copy, "--uploaded", original, "--json"))[0]

    assert ["original", "uploaded"] == by_page["fields"][0]["lost_between"]
    assert ["uploaded", "served"] == by_site["fields"][0]["lost_between"]


@pytest.mark.parametrize("missing", ["original", "copy", "uploaded"])
def test_a_missing_file_is_exit_code_2(tmp_path: Path, missing: str) -> None:
    """Whichever of the three it is, it is named."""
    files = {name: write(tmp_path / f"{name}.jpg", credited()) for name in ("original", "copy", "uploaded")}
    files[missing].unlink()

    result = run("audit", files["original"], files["copy"], "--uploaded", files["uploaded"], "--json")

    assert (2, "") == (result.exit_code, result.stdout)
    assert f"{missing}.jpg" in one_line(result)


@pytest.mark.parametrize("data", [b"", b"<html>not found</html>"])
def test_what_is_no_picture_is_exit_code_2(tmp_path: Path, data: bytes) -> None:
    """An empty file or an error page is never said to have lost nothing."""
    result = run("audit", write(tmp_path / "a.jpg", credited()), write(tmp_path / "b.jpg", data), "--json")

    assert (2, "") == (result.exit_code, result.stdout)
    assert "b.jpg" in one_line(result)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/a.jpg", "http://localhost:1/a.jpg", "http://[::1]/a.jpg", "https://10.0.0.1/a.jpg"],
)
def test_a_private_address_is_refused(tmp_path: Path, url: str) -> None:
    """An address on this machine or in a private network is not fetched, and no connection is tried."""
    result = run("audit", write(tmp_path / "a.jpg", credited()), url, "--json")

    assert (2, "") == (result.exit_code, result.stdout)
    assert "public address" in one_line(result)


def test_an_address_is_fetched_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The served stage says where the copy came from; what is no picture is exit code 2."""
    answers = {"https://site.example/a.jpg": jpeg(1, (160, 120)), "https://site.example/": b"<html>"}

    async def fetch(url: str) -> bytes:
        return answers[url]

    monkeypatch.setattr("creditline.fetch.fetch", fetch)
    original = write(tmp_path / "a.jpg", credited())

    found = run("audit", original, "https://site.example/a.jpg", "--json")
    page = run("audit", original, "https://site.example/", "--json")

    assert 1 == found.exit_code
    assert "https://site.example/a.jpg" == lines(found)[0]["stages"]["served"]["url"]
    assert 2 == page.exit_code
    assert "no picture" in one_line(page)


def test_folders_are_paired_by_stem(tmp_path: Path) -> None:
    """Each copy with its original, every size of it; what has no counterpart is named; hidden files are passed."""
    for name, seed in (("a.jpg", 1), ("b.png", 2), ("alone.jpg", 3)):
        write(tmp_path / "originals" / name, credited(seed))
    write(tmp_path / "originals" / ".hidden", b"x")
    write(tmp_path / "copies" / "a.jpeg", jpeg(1, (160, 120)))
    write(tmp_path / "copies" / "a.webp", _webp(1))
    write(tmp_path / "copies" / "b.jpg", credited(2))
    write(tmp_path / "copies" / "stranger.jpg", jpeg(4))

    result = run("audit", tmp_path / "originals", tmp_path / "copies", "--json")

    assert 1 == result.exit_code
    assert [True, True, False] == [line["summary"]["cmi_lost"] for line in lines(result)]
    assert "stranger.jpg" in result.stderr
    assert "alone.jpg" in result.stderr
    assert 2 == result.stderr.count("\n")


def _webp(seed: int) -> bytes:
    import io

    stream = io.BytesIO()
    scene(seed).save(stream, "WEBP")
    return stream.getvalue()


def test_uploaded_may_be_a_folder_beside_folders(tmp_path: Path) -> None:
    """The file that was sent is found by stem, too."""
    for folder, data in (("o", credited()), ("u", jpeg()), ("c", jpeg(1, (160, 120)))):
        write(tmp_path / folder / "a.jpg", data)

    (line,) = lines(run("audit", tmp_path / "o", tmp_path / "c", "--uploaded", tmp_path / "u", "--json"))

    assert ["original", "uploaded"] == line["fields"][0]["lost_between"]


def test_one_bad_pair_never_stops_the_rest(tmp_path: Path) -> None:
    """The others are audited, and the exit code says that one was not."""
    for name in ("a", "b"):
        write(tmp_path / "o" / f"{name}.jpg", credited())
        write(tmp_path / "c" / f"{name}.jpg", credited())
    write(tmp_path / "c" / "a.jpg", b"hello")

    result = run("audit", tmp_path / "o", tmp_path / "c", "--json")

    assert 2 == result.exit_code
    assert 1 == len(lines(result))
    assert "a.jpg" in one_line(result)


def test_a_folder_and_a_file_are_refused(tmp_path: Path) -> None:
    """A mixture is a usage error, in every order, also for --uploaded and for an address."""
    file = write(tmp_path / "f" / "a.jpg", credited())
    folder = tmp_path / "f"

    for args in (
        (folder, file),
        (file, folder),
        (folder, "https://site.example/a.jpg"),
        (file, file, "--uploaded", folder),
        (folder, folder, "--uploaded", file),
    ):
        result = run("audit", *args)
        assert 2 == result.exit_code
        assert "folder" in one_line(result)


def test_folders_without_a_common_stem_are_refused(tmp_path: Path) -> None:
    """Nothing to compare is said, not passed over."""
    write(tmp_path / "o" / "a.jpg", credited())
    write(tmp_path / "c" / "b.jpg", credited())

    result = run("audit", tmp_path / "o", tmp_path / "c")

    assert 2 == result.exit_code
    assert "stem" in one_line(result)


def test_of_several_the_weightiest_code_wins() -> None:
    """A failure outweighs a stranger, that a loss, that nothing."""
    assert [0, 1, 3, 2] == sorted((0, 1, 2, 3), key=_weight)


def test_for_people_and_as_a_process(tmp_path: Path) -> None:
    """The table comes without --json; the exit code reaches the shell; JSON is alone on standard output."""
    original, copy = write(tmp_path / "a.jpg", credited()), write(tmp_path / "b.jpg", jpeg(1, (160, 120)))

    shown = process("audit", original, copy)
    machine = process("audit", original, copy, "--json")

    assert (1, b"") == (shown.returncode, shown.stderr)
    assert "removed" in shown.stdout.decode()
    assert (1, b"") == (machine.returncode, machine.stderr)
    assert "creditline/audit/1" == json.loads(machine.stdout)["schema"]
