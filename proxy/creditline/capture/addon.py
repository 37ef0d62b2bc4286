"""The mitmproxy addon: sees uploads and served pictures go by, hands them on, and never touches the traffic.

Every hook fails open: an error in here costs a record, never a request. Bodies are handed on by reference or
through the spool; reading, hashing and writing happen elsewhere. A flow is left as it was but for `flow.comment`.
"""

from __future__ import annotations

import functools
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Concatenate
from weakref import WeakKeyDictionary, WeakSet, ref

from mitmproxy.exceptions import OptionsError

from creditline.capture import flows, options
from creditline.capture.spool import HEAD, UNWANTED, Claim, Spool, Tee
from creditline.model.errors import CreditlineError
from creditline.model.exchange import Body
from creditline.model.settings import MIB
from creditline.pipeline import magic, recognise, steps
from creditline.vocab import sites as sites_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mitmproxy.addonmanager import Loader
    from mitmproxy.connection import Connection
    from mitmproxy.http import HTTPFlow, Request, Response
    from mitmproxy.tls import ClientHelloData, TlsData

    from creditline.model.exchange import Exchange
    from creditline.model.settings import Settings
    from creditline.services.recorder import Recorder
    from creditline.vocab.sites import Sites

log = logging.getLogger(__name__)

MAX_ANSWER = MIB
"""Answers to uploads are kept up to here; what names a picture's address is a few KiB."""
DRAIN_SECONDS = 300.0
"""`mitmdump -nr FLOWS` ends at once and leaves all its pictures to be read."""
SPOOL_NAME = "spool"
_COMMENTS = {True: "creditline: 1 picture served", False: "creditline: a step of an upload"}


@dataclass(slots=True)
class _Watch:
    """What is known of a flow between its hooks."""

    request: Tee | Claim | None = None
    response: Tee | Claim | None = None
    request_ended: bool = False
    response_ended: bool = False

    def tees(self) -> list[tuple[str, Tee]]:
        """The bodies that were streamed, by the message's name."""
        sides = (("request", self.request), ("response", self.response))
        return [(name, side) for name, side in sides if isinstance(side, Tee)]


def _fails_open[**P](
    hook: Callable[Concatenate[CreditlineAddon, P], None],
) -> Callable[Concatenate[CreditlineAddon, P], None]:
    @functools.wraps(hook)
    def guarded(self: CreditlineAddon, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            hook(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the traffic goes on, whatever is wrong here
            self.note_failure(f"hook {hook.__name__}", error)

    return guarded


class CreditlineAddon:
    """The hooks.

    `sink` is called with each exchange that may hold a picture, on the proxy's thread or the spool's; it must
    return at once (put into a queue). Without a sink, as in a stock mitmproxy, a recorder is opened in the data
    folder when mitmproxy is running. `on_missed(code, message)` hears of what could not be recorded, on either
    thread. `sites` may be replaced while it runs.
    """

    def __init__(
        self,
        sink: Callable[[Exchange], None] | None = None,
        sites: Sites | None = None,
        settings: Settings | None = None,
        *,
        home: Path | None = None,
        on_missed: Callable[[str, str], None] | None = None,
    ) -> None:
        self.settings = settings or options.STOCK
        self._given = settings
        self._sink = sink
        self.sites = sites
        self.home = home
        self._on_missed = on_missed
        self._recorder: Recorder | None = None
        self._spool: Spool | None = None
        self._watched: WeakKeyDictionary[HTTPFlow, _Watch] = WeakKeyDictionary()
        self._unframed: WeakSet[HTTPFlow] = WeakSet()
        self._said: set[tuple[str, str]] = set()

    # Life

    def load(self, loader: Loader) -> None:
        """Declare the options."""
        options.declare(loader, self.settings, self.home)

    def configure(self, updated: set[str]) -> None:
        """Take over options; an unusable setting stops mitmproxy at its start, as its own do."""
        if any(name.startswith("creditline_") for name in updated):
            self._set_up()

    def running(self) -> None:
        """Open the recorder when nobody gave a sink."""
        if self._spool is None:
            self._set_up()
        if self._sink is None and self.home is not None:
            self._open_recorder(self.home)

    def done(self) -> None:
        """Finish what was taken in."""
        if self._spool is not None:
            self._spool.close(DRAIN_SECONDS)
        if self._recorder is not None:
            self._recorder.drain(DRAIN_SECONDS)
            self._recorder.close()

    # Hooks on traffic

    @_fails_open
    def tls_clienthello(self, data: ClientHelloData) -> None:
        """With `passthrough` on, leave a connection encrypted unless its host is opened."""
        if self.settings.passthrough:
            # In this order an error leaves the connection alone, too.
            before, data.ignore_connection = data.ignore_connection, True
            if self._is_opened(_name_of(data)):
                data.ignore_connection = before

    @_fails_open
    def requestheaders(self, flow: HTTPFlow) -> None:
        """Watch the flow, and stream its body if it is too large to be held."""
        if self.is_wanted(flow):
            watch = self._watched[flow] = _Watch()
            length = flows.request_length(flow.request)
            watch.request = self._prepare(flow.request, length, functools.partial(self._begins_upload, ref(flow)))
            if (
                length is None
                and isinstance(watch.request, Tee)
                and not flow.request.http_version.startswith("HTTP/1")
            ):
                self._frame(flow, flow.server_conn)

    @_fails_open
    def request(self, flow: HTTPFlow) -> None:
        """Note that the request is whole; hand the exchange on if its answer came first."""
        watch = self._watched.get(flow)
        if watch is not None:
            watch.request_ended = True
            if watch.response_ended:
                self._finish(flow, watch)

    @_fails_open
    def responseheaders(self, flow: HTTPFlow) -> None:
        """Stream the answer if it may be a picture that is too large to be held."""
        watch, response = self._watched.get(flow), flow.response
        if watch is not None and response is not None and _may_be_picture(response):
            watch.response = self._prepare(response, flows.announced(response.headers))

    @_fails_open
    def response(self, flow: HTTPFlow) -> None:
        """Hand the exchange on, unless its request is still under way and wanted."""
        watch = self._watched.get(flow)
        if watch is not None and flow.response is not None:
            watch.response_ended = True
            # A refusal ends most uploads then and there, and no hook tells.
            if watch.request_ended or flow.response.status_code >= 400:
                self._finish(flow, watch)

    @_fails_open
    def error(self, flow: HTTPFlow) -> None:
        """Hand on what there is of an exchange that broke off."""
        watch = self._watched.get(flow)
        if watch is not None:
            self._finish(flow, watch)

    @_fails_open
    def websocket_message(self, flow: HTTPFlow) -> None:
        """Hand a client's message on that itself begins as a picture."""
        socket = flow.websocket
        if socket is None or self._spool is None or not self.is_wanted(flow):
            return
        message = socket.messages[-1]
        data = message.content
        if not message.from_client or message.is_text or magic.kind(data[:HEAD]) is None:
            return
        kept = len(data) <= self.settings.max_body
        body = self._spool.hold(data) if kept else Body(length=len(data), missed="too_large")
        self.hand_on(flows.message(flow, body))

    @_fails_open
    def tls_established_server(self, data: TlsData) -> None:
        """Frame what waits for this connection, now that its protocol is known."""
        for flow in [flow for flow in self._unframed if flow.client_conn is data.context.client]:
            self._frame(flow, data.conn)

    # From flow to sink

    def _frame(self, flow: HTTPFlow, server: Connection) -> None:
        """Keep a streamed body's end findable: HTTP/2 needs no length, HTTP/1.1 needs one or chunks.

        mitmproxy sends such a body on as it came; without frames an HTTP/1.1 server waits for ever, or sees none.
        """
        if server.alpn is None and server.tls:
            self._unframed.add(flow)  # not connected yet
            return
        self._unframed.discard(flow)
        if server.alpn not in {b"h2", b"h3"}:
            flow.request.headers["transfer-encoding"] = "chunked"

    def _prepare(
        self, message: Request | Response, length: int | None, wanted: Callable[[bytes], bool] | None = None
    ) -> Tee | Claim | None:
        """A share of memory for a body to come, or a tee put in its way; None without a body."""
        if length == 0 or message.raw_content is not None or self._spool is None:
            return None
        # Where something else streams (`stream_large_bodies`, an addon) there will be no content to hand on.
        claim = None if message.stream else self._spool.claim(length)
        if claim is not None:
            return claim
        tee = self._spool.tee(length, wanted or functools.partial(_begins_picture, message), message.stream)
        message.stream = tee
        return tee

    def _finish(self, flow: HTTPFlow, watch: _Watch) -> None:
        del self._watched[flow]
        tees = {name: tee for name, tee in watch.tees() if tee.length}
        for tee in tees.values():
            tee.stop()
        seen = self._seen(flow, watch)
        if seen is None:
            # mitmproxy may keep the flow for long, and with it the tee.
            for tee in tees.values():
                tee.give_up(UNWANTED)
        elif tees and self._spool is not None:
            self._spool.run(functools.partial(self._hand_on_streamed, seen, tees))
        else:
            self.hand_on(seen)

    def _seen(self, flow: HTTPFlow, watch: _Watch) -> Exchange | None:
        """The exchange if it may hold a picture; of a streamed body it has the beginning only."""
        if flow.websocket is not None or not self.is_wanted(flow) or not self._is_candidate(flow):
            return None
        seen = flows.exchange(flow, self._request_body(flow, watch), self._response_body(flow, watch))
        profile = self.sites.profile_at(seen.host, seen.path.partition("?")[0]) if self.sites is not None else None
        unwanted = {name for name, tee in watch.tees() if tee.missed == UNWANTED}
        uploaded = "request" not in unwanted and recognise.may_hold_upload(seen, profile)
        served = "response" not in unwanted and recognise.may_be_served(seen, profile)
        stepped = steps.is_step(seen, profile)
        if not uploaded and not served and not stepped:
            return None
        if not flow.comment:
            flow.comment = "creditline: 1 upload" if uploaded else _COMMENTS[served]
        return seen

    def _begins_upload(self, flow_of: ref[HTTPFlow], head: bytes) -> bool:
        """Whether a streamed request's beginning, its headers and its address speak for a picture."""
        flow = flow_of()
        if flow is None:
            return False
        seen = flows.exchange(flow, Body(head, length=len(head), complete=False), None)
        profile = self.sites.profile_at(seen.host, seen.path.partition("?")[0]) if self.sites is not None else None
        return recognise.may_be_streamed_upload(seen, profile, head)

    def _is_candidate(self, flow: HTTPFlow) -> bool:
        """Spares most flows the making of an exchange."""
        return flow.request.method.upper() in recognise.STEP_METHODS or (
            flow.response is not None and (_may_be_picture(flow.response) or self._may_tell(flow))
        )

    def _may_tell(self, flow: HTTPFlow) -> bool:
        """Whether a site's profile has steps of this method without a picture: an answer that hands out an id."""
        profile = self.sites.profile_for(flows.host_of(flow)) if self.sites is not None else None
        return profile is not None and flow.request.method.upper() in steps.methods(profile)

    def _request_body(self, flow: HTTPFlow, watch: _Watch) -> Body:
        return self._body(flow.request, watch.request, ended=watch.request_ended)

    def _response_body(self, flow: HTTPFlow, watch: _Watch) -> Body | None:
        response = flow.response
        if response is None:
            return None
        raw = response.raw_content
        if raw is not None and len(raw) > MAX_ANSWER and not _begins_picture(response, raw):
            return Body(length=len(raw), missed="too_large")
        return self._body(response, watch.response, ended=watch.response_ended)

    def _body(self, message: Request | Response, kept: Tee | Claim | None, *, ended: bool) -> Body:
        """A message's body as far as it is known in the hook; of a streamed one only its beginning."""
        if self._spool is None:
            return Body(missed="not_kept")
        if isinstance(kept, Tee) and kept.length:
            return Body(kept.head, length=kept.length)
        raw = message.raw_content
        if raw is None:
            # mitmproxy hands no bytes of a body that broke off before it was buffered whole.
            return Body(complete=ended, missed="not_kept" if ended else "incomplete")
        if len(raw) > self.settings.max_body:
            return Body(length=len(raw), missed="too_large")
        return self._spool.hold(raw, kept if isinstance(kept, Claim) else None)

    def _hand_on_streamed(self, seen: Exchange, tees: dict[str, Tee]) -> None:
        """On the spool's thread: with the bodies on disk, now that they are."""
        for name, tee in tees.items():
            message = getattr(seen, name)
            if message is not None:
                seen = replace(seen, **{name: replace(message, body=tee.body())})
        self.hand_on(seen)

    def hand_on(self, seen: Exchange) -> None:
        """Give an exchange to whoever records; never raises."""
        if self._sink is None:
            return
        try:
            self._sink(seen)
        except Exception as error:  # noqa: BLE001 - whoever records must not stop the traffic
            self.note_failure("sink", error)

    # Settings and helpers

    def note_failure(self, what: str, error: Exception) -> None:
        """Log a failure once per kind and tell `on_missed` of each."""
        message = f"{what} failed, nothing was recorded, the traffic was not affected: {error!r}"
        kind = (what, type(error).__name__)
        if kind not in self._said:
            self._said.add(kind)
            log.warning("Creditline: %s", message, exc_info=error)
        if self._on_missed is not None:
            try:
                self._on_missed("capture_failed", message)
            except Exception as second:  # noqa: BLE001 - as above
                log.warning("Creditline: a miss could not be noted: %r", second)

    def _set_up(self) -> None:
        try:
            self.home, self.settings = options.in_force(self._given)
            self.sites = self.sites or sites_of.load(self.home)
        except CreditlineError as error:
            raise OptionsError(str(error)) from error
        self._spool = self._spool or Spool(
            self.home / SPOOL_NAME,
            self.settings.buffer_total,
            self.settings.stream_above,
            self.settings.max_body,
        )

    def _open_recorder(self, home: Path) -> None:
        from creditline.services.recorder import Recorder

        try:
            self._recorder = Recorder.open(home, self.settings)
        except CreditlineError as error:
            log.error("Creditline cannot record: %s", error)  # noqa: TRY400 - the sentence is the message
            return
        self._sink = self._recorder.submit
        self._on_missed = self._on_missed or self._recorder.note_missed

    def _is_opened(self, host: str) -> bool:
        return self.sites is not None and self.sites.opened(host)

    def is_wanted(self, flow: HTTPFlow) -> bool:
        """Whether a flow may be looked at: of a host that is opened, and not a private one unless asked."""
        if not self.settings.capture_private_hosts and flows.is_private(flow):
            return False
        return (
            not self.settings.passthrough or flow.request.scheme == "http" or self._is_opened(flows.host_of(flow))
        )


def _name_of(data: ClientHelloData) -> str:
    """The host of a TLS connection: what the client asks for, or else the address it connects to."""
    address = data.context.server.address
    return data.client_hello.sni or (address[0] if address is not None else "")


def _may_be_picture(response: Response) -> bool:
    return response.status_code in {200, 206} and recognise.may_label_picture(
        flows.header(response.headers, "content-type")
    )


def _begins_picture(message: Request | Response, data: bytes) -> bool:
    return recognise.may_begin_copy(
        data[:HEAD],
        flows.header(message.headers, "content-type"),
        flows.header(message.headers, "content-encoding"),
    )
