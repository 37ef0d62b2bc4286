"""A profile is read strictly or not at all."""

from __future__ import annotations

import datetime
import tomllib
from typing import Any

import pytest

from creditline.model.errors import SettingsError
from creditline.vocab.site_profile import parse

GOOD = r"""
id = "a"
name = "A"
last_verified = 2026-08-21
confidence = "high"
evidence = ["some/repository"]
hosts = ['^a\.test$']
account = "/user/name"
prep = "none"
meta = { strips = ["exif"] }
private_messages = ['^/dm/.*$']

[[upload]]
match = { method = "POST", path = '^/up$', host = '^up\.a\.test$', query = { command = "APPEND" } }
form = "F1"
pick = '^media$'
role = "cover"

[[serve]]
hosts = ['^cdn\.a\.test$']
path = '^/m/(?P<id>\w+)$'

[[bind]]
fn = "url_equal"
"""


def content(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in (tomllib.loads(GOOD) | changes).items() if value is not None}


def test_every_key() -> None:
    """Every key of a profile arrives in the value."""
    profile = parse(content(), "a.toml")

    assert ("a", "A", datetime.date(2026, 8, 21), "high", "none") == (
        profile.id,
        profile.name,
        profile.last_verified,
        profile.confidence,
        profile.prep,
    )
    assert [r"^a\.test$", r"^up\.a\.test$", r"^cdn\.a\.test$"] == [p.pattern for p in profile.host_patterns()]
    assert ("exif",) == profile.meta.strips
    assert "/user/name" == profile.account
    assert ["url_equal"] == [bind.function for bind in profile.bind]


def test_matching() -> None:
    """A rule counts for its method, host, whole path and query; nothing that merely contains them does."""
    profile = parse(content(), "a.toml")
    query = [("x", "1"), ("command", "APPEND")]

    (rule,) = profile.uploads_at("POST", "up.a.test", "/up", query)

    assert "cover" == rule.role
    assert () == profile.uploads_at("PUT", "up.a.test", "/up", query)
    assert () == profile.uploads_at("POST", "a.test", "/up", query)
    assert () == profile.uploads_at("POST", "up.a.test", "/up/more", query)
    assert () == profile.uploads_at("POST", "up.a.test", "/up\n", query)
    assert () == profile.uploads_at("POST", "up.a.test", "/up", [])
    assert profile.serves_at("cdn.a.test", "/m/x1")
    assert not profile.serves_at("a.test", "/m/x1")
    assert not profile.is_host("evil-a.test")
    assert not profile.is_host("a.test.evil")
    assert profile.is_private_message("/dm/1")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"last_verified": None}, "last_verified"),
        ({"last_verified": "2026-08-21"}, "last_verified"),
        ({"last_verified": datetime.datetime(2026, 8, 21, tzinfo=datetime.UTC)}, "last_verified"),
        ({"evidence": []}, "evidence"),
        ({"hosts": []}, "hosts"),
        ({"hosts": [r"a\.test"]}, "hosts"),
        ({"hosts": [r"^a\.test"]}, "hosts"),
        ({"hosts": [r"^a\.test$|^.*$"]}, "hosts"),
        ({"hosts": [r"^a|b$"]}, "hosts"),
        ({"hosts": [r"^a\$"]}, "hosts"),
        ({"hosts": ["^(?P<x>a)$"]}, "hosts"),
        ({"hosts": ["^A$"]}, "hosts"),
        ({"hosts": ["^[a$"]}, "hosts"),
        ({"host": ["^a$"]}, "host"),
        ({"confidence": "sure"}, "confidence"),
        ({"prep": "maybe"}, "prep"),
        ({"id": "../a"}, "id"),
        ({"meta": {"drops": []}}, "meta.drops"),
        ({"upload": [{"form": "F1"}]}, "upload[0].match"),
        ({"upload": [{"match": {"method": "POST", "path": "^/$"}, "form": "F99"}]}, "upload[0].form"),
        ({"upload": [{"match": {"method": "POST", "path": "/up"}, "form": "F1"}]}, "upload[0].match.path"),
        ({"upload": [{"match": {"method": "POST", "path": "^/$", "x": 1}, "form": "F1"}]}, "upload[0].match.x"),
        ({"upload": "F1"}, "upload"),
        ({"serve": [{"hosts": ["^a$"]}]}, "serve[0].path"),
        ({"bind": [{"fn": "eval"}]}, "bind[0].fn"),
    ],
)
def test_mistakes_are_named(changes: dict[str, Any], named: str) -> None:
    """An unknown, missing or wrong key and a loose pattern are errors that name file and key."""
    with pytest.raises(SettingsError, match=r"^a\.toml: ") as caught:
        parse(content(**changes), "a.toml")

    assert f"a.toml: {named} " in str(caught.value)
