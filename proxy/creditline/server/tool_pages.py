"""Pages that do something with what a person brings: inspect a picture, compare two; and settings, doctor, audits."""

from __future__ import annotations

import asyncio
import hmac
import shutil
from typing import TYPE_CHECKING, Any

from aiohttp import web

from creditline.model.errors import CreditlineError
from creditline.server import audit_view, inspection_view, views
from creditline.server.guard import CSRF_FIELD, session_of
from creditline.server.pages import html, render
from creditline.server.problems import RefusedError
from creditline.server.uploads import parts
from creditline.vocab import messages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from creditline.server.lookups import Lookups
    from creditline.services.context import Context

AUDITS_A_PAGE = 40
READ_AT_ONCE = 2
"""Reading takes a core and a few copies of the picture in memory."""
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "firefox", "firefox-esr")


class ToolPages:
    """The handlers; nothing that is brought here is kept."""

    def __init__(self, lookups: Lookups, context: Context) -> None:
        self._lookups = lookups
        self._context = context
        self._slots = asyncio.Semaphore(READ_AT_ONCE)

    def routes(self) -> list[web.RouteDef]:
        """Every route of these pages."""
        return [
            web.get("/audits", self.audits),
            web.get("/inspect", self.bring),
            web.post("/inspect", self.inspect),
            web.post("/compare", self.compare),
            web.get("/settings", self.settings),
            web.get("/doctor", self.doctor),
        ]

    async def audits(self, request: web.Request) -> web.Response:
        """Every comparison, newest first."""
        after = request.query.get("after")

        def page() -> str:
            listing = self._lookups.verdicts(after=after, limit=AUDITS_A_PAGE)
            return render(
                "audits.html",
                request,
                section="Audits",
                audits=[views.audit_event(verdict) for verdict in listing.items],
                next=listing.next,
                paged=after is not None,
            )

        return html(await asyncio.to_thread(page))

    async def bring(self, request: web.Request) -> web.Response:
        """The two forms."""
        return html(render("bring.html", request, section="Inspect", problem=None))

    async def inspect(self, request: web.Request) -> web.Response:
        """What one picture says about its origin."""
        found = await self._brought(request, {"picture"})
        if not found.get("picture"):
            return self._again(request, "Choose a picture first.")
        from creditline.services import check

        def page() -> str:
            said = check.inspect_bytes(found["picture"]).to_json()
            return render("inspection.html", request, section="Inspect", seen=inspection_view.view(said))

        return html(await self._read(page))

    async def compare(self, request: web.Request) -> web.Response:
        """What became of one picture in another."""
        found = await self._brought(request, {"original", "uploaded", "served"})
        if not found.get("original") or not found.get("served"):
            return self._again(request, "Choose the original and the copy first.")

        def page() -> str:
            view = _compared(
                found["original"], found["served"], found.get("uploaded") or None, self._lookups.now()
            )
            return render("audit.html", request, section="Inspect", outcomes=messages.OUTCOMES, audit=view)

        return html(await self._read(page))

    async def settings(self, request: web.Request) -> web.Response:
        """Every setting as it is in force, and how to change it."""
        from creditline.model.settings import CONFIG_NAME, KEYS, Settings

        now, default = self._context.settings, Settings()
        rows = [
            (
                key.name,
                key.help,
                _setting(key.name, getattr(now, key.name)),
                getattr(now, key.name) == getattr(default, key.name),
            )
            for key in KEYS
        ]
        page = render(
            "settings.html",
            request,
            section="Settings",
            rows=rows,
            home=str(self._context.home),
            config=str(self._context.home / CONFIG_NAME),
        )
        return html(page)

    async def doctor(self, request: web.Request) -> web.Response:
        """What is there, what is missing, and the command that mends it."""
        from pathlib import Path

        from creditline.services import doctor

        def page() -> str:
            browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
            findings = doctor.examine(
                self._context.home, browser=Path(browser) if browser else None, ledger_state=self._ledger_state()
            )
            wrong = sum(not finding.ok for finding in findings)
            # One row for all patterns: what a reader looks for here is what is missing.
            opened = [finding.detail for finding in findings if finding.name == "opened" and finding.ok]
            rows = [finding for finding in findings if finding.name != "opened" or not finding.ok]
            return render("doctor.html", request, section="Settings", findings=rows, opened=opened, wrong=wrong)

        return html(await asyncio.to_thread(page))

    def _ledger_state(self) -> str | None:
        try:
            self._lookups.newest()
        except CreditlineError as error:
            return str(error)
        return None

    def _again(self, request: web.Request, problem: str) -> web.Response:
        return html(render("bring.html", request, section="Inspect", problem=problem), status=400)

    async def _brought(self, request: web.Request, names: set[str]) -> Mapping[str, bytes]:
        """The files of a form, whose CSRF token the guard left to us: it stands inside the same body."""
        found = await parts(request, {*names, CSRF_FIELD}, self._context.settings.max_body)
        session = session_of(request)
        given = found.get(CSRF_FIELD, b"")
        if session is None or not hmac.compare_digest(given, session.csrf.encode("ascii")):
            raise RefusedError(
                403, "csrf", "This form is not one of this session's.", next_step="load the page again"
            )
        return found

    async def _read(self, page: Callable[[], str]) -> str:
        async with self._slots:
            return await asyncio.to_thread(page)


def _compared(original: bytes, served: bytes, uploaded: bytes | None, at: str) -> audit_view.AuditView:
    from creditline.ledger.rows import VerdictRow
    from creditline.services import check

    found = check.audit_bytes(original, served, uploaded=uploaded, via="api")
    files = {"original": original, "uploaded": uploaded, "served": served}
    readings: dict[str, Any] = {
        stage: check.inspect_bytes(data, pixels=False).to_json()
        for stage, data in files.items()
        if data is not None
    }
    verdict = VerdictRow(
        "", at, "", None, None, None, None, None, None, found.match.verdict, found.lost, found.to_json()
    )
    return audit_view.view(verdict, readings=readings, observations={}, kept=frozenset())


def _setting(name: str, value: object) -> str:
    if name == "database":
        from urllib.parse import urlsplit

        shown = urlsplit(str(value))
        if shown.password:
            return str(value).replace(f":{shown.password}@", ":…@")
        return str(value) or "SQLite in the data folder"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) and value > 65_535 else str(value)
