"""The user's own pictures credited on their way up (`creditline_credit_uploads`, off by default).

An addon before the recording one. A request that holds whole pictures and declares nothing of their bytes waits until
it is known whether they are the user's own and what they lack; whatever goes wrong, what the browser sent goes out.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from ulid import ULID

from creditline.capture import flows
from creditline.model.exchange import Body
from creditline.pipeline import recognise, rewrite
from creditline.services.credit import Credited, Crediting

if TYPE_CHECKING:
    from collections.abc import Callable

    from mitmproxy.http import HTTPFlow

    from creditline.capture.addon import CreditlineAddon
    from creditline.model.exchange import Exchange

log = logging.getLogger(__name__)

SECONDS = 10.0
"""So long an upload may wait: people expect uploads to take a moment, and pages give up after half a minute."""
MAX_PICTURE = 64 * 1024 * 1024
"""Larger pictures go out as they are."""
MAX_PICTURES = 20
"""Pictures of one request that are asked about."""
SENT = "sent_by_browser"
_ASKED = "creditline.credit_asked"


class Crediter:
    """Asks for each picture of an upload; `submit` overrides who is asked."""

    def __init__(
        self,
        recording: CreditlineAddon,
        submit: Callable[[bytes], Future[Credited]] | None = None,
        *,
        seconds: float | None = None,
    ) -> None:
        self._recording = recording
        self._submit = submit
        self._seconds = SECONDS if seconds is None else seconds
        self._service: Crediting | None = None

    def running(self) -> None:
        """Have the worker ready before the first upload."""
        if self._submit is None and self._recording.settings.credit_uploads and self._recording.home is not None:
            self._ask(b"")

    def done(self) -> None:
        """End the worker."""
        if self._service is not None:
            self._service.close()

    async def request(self, flow: HTTPFlow) -> None:
        """Credit what is the user's own, once the whole request is here and before any of it leaves."""
        recording = self._recording
        if not recording.settings.credit_uploads or flow.request.stream or flow.response is not None:
            return
        before = flow.request.raw_content
        try:
            if before and recording.is_wanted(flow):
                await self._credit(flow, before)
        except Exception as error:  # noqa: BLE001 - what the browser sent goes out
            flow.request.raw_content = before
            flow.metadata[flows.CREDITED] = f"failed: {type(error).__name__}"
            log.warning("Creditline: an upload was not credited: %r", error)

    def response(self, flow: HTTPFlow) -> None:
        """Say of an upload that was not to be changed whether it would have been: nothing waited for that."""
        asked = flow.metadata.pop(_ASKED, None)
        if asked is None:
            return
        known = [future.result() for future in asked if future.done() and not future.cancelled()]
        if len(known) == len(asked) and not any(one.outcome == "credited" for one in known):
            flow.metadata.pop(flows.CREDITED, None)

    async def _credit(self, flow: HTTPFlow, body: bytes) -> None:
        seen = flows.exchange(flow, Body(body, length=len(body)), None)
        sites = self._recording.sites
        profile = sites.profile_at(seen.host, seen.path.partition("?")[0]) if sites is not None else None
        if not recognise.may_hold_upload(seen, profile):
            return
        found = [item.data for item in recognise.uploads(seen, profile) if item.data and item.role == "image"]
        pictures = tuple(dict.fromkeys(data for data in found if len(data) <= MAX_PICTURE))[:MAX_PICTURES]
        in_pieces = recognise.step(seen, profile) is not None
        if in_pieces:
            flow.metadata[flows.CREDITED] = "refused: in_pieces"
        if in_pieces or not pictures:
            return
        reason = rewrite.why_not(seen, profile, pictures)
        if flow.request.trailers:
            reason = "trailers"
        asked = [self._ask(data) for data in pictures]
        if reason is not None:
            flow.metadata[flows.CREDITED] = f"refused: {reason}"
            flow.metadata[_ASKED] = asked
            return
        waited = asyncio.gather(*(asyncio.wrap_future(future) for future in asked))
        try:
            answers = await asyncio.wait_for(asyncio.shield(waited), self._seconds)
        except TimeoutError:
            flow.metadata[flows.CREDITED] = "late"
            return
        self._put(flow, seen, dict(zip(pictures, answers, strict=True)))

    def _put(self, flow: HTTPFlow, seen: Exchange, answers: dict[bytes, Credited]) -> None:
        troubled = next((one for one in answers.values() if one.outcome in {"refused", "failed"}), None)
        changes = {data: one.data for data, one in answers.items() if one.data is not None}
        if troubled is not None and not changes:
            flow.metadata[flows.CREDITED] = f"{troubled.outcome}: {troubled.why}"
        if not changes:
            return
        made = rewrite.replaced(seen, changes)
        if made is None:
            flow.metadata[flows.CREDITED] = "refused: ambiguous"
            return
        fields = ", ".join(dict.fromkeys(name for one in answers.values() for name in one.fields))
        # Both are kept: what the browser sent, as an exchange of its own, and what left.
        self._recording.hand_on(replace(seen, id=str(ULID()), credited=SENT))
        flow.request.headers.pop("transfer-encoding", None)
        flow.request.raw_content = made
        flow.request.headers["content-length"] = str(len(made))
        flow.metadata[flows.CREDITED] = f"left_with: {fields}"
        flow.comment = "creditline: 1 upload, credited"

    def _ask(self, data: bytes) -> Future[Credited]:
        if self._submit is None:
            assert self._recording.home is not None  # noqa: S101 - set before any traffic
            self._service = Crediting(self._recording.home, self._recording.settings)
            self._submit = self._service.submit
        return self._submit(data)
