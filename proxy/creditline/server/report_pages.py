"""The scoreboard, and reports to take away: as pages, and for programs under `/api/v1`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from creditline.ledger.tallies import Scope
from creditline.report.render import FORMATS
from creditline.report.render import render as rendered
from creditline.server import site_view
from creditline.server.api import check_moment, only_known
from creditline.server.pages import html, render
from creditline.services.build_report import build
from creditline.vocab.scoreboard import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creditline.ledger.store import Ledger
    from creditline.services.summaries import Summaries

SCOPE = ("site", "work", "since", "until")
"""What a report can be narrowed by; the names of `Scope`."""
BUILT_AT_ONCE = 1
"""A report reads much of the ledger, and a PDF takes a core for seconds."""


class ReportPages:
    """The handlers."""

    def __init__(self, ledger: Ledger, summaries: Summaries) -> None:
        self._ledger = ledger
        self._summaries = summaries
        self._slots = asyncio.Semaphore(BUILT_AT_ONCE)

    def routes(self) -> list[web.RouteDef]:
        """Every route."""
        return [
            web.get("/scoreboard", self.scoreboard),
            web.get("/reports", self.reports),
            web.get("/reports/{format:[a-z]{1,16}}", self.report),
            web.get("/api/v1/reports/letter", self.for_programs),
            web.get("/api/v1/reports/{format}", self.for_programs),
        ]

    async def scoreboard(self, request: web.Request) -> web.Response:
        """Sites compared."""

        def page() -> str:
            return render(
                "scoreboard.html",
                request,
                section="Scoreboard",
                rows=site_view.scores(self._summaries.scores()),
                columns=[column.label for column in COLUMNS],
            )

        return html(await asyncio.to_thread(page))

    async def reports(self, request: web.Request) -> web.Response:
        """A form that leads to a report."""

        def page() -> str:
            sites = [site.site for site in self._summaries.sites() if site.verdicts]
            return render("reports.html", request, section="Reports", sites=sites[:500], formats=list(FORMATS))

        return html(await asyncio.to_thread(page))

    async def report(self, request: web.Request) -> web.Response:
        """A report as a file to keep; markup among them is never shown as a page of this server."""
        given = {name: request.query.get(name) or None for name in SCOPE}
        return await self._made(request.match_info["format"], given)

    async def for_programs(self, request: web.Request) -> web.Response:
        """The same file for a program, which learns when its question has a word that means nothing here."""
        given = only_known(request, set(SCOPE), paging=frozenset())
        for name in ("since", "until"):
            check_moment(name, given.get(name))
        return await self._made(request.match_info.get("format", "letter"), given)

    async def _made(self, form: str, given: Mapping[str, str | None]) -> web.Response:

        def made() -> bytes:
            everything = form in {"csv", "json"}
            document = build(self._ledger, Scope(**given), pictures=form in {"html", "pdf"}, all_sites=everything)
            return rendered(document, form)

        if form not in FORMATS:
            raise web.HTTPNotFound
        async with self._slots:
            data = await asyncio.to_thread(made)
        kind = FORMATS[form]
        return web.Response(
            body=data,
            content_type=kind.media_type,
            charset=None if form == "pdf" else "utf-8",
            headers={"Content-Disposition": f'attachment; filename="creditline-report{kind.suffix}"'},
        )
