"""From a ledger to a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.server.sample import HOSTILE, fill

from creditline.ledger.store import Ledger
from creditline.ledger.tallies import Scope
from creditline.model.errors import NotFoundError, UsageError
from creditline.model.settings import Settings
from creditline.report import RENDERERS
from creditline.report.render import render
from creditline.services.build_report import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path, Settings()) as opened:
        yield opened


def test_an_empty_ledger_claims_nothing(ledger: Ledger) -> None:
    """No copy compared, no share, no exposure."""
    document = build(ledger)

    assert "No copy was compared" in document.headline
    assert ((), 0) == (document.sites, document.exposure.postings)


def test_the_first_page_answers_three_questions(ledger: Ledger) -> None:
    """What, where and how sure, from one posting, as exactly as one posting allows."""
    fill(ledger)
    document = build(ledger)
    answers = dict(document.answers)

    assert "Something was lost in 1 of 1 posting." == document.headline
    assert "Creator (1 of 1)" in answers["What was lost"]
    assert "imageboard.example (1 of 1 posting)" in answers["Where"]
    assert "What was lost was removed or altered by the site." in answers["Where"]
    assert "21 % and 100 %" in answers["How sure"]
    assert "go as this one did" in answers["How sure"]
    assert "Fewer than 5" in answers["How sure"]
    assert ("posting compared", 1) == document.figures[0]
    assert 1 == document.exposure.postings
    assert 3 == len([picture for picture in document.examples[0].pictures if picture.image])


def test_scopes(ledger: Ledger) -> None:
    """A site, a work and a period each narrow it; what is not on record is said."""
    filled = fill(ledger)

    assert 1 == len(build(ledger, Scope(site=filled.site)).sites)
    assert "Ann Example" in build(ledger, Scope(work=filled.work)).title
    assert () == build(ledger, Scope(since="2027-01-01")).sites
    for wrong, error in (
        (Scope(site="elsewhere.example"), NotFoundError),
        (Scope(work="nothing"), NotFoundError),
        (Scope(since="yesterday"), UsageError),
    ):
        with pytest.raises(error):
            build(ledger, wrong)


@pytest.mark.parametrize("form", [name for name, _ in RENDERERS if name != "pdf"])
def test_hostile_values_reach_no_format_as_markup(ledger: Ledger, form: str) -> None:
    """A script in every stored string comes out as text in each format."""
    filled = fill(ledger, text=HOSTILE, site="evil<script>alert(3)</script>.example")
    text = render(build(ledger, Scope(site=filled.site)), form).decode()

    if form in {"html", "markdown"}:
        assert "<script" not in text
    assert "\u202e" not in text
