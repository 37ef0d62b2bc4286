"""Sign-in links and sessions for the dashboard: in memory only, gone with the process.

A link carries its token in the fragment, which browsers send nowhere; it works once, for five minutes. A session
lives for twelve hours and carries the CSRF token that every change from a page must show.
"""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.server.tokens import MAX_TOKEN, digest

if TYPE_CHECKING:
    from collections.abc import Callable

LINK_SECONDS = 5 * 60.0
SESSION_SECONDS = 12 * 3600.0
# Each `creditline browser` or restart of a tab takes one; the oldest give way, so that memory stays flat.
MAX_LINKS = 16
MAX_SESSIONS = 64


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser. `csrf` must come back with every change; `expires` is on the sign-in's clock."""

    csrf: str
    expires: float


class SignIn:
    """Issues one-time links and turns them into sessions. `clock` gives seconds and never goes back."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._links: dict[str, float] = {}
        self._sessions: dict[str, Session] = {}

    def issue(self) -> str:
        """The path of a new sign-in link, `/sign-in#TOKEN`: good once, for five minutes."""
        token = secrets.token_urlsafe(32)
        self._forget()
        while len(self._links) >= MAX_LINKS:
            del self._links[next(iter(self._links))]
        self._links[digest(token)] = self._clock() + LINK_SECONDS
        return f"/sign-in#{token}"

    def redeem(self, token: str) -> str | None:
        """A session's cookie value for a link's token; None when it is unknown, used or too old."""
        self._forget()
        token = token.strip()
        if not token or len(token) > MAX_TOKEN:
            return None
        hashed = digest(token)
        found = next((kept for kept in self._links if hmac.compare_digest(kept, hashed)), None)
        if found is None:
            return None
        del self._links[found]
        while len(self._sessions) >= MAX_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        cookie = secrets.token_urlsafe(32)
        self._sessions[digest(cookie)] = Session(secrets.token_urlsafe(32), self._clock() + SESSION_SECONDS)
        return cookie

    def session(self, cookie: str | None) -> Session | None:
        """The session that a cookie stands for, or None when there is none or it has ended."""
        if not cookie or len(cookie) > MAX_TOKEN:
            return None
        session = self._sessions.get(digest(cookie))
        return session if session is not None and session.expires > self._clock() else None

    def end(self, cookie: str) -> None:
        """Ends a session, if there is one."""
        self._sessions.pop(digest(cookie), None)

    def _forget(self) -> None:
        now = self._clock()
        self._links = {key: expires for key, expires in self._links.items() if expires > now}
        self._sessions = {key: kept for key, kept in self._sessions.items() if kept.expires > now}
