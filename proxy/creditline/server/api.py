"""The API for programs (contract §6): inspect, audit, hand over originals, read what was recorded."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from aiohttp import web

from creditline import __version__
from creditline.model.errors import NotFoundError
from creditline.model.observation import STAGES
from creditline.server.lookups import Listing
from creditline.server.openapi import document, soft_binding_document
from creditline.server.openapi_paths import SITE_CURSOR
from creditline.server.problems import RefusedError
from creditline.server.uploads import MULTIPART, parts, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from creditline.ledger import rows
    from creditline.model.observation import Observation
    from creditline.server.lookups import Lookups
    from creditline.services.recorder import Recorder
    from creditline.services.scoreboard import Score

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
# A cursor is a ULID or a number of the ledger; anything longer is none.
_CURSOR = re.compile(r"[0-9A-Za-z_.:-]{1,64}", re.ASCII)
# Lists of sites go on after a site's name: a host name, or whatever a ledger of long ago or of elsewhere calls it.
_SITE = re.compile(SITE_CURSOR)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?", re.ASCII)
# An address longer than this is data, not a page.
MAX_PAGE = 2048
MAX_FILENAME = 255
# The signature of a PNG (PNG, third edition, 5.2).
PNG = b"\x89PNG\r\n\x1a\n"
GESTURES = ("input", "drop", "paste", "handle")
# What the extension waits for at most; the original is on disk by then, whatever the answer says.
WAIT_FOR_RECORD = 5.0
# Reading takes a core and a few copies of the picture in memory.
READ_AT_ONCE = 2


class Api:
    """The API's handlers. `max_body` caps each request, in bytes."""

    def __init__(self, lookups: Lookups, recorder: Recorder | None, max_body: int) -> None:
        self._lookups = lookups
        self._recorder = recorder
        self._max_body = max_body
        self._slots = asyncio.Semaphore(READ_AT_ONCE)

    def routes(self) -> list[web.RouteDef]:
        """Every route under /api/v1; `openapi.py` describes each, and a test compares the two."""
        return [
            web.get("/api/v1/health", self.health),
            web.get("/api/v1/openapi.json", self.openapi),
            web.get("/api/v1/soft-binding.json", self.soft_binding),
            web.post("/api/v1/inspections", self.inspections),
            web.post("/api/v1/audits", self.audits),
            web.post("/api/v1/originals", self.originals),
            web.post("/api/v1/screenshots", self.screenshots),
            web.get("/api/v1/observations", self.observations),
            web.get("/api/v1/works", self.works),
            web.get("/api/v1/sites", self.sites),
            web.get("/api/v1/scoreboard", self.scoreboard),
        ]

    async def health(self, request: web.Request) -> web.Response:
        """That the server is there; the one thing that anybody on this machine may know."""
        del request
        return web.json_response({"name": "creditline", "version": __version__, "status": "ok"})

    async def openapi(self, request: web.Request) -> web.Response:
        """The description of this API."""
        del request
        return web.json_response(document())

    async def soft_binding(self, request: web.Request) -> web.Response:
        """The description of the recovery API under /c2pa/v1."""
        del request
        return web.json_response(soft_binding_document())

    async def inspections(self, request: web.Request) -> web.Response:
        """What one picture says about its origin; nothing is kept."""
        if request.content_type == MULTIPART:
            data = (await parts(request, {"picture"}, self._max_body, only=True)).get("picture")
            if not data:
                raise RefusedError(400, "missing_part", "There is no part “picture” with content.")
        else:
            data = await whole(request, self._max_body)
        return web.json_response(await self._read(lambda: _inspect(data)))

    async def audits(self, request: web.Request) -> web.Response:
        """What became of `original` in `served`; nothing is kept."""
        found = await parts(request, {"original", "served", "uploaded"}, self._max_body, only=True)
        for name in ("original", "served"):
            if not found.get(name):
                raise RefusedError(400, "missing_part", f"There is no part “{name}” with content.")
        audit = await self._read(lambda: _audit(found["original"], found["served"], found.get("uploaded") or None))
        return web.json_response(audit)

    async def originals(self, request: web.Request) -> web.Response:
        """Takes a picked file from the extension, before the page's own script can change it.

        201 with the observation's id, or 202 with none where it is not written down within `WAIT_FOR_RECORD`.
        """
        from creditline.ledger.moments import now
        from creditline.services.record import Original

        recorder = self._recording(request, "application/octet-stream")
        gesture = _header(request, "X-Creditline-Gesture", "input")
        trusted = _header(request, "X-Creditline-Trusted", "0")
        if gesture not in GESTURES or trusted not in {"0", "1"}:
            raise RefusedError(
                400, "bad_header", f"The gesture is one of {', '.join(GESTURES)}; trusted is 0 or 1."
            )
        page = _header(request, "X-Creditline-Page", "")
        data = await whole(request, self._max_body)
        handed = Original(
            via="extension",
            at=now(),
            filename=filename(_header(request, "X-Creditline-Filename", "")),
            # A file picked on `about:blank` or from a disk is still an original; only where, is not known then.
            page=page if len(page) <= MAX_PAGE and _is_address(page) else None,
            gesture=gesture,
            trusted=trusted == "1",
        )
        recorded = await asyncio.to_thread(recorder.submit_original, data, handed)
        observation = await _settled(recorded)
        return web.json_response(
            {
                "schema": "creditline/original/1",
                "observation": observation.id if observation else None,
                "work": observation.work if observation else None,
            },
            status=201 if observation else 202,
        )

    async def screenshots(self, request: web.Request) -> web.Response:
        """Keeps what a page looked like as evidence: a PNG, with the page's address; the time is the server's.

        201 with the observation's id, or 202 with none where it is not written down within `WAIT_FOR_RECORD`.
        """
        from creditline.ledger.moments import now
        from creditline.services.record import Original

        recorder = self._recording(request, "image/png")
        page = _header(request, "X-Creditline-Page", "")
        if len(page) > MAX_PAGE or not _is_address(page):
            raise RefusedError(400, "bad_header", "X-Creditline-Page is the http(s) address of the page.")
        data = await whole(request, self._max_body)
        if not data.startswith(PNG):
            raise RefusedError(400, "not_png", "The body is no PNG.")
        shown = Original(via="extension", at=now(), page=page)
        observation = await _settled(await asyncio.to_thread(recorder.submit_screenshot, data, shown))
        return web.json_response(
            {"schema": "creditline/screenshot/1", "observation": observation.id if observation else None},
            status=201 if observation else 202,
        )

    def _recording(self, request: web.Request, kind: str) -> Recorder:
        if self._recorder is None:
            raise RefusedError(
                503, "not_recording", "This server does not record.", next_step="run `creditline start`"
            )
        if request.content_type != kind:
            raise RefusedError(415, "unsupported_media_type", f"{kind} is expected here.")
        return self._recorder

    async def observations(self, request: web.Request) -> web.Response:
        """Observations, newest first (contract §5)."""
        query = only_known(request, {"site", "since", "stage", "work"})
        stage, since, work = query.get("stage"), query.get("since"), query.get("work")
        if stage is not None and stage not in STAGES:
            raise RefusedError(400, "bad_query", f"A stage is one of {', '.join(STAGES)}.")
        check_moment("since", since)
        if work is not None and not _CURSOR.fullmatch(work):
            raise RefusedError(400, "bad_query", "`work` is no id.")
        listing = await asyncio.to_thread(
            lambda: self._lookups.observations(
                site=query.get("site"),
                since=since,
                stage=stage,
                work=work,
                after=_after(request),
                limit=_limit(request),
            )
        )
        return _listing("observations", listing, lambda item: item.to_json())

    async def works(self, request: web.Request) -> web.Response:
        """Works, newest first."""
        only_known(request, set())
        after, limit = _after(request), _limit(request)
        listing = await asyncio.to_thread(lambda: self._lookups.works(after=after, limit=limit))
        return _listing("works", listing, work_json)

    async def sites(self, request: web.Request) -> web.Response:
        """Sites, most recently seen first; the cursor is the last site's id."""
        only_known(request, set())
        after, limit = _after(request, _SITE), _limit(request)
        sites = await asyncio.to_thread(self._lookups.sites)
        return _listing("sites", _page(sites, after, limit), site_json)

    async def scoreboard(self, request: web.Request) -> web.Response:
        """Sites compared, those with the most postings first; the cursor is the last site's id."""
        only_known(request, set())
        after, limit = _after(request, _SITE), _limit(request)
        scores = await asyncio.to_thread(self._lookups.scores)
        return _listing("scoreboards", _page(scores, after, limit), lambda score: score.to_json())

    async def _read(self, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        async with self._slots:
            return await asyncio.to_thread(work)


def filename(header: str) -> str | None:
    """A file name as RFC 8187 writes it (`UTF-8''na%C3%AFve.jpg`); a bare name is taken as it stands.

    Only the last segment counts, and what is no UTF-8 is no name: it is a name to show, never a path to open.
    """
    charset, mark, rest = header.partition("'")
    if mark and charset.upper() == "UTF-8" and "'" in rest:
        try:
            text = unquote_to_bytes(rest.partition("'")[2]).decode("utf-8")
        except UnicodeDecodeError:
            return None
    else:
        text = header
    name = "".join(char for char in re.split(r"[/\\]", text)[-1] if char.isprintable()).strip()
    return name[:MAX_FILENAME] if name not in {"", ".", ".."} else None


async def _settled(recorded: Future[Observation]) -> Observation | None:
    try:
        return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(recorded)), WAIT_FOR_RECORD)
    except TimeoutError:
        return None


def _inspect(data: bytes) -> dict[str, Any]:
    from creditline.services.check import inspect_bytes

    return inspect_bytes(data).to_json()


def _audit(original: bytes, served: bytes, uploaded: bytes | None) -> dict[str, Any]:
    from creditline.services.check import audit_bytes

    return audit_bytes(original, served, uploaded=uploaded).to_json()


def _is_address(page: str) -> bool:
    try:
        parts = urlsplit(page)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _header(request: web.Request, name: str, default: str) -> str:
    values = request.headers.getall(name, [])
    if len(values) > 1:
        raise RefusedError(400, "bad_header", f"{name} comes more than once.")
    return values[0].strip() if values else default


def only_known(
    request: web.Request, known: set[str], paging: frozenset[str] = frozenset({"after", "limit"})
) -> dict[str, str]:
    """The query as a mapping; an unknown or repeated name is an error, not a list that means something else.

    Raises:
        RefusedError: 400, for such a name.
    """
    query = request.query
    for name in query:
        if name not in known | paging or len(query.getall(name)) > 1:
            raise RefusedError(400, "bad_query", "The query has a name that is unknown here, or one twice.")
    return {name: query[name] for name in known if name in query}


def check_moment(name: str, value: str | None) -> None:
    """Refuses a query's time that is none.

    Raises:
        RefusedError: 400, it is no date or time as in ISO 8601.
    """
    if value is not None and not _MOMENT.fullmatch(value):
        raise RefusedError(400, "bad_query", f"`{name}` is a date or a time as in ISO 8601.")


def _after(request: web.Request, form: re.Pattern[str] = _CURSOR) -> str | None:
    after = request.query.get("after")
    if after is not None and not form.fullmatch(after):
        raise RefusedError(400, "bad_query", "`after` is not a cursor of this list.")
    return after


def _limit(request: web.Request) -> int:
    text = request.query.get("limit", str(DEFAULT_LIMIT))
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII) or not 1 <= int(text) <= MAX_LIMIT:
        raise RefusedError(400, "bad_query", f"`limit` is a number from 1 to {MAX_LIMIT}.")
    return int(text)


def work_json(work: rows.WorkRow) -> dict[str, Any]:
    """One entry of `GET /api/v1/works`; `thumbnail` is the SHA-256 of a kept picture of it."""
    return {
        "id": work.id,
        "at": work.at,
        "title": work.title,
        "sha256": work.sha256,
        "thumbnail": work.thumbnail,
        "mine": work.mine,
        "state": work.state,
        "originals": work.originals,
        "uploaded": work.uploaded,
        "served": work.served,
        "exported": work.exported,
        "audits": work.verdicts,
        "last_seen": work.last_seen,
        "sites": list(work.sites),
    }


def site_json(site: rows.SiteRow) -> dict[str, Any]:
    """One entry of `GET /api/v1/sites`; `fields`, `carriers` and `judgements` count outcomes by name."""
    return {
        "id": site.site,
        "uploaded": site.uploaded,
        "served": site.served,
        "works": site.works,
        "last_seen": site.last_seen,
        "audits": site.verdicts,
        "lost": site.lost,
        "fields": site.fields,
        "carriers": site.carriers,
        "judgements": site.judgements,
    }


def _page[T: (rows.SiteRow, Score)](found: Sequence[T], after: str | None, limit: int) -> Listing[T]:
    """What follows the site `after` in a list of sites."""
    start = 0
    if after is not None:
        start = next((number for number, item in enumerate(found, 1) if item.site == after), 0)
        if not start:
            raise NotFoundError("`after` names no site of this list")
    items = tuple(found[start : start + limit])
    return Listing(items, items[-1].site if start + limit < len(found) else None)


def _listing[T](name: str, listing: Listing[T], to_json: Callable[[T], dict[str, Any]]) -> web.Response:
    return web.json_response(
        {
            "schema": f"creditline/{name}/1",
            "items": [to_json(item) for item in listing.items],
            "next": listing.next,
        }
    )
