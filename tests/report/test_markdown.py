"""The report for wikis and mails."""

from __future__ import annotations

import re

from tests.report.sample import HOSTILE, document

from creditline.report import markdown


def test_it_reads_like_the_others() -> None:
    """Headings, answers, a table for the site, the law."""
    text = markdown.render(document()).decode()

    assert text.startswith("# Ann Example\n")
    assert "| Creator | 2 | 3 | 2 | 0 | 0 | 1 | 0 | 67 %, 21–94 % | by the site \\(2\\) |" in text
    assert "## What the law says" in text


def test_hostile_text_is_no_markup() -> None:
    """No tag, link, image, code or column comes from a value."""
    text = markdown.render(document(HOSTILE, site=HOSTILE)).decode()

    assert "<" not in text
    assert not re.search(r"(?<!\\)\]\(", text)
    assert "javascript:" not in text
    assert "http://" not in text
    for line in text.splitlines():
        if line.startswith("|"):
            assert 12 >= len(re.findall(r"(?<!\\)\|", line))
