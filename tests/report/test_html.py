"""The one-file report."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from tests.report.sample import HOSTILE, document

from creditline.report import html


class Outline(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_first_page_says_what_where_and_how_sure() -> None:
    """Title, headline and the three answers stand before the first table."""
    text = html.markup(document())
    first = text[: text.index("<table")]

    for words in ("What was lost", "Where", "How sure", "not legal advice"):
        assert words in first


def test_counts_intervals_law_and_method_are_there() -> None:
    """Every part of the document is in the file."""
    page = Outline(html.markup(document()))

    for words in (
        "2",
        "67 %",
        "21–94 %",
        "§ 1202(c)(2)",
        "$7,500",
        "$75,000",
        "Knowledge",
        "2027-01-01",
        "How it was done",
    ):
        assert words in page.text
    assert "Still there every time" in page.text


@pytest.mark.parametrize("text", ["Ann", HOSTILE])
def test_nothing_leaves_the_file(text: str) -> None:
    """No script, no handler, no address outside; what strangers wrote is text."""
    page = Outline(html.markup(document(text, site=text)))

    assert not {"script", "link", "iframe", "object", "a", "form", "base"} & set(page.tags)
    assert 1 == page.tags.count("style")
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in {"href", "style"}]
    assert all(value.startswith("data:image/") for name, value in page.attributes if name == "src")
    assert text in page.text


def test_lone_surrogates_do_not_end_it() -> None:
    """A string that UTF-8 cannot hold is shown as a replacement."""
    assert b"a?b" in html.render(document("a\ud800b"))
