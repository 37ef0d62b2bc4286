"""`creditline pair`."""

from __future__ import annotations

import re

from tests.cli.sample import home, lines, one_line, run, write

from creditline.server.tokens import Tokens


def test_json_has_the_contracts_members_and_a_token_that_works() -> None:
    """The token holds for the default scopes and no others."""
    result = run("pair", "--json")

    (line,) = lines(result)
    assert 0 == result.exit_code
    assert {"schema", "token", "url", "scopes"} == set(line)
    assert ("creditline/pair/1", "http://127.0.0.1:8744") == (line["schema"], line["url"])
    assert ["api", "fetch:manifests"] == line["scopes"]
    assert frozenset(line["scopes"]) == Tokens(home()).scopes_of(line["token"])


def test_scope_narrows() -> None:
    """Only what is named is allowed."""
    (line,) = lines(run("pair", "--scope", "fetch:manifests", "--json"))

    assert frozenset({"fetch:manifests"}) == Tokens(home()).scopes_of(line["token"])


def test_an_unknown_scope_names_the_known() -> None:
    """A misspelt scope makes no token."""
    result = run("pair", "--scope", "fetch:everything")

    assert 2 == result.exit_code
    assert "fetch:manifests" in one_line(result)
    assert not (home() / "tokens.json").exists()


def test_the_address_is_that_of_the_settings() -> None:
    """A server on another port is named as such."""
    write(home() / "config.toml", b"port = 9000\n")

    assert "http://127.0.0.1:9000" == lines(run("pair", "--json"))[0]["url"]


def test_for_people_the_token_stands_there_once() -> None:
    """Printed once, kept as a hash only."""
    result = run("pair")

    (token,) = re.findall(r"^Token\s+(\S+)$", result.stdout, re.MULTILINE)
    assert Tokens(home()).check(token, "api")
    assert token not in (home() / "tokens.json").read_text(encoding="utf-8")
