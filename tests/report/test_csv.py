"""The table for spreadsheets."""

from __future__ import annotations

import csv as reader
import io

import pytest
from tests.report.sample import HOSTILE, document

from creditline.report import csv


def _rows(data: bytes) -> list[dict[str, str]]:
    return list(reader.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def test_a_row_for_each_line() -> None:
    """Counts and bounds can be read back."""
    rows = _rows(csv.render(document()))

    assert ["ai", "creator", "web_statement", "Ann Example"] == [row["id"] for row in rows]
    assert ("2", "3", "2", "1") == tuple(rows[1][key] for key in ("lost", "n", "removed", "kept"))
    assert ("0.2077", "0.9385") == (rows[1]["lost_low_95"], rows[1]["lost_high_95"])


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "|cmd",
        "%x",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u00a0=1",
        "＝1",
        "'=1",
        '";=1',
        "\u202e=1",
        HOSTILE,
    ],
)
def test_no_cell_is_a_formula(text: str) -> None:
    """Whatever a field is called, no cell begins as a formula, and no cell breaks out of its quotes."""
    rows = _rows(csv.render(document(text, site=text)))

    assert 4 == len(rows)
    for row in rows:
        for value in row.values():
            assert not value.lstrip(" \u00a0\t\r\n").startswith(("=", "+", "-", "@", "|", "%", "＝"))
