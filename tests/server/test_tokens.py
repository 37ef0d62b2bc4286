"""Pairing tokens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from creditline.model.errors import CreditlineError, UsageError
from creditline.server.tokens import FILE_NAME, MAX_TOKEN, Tokens

if TYPE_CHECKING:
    from pathlib import Path


def test_a_token_opens_only_its_scopes(tmp_path: Path) -> None:
    """A token allows the scopes it was issued for and no other."""
    tokens = Tokens(tmp_path)
    token = tokens.issue(["fetch:manifests"])

    assert tokens.check(token, "fetch:manifests")
    assert not tokens.check(token, "api")


def test_the_file_holds_no_token_and_is_private(tmp_path: Path) -> None:
    """Whoever reads the file can use none of the tokens, and others on the machine cannot read it."""
    token = Tokens(tmp_path).issue()

    path = tmp_path / FILE_NAME
    assert token not in path.read_text()
    assert 0o600 == path.stat().st_mode & 0o777


def test_another_process_is_heard(tmp_path: Path) -> None:
    """A token issued or taken back by another process counts at once."""
    server, pair = Tokens(tmp_path), Tokens(tmp_path)
    first = server.issue()
    assert server.check(first, "api")

    second = pair.issue()
    pair.revoke(first)

    assert server.check(second, "api")
    assert not server.check(first, "api")


def test_a_token_runs_out(tmp_path: Path) -> None:
    """A token with a lifetime is refused from its last second on."""
    now = [1000.0]
    tokens = Tokens(tmp_path, clock=lambda: now[0])
    token = tokens.issue(["api"], lifetime=60)

    now[0] = 1059.0
    assert tokens.check(token, "api")
    now[0] = 1060.0
    assert not tokens.check(token, "api")


def test_somebody_is_paired_while_a_token_for_labels_holds(tmp_path: Path) -> None:
    """Not with a token for something else, nor after its time."""
    now = [1000.0]
    tokens = Tokens(tmp_path, clock=lambda: now[0])
    tokens.issue(["fetch:manifests"])
    before = tokens.paired()
    tokens.issue(lifetime=60)

    assert (False, True) == (before, tokens.paired())
    now[0] += 61
    assert not tokens.paired()


def test_revoking_by_id(tmp_path: Path) -> None:
    """A token can be taken back by the id that is listed, once."""
    tokens = Tokens(tmp_path)
    token = tokens.issue()
    name = tokens.pairings()[0].id

    assert tokens.revoke(name)
    assert not tokens.revoke(name)
    assert not tokens.check(token, "api")


@pytest.mark.parametrize("scopes", [[], ["admin"], ["api", "API"]])
def test_unknown_scopes_are_an_error(tmp_path: Path, scopes: list[str]) -> None:
    """A scope that does not exist is refused with the ones that do."""
    with pytest.raises(UsageError, match="known are api"):
        Tokens(tmp_path).issue(scopes)


@pytest.mark.parametrize("token", ["", "cl_wrong", "x" * (MAX_TOKEN + 1), "\udcff", "0" * 64])
def test_what_is_no_token(tmp_path: Path, token: str) -> None:
    """Anything that was never issued allows nothing."""
    tokens = Tokens(tmp_path)
    tokens.issue()

    assert tokens.scopes_of(token) is None


def test_the_kept_hash_is_no_token(tmp_path: Path) -> None:
    """The hash in the file does not open what the token opens."""
    tokens = Tokens(tmp_path)
    tokens.issue()

    assert tokens.scopes_of(tokens.pairings()[0].sha256) is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "null",
        "[]",
        "{",
        '{"schema": "other", "tokens": []}',
        '{"schema": "creditline/tokens/1", "tokens": [{}]}',
        "[" * 5000,
    ],
)
def test_a_damaged_file_lets_nobody_in(tmp_path: Path, content: str) -> None:
    """A file that cannot be read opens nothing, and is never written over."""
    (tmp_path / FILE_NAME).write_text(content)
    tokens = Tokens(tmp_path)

    assert tokens.scopes_of("cl_anything") is None
    with pytest.raises(CreditlineError, match="cannot be read"):
        tokens.issue()
    assert content == (tmp_path / FILE_NAME).read_text()


def test_a_removed_file_takes_every_token_back(tmp_path: Path) -> None:
    """Without the file there is no token."""
    tokens = Tokens(tmp_path)
    token = tokens.issue()
    assert tokens.check(token, "api")

    (tmp_path / FILE_NAME).unlink()

    assert not tokens.check(token, "api")


def test_nothing_is_left_beside_the_file(tmp_path: Path) -> None:
    """Writing leaves the file and its lock, no temporary files."""
    Tokens(tmp_path).issue()

    assert {FILE_NAME, f".{FILE_NAME}.lock"} == {path.name for path in tmp_path.iterdir()}
    assert 1 == len(json.loads((tmp_path / FILE_NAME).read_text())["tokens"])
