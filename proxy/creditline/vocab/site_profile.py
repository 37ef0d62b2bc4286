"""One site's profile as values: where pictures go up, what the answers say, where copies come from.

No code is in a profile: `vocab.site_reader` turns TOML into these values, `pipeline` uses them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

FORMS = (
    *("F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12", "F13", "F14", "F15", "F16"),
    "F17",
)
"""Wire forms (docs/explanation: the codes of the form table); F17 is opaque: seen, never read."""
ROLES = ("image", "cover", "thumbnail", "avatar", "foreign")
CONFIDENCE = ("high", "medium", "low")
PREPARATION = ("none", "sometimes", "always")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
DECODINGS = ("auto", "binary", "base64", "data-url")
ANSWERS = ("json", "xml", "text", "header")
SOURCES = ("query", "path", "header", "field", "json", "lease", "answer", "url", "bytes")
DECLARATIONS = ("size", "md5", "sha1", "sha256", "crc32")
BIND_FUNCTIONS = (
    *("equals", "prefix", "contains", "b64url_u64be", "b64_decimal", "cid_raw_sha256", "base36", "triples"),
    *("split2_hex", "url_equal", "url_tail", "header_md5"),
)
"""How an id proves the address of a served copy; the functions are in `pipeline.bind`."""
REWRITES = ("host", "query_set", "query_keep", "query_drop", "segment", "suffix_drop", "ext_try", "unwrap")

MAX_PATH = 8192
"""Longer request paths match nothing, so that no pattern is run over a hostile one."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value stands in a request: its kind, the name there, and a JSON pointer into what stands there."""

    kind: str
    name: str = ""
    pointer: str = ""


type Sources = tuple[tuple[str, Source], ...]
type Names = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Which requests a rule is about; without `hosts` the profile's own hosts. `query` values are literal."""

    method: str
    path: re.Pattern[str]
    hosts: tuple[re.Pattern[str], ...] = ()
    query: Names = ()
    headers: tuple[tuple[str, re.Pattern[str]], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer says: its type, a pattern for the guard in front of it, and name → pointer.

    `step` is `upload` or `finish`; leases and links carry their own.
    """

    step: str
    type: str = "json"
    strip: re.Pattern[str] | None = None
    take: Names = ()


@dataclass(frozen=True, slots=True)
class Lease:
    """An earlier request whose answer hands out the upload's address; `hosts` are those that are opened for it.

    `url` names the value that is the address; `ttl` is in seconds.
    """

    match: Match
    answer: Answer
    request: Sources = ()
    url: str | None = None
    hosts: tuple[re.Pattern[str], ...] = ()
    ttl: int = 3600


@dataclass(frozen=True, slots=True)
class Upload:
    """Where a request holds a picture: `form` a wire form, `pick` a pattern for the part's or field's name.

    `request` are values of the request that later steps or addresses name again.
    """

    match: Match
    form: str
    pick: re.Pattern[str] | None = None
    decode: str = "auto"
    role: str = "image"
    encrypted: bool = False
    request: Sources = ()


@dataclass(frozen=True, slots=True)
class Session:
    """What several requests of one upload have in common."""

    source: Source
    also: Source | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """In what order the pieces of one upload belong; `base` is the first index."""

    index: Source | None = None
    offset: Source | None = None
    total: Source | None = None
    base: int = 0


@dataclass(frozen=True, slots=True)
class Finish:
    """What ends an upload in pieces: a request, or (`match` None) that nothing is missing any more."""

    match: Match | None = None
    ok: tuple[int, ...] = (200, 201, 204)
    request: Sources = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """A size or hash that the page declares: changed bytes would break the upload."""

    what: str
    source: Source
    step: str = "upload"


@dataclass(frozen=True, slots=True)
class Link:
    """A later request whose answer ties an upload to a post and to the ids that addresses hold."""

    match: Match
    request: Sources = ()
    answer: Answer = Answer("link")


@dataclass(frozen=True, slots=True)
class Serve:
    """Where the site's copies come from; `query` are the keys that choose a size or format, `signed` that an
    altered address is refused, `headers` what a request for it needs."""

    hosts: tuple[re.Pattern[str], ...]
    path: re.Pattern[str]
    query: tuple[str, ...] = ()
    signed: bool = False
    headers: Names = ()


@dataclass(frozen=True, slots=True)
class Bind:
    """A named function that proves which address belongs to an upload.

    `source` names a value of a step (or `bytes`), `target` a group of a served path, `query:NAME` or `header:NAME`.
    Both are None for `url_equal` over every address of an answer. `chars` is how many characters count.
    """

    function: str
    source: str | None = None
    target: str | None = None
    chars: int | None = None


@dataclass(frozen=True, slots=True)
class Original:
    """How the address of the largest copy follows from another one; `free` says that it needs no signature."""

    steps: tuple[tuple[str, object], ...]
    free: bool = False


@dataclass(frozen=True, slots=True)
class Meta:
    """What the site is known to do to metadata; words for people, no rule."""

    keeps: tuple[str, ...] = ()
    strips: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of one site; `last_verified` is the day on which somebody last saw it so.

    `any_host` is software that many run: its rules count at hosts that the user names, and `proof` are pointers that
    an answer must hold before an unnamed host is taken for it. `software` is the profile of what a site runs on.
    `prep` says whether the site's own page re-encodes before it sends; `account` is a JSON pointer into the upload's
    answer, or a group of a served path; `private_messages` are paths that are never recorded. `named_only` is a site
    where an upload into a direct message looks like any other: nothing of it is opened until the user names a host.
    `pages` are the names of the hosts on whose pages people pick the files that they post.
    """

    id: str
    name: str
    last_verified: datetime.date
    confidence: str
    evidence: tuple[str, ...]
    hosts: tuple[re.Pattern[str], ...] = ()
    any_host: bool = False
    proof: tuple[str, ...] = ()
    software: str | None = None
    lease: tuple[Lease, ...] = ()
    upload: tuple[Upload, ...] = ()
    session: Session | None = None
    chunk: Chunk | None = None
    finish: Finish | None = None
    declares: tuple[Declaration, ...] = ()
    answer: tuple[Answer, ...] = ()
    link: tuple[Link, ...] = ()
    serve: tuple[Serve, ...] = ()
    bind: tuple[Bind, ...] = ()
    original: tuple[Original, ...] = ()
    account: str | None = None
    prep: str | None = None
    prep_formats: tuple[str, ...] = ()
    meta: Meta = Meta()
    rewrite: str = "never"
    private_messages: tuple[re.Pattern[str], ...] = ()
    named_only: bool = False
    pages: tuple[str, ...] = ()

    def host_patterns(self) -> tuple[re.Pattern[str], ...]:
        """Every host that belongs to the site: its own, those of its rules, leases and copies (contract §1)."""
        return tuple(dict.fromkeys([*self.hosts, *self.rule_patterns()]))

    def rule_patterns(self) -> tuple[re.Pattern[str], ...]:
        """The hosts that rules, leases and copies name beside the site's own."""
        matches = [*(r.match for r in self.lease), *(r.match for r in self.upload), *(r.match for r in self.link)]
        rules = [pattern for match in matches for pattern in match.hosts]
        handed = [pattern for lease in self.lease for pattern in lease.hosts]
        served = [pattern for serve in self.serve for pattern in serve.hosts]
        return tuple(dict.fromkeys([*rules, *handed, *served]))

    def at(self, host: str, site: str | None = None) -> Profile:
        """The same rules at one more host: software that many run, or a host that the user says is the site's.

        Of software every host is a site of its own, `site` or else the host.
        """
        here = (*self.hosts, re.compile(f"^{re.escape(host)}$"))
        serve = tuple(replace(rule, hosts=(*rule.hosts, here[-1])) if rule.hosts else rule for rule in self.serve)
        moved = replace(self, hosts=here, serve=serve)
        if not self.any_host:
            return moved
        return replace(moved, id=site or host, name=f"{self.name} ({site or host})", software=self.id)

    def on(self, software: Profile) -> Profile:
        """This site's profile with the rules of the software that it runs on behind its own."""
        return replace(
            self,
            lease=(*self.lease, *software.lease),
            upload=(*self.upload, *software.upload),
            declares=(*self.declares, *software.declares),
            answer=(*self.answer, *software.answer),
            link=(*self.link, *software.link),
            serve=(*self.serve, *software.serve),
            bind=(*self.bind, *software.bind),
            original=(*self.original, *software.original),
            session=self.session or software.session,
            chunk=self.chunk or software.chunk,
            finish=self.finish or software.finish,
            account=self.account or software.account,
            rewrite=self.rewrite if self.upload else software.rewrite,
            prep=self.prep or software.prep,
            prep_formats=self.prep_formats or software.prep_formats,
            private_messages=self.private_messages or software.private_messages,
            meta=self.meta if self.meta != Meta() else software.meta,
        )

    def is_host(self, host: str) -> bool:
        """Whether a host, in lower case, belongs to the site."""
        return any(pattern.fullmatch(host) for pattern in self.host_patterns())

    def uploads_at(
        self,
        method: str,
        host: str,
        path: str,
        query: Iterable[tuple[str, str]],
        headers: Iterable[tuple[str, str]] = (),
    ) -> tuple[Upload, ...]:
        """The upload rules for a request, in the profile's order; `path` without its query."""
        sent = set(query)
        handed = tuple(pattern for lease in self.lease for pattern in lease.hosts)
        return tuple(
            rule for rule in self.upload if self.matches(rule.match, method, host, path, sent, headers, handed)
        )

    def matches(
        self,
        match: Match,
        method: str,
        host: str,
        path: str,
        sent: set[tuple[str, str]],
        headers: Iterable[tuple[str, str]] = (),
        handed: tuple[re.Pattern[str], ...] = (),
    ) -> bool:
        """Whether a rule is about a request; `handed` are hosts beside the profile's own."""
        hosts = match.hosts or (*self.hosts, *handed)
        return (
            match.method == method
            and len(path) <= MAX_PATH
            and match.path.fullmatch(path) is not None
            and any(pattern.fullmatch(host) for pattern in hosts)
            and sent.issuperset(match.query)
            and all(_has(headers, name, pattern) for name, pattern in match.headers)
        )

    def serving(self, host: str, path: str) -> tuple[tuple[Serve, re.Match[str]], ...]:
        """The rules for an address where copies come from, each with its match of the path."""
        if len(path) > MAX_PATH:
            return ()
        rules = [rule for rule in self.serve if any(p.fullmatch(host) for p in rule.hosts or self.hosts)]
        return tuple((rule, found) for rule in rules if (found := rule.path.fullmatch(path)) is not None)

    def serves_at(self, host: str, path: str) -> bool:
        """Whether an address is one where the site's copies come from."""
        return bool(self.serving(host, path))

    def is_private_message(self, path: str) -> bool:
        """Whether a path belongs to private messages, which are never recorded."""
        return any(pattern.fullmatch(path[:MAX_PATH]) for pattern in self.private_messages)


def _has(headers: Iterable[tuple[str, str]], name: str, pattern: re.Pattern[str]) -> bool:
    values = [value for key, value in headers if key.lower() == name]
    return any(pattern.fullmatch(value[:MAX_PATH]) for value in values)
