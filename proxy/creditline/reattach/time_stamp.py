"""RFC 3161 time stamps within bounds.

The SDK reads an authority's answer whole, however large, and gives it half a minute of its own. So it asks a relay on
this machine, which asks the authority through the guarded client, and knows afterwards what went wrong.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

from creditline.fetch import post
from creditline.model.errors import FetchError, SigningError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_QUERY = 16 * 1024
"""Bytes; a query is one hash and a few numbers (RFC 3161 2.4.1)."""
MAX_REPLY = 64 * 1024
"""Bytes; a reply with its authority's whole chain has about 6,000."""
MAX_SECONDS = 10.0
_HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


@contextlib.contextmanager
def relayed(authority: str) -> Iterator[str]:
    """An address on loopback that asks the time-stamp authority, while the block lasts.

    Raises:
        SigningError: the block failed after the authority had been asked; says what it did.
    """
    server = _Relay(authority)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{server.path}"
    except Exception as error:
        if server.trouble is not None:
            raise SigningError(f"the time-stamp authority gave no time stamp: {server.trouble}") from error
        if server.answered:
            raise SigningError(f"what {authority} answered is no time stamp of this signature: {error}") from error
        raise
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Relay(HTTPServer):
    """One query at a time, and only for who knows the path."""

    def __init__(self, authority: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.authority = authority
        self.path = f"/{secrets.token_urlsafe(16)}"
        self.trouble: FetchError | None = None
        self.answered = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that breaks is the asker's to report."""


class _Handler(BaseHTTPRequestHandler):
    server: _Relay
    timeout = 5

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if self.path != self.server.path or not length.isdecimal() or int(length) > MAX_QUERY:
            self.send_error(403)
            return
        query = self.rfile.read(int(length))
        try:
            reply = asyncio.run(
                post(self.server.authority, query, headers=_HEADERS, max_bytes=MAX_REPLY, seconds=MAX_SECONDS)
            )
        except FetchError as error:
            self.server.trouble = error
            self.send_error(502)
            return
        self.server.answered = True
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_: object) -> None:
        """Say nothing: what goes wrong is said once, as the error."""
