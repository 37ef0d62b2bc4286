"""How an answer proves the address of the served copy: a closed set of named functions for a profile's `bind`."""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin, urlsplit

from creditline.model.errors import CreditlineError
from creditline.model.settings import MIB
from creditline.pipeline.content_coding import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from creditline.model.exchange import Exchange

MAX_ANSWER = MIB
"""Bytes of an answer that are searched; answers to uploads are a few KiB."""
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
    mentioned = itertools.islice(_mentioned(_text(exchange)), MAX_MENTIONS)
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


FUNCTIONS: dict[str, Callable[[Exchange, str], bool]] = {"url_equal": url_equal}
"""Every function that a profile's `bind` may name."""


def _text(exchange: Exchange) -> str:
    response = exchange.response
    if response is None:
        return ""
    try:
        data = response.body.read()
        if data is None or len(data) > MAX_ANSWER:
            return ""
        data = decode(data, response.header("content-encoding"), cap=MAX_ANSWER)
    except (CreditlineError, OSError):
        return ""
    return data.decode("utf-8", "replace")


def _mentioned(text: str) -> Iterator[str]:
    guard = _GUARD.match(text)
    try:
        value = json.loads(text[guard.end() :] if guard else text)
    except (ValueError, RecursionError):
        yield from (match.group().replace("\\/", "/").replace("&amp;", "&") for match in _ABSOLUTE.finditer(text))
        yield from (match.group(1).replace("&amp;", "&") for match in _ATTRIBUTE.finditer(text))
        return
    yield from _strings(value)


def _strings(value: Any) -> Iterator[str]:
    """The strings of a JSON value that look like addresses, in document order."""
    waiting = [value]
    for _ in range(_MAX_VALUES):
        if not waiting:
            return
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(reversed(item.values()))
        elif isinstance(item, list):
            waiting.extend(reversed(item))
        elif isinstance(item, str) and _ADDRESS.match(item):
            yield item


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
