"""The letter to a site."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.report.sample import document

from creditline.model.errors import NotFoundError, UsageError
from creditline.report import letter


def test_facts_law_request() -> None:
    """In that order, with the counts, and without an accusation."""
    text = letter.render(document()).decode()

    assert text.index("FACTS") < text.index("LAW") < text.index("REQUEST")
    assert "- Creator: lost in 2 of 3, § 1202(c)(2)" in text
    assert "violat" not in text
    assert all(len(line) <= letter.WIDTH for line in text.splitlines())


def test_one_day_is_no_period() -> None:
    """What was seen on one day is not said to be between it and itself."""
    whole = document()
    site = replace(whole.sites[0], last=whole.sites[0].first)
    text = letter.render(replace(whole, sites=(site,))).decode().replace("\n", " ")

    assert "On 20 August 2026, 3 postings were compared" in text
    assert "Between" not in text


def test_it_is_to_one_site() -> None:
    """Without a site, or with nothing compared, there is no letter."""
    with pytest.raises(UsageError):
        letter.render(document(site=None))
    with pytest.raises(NotFoundError):
        letter.render(replace(document(), sites=()))


def test_control_characters_are_shown() -> None:
    """Nothing in a site's name ends a line or turns it around."""
    text = letter.render(document(site="x\r\nBcc: y\u202e")).decode()

    assert "\nBcc" not in text
    assert "\u202e" not in text
