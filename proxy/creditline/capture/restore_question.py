"""What the start page asks once: whether served copies may get their credit back on the way to the viewer."""

from __future__ import annotations

import hmac
import html
import logging
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from creditline.capture import flows
from creditline.model.errors import SettingsError
from creditline.model.settings import CONFIG_NAME, decide, is_decided

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mitmproxy.http import Request

log = logging.getLogger(__name__)

KEY = "reattach"
MAX_ANSWER = 1024
"""Bytes; ours has about a hundred."""
_VALUES = {"yes": "served", "no": "off"}
_NOTE = 'answered on the start page of `creditline browser`; to undo it, write "{other}"'


class RestoreQuestion:
    """Asks until the setting `reattach` is decided, keeps the answer in the data folder, and acts on it at once.

    `restoring` is what is in force now; `switch` is called with what the answer makes of it.
    """

    def __init__(self, home: Path, *, restoring: bool) -> None:
        self.switch: Callable[[bool], object] = bool
        self._home = home
        self._restoring = restoring
        self._token = secrets.token_urlsafe(32)
        self._trouble = ""

    def html(self) -> str:
        """The question, or what was decided, and in both cases how to undo it."""
        try:
            asked = not self._restoring and not is_decided(self._home, KEY)
        except SettingsError as error:
            return _section(f"<p>{html.escape(str(error))}</p>")
        path = html.escape(str(self._home / CONFIG_NAME))
        if not asked:
            state, other = ("on", "off") if self._restoring else ("off", "served")
            return _section(
                f"<p>It is <b>{state}</b>: copies of your known works {_SAYS[self._restoring]}</p>"
                f'<p class="soft">To change it, set <code>reattach = "{other}"</code> in <code>{path}</code>, or start'
                f" once with <code>creditline browser --reattach {other}</code>.</p>"
            )
        trouble = f"<p><b>Your answer was not kept:</b> {html.escape(self._trouble)}</p>" if self._trouble else ""
        return _section(
            f"{trouble}<p>Where a site serves a copy of one of your known works without its credit, terms or AI label,"
            " Creditline can put them back before this window shows it. Its pixels stay as they are; it is signed as"
            " restored. The site's own file is what is recorded. Nobody else sees a difference.</p>"
            '<form method="post" action="/">'
            f'<input type="hidden" name="token" value="{self._token}">'
            '<button name="answer" value="yes">Yes, put it back</button>'
            '<button name="answer" value="no">No, show what the site sends</button></form>'
            '<p class="soft">Asked once, off until you say yes. Your answer is kept as <code>reattach</code> in'
            f" <code>{path}</code>; change it there at any time.</p>"
        )

    def take(self, request: Request, *, origin: str) -> HTTPStatus:
        """Keep the answer that our own form sends from a page of `origin`; what comes from elsewhere is forbidden.

        See Other where the page now shows what became of it.
        """
        body = request.raw_content or b""
        if flows.header(request.headers, "origin") != origin or len(body) > MAX_ANSWER:
            return HTTPStatus.FORBIDDEN
        try:
            form = parse_qs(body.decode("ascii"), max_num_fields=8)
        except ValueError:
            return HTTPStatus.BAD_REQUEST
        token, answer = (form.get(name, [""])[0] for name in ("token", "answer"))
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            return HTTPStatus.FORBIDDEN
        if answer not in _VALUES:
            return HTTPStatus.BAD_REQUEST
        self._keep(_VALUES[answer])
        return HTTPStatus.SEE_OTHER

    def _keep(self, value: str) -> None:
        other = next(v for v in _VALUES.values() if v != value)
        try:
            # A page that was left open asks no second time: what is decided stays.
            if self._restoring or is_decided(self._home, KEY):
                return
            decide(self._home, KEY, value, note=_NOTE.format(other=other))
        except SettingsError as error:
            self._trouble = str(error)
            log.warning("Creditline: the answer of the start page was not kept: %s", error)
            return
        self._restoring = value == "served"
        self.switch(self._restoring)


_SAYS = {
    True: "get back, before this window shows them, the credit, terms and AI label that the site took out.",
    False: "are shown as the site sends them.",
}


def _section(inner: str) -> str:
    return f'<section id="restore"><h2>Put credit back on the pages that you look at?</h2>{inner}</section>'
