"""`creditline key`."""

from __future__ import annotations

from tests.cli.sample import home, run


def test_show_makes_the_first_key_and_rotate_another() -> None:
    """Whose it is, until when, and how to trust it."""
    first, again = run("key", "show"), run("key", "show")
    old = (home() / "signing" / "root.pem").read_bytes()

    rotated = run("key", "rotate")

    assert (0, 0, 0) == (first.exit_code, again.exit_code, rotated.exit_code)
    assert "was made" in first.stdout
    assert "was made" not in again.stdout
    assert "creditline trust add" in again.stdout
    assert old != (home() / "signing" / "root.pem").read_bytes()
    assert 2 == rotated.stdout.count("Root ")


def test_the_key_itself_is_never_printed() -> None:
    """Only its certificate's names and digest."""
    assert "PRIVATE" not in run("key", "show").output
