"""Two values say the same or not, and the damage has a name."""

from __future__ import annotations

import pytest

from creditline.analysis.values import damage, same
from creditline.model.reading import Value


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Ann", "Ann"),
        ("J\u00f6rg", "Jo\u0308rg"),
        ("two\r\nlines", "two\nlines"),
        (["Ann"], "Ann"),
        ({"x-default": "Ann"}, "Ann"),
        ({"de": "Ann"}, ["Ann"]),
        ({"x-default": "Ann", "en-US": "Ann"}, "Ann"),
        ({"X-Default": "a", "DE": "b"}, {"de": "b", "x-default": "a"}),
    ],
)
def test_the_same_in_another_dress(a: Value, b: Value) -> None:
    """Composition, line ends and the form of a lone value change no meaning."""
    assert same(a, b)
    assert same(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Ann", "ann"),
        ("Ann ", "Ann"),
        (["Ann", "Bob"], ["Bob", "Ann"]),
        (["Ann", "Bob"], "Ann; Bob"),
        ({"x-default": "a", "de": "b"}, "a"),
        ("", "Ann"),
    ],
)
def test_not_the_same(a: Value, b: Value) -> None:
    """Case, white space, order and a missing language count."""
    assert not same(a, b)
    assert not same(b, a)


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ("Ann Example, Studio", "Ann Example", "truncated"),
        ("Ann  Example\nStudio", "Ann Example Studio", "white space"),
        ("Ann\nExample", "AnnExample", "white space"),
        ("Ann\u00a0Example", "Ann Example", "white space"),
        ("© Jörg", "Â© JÃ¶rg", "character set"),
        ("© Jörg", "? J?rg", "character set"),
        ("© Jörg", "\ufffd J\ufffdrg", "character set"),
        ("Łódź", "?ód?", "character set"),
        ("日本", "??", "character set"),
        ("日本", "??????", "character set"),
        ("Ann", "Bob", "changed"),
        ("Why? Ann", "Why? Bob", "changed"),
        (["Ann", "Bob"], ["Bob"], "entries lost"),
        (["Ann", "Bob"], "Ann", "entries lost"),
        (["Ann", "Bob"], ["Bob", "Ann"], "order changed"),
        (["Ann", "Bob"], "Ann; Bob", "form changed"),
        ({"x-default": "a", "de": "b"}, "a", "languages lost"),
        ({"x-default": "a", "de": "b"}, {"de": "b"}, "languages lost"),
        ({"x-default": "a", "de": "b", "fr": "c"}, {"x-default": "a", "fr": "c"}, "languages lost"),
        ({"x-default": "abc def", "de": "b"}, "abc", "truncated"),
        ({"x-default": "a", "de": "b"}, {"x-default": "a", "de": "z"}, "languages changed"),
        ("Ann", "", "changed"),
        ("x\ud800", "y", "changed"),
    ],
)
def test_damage_has_a_name(before: Value, after: Value, word: str) -> None:
    """What happened to a value is said in the word that people would use."""
    assert word == damage(before, after)
