"""Flow files of mitmproxy: bodies as they were on the wire."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from creditline.importers.found import Unusable, body_of, exchange

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mitmproxy.http import Headers as FlowHeaders

    from creditline.importers.found import Item
    from creditline.model.exchange import Headers

NAME = "mitmproxy flows"


def recognises(path: Path, head: bytes) -> bool:  # noqa: ARG001 - as every importer
    """A tnetstring dictionary, as mitmproxy writes flows: a length, a colon, and a length again."""
    size, colon, rest = head.partition(b":")
    return bool(colon) and size.isdigit() and 0 < len(size) <= 12 and rest[:8].partition(b":")[0].isdigit()


def read(path: Path, cap: int) -> Iterator[Item]:
    """Every HTTP flow as an exchange."""
    from mitmproxy.exceptions import FlowReadException
    from mitmproxy.http import HTTPFlow
    from mitmproxy.io import FlowReader

    with path.open("rb") as file:
        try:
            for flow in FlowReader(file).stream():
                if not isinstance(flow, HTTPFlow):
                    yield Unusable(type(flow).__name__, "a connection that is not HTTP")
                    continue
                answer = flow.response
                seen = exchange(
                    flow.request.method,
                    flow.request.pretty_url,
                    datetime.fromtimestamp(flow.request.timestamp_start or 0, UTC),
                    (_fields(flow.request.headers), body_of(flow.request.raw_content, cap)),
                    answer.status_code if answer is not None else None,
                    (_fields(answer.headers), body_of(answer.raw_content, cap)) if answer is not None else None,
                    flow.request.http_version,
                )
                if seen is not None:
                    yield seen
        except (FlowReadException, ValueError, TypeError, KeyError, OSError) as error:
            yield Unusable(path.name, f"the flow file breaks off or is damaged: {type(error).__name__}")


def _fields(headers: FlowHeaders) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.fields)
