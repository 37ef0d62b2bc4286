"""Puts the server together: guard, pages, pictures, API. Wiring only."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from aiohttp import web

from creditline.model.errors import CreditlineError
from creditline.server.api import Api
from creditline.server.crowd import crowd
from creditline.server.etags import etags
from creditline.server.events import Events
from creditline.server.guard import cookie_name, guard, set_headers
from creditline.server.labels import Labels
from creditline.server.lookups import Lookups
from creditline.server.pages import Pages, problem_page
from creditline.server.pictures import Pictures
from creditline.server.problems import answer_errors
from creditline.server.report_pages import ReportPages
from creditline.server.soft_binding import SoftBindings
from creditline.server.tool_pages import ToolPages
from creditline.services.summaries import Summaries

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from creditline.server.sign_in import SignIn
    from creditline.server.tokens import Tokens
    from creditline.services.context import Context


MAX_LINE = 1024 * 1024
"""Bytes of a request line that is read at all: long enough for the recovery API to answer 414 by itself."""


def make_app(context: Context, *, address: tuple[str, int], sign_in: SignIn, tokens: Tokens) -> web.Application:
    """The application for a server that listens at `address` (host, and the port that was really bound)."""
    summaries, max_body = Summaries(context.ledger), context.settings.max_body
    lookups = Lookups(context.ledger, summaries)
    app = web.Application(
        middlewares=[answer_errors(problem_page), guard(address, sign_in, tokens), crowd(), etags],
        client_max_size=max_body,
    )
    app.on_response_prepare.append(set_headers)
    app.cleanup_ctx.append(_warmed(summaries))
    app.add_routes(Pages(lookups, sign_in, cookie_name(address)).routes())
    app.add_routes(ToolPages(lookups, context).routes())
    app.add_routes(ReportPages(context.ledger, summaries).routes())
    app.add_routes(Events(lookups).routes())
    app.add_routes(Pictures(lookups).routes())
    app.add_routes(Labels(context.ledger, context.refs).routes())
    app.add_routes(SoftBindings(context.ledger, context.settings).routes())
    app.add_routes(Api(lookups, context.recorder, max_body).routes())
    return app


def _warmed(summaries: Summaries) -> Callable[[web.Application], AsyncIterator[None]]:
    """Counts once while the server starts to answer, so that the first page of a large ledger is quick."""

    async def warm(app: web.Application) -> AsyncIterator[None]:
        del app
        counting = asyncio.create_task(asyncio.to_thread(summaries.warm))
        yield
        with contextlib.suppress(CreditlineError):
            await counting

    return warm
