"""Workers' answers become values, and what was not read is said in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped

from creditline.services import examine
from creditline.services.answers import facts_of, known_of_line, label_of, lost_words, missed_words

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def line(tmp_path: Path) -> dict[str, object]:
    """What a worker says of a picture with credit and place."""
    path = tmp_path / "a.jpg"
    path.write_bytes(stamped(encoded(painting(1)), xmp=RIGHTS | {"photoshop:City": "Oslo"}))
    found: dict[str, object] = examine.original(path, tmp_path)["found"][0]
    return found


def test_a_picture(line: dict[str, object]) -> None:
    """Its hash, its size and its codes."""
    facts, known = facts_of(line), known_of_line(line)

    assert (line["sha256"], "jpeg") == (facts["sha256"], facts["format"])
    assert line["sha256"] == known.sha256
    assert known.fingerprint is not None
    assert known.fingerprint.code is not None


def test_a_label_names_no_place(line: dict[str, object]) -> None:
    """Of a stranger's picture its credit is kept, and nothing of where or with what words it was made."""
    inspection = line["inspection"]
    assert isinstance(inspection, dict)
    assert "city" in {item["id"] for item in inspection["fields"]}

    label = label_of(inspection)

    assert "creator" in {item["id"] for item in label["fields"]}
    assert "city" not in {item["id"] for item in label["fields"]} | set(label["resolved"])
    assert (None, []) == (label["ai"]["prompt"], label["private"])


@pytest.mark.parametrize(
    ("missed", "state"),
    [("incomplete", "unreadable"), ("not_a_picture", "unreadable"), ("too_large", "not_examined")],
)
def test_what_was_not_read(missed: str, state: str) -> None:
    """It is no reading, and says why."""
    assert {"state": state, "missed": missed, "bytes": 5} == facts_of({"missed": missed, "bytes": 5})
    assert "copy" in missed_words({"missed": missed}, "copy")


def test_what_did_not_become_whole() -> None:
    """A known reason has words; another one is told as it is."""
    assert "nothing finished it" in lost_words("interrupted")
    assert "disk: full" in lost_words("disk: full")
