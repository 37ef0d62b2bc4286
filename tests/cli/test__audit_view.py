"""The table of an audit for people."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console
from tests.server.sample import audit as canned
from tests.server.sample import field

from creditline.cli._audit_view import STYLES, outcome_text, print_audit
from creditline.model.audit import Audit
from creditline.vocab import messages

STAGE = {"sha256": "0" * 64, "via": "cli", "url": None, "variant": None, "observation": None}


def _shown(document: dict[str, Any], width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    print_audit(Audit.from_json(document), title="a.jpg → b.jpg", console=console)
    output = console.file
    assert isinstance(output, io.StringIO)
    return output.getvalue()


def _document(*, uploaded: bool = True, **match: Any) -> dict[str, Any]:
    fields = [
        field("creator", 2, ["Ann Example"], None, "removed"),
        field("title", 1, "A very long title " * 20, "A very long", "altered"),
        field("web_statement", 6, "https://rights.example/", "https://rights.example/", "kept"),
    ]
    fields[1]["detail"] = "truncated"
    document = canned(fields, {"original": STAGE, "uploaded": STAGE if uploaded else None, "served": STAGE})
    document["match"] |= match
    return document


def test_every_outcome_has_a_style_a_sign_and_a_word() -> None:
    """Colour is never the only sign."""
    assert set(messages.OUTCOMES) == set(STYLES)
    for outcome, word in messages.OUTCOMES.items():
        assert f"{word.symbol} {word.word}" == outcome_text(outcome).plain


def test_fits_eighty_columns_and_says_where() -> None:
    """With the uploaded stage each loss has its hop, and no line is over 80 columns."""
    text = _shown(_document())

    assert all(len(line) <= 80 for line in text.splitlines())
    assert "Creator" in text
    assert "− removed" in text
    assert "by the site" in text
    assert "truncated" in text.replace("\n", "")


def test_two_stages_have_no_column_for_the_hop() -> None:
    """Where only one hop is possible a sentence says it once, and the values get the room."""
    document = _document(uploaded=False)

    assert "Where" not in _shown(document)
    assert "Where" in _shown(_document())


def test_a_stranger_gets_one_sentence() -> None:
    """Fields of two different works are not compared, so none are shown."""
    document = canned([], {"original": STAGE, "uploaded": None, "served": STAGE})
    document["match"] |= {"verdict": "different", "threshold": 80, "distance": 120}
    for key in ("c2pa", "ai", "consent"):
        document[key] = {
            "original": None,
            "uploaded": None,
            "served": None,
            "outcome": None,
            "lost_between": None,
        }

    text = _shown(document)

    assert "not the same work" in " ".join(text.split())
    assert "Field" not in text


def test_an_undecided_match_claims_nothing_twice() -> None:
    """The sentence stands once, and the table is put under a condition."""
    text = " ".join(_shown(_document(verdict="undecided", method=None, distance=None)).split())

    assert 1 == text.count("It could not be decided")
    assert "If it does" in text


@pytest.mark.parametrize("hostile", ["\x1b]0;title\x07", "[bold red]x[/]", "\u202egnp", "\x9b2J"])
def test_values_cannot_steer_the_terminal(hostile: str) -> None:
    """Fields of a stranger's file are text in every cell."""
    document = canned(
        [field("creator", 2, [hostile], hostile, "kept"), field(hostile, None, hostile, None, "removed")],
        {"original": STAGE, "uploaded": None, "served": STAGE},
    )

    text = _shown(document, width=200)

    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(text)
    if hostile.startswith("["):
        assert hostile in text
