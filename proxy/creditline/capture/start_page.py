"""The first page of the ready-made browser. It has no server: it can only be seen through the proxy, decrypted."""

from __future__ import annotations

import html
from http import HTTPStatus
from importlib import resources
from string import Template
from typing import TYPE_CHECKING

from mitmproxy import http

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mitmproxy.proxy.server_hooks import ServerConnectionHookData
    from mitmproxy.tls import ClientHelloData

    from creditline.capture.restore_question import RestoreQuestion

HOST = "start.creditline.test"
"""Under a top-level domain that no name server knows (RFC 6761)."""
PATTERN = r"^start\.creditline\.test$"
URL = f"https://{HOST}/"

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

# With no-referrer the form would come with `Origin: null`, which any page can bring about (Fetch, append a request
# Origin header); same-origin tells others as little.
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class StartPage:
    """Answers for `HOST` in the proxy: `sites` are the names of what is opened, `target` an address to go on to.

    `dashboard` is called for a fresh sign-in link each time the page is shown; `listener` is any address of ours that
    takes connections. `question` is what the page asks and takes the answer to.
    """

    def __init__(self, sites: Sequence[str], question: RestoreQuestion, *, target: str | None = None) -> None:
        self._question = question
        self.dashboard: Callable[[], str] = str
        self.listener: tuple[str, int] | None = None
        self._template = Template(
            resources.files("creditline.capture").joinpath("start_page.html").read_text(encoding="utf-8")
        )
        self._sites = "".join(f"<li>{html.escape(name)}</li>" for name in sites)
        self._target = "" if target is None else _link(target)

    def tls_clienthello(self, data: ClientHelloData) -> None:
        """Open the connection to the browser, and none to a server."""
        if data.client_hello.sni == HOST:
            data.ignore_connection = False
            data.establish_server_tls_first = False

    def server_connect(self, data: ServerConnectionHookData) -> None:
        """The proxy opens the server's side first, so there must be somebody: our own server, who is asked nothing."""
        if data.server.address and data.server.address[0] == HOST:
            data.server.address = self.listener

    def request(self, flow: http.HTTPFlow) -> None:
        """Give the page, or take the answer and send the browser back to the page."""
        if flow.request.pretty_host == HOST and flow.response is None:
            if flow.request.method == "POST":
                status = self._question.take(flow.request, origin=URL.removesuffix("/"))
                to = {"Location": URL} if status == HTTPStatus.SEE_OTHER else {}
                flow.response = http.Response.make(status, b"", {"Cache-Control": "no-store", **to})
            else:
                flow.response = http.Response.make(200, self._page().encode("utf-8"), _HEADERS)

    def _page(self) -> str:
        return self._template.substitute(
            dashboard=html.escape(self.dashboard()),
            sites=self._sites,
            target=self._target,
            question=self._question.html(),
        )


def _link(target: str) -> str:
    return f'<p>Then go on to <a href="{html.escape(target)}">{html.escape(target)}</a>.</p>'
