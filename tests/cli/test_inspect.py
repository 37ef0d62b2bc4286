"""`creditline inspect` against contract §3."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from tests.cli.sample import credited, jpeg, lines, one_line, process, run, write

if TYPE_CHECKING:
    from pathlib import Path

MEMBERS = {
    *("schema", "path", "sha256", "bytes", "format", "width", "height", "orientation", "frames", "carriers"),
    *("fields", "resolved", "c2pa", "ai", "consent", "private", "errors", "sync"),
}


def test_json_has_the_contracts_members(tmp_path: Path) -> None:
    """One line, with every member of §3 and the values that the file declares."""
    path = write(tmp_path / "a.jpg", credited())

    result = run("inspect", path, "--json")

    (line,) = lines(result)
    assert 0 == result.exit_code
    assert "" == result.stderr
    assert set(line) == MEMBERS
    assert (str(path), "jpeg", 320, 240) == (line["path"], line["format"], line["width"], line["height"])
    assert ["Ann Example"] == line["resolved"]["creator"]
    assert ("ai-generated", "prohibited") == (line["ai"]["label"], line["consent"]["ai_training"])


def test_standard_input(tmp_path: Path) -> None:
    """`-` reads standard input and is the path that is named."""
    result = run("inspect", "-", "--json", stdin=credited())

    assert ("-", "jpeg") == (lines(result)[0]["path"], lines(result)[0]["format"])


def test_empty_standard_input() -> None:
    """Nothing at all is a line with an error, and exit code 2."""
    result = run("inspect", "-", "--json", stdin=b"")

    assert 2 == result.exit_code
    assert ["empty_file"] == [error["code"] for error in lines(result)[0]["errors"]]
    assert "empty" in one_line(result)


def test_standard_input_over_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    """An endless stream is not read for ever."""
    monkeypatch.setattr("creditline.services.many.MAX_PICTURE", 10)

    result = run("inspect", "-", "--json", stdin=jpeg())

    assert 2 == result.exit_code
    assert "10 bytes" in one_line(result)


def test_folder_needs_r(tmp_path: Path) -> None:
    """A folder is refused with the option that reads it."""
    write(tmp_path / "f" / "a.jpg", jpeg())

    result = run("inspect", tmp_path / "f")

    assert 2 == result.exit_code
    assert "-r" in one_line(result)


def test_r_reads_folders_in_folders_in_order(tmp_path: Path) -> None:
    """Every file below, whatever its name, sorted by path."""
    for name in ("b/c.jpg", "a.jpg", "b/a.bin"):
        write(tmp_path / "f" / name, jpeg())

    result = run("inspect", "-r", tmp_path / "f", "--json")

    assert ["a.jpg", "b/a.bin", "b/c.jpg"] == [
        line["path"].removeprefix(f"{tmp_path / 'f'}/") for line in lines(result)
    ]


def test_r_on_an_empty_folder_says_so(tmp_path: Path) -> None:
    """Nothing to read is exit code 2 with a reason."""
    (tmp_path / "f").mkdir()

    result = run("inspect", "-r", tmp_path / "f", "--json")

    assert (2, "") == (result.exit_code, result.stdout)
    assert "no file" in one_line(result)


def test_one_bad_file_never_stops_the_rest(tmp_path: Path) -> None:
    """Missing, a folder, empty and foreign between two good ones: all that can be said is said, exit code 0."""
    good = write(tmp_path / "a.jpg", jpeg())
    empty, foreign = write(tmp_path / "empty.jpg", b""), write(tmp_path / "foreign.jpg", b"hello")

    result = run("inspect", good, tmp_path / "no.jpg", tmp_path, empty, foreign, good, "--json")

    found = {line["path"]: line for line in lines(result)}
    assert 0 == result.exit_code
    assert {str(good), str(empty), str(foreign)} == set(found)
    assert 4 == len(lines(result))
    assert ("unknown", "not_a_picture") == (
        found[str(foreign)]["format"],
        found[str(foreign)]["errors"][0]["code"],
    )
    assert 3 == result.stderr.count("\n")


@pytest.mark.parametrize("name", ["missing.jpg", "folder", "empty.jpg"])
def test_only_unreadable_files_are_exit_code_2(tmp_path: Path, name: str) -> None:
    """2 exactly where no file could be read."""
    (tmp_path / "folder").mkdir()
    write(tmp_path / "empty.jpg", b"")

    result = run("inspect", tmp_path / name)

    assert 2 == result.exit_code
    assert name in one_line(result)


def test_name_does_not_decide_the_format(tmp_path: Path) -> None:
    """A JPEG under a PNG's name is a JPEG."""
    assert "jpeg" == lines(run("inspect", write(tmp_path / "a.png", jpeg()), "--json"))[0]["format"]


def test_truncated_file_still_gives_its_line(tmp_path: Path) -> None:
    """A file that breaks off is described as far as it goes, with the error."""
    (line,) = lines(run("inspect", write(tmp_path / "a.jpg", credited()[:-2000]), "--json"))

    assert "jpeg" == line["format"]


def test_csv_cannot_start_a_formula(tmp_path: Path) -> None:
    """Values that a spreadsheet would run are quoted; the table stays a table."""
    path = write(tmp_path / "a.jpg", credited(artist='=HYPERLINK("http://x")', notice="@SUM(1)"))

    result = run("inspect", "--csv", path)

    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    values = {row["field"]: row["value"] for row in rows if row["carrier"] == "exif"}
    assert ["path", "format", "width", "height", "field", "value", "carrier", "key", "category"] == list(rows[0])
    assert {"creator": '\'=HYPERLINK("http://x")', "copyright_notice": "'@SUM(1)"} == values
    assert {"ai.label", "consent.ai_training", "c2pa.state"} <= {row["field"] for row in rows}


def test_csv_and_json_exclude_each_other(tmp_path: Path) -> None:
    """Asking for both is a usage error."""
    result = run("inspect", "--csv", "--json", write(tmp_path / "a.jpg", jpeg()))

    assert 2 == result.exit_code
    assert "--csv" in one_line(result)


def test_for_people_hostile_fields_stay_text(tmp_path: Path) -> None:
    """A field with terminal codes or markup is shown, not obeyed."""
    path = write(tmp_path / "a.jpg", credited(artist="\x1b[31m[bold]Evil", notice="x" * 1000))

    result = run("inspect", path)

    assert 0 == result.exit_code
    assert "\x1b" not in result.stdout
    assert "\\x1b[31m[bold]Evil" in result.stdout
    assert "1000 characters" in "".join(result.stdout.split("\n")).replace("  ", "")


def test_for_people_what_was_not_examined_is_said(tmp_path: Path) -> None:
    """A foreign file is named as one, and an unread carrier is listed."""
    result = run("inspect", write(tmp_path / "a.jpg", b"hello"))

    assert "not a picture" in " ".join(result.stdout.split())


def test_no_pixels_leaves_stealth_open(tmp_path: Path) -> None:
    """`--no-pixels` never claims that nothing is hidden in the pixels."""
    path = tmp_path / "a.png"
    path.write_bytes(_png())

    (line,) = lines(run("inspect", path, "--json", "--no-pixels"))

    states = {carrier["carrier"]: carrier["state"] for carrier in line["carriers"]}
    assert "not_examined" == states["stealth"]


def _png() -> bytes:
    from tests.cli.sample import scene

    stream = io.BytesIO()
    scene(1).convert("RGBA").save(stream, "PNG")
    return stream.getvalue()


def test_in_a_process_of_its_own_stdout_is_pure(tmp_path: Path) -> None:
    """With --json nothing but JSON Lines reaches standard output; a name that is no UTF-8 is no obstacle."""
    bad = tmp_path / "bad\udcff.jpg"
    bad.write_bytes(credited())

    done = process("inspect", bad, tmp_path / "no.jpg", "--json")

    (line,) = done.stdout.decode("utf-8").splitlines()
    assert 0 == done.returncode
    assert str(bad) == json.loads(line)["path"]
    assert 1 == done.stderr.count(b"\n")
