"""Profiles for stamping, from `config.toml` and from options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from creditline.model.errors import NotFoundError, SettingsError
from creditline.model.settings import CONFIG_NAME
from creditline.model.stamp_profile import StampProfile, profile

if TYPE_CHECKING:
    from pathlib import Path


def test_the_file_and_what_beats_it(tmp_path: Path) -> None:
    """A single creator is a list of one; a date may be one of TOML's; options come last, empty ones not at all."""
    (tmp_path / CONFIG_NAME).write_text(
        '[profile.default]\ncreator = "Ann"\nusage_terms = "ask"\nai_training = "prohibited"\n'
        "ai_training_until = 2030-12-31\n[profile.studio]\ncreator = ['Ann', 'Bob']\n",
        encoding="utf-8",
    )

    default = profile(tmp_path, None, {"usage_terms": "pay", "creator": (), "copyright": None})

    assert (
        StampProfile(("Ann",), usage_terms="pay", ai_training="prohibited", ai_training_until="2030-12-31")
        == default
    )
    assert ("Ann", "Bob") == profile(tmp_path, "studio", {}).creator


def test_no_file_is_an_empty_profile_and_no_table_of_that_name_an_error(tmp_path: Path) -> None:
    """A name that is mistyped must not stamp nothing."""
    assert StampProfile() == profile(tmp_path, None, {})
    with pytest.raises(NotFoundError, match="no profile 'studio'"):
        profile(tmp_path, "studio", {})


@pytest.mark.parametrize(
    "values",
    [
        {"creatr": "Ann"},
        {"creator": 5},
        {"copyright": ["a"]},
        {"ai_training": "never"},
        {"ai_training": "constrained"},
        {"ai_training_until": "2030-12-31"},
        {"ai_training": "allowed", "ai_training_until": "soon"},
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, values: dict[str, Any]) -> None:
    """Unknown keys, wrong kinds, words that mean nothing."""
    with pytest.raises(SettingsError):
        profile(tmp_path, None, values)


@pytest.mark.parametrize("text", ["[profile]\ndefault = 5", "[profile"])
def test_a_broken_file_is_said(tmp_path: Path, text: str) -> None:
    """Never an empty profile from an error."""
    (tmp_path / CONFIG_NAME).write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError):
        profile(tmp_path, None, {})


def test_what_training_says() -> None:
    """A word and its text."""
    assert ("constrained", "ask first") == StampProfile(ai_training="constrained: ask first").training()
    assert ("allowed", "") == StampProfile(ai_training="allowed").training()
