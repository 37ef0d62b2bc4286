"""Values of requests and answers that a site profile points to: ids, addresses, names of sessions.

Everything here is bounded and never raises: what cannot be read has no values.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from creditline.model.errors import CreditlineError
from creditline.model.settings import MIB
from creditline.pipeline.bodies import multipart
from creditline.pipeline.content_coding import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from creditline.model.exchange import Exchange, Message
    from creditline.vocab.site_profile import Answer, Source, Sources

MAX_ANSWER = MIB
"""Bytes of an answer that are read; answers to uploads are a few KiB."""
MAX_VALUES = 200
"""Values of one name; an album has at most a hundred pictures."""
MAX_VALUE = 4096
"""Characters of one value; addresses are the longest."""
MAX_FIELDS = 1000

type Row = dict[str, str]

_SELECT = re.compile(r"\[(\w+)=([\w.-]+)\]")


def text_of(message: Message | None, cap: int = MAX_ANSWER) -> str:
    """A message's body as text without its content coding; empty where it is too long or cannot be read."""
    if message is None:
        return ""
    try:
        data = message.body.read()
        if data is None or len(data) > cap:
            return ""
        data = decode(data, message.header("content-encoding"), cap=cap)
    except (CreditlineError, OSError):
        return ""
    return data.decode("utf-8", "replace")


def leaves(value: Any, most: int) -> Iterator[Any]:
    """What a JSON value holds that is neither object nor list, in document order, of its first `most` values."""
    waiting = [value]
    for _ in range(most):
        if not waiting:
            return
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(reversed(item.values()))
        elif isinstance(item, list):
            waiting.extend(reversed(item))
        else:
            yield item


def pointed(value: Any, pointer: str) -> list[str]:
    """The texts and numbers that a JSON pointer (RFC 6901) leads to.

    `*` stands for every item of a list, `[a=b]` for those items that are objects in which `a` is `b`.
    """
    found = [value]
    for step in pointer.split("/")[1:]:
        found = [item for parent in found for item in _children(parent, step)][:MAX_VALUES]
    return [text for item in found if (text := _text(item)) is not None]


def has(value: Any, pointer: str) -> bool:
    """Whether a JSON pointer leads to anything, be it null."""
    found = [value]
    for step in pointer.split("/")[1:]:
        found = [item for parent in found for item in _children(parent, step)][:MAX_VALUES]
    return bool(found)


def requested(exchange: Exchange, sources: Sources, groups: Mapping[str, str | None]) -> dict[str, list[str]]:
    """What each source gives for a request; `groups` are those of the path that the rule matched."""
    fields: list[tuple[str, str]] | None = None
    columns: dict[str, list[str]] = {}
    for name, source in sources:
        if source.kind == "field" and fields is None:
            fields = _fields(exchange.request)
        values = _values(exchange, source, groups, fields or [])
        if source.pointer:
            values = [text for value in values for text in pointed(json_of(value), source.pointer)]
        columns[name] = [value for value in values if 0 < len(value) <= MAX_VALUE][:MAX_VALUES]
    return columns


def answered(exchange: Exchange, answer: Answer) -> dict[str, list[str]]:
    """What an answer says, by the names of a profile; an answer of another shape says nothing."""
    if not answer.take or exchange.response is None:
        return {}
    if answer.type == "header":
        said = ((name, exchange.response.header(header)) for name, header in answer.take)
        return {name: [value] for name, value in said if value}
    text = text_of(exchange.response)
    if answer.strip is not None and (guard := answer.strip.match(text)) is not None:
        text = text[guard.end() :]
    if answer.type == "json":
        value = json_of(text)
        return {name: _short(pointed(value, pointer)) for name, pointer in answer.take}
    if answer.type == "xml":
        return {name: _short(_elements(text, pointer)) for name, pointer in answer.take}
    return {name: _short(_matched(text, pattern)) for name, pattern in answer.take}


def rows(columns: Mapping[str, Sequence[str]]) -> tuple[Row, ...]:
    """Lists side by side as rows: single values count for every row, lists of another length than the longest
    belong to nothing and are left out."""
    longest = max((len(values) for values in columns.values()), default=0)
    picked = {name: values for name, values in columns.items() if len(values) in {1, longest} and values}
    return tuple(
        {name: values[min(n, len(values) - 1)] for name, values in picked.items()} for n in range(longest)
    )


def query_of(exchange: Exchange) -> list[tuple[str, str]]:
    """The fields of a request's query, in order; none where there are absurdly many."""
    return _qsl(exchange.path.partition("?")[2])


def _values(
    exchange: Exchange, source: Source, groups: Mapping[str, str | None], fields: Iterable[tuple[str, str]]
) -> list[str]:
    match source.kind:
        case "query":
            return [value for name, value in query_of(exchange) if name == source.name]
        case "path":
            return [unquote(groups.get(source.name) or "")]
        case "header":
            return [exchange.request.header(source.name) or ""]
        case "field":
            return [value for name, value in fields if name == source.name]
        case "json":
            return pointed(json_of(text_of(exchange.request)), source.name)
        case "url":
            return [exchange.url]
        case _:
            return []


def _fields(request: Message) -> list[tuple[str, str]]:
    """The text fields of a form, by either of its two codings."""
    content_type = request.header("content-type") or ""
    if multipart.boundary_of(content_type) is None:
        return _qsl(text_of(request))
    try:
        data = request.body.read()
        data = decode(data, request.header("content-encoding")) if data is not None else b""
    except (CreditlineError, OSError):
        return []
    found = multipart.parts(data, content_type).parts
    return [(p.name, p.raw.decode("utf-8", "replace")) for p in found if p.name and len(p.raw) <= MAX_VALUE * 16]


def _qsl(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return []


def json_of(text: str) -> Any:
    """A text as JSON; None for what is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _children(value: Any, step: str) -> list[Any]:
    if isinstance(value, list):
        if step == "*":
            return value[:MAX_VALUES]
        if (select := _SELECT.fullmatch(step)) is not None:
            return [item for item in value if isinstance(item, dict) and _text(item.get(select[1])) == select[2]]
        return [value[int(step)]] if step.isdecimal() and len(step) < 6 and int(step) < len(value) else []
    name = step.replace("~1", "/").replace("~0", "~")
    return [value[name]] if isinstance(value, dict) and name in value else []


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _short(values: Iterable[str]) -> list[str]:
    return [value for value in values if 0 < len(value) <= MAX_VALUE][:MAX_VALUES]


def _elements(text: str, pointer: str) -> list[str]:
    """The plain text of an element: answers of stores are flat, and a parser for hostile XML is not needed."""
    name = re.escape(pointer.rpartition("/")[2])
    pattern = re.compile(rf"<(?:\w{{1,20}}:)?{name}(?:\s[^<>]{{0,1000}})?>([^<>]{{0,{MAX_VALUE}}})</")
    return [html.unescape(value).strip() for value in pattern.findall(text)]


def _matched(text: str, pattern: str) -> list[str]:
    found = re.fullmatch(pattern.removeprefix("^").removesuffix("$"), text.strip()[: MAX_VALUE + 1])
    return [found["value"]] if found is not None else []
