"""Values as pages show them."""

from __future__ import annotations

import pytest

from creditline.server import wording


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (None, ""),
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (26_400, "26 kB"),
        (999_600, "1.0 MB"),
        (3_456_000, "3.5 MB"),
        (10**10, "10 GB"),
    ],
)
def test_sizes(number: int | None, words: str) -> None:
    """Sizes are in powers of 1000, with two figures."""
    assert words == wording.size(number)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-08-21T09:05:00.000Z", "21 Aug 2026, 09:05 UTC"),
        ("2026-08-21T11:05:00+02:00", "21 Aug 2026, 09:05 UTC"),
        ("yesterday", "yesterday"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        (None, ""),
    ],
)
def test_times(at: str | None, words: str) -> None:
    """Times are shown in UTC; what is no time is shown as it stands."""
    assert words == wording.moment(at)


@pytest.mark.parametrize(
    "char", ["\u202e", "\u2066", "\x00", "\x1b", "\ufeff", "\u2028", "\ud800", "\u00ad", "\ue000"]
)
def test_unseen_characters_are_shown(char: str) -> None:
    """Nothing that changes how the rest reads, or cannot be seen, stays in a value."""
    assert f"a⟨U+{ord(char):04X}⟩b" == wording.visible(f"a{char}b")


@pytest.mark.parametrize("text", ["plain", "© Ännä 写真", "a\nb\tc", "👩\u200d🎨", "e\u0301"])
def test_writing_stays_as_it_is(text: str) -> None:
    """Letters of any script, emoji, combining marks, line ends and tabs are left alone."""
    assert text == wording.visible(text)


def test_long_values_are_folded() -> None:
    """A value over three lines gets a head, and one over the cap says how much is missing."""
    (short,), (long,) = wording.texts("x" * 160), wording.texts("x" * (wording.MAX_SHOWN + 5))

    assert short.head is None
    assert (wording.FOLDED_HEAD, wording.MAX_SHOWN, 5) == (len(long.head or ""), len(long.text), long.cut)


def test_lists_and_languages() -> None:
    """A list gives an entry each, a language alternative its language, x-default none."""
    assert ["a", "b"] == [item.text for item in wording.texts(["a", "b"])]
    assert [(None, "a"), ("de", "b")] == [
        (t.language, t.text) for t in wording.texts({"x-default": "a", "de": "b"})
    ]
    assert () == wording.texts(None)


def test_a_list_without_end_is_capped() -> None:
    """Past the cap the rest is a number."""
    shown = wording.texts([str(number) for number in range(10_000)])

    assert wording.MAX_ITEMS + 1 == len(shown)
    assert "… and 9940 more values" == shown[-1].text
