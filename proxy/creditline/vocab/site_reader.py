"""The strict reader that turns a site profile's TOML into a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from creditline.vocab.site_profile import (
    ANSWERS,
    BIND_FUNCTIONS,
    CONFIDENCE,
    DECLARATIONS,
    DECODINGS,
    FORMS,
    METHODS,
    PREPARATION,
    REWRITES,
    ROLES,
    SOURCES,
    Answer,
    Bind,
    Chunk,
    Declaration,
    Finish,
    Lease,
    Link,
    Match,
    Meta,
    Original,
    Profile,
    Serve,
    Session,
    Source,
    Upload,
)
from creditline.vocab.strict_table import Table

if TYPE_CHECKING:
    from creditline.vocab.site_profile import Sources

ID = r"[a-z0-9][a-z0-9.-]*"
_SOURCE = re.compile(rf"({'|'.join(SOURCES)})(?::([^#]+))?(?:#(/.*))?")
_NAMELESS = frozenset({"url", "bytes"})
_TARGET = re.compile(r"\w+|(?:query|header):[\w-]+")


def parse(content: dict[str, Any], source: str) -> Profile:
    """A profile from the content of a TOML file; `source` names that file in errors.

    Raises:
        SettingsError: a key that is unknown, missing or of the wrong kind, or a pattern that is broken or not
            anchored at both ends; the message names file and key.
    """
    table = Table(content, source)
    any_host = table.flag("any_host")
    prep, formats = _prep(table)
    profile = Profile(
        id=table.text("id", pattern=ID),
        name=table.text("name"),
        last_verified=table.date("last_verified"),
        confidence=table.word("confidence", CONFIDENCE),
        evidence=table.texts("evidence", required=True),
        hosts=table.hosts("hosts", required=not any_host),
        any_host=any_host,
        proof=_proof(table, required=any_host),
        software=table.optional_text("software", pattern=ID),
        lease=tuple(_lease(item) for item in table.tables("lease")),
        upload=tuple(_upload(item) for item in table.tables("upload")),
        session=_session(table),
        chunk=_chunk(table),
        finish=_finish(table),
        declares=tuple(_declares(item) for item in table.tables("declares")),
        answer=tuple(
            _answer(item, item.word("step", ("upload", "finish"), "upload")) for item in table.tables("answer")
        ),
        link=tuple(_link(item) for item in table.tables("link")),
        serve=tuple(_serve(item, any_host=any_host) for item in table.tables("serve")),
        bind=tuple(_bind(item) for item in table.tables("bind")),
        original=tuple(_original(item) for item in table.tables("original")),
        account=table.optional_text("account"),
        prep=prep,
        prep_formats=formats,
        meta=_meta(table),
        rewrite=table.word("rewrite", ("never", "single"), "never"),
        private_messages=table.paths("private_messages"),
        named_only=table.flag("named_only"),
        pages=table.names("pages"),
    )
    table.finish()
    return profile


def _proof(table: Table, *, required: bool) -> tuple[str, ...]:
    if not required:
        return ()
    proof = table.table("proof")
    has = proof.texts("has", required=True)
    proof.finish()
    return has


def _prep(table: Table) -> tuple[str | None, tuple[str, ...]]:
    prep = table.word("prep", PREPARATION) if table.has("prep") else None
    return prep, table.texts("prep_formats")


def _match(table: Table, key: str = "match", methods: tuple[str, ...] = METHODS) -> Match:
    match = table.table(key)
    one = match.host("host")
    value = Match(
        method=match.word("method", methods),
        path=match.path("path"),
        hosts=(one,) if one is not None else match.hosts("hosts", required=False),
        query=match.pairs("query"),
        headers=tuple((name.lower(), pattern) for name, pattern in match.patterns("headers")),
    )
    match.finish()
    return value


def _sources(table: Table, key: str) -> Sources:
    return tuple((name, _source_of(table, f"{key}.{name}", text)) for name, text in table.pairs(key))


def _source(table: Table, key: str) -> Source:
    return _source_of(table, key, table.text(key))


def _source_of(table: Table, key: str, text: str) -> Source:
    found = _SOURCE.fullmatch(text)
    if found is None or (found[2] is None) != (found[1] in _NAMELESS):
        raise table.error(key, f"is no source ({', '.join(SOURCES)}, with a name), but {text!r}")
    if found[1] == "json" and not found[2].startswith("/"):
        raise table.error(key, f"takes a JSON pointer after json:, not {text!r}")
    return Source(found[1], found[2] or "", found[3] or "")


def _answer(table: Table, step: str, take: str = "take") -> Answer:
    return Answer(
        step=step,
        type=table.word("type", ANSWERS, "json"),
        strip=_strip(table),
        take=_taken(table, take),
    )


def _taken(table: Table, key: str) -> tuple[tuple[str, str], ...]:
    pairs = table.pairs(key)
    for name, pointer in pairs:
        if not pointer:
            raise table.error(f"{key}.{name}", "is empty")
    return pairs


def _strip(table: Table) -> re.Pattern[str] | None:
    """A guard in front of an answer: anchored at its beginning only, for the answer follows."""
    text = table.optional_text("strip")
    if text is None:
        return None
    if not text.startswith("^"):
        raise table.error("strip", f"must be anchored as ^…, not {text!r}")
    try:
        return re.compile(text)
    except re.error as error:
        raise table.error("strip", f"is no regular expression: {error}") from error


def _lease(table: Table) -> Lease:
    return Lease(
        match=_match(table),
        answer=_answer(table, "lease", "read"),
        request=_sources(table, "request"),
        url=table.optional_text("url"),
        hosts=table.hosts("hosts", required=False),
        ttl=table.number("ttl", 3600, least=1) or 3600,
    )


def _upload(table: Table) -> Upload:
    return Upload(
        match=_match(table, methods=("POST", "PUT", "PATCH")),
        form=table.word("form", FORMS),
        pick=table.optional_path("pick"),
        decode=table.word("decode", DECODINGS, "auto"),
        role=table.word("role", ROLES, "image"),
        encrypted=table.flag("encrypted"),
        request=_sources(table, "request"),
    )


def _session(table: Table) -> Session | None:
    if not table.has("session"):
        return None
    session = table.table("session")
    value = Session(_source(session, "from"), _source(session, "with") if session.has("with") else None)
    session.finish()
    return value


def _chunk(table: Table) -> Chunk | None:
    if not table.has("chunk"):
        return None
    chunk = table.table("chunk")
    found = {name: _source(chunk, name) for name in ("index", "offset", "total") if chunk.has(name)}
    value = Chunk(**found, base=chunk.number("base", 0) or 0)
    if value.index is None and value.offset is None:
        raise chunk.error("index", "or offset is missing")
    chunk.finish()
    return value


def _finish(table: Table) -> Finish | None:
    if not table.has("finish"):
        return None
    finish = table.table("finish")
    value = Finish(
        match=_match(finish) if finish.has("match") else None,
        ok=finish.numbers("ok", (200, 201, 204)),
        request=_sources(finish, "request"),
    )
    if value.match is None:
        finish.word("when", ("covered",))
    finish.finish()
    return value


def _declares(table: Table) -> Declaration:
    what = next((name for name in DECLARATIONS if table.has(name)), None)
    if what is None:
        raise table.error("size", f"is missing, or another of {', '.join(DECLARATIONS)}")
    return Declaration(what, _source(table, what), table.optional_text("step", r"\w+") or "upload")


def _link(table: Table) -> Link:
    return Link(match=_match(table), request=_sources(table, "request"), answer=_answer(table, "link"))


def _serve(table: Table, *, any_host: bool) -> Serve:
    return Serve(
        hosts=table.hosts("hosts", required=not any_host),
        path=table.path("path"),
        query=table.texts("query"),
        signed=table.flag("signed"),
        headers=table.pairs("headers"),
    )


def _bind(table: Table) -> Bind:
    function = table.word("fn", BIND_FUNCTIONS)
    source = table.optional_text("from", r"\w+")
    target = table.optional_text("to")
    if target is not None and not _TARGET.fullmatch(target):
        raise table.error("to", f"is a group of a served path, query:NAME or header:NAME, not {target!r}")
    if function != "url_equal" and source is None:
        raise table.error("from", "is missing")
    if function not in {"url_equal", "url_tail", "contains"} and target is None:
        raise table.error("to", "is missing")
    return Bind(function, source, target, table.number("chars", least=1))


def _original(table: Table) -> Original:
    free = table.flag("free")
    steps: list[tuple[str, object]] = []
    for name in REWRITES:
        if not table.has(name):
            continue
        if name in {"query_set", "segment"}:
            steps.append((name, table.pairs(name)))
        elif name in {"query_keep", "query_drop", "ext_try"}:
            steps.append((name, table.texts(name, required=True)))
        elif name == "suffix_drop":
            steps.append((name, table.path(name)))
        elif name == "unwrap":
            steps.append((name, table.word(name, ("percent_tail",))))
        else:
            steps.append((name, table.text(name)))
    if not steps:
        raise table.error(REWRITES[0], f"is missing, or another of {', '.join(REWRITES)}")
    return Original(tuple(steps), free)


def _meta(table: Table) -> Meta:
    if not table.has("meta"):
        return Meta()
    meta = table.table("meta")
    value = Meta(keeps=meta.texts("keeps"), strips=meta.texts("strips"), adds=meta.texts("adds"))
    meta.finish()
    return value
