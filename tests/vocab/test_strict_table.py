"""A table gives what was asked for, once, and refuses the rest."""

from __future__ import annotations

import pytest

from creditline.model.errors import SettingsError
from creditline.vocab.strict_table import Table


def test_values_of_every_kind() -> None:
    """Texts, flags, numbers and pairs come as they are; an absent one has its default."""
    table = Table({"a": "x", "b": True, "c": 3, "d": {"n": "v"}, "e": [1, 2], "f": {"h": "^a$"}}, "f.toml")

    assert ("x", True, 3, (("n", "v"),), (1, 2)) == (
        table.text("a"),
        table.flag("b"),
        table.number("c"),
        table.pairs("d"),
        table.numbers("e"),
    )
    assert [("h", "^a$")] == [(name, pattern.pattern) for name, pattern in table.patterns("f")]
    assert (None, False, 7) == (table.optional_text("z"), table.flag("z"), table.number("z", 7))
    table.finish()


@pytest.mark.parametrize(
    ("content", "ask"),
    [
        ({"a": 1}, "text"),
        ({"a": True}, "number"),
        ({"a": -1}, "number"),
        ({"a": [True]}, "numbers"),
        ({"a": "x"}, "path"),
    ],
)
def test_wrong_kinds_are_named(content: dict[str, object], ask: str) -> None:
    """The error names file and key."""
    with pytest.raises(SettingsError, match=r"^f\.toml: a "):
        getattr(Table(content, "f.toml"), ask)("a")


def test_what_is_left_over_is_refused() -> None:
    """A key that nobody asked for is a mistake in the file."""
    with pytest.raises(SettingsError, match=r"^f\.toml: b is no key"):
        Table({"b": 1}, "f.toml").finish()
