"""Puts the server together: guard, pages, pictures, API. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from creditline.server.api import Api
from creditline.server.guard import cookie_name, guard, set_headers
from creditline.server.lookups import Lookups
from creditline.server.pages import Pages, problem_page
from creditline.server.pictures import Pictures
from creditline.server.problems import answer_errors
from creditline.server.soft_binding import SoftBindings

if TYPE_CHECKING:
    from creditline.server.sign_in import SignIn
    from creditline.server.tokens import Tokens
    from creditline.services.context import Context


MAX_LINE = 1024 * 1024
"""Bytes of a request line that is read at all: long enough for the recovery API to answer 414 by itself."""


def make_app(context: Context, *, address: tuple[str, int], sign_in: SignIn, tokens: Tokens) -> web.Application:
    """The application for a server that listens at `address` (host, and the port that was really bound)."""
    lookups, max_body = Lookups(context.ledger), context.settings.max_body
    app = web.Application(
        middlewares=[answer_errors(problem_page), guard(address, sign_in, tokens)],
        client_max_size=max_body,
    )
    app.on_response_prepare.append(set_headers)
    app.add_routes(Pages(lookups, sign_in, cookie_name(address)).routes())
    app.add_routes(Pictures(lookups).routes())
    app.add_routes(SoftBindings(context.ledger, context.settings).routes())
    app.add_routes(Api(lookups, context.recorder, max_body).routes())
    return app
