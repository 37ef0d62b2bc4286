"""A profile is read strictly or not at all."""

from __future__ import annotations

import datetime
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from creditline.model.errors import SettingsError
from creditline.vocab.site_profile import Source
from creditline.vocab.site_reader import parse

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

FULL = (
    GOOD
    + r"""
[[bind]]
from = "id"
fn = "b64url_u64be"
to = "key"
chars = 10

[session]
from = "query:media_id"
with = "header:x-params#/upload_id"

[chunk]
index = "query:segment_index"
total = "header:x-length"
base = 1

[finish]
match = { method = "POST", path = '^/up$', query = { command = "FINALIZE" } }
ok = [200, 202]

[[lease]]
match = { method = "POST", path = '^/lease$' }
read = { url = "/url", id = "/id" }
url = "url"
hosts = ['^bucket\.test$']
ttl = 60

[[declares]]
size = "query:total_bytes"
step = "init"

[[answer]]
step = "upload"
strip = '^for \(;;\);'
take = { id = "/id" }

[[link]]
match = { method = "POST", path = '^/post$' }
request = { id = "field:id", ids = "json:/a/*/id" }
take = { pk = "/pk" }

[[original]]
query_set = { name = "orig" }
free = true
"""
)


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


def test_every_step() -> None:
    """Leases, sessions, chunks, answers, links, binds and rewrites arrive in the value; a lease's hosts are opened."""
    profile = parse(tomllib.loads(FULL), "a.toml")

    assert profile.session is not None
    assert profile.chunk is not None
    assert profile.finish is not None
    assert (Source("query", "media_id"), Source("header", "x-params", "/upload_id")) == (
        profile.session.source,
        profile.session.also,
    )
    assert (1, Source("header", "x-length")) == (profile.chunk.base, profile.chunk.total)
    assert (200, 202) == profile.finish.ok
    assert (60, "url", (("url", "/url"), ("id", "/id"))) == (
        profile.lease[0].ttl,
        profile.lease[0].url,
        profile.lease[0].answer.take,
    )
    assert profile.is_host("bucket.test")
    assert ("size", "init") == (profile.declares[0].what, profile.declares[0].step)
    assert (("id", Source("field", "id")), ("ids", Source("json", "/a/*/id"))) == profile.link[0].request
    assert ("b64url_u64be", "id", "key", 10) == (
        profile.bind[1].function,
        profile.bind[1].source,
        profile.bind[1].target,
        profile.bind[1].chars,
    )
    assert ((("query_set", (("name", "orig"),)),), True) == (profile.original[0].steps, profile.original[0].free)


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
        ({"bind": [{"fn": "equals", "to": "id"}]}, "bind[0].from"),
        ({"bind": [{"fn": "equals", "from": "id"}]}, "bind[0].to"),
        ({"bind": [{"fn": "equals", "from": "id", "to": "cookie:a"}]}, "bind[0].to"),
        ({"bind": [{"fn": "prefix", "from": "id", "to": "id", "chars": 0}]}, "bind[0].chars"),
        ({"any_host": True}, "proof"),
        ({"any_host": "yes"}, "any_host"),
        ({"session": {"from": "cookie:a"}}, "session.from"),
        ({"session": {"from": "query"}}, "session.from"),
        ({"session": {"from": "json:id"}}, "session.from"),
        ({"chunk": {"base": 1}}, "chunk.index"),
        ({"finish": {"when": "soon"}}, "finish.when"),
        ({"finish": {"when": "covered", "ok": ["200"]}}, "finish.ok"),
        ({"declares": [{"step": "init"}]}, "declares[0].size"),
        ({"answer": [{"strip": "for"}]}, "answer[0].strip"),
        ({"answer": [{"take": {"id": ""}}]}, "answer[0].take.id"),
        ({"answer": [{"step": "later"}]}, "answer[0].step"),
        ({"lease": [{"read": {}}]}, "lease[0].match"),
        ({"link": [{"match": {"method": "POST", "path": "^/$"}, "x": 1}]}, "link[0].x"),
        ({"original": [{"free": True}]}, "original[0].host"),
        ({"original": [{"unwrap": "all"}]}, "original[0].unwrap"),
        ({"rewrite": "always"}, "rewrite"),
    ],
)
def test_mistakes_are_named(changes: dict[str, Any], named: str) -> None:
    """An unknown, missing or wrong key and a loose pattern are errors that name file and key."""
    with pytest.raises(SettingsError, match=r"^a\.toml: ") as caught:
        parse(content(**changes), "a.toml")

    assert f"a.toml: {named} " in str(caught.value)


def test_the_example_of_the_docs_loads() -> None:
    """What the how-to shows can be copied as it stands."""
    page = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "site-profile.md"
    example = re.search(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None

    profile = parse(tomllib.loads(example[1]), "shop.toml")

    assert "shop" == profile.id
    assert profile.serves_at("cdn.shop.example", "/5.jpg")
