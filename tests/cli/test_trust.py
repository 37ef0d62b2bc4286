"""`creditline trust`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.sample import credited, home, jpeg, lines, run, write

from creditline.services import trust_lists

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_lists_and_ones_own(tmp_path: Path) -> None:
    """Dated; a root that is added makes its signer's pictures trusted, by the list `user`."""
    original, copy, out = (
        write(tmp_path / "o.jpg", credited()),
        write(tmp_path / "c.jpg", jpeg()),
        tmp_path / "r.jpg",
    )
    assert 0 == run("restore", copy, "--from", original, "-o", out).exit_code
    (before,) = lines(run("inspect", out, "--json"))

    added = run("trust", "add", home() / "signing" / "root.pem")
    listed = run("trust", "list")

    (after,) = lines(run("inspect", out, "--json"))
    assert 0 == added.exit_code
    assert "yours" in listed.stdout
    assert "2026-08-21" in listed.stdout
    assert ("valid", None) == (before["c2pa"]["state"], before["c2pa"]["trust_list"])
    assert ("trusted", "user") == (after["c2pa"]["state"], after["c2pa"]["trust_list"])


def test_what_is_no_certificate(tmp_path: Path) -> None:
    """One line, exit code 2."""
    result = run("trust", "add", write(tmp_path / "x.pem", b"nothing"))

    assert 2 == result.exit_code
    assert "no certificate" in result.stderr


def test_refresh_prints_what_came(monkeypatch: pytest.MonkeyPatch) -> None:
    """List by list."""
    monkeypatch.setattr(trust_lists, "refresh", lambda _: {"c2pa": 31})

    assert "31 certificates" in run("trust", "refresh").stdout
