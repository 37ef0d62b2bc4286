"""Every wire form is recorded as docs/reference/wire-forms.md says; a quarter of its cells is tried, or all."""

from __future__ import annotations

from pathlib import Path

from tests.e2e import wire_matrix

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "wire-forms.md"
ONE_IN = 4
"""Cells that are tried here; `make wire-forms` tries all of them and writes the page."""


def _cells() -> dict[str, dict[str, str]]:
    rows = [
        line.strip("|").split("|") for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:1] == "|"
    ]
    head, _, *rest = [[cell.strip() for cell in row] for row in rows]
    return {name: dict(zip(head[1:], cells, strict=True)) for name, *cells in rest}


async def test_the_page_is_what_a_run_says(tmp_path: Path) -> None:
    """A run through the real proxy says of each form and condition what the page says; none is missing or wrong."""
    page = _cells()

    found = await wire_matrix.table(tmp_path, one_in=ONE_IN)

    assert page.keys() == found.keys()
    for name, row in found.items():
        assert row == {condition: page[name][condition] for condition in row}, name


def test_the_page_has_no_gap() -> None:
    """Every cell is seen, recorded, or says why there is nothing to see."""
    for row in _cells().values():
        assert set(wire_matrix.CONDITIONS) == row.keys()
        for cell in row.values():
            assert cell.startswith(("seen", "recorded", "–")), cell
