"""Without the desktop program the extension says the same of a file as `creditline inspect`, except what is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.extension.node import CORPUS, needs_node, readings

from creditline.analysis.read import read as inspect

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    needs_node,
    pytest.mark.skipif(
        not CORPUS.is_dir(),
        reason="shared/corpus is absent (it is given to the team only): corpus tests not run",
    ),
]
SHOWN = {".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif"}
SIGNED = {"trusted", "valid", "invalid", "unreadable"}
FIELDS = ("creator", "copyright_notice", "credit_line", "license_url")
# Text behind the picture data, which the head of the file has not; "What does this picture say?" reads it.
AFTER_THE_PICTURE = {
    "cmi/libavif__ArcTriomphe-cHRM-orig.png",
    "cmi/exiftool__PNG.png",
    "hostile/sd-parsers__text_after_idat.png",
}

# IPTC in an archive's trailer behind the picture (AFCP), which only the program reads.
ONLY_THE_PROGRAM = {"cmi/exiftool__AFCP.jpg"}


def _pictures() -> list[Path]:
    return sorted(
        path
        for path in CORPUS.rglob("*")
        if path.suffix.lower() in SHOWN and "expected" not in path.parts and path.is_file()
    )


@pytest.fixture(scope="module")
def both() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Path in the corpus → (what `inspect` says, what the extension says)."""
    read = readings(_pictures())
    return {
        path.relative_to(CORPUS).as_posix(): (inspect(path.read_bytes(), pixels=False).to_json(), read[path])
        for path in read
    }


def _differences(said: dict[str, Any], read: dict[str, Any]) -> list[str]:
    found = [name for name in FIELDS if said["resolved"].get(name) != read["fields"].get(name)]
    if said["ai"]["label"] != read["ai"]["label"]:
        found.append("label")
    if said["consent"]["ai_training"] != read["consent"]:
        found.append("consent")
    return found


def test_whole_files_agree(both: dict[str, tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Label, creator, copyright, licence and consent are equal unless they rest on a signature."""
    unequal = {
        name: differences
        for name, (said, read) in both.items()
        if (differences := _differences(said, read["whole"]))
        and not (said["c2pa"]["state"] in SIGNED and set(differences) <= {"label", "consent"})
    }

    assert ONLY_THE_PROGRAM == set(unequal)
    assert len(both) > 1_000


def test_signed_files_say_that_they_were_not_verified(
    both: dict[str, tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    """Where a label rests on a manifest alone, the extension says that one is there and claims nothing."""
    resting = {
        name: (read["whole"]["c2pa"], read["whole"]["ai"]["label"])
        for name, (said, read) in both.items()
        if "label" in _differences(said, read["whole"]) and said["c2pa"]["state"] in SIGNED
    }

    assert {("present", "none")} == set(resting.values())


def test_heads_agree(both: dict[str, tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """What stands before the picture data is enough, but for the files that are listed."""
    unequal = {name for name, (_, read) in both.items() if _said(read["head"]) != _said(read["whole"])}

    assert unequal == AFTER_THE_PICTURE


def _said(read: dict[str, Any]) -> tuple[Any, ...]:
    return (read["ai"]["label"], read["fields"], read["consent"])
