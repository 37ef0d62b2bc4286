"""One site's profile: its keys, and the strict reader that turns TOML into a value."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from creditline.model.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMS = ("F1", "F3", "F6")
"""Wire forms that a profile may name: those that a body shape reads."""
ROLES = ("image", "cover", "thumbnail", "avatar", "foreign")
CONFIDENCE = ("high", "medium", "low")
PREPARATION = ("none", "sometimes", "always")
BIND_FUNCTIONS = ("url_equal",)
"""How an answer proves the address of a served copy; the functions are in `pipeline.bind`."""

MAX_PATH = 8192
"""Longer request paths match nothing, so that no pattern is run over a hostile one."""


@dataclass(frozen=True, slots=True)
class Match:
    """Which requests a rule is about; `host` None means the profile's own hosts. `query` values are literal."""

    method: str
    path: re.Pattern[str]
    host: re.Pattern[str] | None = None
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Upload:
    """Where a request holds a picture: `form` a wire form, `pick` a pattern for the part's name."""

    match: Match
    form: str
    pick: re.Pattern[str] | None = None
    role: str = "image"


@dataclass(frozen=True, slots=True)
class Serve:
    """Where the site's copies come from."""

    hosts: tuple[re.Pattern[str], ...]
    path: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Bind:
    """A named function that proves which served address belongs to an upload."""

    function: str


@dataclass(frozen=True, slots=True)
class Meta:
    """What the site is known to do to metadata; words for people, no rule."""

    keeps: tuple[str, ...] = ()
    strips: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of one site; `last_verified` is the day on which somebody last saw it so.

    `prep` says whether the site's own page re-encodes before it sends; `account` is a JSON pointer into the
    upload's answer; `private_messages` are paths that are never recorded.
    """

    id: str
    name: str
    last_verified: datetime.date
    confidence: str
    evidence: tuple[str, ...]
    hosts: tuple[re.Pattern[str], ...]
    upload: tuple[Upload, ...] = ()
    serve: tuple[Serve, ...] = ()
    bind: tuple[Bind, ...] = ()
    account: str | None = None
    prep: str | None = None
    meta: Meta = Meta()
    private_messages: tuple[re.Pattern[str], ...] = ()

    def host_patterns(self) -> tuple[re.Pattern[str], ...]:
        """Every host that belongs to the site: its own, those of its rules, those that serve its copies."""
        rules = [rule.match.host for rule in self.upload if rule.match.host is not None]
        served = [pattern for serve in self.serve for pattern in serve.hosts]
        return tuple(dict.fromkeys([*self.hosts, *rules, *served]))

    def at(self, host: str) -> Profile:
        """The same rules at one more host: software that many run, or a host that the user says is the site's."""
        here = re.compile(f"^{re.escape(host)}$")
        serve = tuple(replace(rule, hosts=(*rule.hosts, here)) for rule in self.serve)
        return replace(self, hosts=(*self.hosts, here), serve=serve)

    def is_host(self, host: str) -> bool:
        """Whether a host, in lower case, belongs to the site."""
        return any(pattern.fullmatch(host) for pattern in self.host_patterns())

    def uploads_at(
        self, method: str, host: str, path: str, query: Iterable[tuple[str, str]]
    ) -> tuple[Upload, ...]:
        """The upload rules for a request, in the profile's order; `path` without its query."""
        if len(path) > MAX_PATH:
            return ()
        sent = set(query)
        return tuple(rule for rule in self.upload if self._is_for(rule.match, method, host, path, sent))

    def _is_for(self, match: Match, method: str, host: str, path: str, sent: set[tuple[str, str]]) -> bool:
        hosts = self.hosts if match.host is None else (match.host,)
        return (
            match.method == method
            and match.path.fullmatch(path) is not None
            and any(pattern.fullmatch(host) for pattern in hosts)
            and sent.issuperset(match.query)
        )

    def serves_at(self, host: str, path: str) -> bool:
        """Whether an address is one where the site's copies come from."""
        return len(path) <= MAX_PATH and any(
            serve.path.fullmatch(path) and any(pattern.fullmatch(host) for pattern in serve.hosts)
            for serve in self.serve
        )

    def is_private_message(self, path: str) -> bool:
        """Whether a path belongs to private messages, which are never recorded."""
        return any(pattern.fullmatch(path[:MAX_PATH]) for pattern in self.private_messages)


def parse(content: dict[str, Any], source: str) -> Profile:
    """A profile from the content of a TOML file; `source` names that file in errors.

    Raises:
        SettingsError: a key that is unknown, missing or of the wrong kind, or a pattern that is broken or not
            anchored at both ends; the message names file and key.
    """
    table = _Table(content, source)
    profile = Profile(
        id=table.text("id", pattern=r"[a-z0-9][a-z0-9.-]*"),
        name=table.text("name"),
        last_verified=table.date("last_verified"),
        confidence=table.word("confidence", CONFIDENCE),
        evidence=table.texts("evidence", required=True),
        hosts=table.hosts("hosts"),
        upload=tuple(_upload(item) for item in table.tables("upload")),
        serve=tuple(_serve(item) for item in table.tables("serve")),
        bind=tuple(_bind(item) for item in table.tables("bind")),
        account=table.optional_text("account"),
        prep=table.word("prep", PREPARATION) if "prep" in content else None,
        meta=_meta(table),
        private_messages=table.paths("private_messages"),
    )
    table.finish()
    return profile


def _upload(table: _Table) -> Upload:
    match = table.table("match")
    rule = Upload(
        match=Match(
            method=match.word("method", ("POST", "PUT", "PATCH")),
            path=match.path("path"),
            host=match.host("host"),
            query=match.pairs("query"),
        ),
        form=table.word("form", FORMS),
        pick=table.optional_pattern("pick"),
        role=table.word("role", ROLES, default="image"),
    )
    match.finish()
    table.finish()
    return rule


def _serve(table: _Table) -> Serve:
    rule = Serve(hosts=table.hosts("hosts"), path=table.path("path"))
    table.finish()
    return rule


def _bind(table: _Table) -> Bind:
    rule = Bind(table.word("fn", BIND_FUNCTIONS))
    table.finish()
    return rule


def _meta(table: _Table) -> Meta:
    if not table.has("meta"):
        return Meta()
    meta = table.table("meta")
    value = Meta(keeps=meta.texts("keeps"), strips=meta.texts("strips"), adds=meta.texts("adds"))
    meta.finish()
    return value


class _Table:
    """A TOML table that gives each key once, checked, and complains of what is left over."""

    def __init__(self, content: dict[str, Any], source: str, prefix: str = "") -> None:
        self._left = dict(content)
        self._source = source
        self._prefix = prefix

    def has(self, key: str) -> bool:
        return key in self._left

    def finish(self) -> None:
        for key in self._left:
            raise self._error(key, "is no key of a site profile")

    def text(self, key: str, pattern: str | None = None) -> str:
        value = self._take(key, str)
        if not value.strip() or (pattern is not None and not re.fullmatch(pattern, value)):
            raise self._error(key, f"cannot be {value!r}")
        return str(value)

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if self.has(key) else None

    def word(self, key: str, words: tuple[str, ...], default: str | None = None) -> str:
        if default is not None and not self.has(key):
            return default
        value = self._take(key, str)
        if value not in words:
            raise self._error(key, f"is one of {', '.join(words)}, not {value!r}")
        return str(value)

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        if not self.has(key) and not required:
            return ()
        values = self._take(key, list)
        if not all(isinstance(value, str) for value in values) or (required and not values):
            raise self._error(key, "takes a list of texts")
        return tuple(values)

    def date(self, key: str) -> datetime.date:
        value = self._take(key, datetime.date)
        if isinstance(value, datetime.datetime):
            raise self._error(key, "takes a day, as in 2026-08-21")
        return value  # type: ignore[no-any-return]

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        value = self._take(key, dict) if self.has(key) else {}
        if not all(isinstance(text, str) for text in value.values()):
            raise self._error(key, "takes texts")
        return tuple(value.items())

    def tables(self, key: str) -> list[_Table]:
        items = self._take(key, list) if self.has(key) else []
        if not all(isinstance(item, dict) for item in items):
            raise self._error(key, f"takes [[{key}]] tables")
        return [_Table(item, self._source, f"{self._prefix}{key}[{n}].") for n, item in enumerate(items)]

    def table(self, key: str) -> _Table:
        return _Table(self._take(key, dict), self._source, f"{self._prefix}{key}.")

    def path(self, key: str) -> re.Pattern[str]:
        return self._pattern(key, self._take(key, str))

    def paths(self, key: str) -> tuple[re.Pattern[str], ...]:
        return tuple(self._pattern(key, text) for text in self.texts(key))

    def optional_pattern(self, key: str) -> re.Pattern[str] | None:
        return self.path(key) if self.has(key) else None

    def host(self, key: str) -> re.Pattern[str] | None:
        return self._host(key, self._take(key, str)) if self.has(key) else None

    def hosts(self, key: str) -> tuple[re.Pattern[str], ...]:
        return tuple(self._host(key, text) for text in self.texts(key, required=True))

    def _host(self, key: str, text: str) -> re.Pattern[str]:
        # The same patterns go into a browser's PAC file, whose JavaScript knows fewer kinds of group.
        if re.search(r"\(\?(?!:)", text) or text != text.lower():
            raise self._error(key, f"takes plain patterns in lower case, not {text!r}")
        return self._pattern(key, text)

    def _pattern(self, key: str, text: str) -> re.Pattern[str]:
        try:
            pattern = re.compile(text)
        except re.error as error:
            raise self._error(key, f"is no regular expression: {error}") from error
        if not _is_anchored(text):
            raise self._error(key, f"must be anchored as ^…$, not {text!r}")
        return pattern

    def _take(self, key: str, kind: type) -> Any:
        if key not in self._left:
            raise self._error(key, "is missing")
        value = self._left.pop(key)
        if not isinstance(value, kind):
            raise self._error(key, f"has a value of the wrong kind: {value!r}")
        return value

    def _error(self, key: str, what: str) -> SettingsError:
        return SettingsError(f"{self._source}: {self._prefix}{key} {what}")


def _is_anchored(text: str) -> bool:
    """`^…$` around the whole: an alternation outside groups would leave one side of it loose."""
    if not text.startswith("^") or not text.endswith("$") or (len(text) - len(text[:-1].rstrip("\\"))) % 2 == 0:
        return False
    depth = 0
    in_class = escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "|" and depth == 0:
            return False
    return True
