"""Strings of strangers, made safe to look at."""

from __future__ import annotations

import pytest

from creditline.vocab.shown import cell, in_line, visible


def test_what_hides_is_shown() -> None:
    """Direction marks and controls become readable; joiners and accents stay."""
    assert "a⟨U+202E⟩b⟨U+0000⟩" == visible("a\u202eb\0")
    assert "क्‍ष é" == visible("क्‍ष é")


def test_a_line_is_one_line() -> None:
    """Line ends become spaces, length is capped with an ellipsis."""
    assert "a b" == in_line("a\n\t b\r\n")
    assert ("x" * 9 + "…", 10) == (in_line("x" * 99, 10), len(in_line("x" * 99, 10)))


@pytest.mark.parametrize("start", [*"=+-@|%\t\r\n＝＋－＠", " =", "\u00a0=", "'"])
def test_no_cell_begins_a_formula(start: str) -> None:
    """Every start that a spreadsheet runs is marked as text, full-width signs and those after spaces too."""
    assert f"'{start}1" == cell(f"{start}1")
    assert f"a{start}1" == cell(f"a{start}1")
