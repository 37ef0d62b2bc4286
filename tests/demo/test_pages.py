"""The test sites' pages escape what they show and name what they need."""

from __future__ import annotations

import pytest

from creditline.demo.pages import ASSETS, asset, page


def test_words_are_escaped() -> None:
    """Names, sentences and URLs reach the page as text."""
    text = page("<b>", 'a "quoted" & <i>', needs_script=False, served={"large": '/x"><script>'})

    assert "<b>" not in text
    assert "<i>" not in text
    assert '"><script>' not in text


@pytest.mark.parametrize(("needs_script", "encode"), [(True, "page"), (False, "server")])
def test_the_page_says_who_encodes(needs_script: bool, encode: str) -> None:
    """The script learns from the page whether it draws the picture anew; without scripts that page says so."""
    text = page("a", "b", needs_script=needs_script)

    assert f'data-encode="{encode}"' in text
    assert needs_script == ("<noscript>" in text)


def test_assets_are_there() -> None:
    """Each asset that a page names is shipped and not empty."""
    for name in ASSETS:
        assert asset(name).strip()
        assert f'"/{name}"' in page("a", "b", needs_script=False)
