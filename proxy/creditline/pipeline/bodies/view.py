"""One request and its answer as the body shapes ask about it: query, fields and decoded body, each worked out once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urljoin, urlsplit

from creditline.model.errors import CreditlineError
from creditline.pipeline import aws_chunked
from creditline.pipeline.bodies import multipart
from creditline.pipeline.content_coding import codings, decode

if TYPE_CHECKING:
    from creditline.model.exchange import Exchange, Message
    from creditline.pipeline.bodies.multipart import Parsed

MAX_QUERY_FIELDS = 100
MAX_DIGITS = 15
"""Of a length or an offset: beyond a petabyte nobody uploads pictures."""
MAX_FIELD = 4096
"""Bytes of a form field that is read as a name or a number."""
MAX_ANSWER = 64 * 1024
"""Bytes of an answer that is searched for an upload's id."""
URLENCODED = "application/x-www-form-urlencoded"
_ACCEPTED = range(200, 300)
_RESUME_INCOMPLETE = 308


class View:
    """Answers a body shape's questions; nothing is read before it is asked for, and nothing here raises."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.host = exchange.host
        self.content_type = exchange.request.header("content-type")

    @property
    def method(self) -> str:
        """The method that is meant: some senders can only POST and name another one."""
        override = self.header("x-http-method-override")
        return override.strip().upper() if override and self.exchange.method == "POST" else self.exchange.method

    @cached_property
    def path(self) -> str:
        """The path without its query."""
        return self.exchange.path.partition("?")[0]

    @cached_property
    def query(self) -> dict[str, str]:
        """The query's fields, the first of a name; empty when there are too many."""
        text = self.exchange.path.partition("?")[2]
        try:
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_QUERY_FIELDS)
        except ValueError:
            return {}
        return dict(reversed(pairs))

    @cached_property
    def media_type(self) -> str:
        """The type without its parameters, in lower case."""
        return (self.content_type or "").partition(";")[0].strip().lower()

    def header(self, name: str) -> str | None:
        """A field of the request."""
        return self.exchange.request.header(name)

    def answered(self, name: str) -> str | None:
        """A field of the answer."""
        response = self.exchange.response
        return response.header(name) if response is not None else None

    def number(self, name: str) -> int | None:
        """A request field that is a plain number."""
        return number(self.header(name))

    @property
    def status(self) -> int | None:
        """The answer's status."""
        return self.exchange.status

    @property
    def accepted(self) -> bool:
        """Whether the server took it: a success, or 308, as some protocols answer to a piece that is not the last."""
        return self.status is not None and (self.status in _ACCEPTED or self.status == _RESUME_INCOMPLETE)

    @property
    def whole(self) -> bool:
        """Whether the request's body came to its end."""
        return self.exchange.request.body.complete

    @cached_property
    def _decoded(self) -> tuple[bytes | None, str | None]:
        return decoded(self.exchange.request)

    @property
    def body(self) -> bytes | None:
        """The request's body without its content coding, or None: then `missed` says why."""
        return self._decoded[0]

    @property
    def missed(self) -> str | None:
        """Why there is no body."""
        return self._decoded[1]

    @cached_property
    def form(self) -> Parsed:
        """The parts of a multipart body; none when it is no such body."""
        if self.body is None or self.content_type is None:
            return multipart.Parsed((), complete=False)
        return multipart.parts(self.body, self.content_type)

    @cached_property
    def fields(self) -> dict[str, str]:
        """Short text fields: those of a form first, then those of the query."""
        found = dict(self.query)
        if self.media_type == URLENCODED and self.body is not None and len(self.body) <= MAX_ANSWER:
            try:
                pairs = parse_qsl(self.body.decode("latin-1"), max_num_fields=MAX_QUERY_FIELDS)
            except ValueError:
                pairs = []
            found |= dict(reversed(pairs))
        for part in reversed(self.form.parts):
            if part.name and part.filename is None and len(part.raw) <= MAX_FIELD:
                found[part.name] = part.raw.decode("utf-8", "replace")
        return found

    @cached_property
    def answer(self) -> bytes:
        """The beginning of the answer's body, decoded; empty when there is none that can be read."""
        response = self.exchange.response
        return (decoded(response)[0] or b"")[:MAX_ANSWER] if response is not None else b""

    def resource(self, address: str | None = None) -> str:
        """What names the thing at an address (default: the request's): host, path and query.

        Relative ones are completed.
        """
        if address is None:
            return f"{self.host}{self.exchange.path}"
        try:
            parts = urlsplit(urljoin(self.exchange.url, address.strip()))
            host = parts.hostname
        except ValueError:
            return f"{self.host}{address}"
        return f"{host or self.host}{parts.path}{'?' if parts.query else ''}{parts.query}"


def number(text: str | None) -> int | None:
    """The number that a text is, or None."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None


def decoded(message: Message) -> tuple[bytes | None, str | None]:
    """A body without its content coding, or why there is none. Never raises."""
    body = message.body
    if body.missed is not None:
        return None, body.missed
    coding = message.header("content-encoding")
    framed = (message.header("x-amz-content-sha256") or "").startswith("STREAMING-")
    try:
        data = body.read()
        if data is None:
            return None, "not_kept"
        if framed and aws_chunked.CODING not in codings(coding):
            data = aws_chunked.unframed(data)
        return decode(data, coding), None
    except OSError as error:
        return None, f"disk: {error.strerror}"
    except CreditlineError as error:
        return None, error.code if body.complete else "incomplete"
