"""From ids to proof: which keys an upload leaves, and which keys a served address asks for.

A key of both under one rule proves the link without looking at a picture. The functions are in `id_functions`; the
addresses that an answer names are the one kind of key that needs no profile.
"""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from creditline.pipeline.id_functions import FUNCTIONS
from creditline.pipeline.values import MAX_ANSWER, leaves, query_of, text_of
from creditline.vocab.sites import normal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from creditline.model.exchange import Exchange
    from creditline.vocab.site_profile import Bind, Profile

__all__ = ["MAX_ANSWER", "MAX_URLS", "served_keys", "uploaded_keys", "url_equal", "urls_in_answer"]

URL_RULE = "url_equal"
"""The rule for an address that an answer names, where no profile says which one of it is the picture's."""
BYTES = "bytes"
"""A bind's source for what follows from the picture's bytes."""
MAX_URLS = 200
MAX_MENTIONS = 2000
"""One address may be there many times; so many mentions are looked at."""
MAX_URL = 4096
_MAX_VALUES = 100_000
"""JSON values looked at in one answer."""

# What sites put before JSON so that no page can load it as a script (site-protocols 4.3).
_GUARD = re.compile(r"\s*(?:for\s?\(;;\);|\)\]\}'|\]\)\}while\(1\);</x>)")
_ABSOLUTE = re.compile(r"""https?:(?:\\?/){2}[^\s"'<>\\]{1,4096}(?:\\/[^\s"'<>\\]{0,4096}){0,64}""", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(?:href|src|content)\s{0,8}=\s{0,8}["']([^"'<>\s]{1,4096})["']""", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?:|\.{0,2})/\S+", re.IGNORECASE)
_DEFAULT_PORT = {"http": 80, "https": 443}


def urls_in_answer(exchange: Exchange) -> tuple[str, ...]:
    """Every address that the answer to an upload names, in order, each once; at most `MAX_URLS`.

    Strings of JSON, addresses in text, XML and HTML, and the `Location` header; relative ones are completed from
    the request's. Never raises: an answer that cannot be read names none.
    """
    response = exchange.response
    if response is None:
        return ()
    found: dict[str, None] = {}
    location = response.header("location") or response.header("content-location")
    mentioned = itertools.islice(_mentioned(text_of(response)), MAX_MENTIONS)
    for text in itertools.chain([location] if location else [], mentioned):
        url = _absolute(text, exchange.url)
        if url is not None:
            found[url] = None
        if len(found) == MAX_URLS:
            break
    return tuple(found)


def url_equal(exchange: Exchange, url: str) -> bool:
    """Whether the answer to an upload names this address; letter case of the host and default port aside."""
    return _absolute(url, exchange.url) in urls_in_answer(exchange)


def names_addresses(profile: Profile | None) -> bool:
    """Whether every address in the answer to an upload may be a copy's: where a profile says so, or there is none."""
    return profile is None or any(rule.function == URL_RULE and rule.source is None for rule in profile.bind)


def uploaded_keys(
    profile: Profile, row: Mapping[str, str], *, sha256: str | None, md5: str | None, base: str
) -> tuple[tuple[str, str], ...]:
    """The (rule, key) pairs under which an upload can be found again; `row` are the ids that its steps told.

    `base` is the address that relative ones are completed from.
    """
    found: dict[tuple[str, str], None] = {}
    for bind in profile.bind:
        if bind.source is None:
            continue
        value = _digest(bind, sha256, md5) if bind.source == BYTES else row.get(bind.source)
        if value is not None and bind.function == URL_RULE:
            value = _absolute(value, base)
        if value is not None and bind.function == "url_tail" and bind.target is not None:
            value = value.rpartition("/")[2].partition("?")[0]
            key: str | None = value or None
        else:
            key = FUNCTIONS[bind.function].uploaded(value, bind.chars) if value is not None else None
        if key is not None:
            found[rule_name(profile, bind), key] = None
    return tuple(found)


def served_keys(exchange: Exchange, profile: Profile) -> tuple[tuple[str, str], ...]:
    """The (rule, key) pairs that a served address and its headers ask for; none off the site's served addresses."""
    path = exchange.path.partition("?")[0]
    found: dict[tuple[str, str], None] = {}
    for _, matched in profile.serving(normal(exchange.host), path):
        for bind in profile.bind:
            if bind.source is None:
                continue
            value = _target(bind, exchange, matched)
            if value is None:
                continue
            named = bind.function == "url_tail" and bind.target is not None
            keys = (value,) if named else FUNCTIONS[bind.function].served(value, bind.chars)
            found |= dict.fromkeys((rule_name(profile, bind), key) for key in keys)
    return tuple(found)


def rule_name(profile: Profile, bind: Bind) -> str:
    """What an audit calls the rule: the site, the function, and what it starts from.

    A CID is the same on every host; every other id counts on its own site alone.
    """
    everywhere = bind.function == "cid_raw_sha256"
    return f"{(profile.software if everywhere else None) or profile.id}:{bind.function}:{bind.source}"


def _digest(bind: Bind, sha256: str | None, md5: str | None) -> str | None:
    return md5 if bind.function == "header_md5" else sha256


def _target(bind: Bind, exchange: Exchange, matched: re.Match[str]) -> str | None:
    target = bind.target
    if target is None:
        return _absolute(exchange.url, exchange.url)
    kind, colon, name = target.partition(":")
    if not colon:
        return matched.groupdict().get(target)
    if kind == "header":
        return exchange.response.header(name) if exchange.response is not None else None
    return next((value for key, value in query_of(exchange) if key == name), None)


def _mentioned(text: str) -> Iterator[str]:
    guard = _GUARD.match(text)
    try:
        value = json.loads(text[guard.end() :] if guard else text)
    except (ValueError, RecursionError):
        yield from (match.group().replace("\\/", "/").replace("&amp;", "&") for match in _ABSOLUTE.finditer(text))
        yield from (match.group(1).replace("&amp;", "&") for match in _ATTRIBUTE.finditer(text))
        return
    yield from (item for item in leaves(value, _MAX_VALUES) if isinstance(item, str) and _ADDRESS.match(item))


def _absolute(text: str, base: str) -> str | None:
    """One spelling for an http address, or None for what is none."""
    if len(text) > MAX_URL or any(ord(c) <= 32 for c in text):
        return None
    try:
        parts = urlsplit(urldefrag(urljoin(base, text)).url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORT or not host:
        return None
    where = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORT[parts.scheme]:
        where += f":{port}"
    return parts._replace(netloc=where, path=parts.path or "/").geturl()
