"""The demonstration's table."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console
from tests.server.sample import audit as canned
from tests.server.sample import field

from creditline.cli._demo_view import print_results
from creditline.demo.sites import SITES

FIELDS = (
    ("creator", 2),
    ("creator_job_title", 2),
    ("copyright_notice", 3),
    ("credit_line", 2),
    ("web_statement", 6),
    ("title", 1),
    ("keywords", None),
)


class _Result:
    """What the view needs of `demo.run.Result`, without the proxy that module imports."""

    def __init__(self, site: str, picture: str, audit: dict[str, Any] | None) -> None:
        self.site, self.picture, self.audit = site, picture, audit


def _results() -> list[Any]:
    results = []
    for site in SITES:
        outcome = "kept" if site.name == "keeps" else "altered" if site.name == "rewrites" else "removed"
        fields = [
            field(name, category, "x", "x" if outcome == "kept" else None, outcome) for name, category in FIELDS
        ]
        if site.name == "page-strips":
            for item in fields:
                item["lost_between"] = ["original", "uploaded"]
        document = canned(fields)
        for key in ("c2pa", "ai", "consent"):
            document[key] |= {"outcome": outcome, "lost_between": fields[0]["lost_between"]}
        results += [_Result(site.name, picture, document) for picture in ("artwork.jpg", "ai.png")]
    return results


def _shown(results: list[Any], width: int = 80) -> str:
    output = io.StringIO()
    print_results(results, Console(file=output, width=width, highlight=False))
    return output.getvalue()


def test_one_table_a_picture_that_fits_eighty_columns() -> None:
    """Both pictures, all five sites by their whole names, every credit field; nothing over 80 columns."""
    text = _shown(_results())

    assert all(len(line) <= 80 for line in text.splitlines())
    assert "artwork.jpg" in text
    assert "ai.png" in text
    header = next(line for line in text.splitlines() if "keeps" in line)
    assert [site.name for site in SITES] == header.split()[1:]
    assert 2 == text.count("Copyright notice")
    assert "Keywords" not in text


def test_each_cell_has_a_sign_and_a_word() -> None:
    """A row reads without colour."""
    row = next(line for line in _shown(_results()).splitlines() if line.strip().startswith("Creator "))

    assert "= kept" in row
    assert "− removed" in row
    assert "≠ altered" in row


def test_totals_and_place() -> None:
    """Under each site stands how much was lost and at which hop."""
    text = _shown(_results())
    lost = next(line for line in text.splitlines() if line.strip().startswith("lost"))

    assert "0 of 6" in lost
    assert 4 == lost.count("6 of 6")
    assert "by the site" in text
    assert "own script" in " ".join(text.split())


def test_a_pair_without_an_audit_leaves_its_cells_open() -> None:
    """A site where one picture failed is not shown as having kept anything."""
    results = [item for item in _results() if item.picture == "ai.png"]
    results[1].audit = None

    text = _shown(results)

    assert "not run" in text


def test_a_picture_s_name_cannot_steer_the_terminal() -> None:
    """A file name is text."""
    results = _results()[:1]
    results[0].picture = "\x1b[2J.jpg"

    assert "\x1b" not in _shown(results)
