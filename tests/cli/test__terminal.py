"""Text that can do nothing but be shown."""

from __future__ import annotations

import pytest

from creditline.cli._terminal import plain, utf8


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ann Ünde © 2026", "Ann Ünde © 2026"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\r\nb", "a\\r\\nb"),
        ("a\u202eb", "a\\u202eb"),
        ("a\ud800b", "a\\ud800b"),
        ("a\u00a0b\u00adc", "a\u00a0b\u00adc"),
    ],
)
def test_what_moves_the_cursor_is_spelled_out(text: str, shown: str) -> None:
    """Controls, marks of direction and lone surrogates are shown as escapes; all else as it is."""
    assert shown == plain(text)


def test_programs_get_utf8() -> None:
    """A lone surrogate becomes an escape that JSON reads back."""
    assert "ä\\udcff".encode() == utf8("ä\udcff")
