"""PLUS codes and training-mining uses."""

from __future__ import annotations

import pytest

from creditline.vocab import consent_terms as terms


@pytest.mark.parametrize(
    ("raw", "statement"),
    [
        ("http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED", "prohibited"),
        ("https://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-GENAIMLTRAINING/", "prohibited"),
        ("DMI-PROHIBITED-SEECONSTRAINT", "constrained"),
        ("plus:DMI-ALLOWED", "allowed"),
        ("dmi-unspecified", "unspecified"),
        ("DMI-NEW-CODE", "prohibited"),
        ("", "unspecified"),
        ("x" * 100_000, "prohibited"),
    ],
)
def test_data_mining(raw: str, statement: str) -> None:
    """Every code says one thing; one that is not known is no permission."""
    assert statement == terms.from_data_mining(raw)


@pytest.mark.parametrize(
    ("use", "statement"),
    [
        ("allowed", "allowed"),
        ("notAllowed", "prohibited"),
        ("not_allowed", "prohibited"),
        ("constrained", "constrained"),
        ("__proto__", "unspecified"),
    ],
)
def test_training_use(use: str, statement: str) -> None:
    """The three uses of the assertion are told apart; another word says nothing."""
    assert statement == terms.from_training_use(use)


def test_strictest() -> None:
    """A prohibition outweighs a permission; nothing said is unspecified."""
    assert "prohibited" == terms.strictest(("allowed", "prohibited", "constrained"))
    assert "constrained" == terms.strictest(("allowed", "constrained", "unspecified"))
    assert "allowed" == terms.strictest(("unspecified", "allowed"))
    assert "unspecified" == terms.strictest(())
