"""Served copies restored on their way to the viewer (`creditline_reattach = served`, off by default).

Two addons around the recording one. `Mender`, before it, waits a moment for the copy's restoration; `Splicer`, behind
it, puts the restored bytes into the answer, so that what is recorded is what the site sent. Whatever goes wrong, the
site's own bytes go on.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from creditline.capture import flows, splice
from creditline.pipeline import recognise
from creditline.services.repair import MAX_COPY

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from mitmproxy.http import HTTPFlow

    from creditline.services.repair import Mended
    from creditline.vocab.sites import Sites

log = logging.getLogger(__name__)

LATE = "late"
HEADER = "x-creditline"
_DATA = "creditline.restored"
_ASKED = "creditline.asked"
_HEAD = 64


class Mender:
    """Asks for a restoration and waits `deadline` seconds after the last byte, no longer; idle unless `active`."""

    def __init__(
        self,
        submit: Callable[[bytes], Future[Mended]],
        sites: Sites,
        deadline: float,
        *,
        active: bool = True,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        self._active = active
        self._prepare = prepare
        self._submit = submit
        self._sites = sites
        self._deadline = deadline

    @property
    def active(self) -> bool:
        """Whether copies are restored; once they are, whoever does it is to be ready."""
        return self._active

    @active.setter
    def active(self, active: bool) -> None:
        self._active = active
        self.prepare()

    def running(self) -> None:
        """Have the worker ready before the first copy."""
        self.prepare()

    def prepare(self) -> None:
        """Tell whoever restores that the known works are others now; may come from any thread."""
        if self._active and self._prepare is not None:
            self._prepare()

    def requestheaders(self, flow: HTTPFlow) -> None:
        """Give the site its own entity tags back, where the browser asks with one of ours."""
        try:
            if self._is_known(flow):
                flow.metadata[_ASKED] = splice.ask_as_the_site_knows(flow.request)
        except Exception as error:  # noqa: BLE001 - the request goes on as it is
            log.warning("Creditline: an entity tag was left as it was: %r", error)

    async def response(self, flow: HTTPFlow) -> None:
        """Wait for the restoration of a copy that may be of a known work."""
        try:
            data = self._copy(flow)
            if data is not None:
                await self._mend(flow, data)
        except Exception as error:  # noqa: BLE001 - the site's own bytes go on
            flow.metadata[flows.REATTACHED] = f"failed: {error!r}"
            log.warning("Creditline: nothing was restored: %r", error)

    async def _mend(self, flow: HTTPFlow, data: bytes) -> None:
        waited = asyncio.wrap_future(self._submit(data))
        try:
            mended = await asyncio.wait_for(asyncio.shield(waited), self._deadline)
        except TimeoutError:
            flow.metadata[flows.REATTACHED] = LATE
            return
        if mended.outcome not in {"unknown", "whole"}:
            why = "" if mended.why is None else f": {mended.why}"
            flow.metadata[flows.REATTACHED] = f"{mended.outcome}{why}"
        if mended.data is not None:
            flow.metadata[_DATA] = mended.data

    def _copy(self, flow: HTTPFlow) -> bytes | None:
        """The picture that a viewer is about to see, if its bytes are here and may be replaced."""
        response = flow.response
        if response is None or response.stream or not self._is_known(flow):
            return None
        data = response.raw_content
        if not data or len(data) > MAX_COPY or splice.why_not(flow.request, response) is not None:
            return None
        content_type = flows.header(response.headers, "content-type")
        labelled = recognise.may_label_picture(content_type)
        return data if labelled and recognise.may_begin_picture(data[:_HEAD], None, None) else None

    def _is_known(self, flow: HTTPFlow) -> bool:
        return self.active and self._sites.profile_for(flows.host_of(flow)) is not None


class Splicer:
    """Puts the restored bytes into the answer, and our tag on the answer that the browser's copy is still good.

    `ref` makes the `x-creditline` header that a paired extension asks for a label with; None while none is paired.
    """

    def __init__(self, ref: Callable[[str], str | None] | None = None) -> None:
        self._ref = ref

    def response(self, flow: HTTPFlow) -> None:
        """Swap the body, once it has been recorded."""
        data, asked = flow.metadata.pop(_DATA, None), flow.metadata.pop(_ASKED, False)
        response = flow.response
        if response is None or (data is None and not asked):
            return
        before, headers = response.raw_content, response.headers.copy()
        try:
            if data is not None:
                splice.put(response, data)
                # Parts must not be asked for: the site would send those of its own file.
                response.headers["accept-ranges"] = "none"
                # Whatever a site puts there is not ours.
                response.headers.pop(HEADER, None)
                ref = None if self._ref is None else self._ref(flow.request.pretty_url)
                if ref is not None:
                    response.headers[HEADER] = ref
                flow.comment = f"{flow.comment}; restored" if flow.comment else "creditline: restored"
            elif response.status_code == 304:
                splice.mark(response.headers)
        except Exception as error:  # noqa: BLE001 - back to what the site sent
            response.raw_content, response.headers = before, headers
            log.warning("Creditline: a restored copy was not put in: %r", error)
