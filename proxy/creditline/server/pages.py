"""The dashboard: rendered on the server, works without scripts, loads nothing from elsewhere."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from creditline import __version__
from creditline.server import audit_view, site_view, views, wording, work_view
from creditline.server.guard import form, session_of
from creditline.server.problems import RefusedError
from creditline.vocab import messages

if TYPE_CHECKING:
    from collections.abc import Callable

    from creditline.ledger.rows import VerdictRow, WorkRow
    from creditline.server.lookups import Lookups
    from creditline.server.problems import Problem
    from creditline.server.sign_in import SignIn

EVENTS_AT_HOME = 12
MISSES_AT_HOME = 12
WORKS_A_PAGE = 48
VERDICTS_A_PAGE = 25
SIGHTS_SHOWN = 200
SCREENSHOTS_SHOWN = 50
FACTS_OF_A_WORK = ("creator", "copyright_notice", "credit_line", "license_url", "usage_terms")

_environment: Final = Environment(
    loader=PackageLoader("creditline.server"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)
_environment.filters.update(
    moment=wording.moment,
    visible=wording.visible,
    counted=messages.counted,
    segment=lambda name: quote(name, safe=""),
)


def render(name: str, request: web.Request | None, /, **values: Any) -> str:
    """A template as HTML; every value in it is escaped."""
    session = session_of(request) if request is not None else None
    template = _environment.get_template(name)
    return template.render({"session": session, "section": "", "version": __version__, **values})


def problem_page(request: web.Request, problem: Problem) -> str:
    """The page for a request that failed."""
    return render("problem.html", request, problem=problem, again=request.rel_url.raw_path)


class Pages:
    """The dashboard's handlers over one set of lookups."""

    def __init__(self, lookups: Lookups, sign_in: SignIn, cookie: str) -> None:
        self._lookups = lookups
        self._sign_in = sign_in
        self._cookie = cookie

    def routes(self) -> list[web.RouteDef]:
        """Every page."""
        return [
            web.get("/", self.home),
            web.get("/works", self.works),
            web.get("/works/{id:[0-9A-Za-z]{1,64}}", self.work),
            web.get("/audits/{id:[0-9A-Za-z]{1,64}}", self.audit),
            web.get("/sites", self.sites),
            web.get("/sites/{id}", self.site),
            web.get("/sign-in", self.sign_in_page),
            web.post("/sign-in", self.sign_in),
            web.post("/sign-out", self.sign_out),
        ]

    async def home(self, request: web.Request) -> web.Response:
        """What happened lately, in one sentence each."""
        return await self._page(request, "home.html", self._home, section="Home")

    async def works(self, request: web.Request) -> web.Response:
        """The grid of works."""
        after = request.query.get("after")
        return await self._page(request, "works.html", lambda: self._works(after), section="Works")

    async def work(self, request: web.Request) -> web.Response:
        """One work: where it was seen, and what became of it."""
        name = request.match_info["id"]
        return await self._page(request, "work.html", lambda: self._work(name), section="Works")

    async def audit(self, request: web.Request) -> web.Response:
        """One comparison, stage beside stage."""
        name = request.match_info["id"]
        return await self._page(request, "audit.html", lambda: self._audit(name), section="Audits")

    async def sites(self, request: web.Request) -> web.Response:
        """Sites seen so far."""
        return await self._page(request, "sites.html", lambda: {"sites": self._lookups.sites()}, section="Sites")

    async def site(self, request: web.Request) -> web.Response:
        """One site, field by field."""
        name, after = request.match_info["id"], request.query.get("after")
        return await self._page(request, "site.html", lambda: self._site(name, after), section="Sites")

    async def sign_in_page(self, request: web.Request) -> web.Response:
        """The form that a sign-in link opens."""
        return html(render("sign_in.html", request, failed=False))

    async def sign_in(self, request: web.Request) -> web.Response:
        """Takes a link's token, once; the session lives in a cookie that scripts and other sites never see."""
        token = (await form(request)).get("token", "")
        cookie = self._sign_in.redeem(token) if isinstance(token, str) else None
        if cookie is None:
            return html(render("sign_in.html", request, failed=True), status=403)
        response = web.Response(status=303, headers={"Location": "/"})
        response.set_cookie(self._cookie, cookie, httponly=True, samesite="Strict", path="/")
        return response

    async def sign_out(self, request: web.Request) -> web.Response:
        """Ends the session."""
        self._sign_in.end(request.cookies.get(self._cookie, ""))
        response = web.Response(status=303, headers={"Location": "/sign-in"})
        response.del_cookie(self._cookie, path="/")
        return response

    async def _page(
        self, request: web.Request, template: str, find: Callable[[], dict[str, Any]], section: str = ""
    ) -> web.Response:
        """Looks up and renders in a thread: neither the disk nor a long page holds up the server."""

        def page() -> str:
            return render(template, request, section=section, outcomes=messages.OUTCOMES, **find())

        return html(await asyncio.to_thread(page))

    def _home(self) -> dict[str, Any]:
        counts = self._lookups.counts()
        observations = self._lookups.observations(limit=EVENTS_AT_HOME).items
        verdicts = self._lookups.verdicts(limit=EVENTS_AT_HOME).items
        figures = (
            (counts.works, "work", "works"),
            (counts.uploaded, "upload", "uploads"),
            (counts.served, "served copy", "served copies"),
            (counts.verdicts, "comparison", "comparisons"),
            (len(counts.stripping_sites), "site with a loss", "sites with a loss"),
        )
        return {
            "counts": counts,
            "figures": figures,
            "headline": views.home_headline(counts),
            "events": views.events(observations, verdicts, EVENTS_AT_HOME),
            "misses": [views.missed_sentence(miss) for miss in self._lookups.misses()[:MISSES_AT_HOME]],
        }

    def _works(self, after: str | None) -> dict[str, Any]:
        listing = self._lookups.works(after=after, limit=WORKS_A_PAGE)
        return {"works": listing.items, "next": listing.next, "paged": after is not None}

    def _work(self, name: str) -> dict[str, Any]:
        detail = self._lookups.work(name)
        newest = (detail.observations[::-1], detail.verdicts[::-1])
        return {
            "work": detail.work,
            "name": wording.visible(detail.work.title)[:200] if detail.work.title else "Untitled work",
            "summary": views.work_summary(detail),
            "facts": self._facts(detail.work),
            "stages": work_view.stages(detail, self._lookups.kept),
            "fates": work_view.fates(
                detail, self._lookups.reading(detail.work.sha256) if detail.work.sha256 else None
            ),
            "observations": [views.sight(observation) for observation in newest[0][:SIGHTS_SHOWN]],
            "verdicts": [views.audit_event(verdict) for verdict in newest[1][:SIGHTS_SHOWN]],
            "unshown": max(0, len(newest[0]) - SIGHTS_SHOWN),
        }

    def _facts(self, work: WorkRow) -> list[tuple[str, tuple[wording.Text, ...]]]:
        reading = self._lookups.reading(work.sha256) if work.sha256 else None
        resolved = (reading or {}).get("resolved") or {}
        return [
            (messages.field_label(name), wording.texts(resolved[name]))
            for name in FACTS_OF_A_WORK
            if name in resolved
        ]

    def _audit(self, name: str) -> dict[str, Any]:
        verdict = self._lookups.verdict(name)
        if verdict.audit is None:
            raise RefusedError(410, "purged", "What this comparison found was purged; only its numbers are left.")
        return {"audit": self._audit_view(verdict)}

    def _audit_view(self, verdict: VerdictRow) -> audit_view.AuditView:
        readings, observations, kept = {}, {}, set()
        for stage, value in audit_view.stages(verdict.audit or {}).items():
            sha256, seen = str(value.get("sha256", "")), value.get("observation")
            reading = self._lookups.reading(sha256)
            if reading is not None:
                readings[stage] = reading
            observation = self._lookups.observation(str(seen)) if seen else None
            if observation is not None:
                observations[stage] = observation
            if self._lookups.kept(sha256):
                kept.add(sha256)
        return audit_view.view(verdict, readings=readings, observations=observations, kept=frozenset(kept))

    def _site(self, name: str, after: str | None) -> dict[str, Any]:
        site = self._lookups.site(name)
        listing = self._lookups.verdicts(site=name, after=after, limit=VERDICTS_A_PAGE)
        months, over = site_view.months(self._lookups.months(name))
        return {
            "site": site,
            "path": f"/sites/{quote(name, safe='')}",
            "summary": views.site_summary(site),
            "months": [site_view.month_name(month) for month in months],
            "over": over,
            "screenshots": [
                (page.sha256, views.sight(page))
                for page in self._lookups.screenshots(name, limit=SCREENSHOTS_SHOWN)
            ],
            "fields": views.field_counts(site),
            "verdicts": [views.audit_event(verdict) for verdict in listing.items],
            "next": listing.next,
        }


def html(text: str, status: int = 200) -> web.Response:
    """A page as an answer."""
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
