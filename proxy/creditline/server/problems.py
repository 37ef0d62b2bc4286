"""Every refusal and failure of the server as one kind of answer: a problem document, an error page or `{"error"}`.

Under /api it is an RFC 9457 problem document, under /c2pa the `{"error": …}` of the Soft Binding Resolution API,
anywhere else a page. What went wrong inside is logged, never shown.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from creditline.model.errors import (
    ConflictError,
    CreditlineError,
    LedgerError,
    LimitError,
    MissingPartError,
    NotFoundError,
    PictureError,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp.typedefs import Handler, Middleware

log = logging.getLogger("creditline.server")

_STATUS: tuple[tuple[type[CreditlineError], int], ...] = (
    (NotFoundError, 404),
    (ConflictError, 409),
    (UsageError, 400),
    (PictureError, 422),
    (LimitError, 413),
    (MissingPartError, 503),
    (LedgerError, 503),
)
_SENTENCES = {
    400: "The request is not well formed.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The request is larger than this server takes.",
    415: "This kind of content is not taken here.",
    500: "Something failed inside Creditline. Nothing that was recorded is lost; the log says more.",
}


class RefusedError(Exception):
    """A request that is not served: `code` is stable, `sentence` for people, `next_step` what helps."""

    def __init__(
        self,
        status: int,
        code: str,
        sentence: str,
        *,
        next_step: str | None = None,
        challenge: bool = False,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(sentence)
        self.problem = Problem(status, code, sentence, next_step, challenge, retry_after)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is said about a request that failed; `challenge` asks for a Bearer token (RFC 6750).

    `retry_after`: seconds after which the same request may be taken.
    """

    status: int
    code: str
    sentence: str
    next_step: str | None = None
    challenge: bool = False
    retry_after: int | None = None

    @property
    def title(self) -> str:
        """The status in words (RFC 9110)."""
        return HTTPStatus(self.status).phrase

    def document(self) -> dict[str, object]:
        """The RFC 9457 document; `code` and `next_step` are members of our own."""
        document: dict[str, object] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.sentence,
            "code": self.code,
        }
        if self.next_step:
            document["next_step"] = self.next_step
        return document


type Page = Callable[[web.Request, Problem], str]


def is_api(path: str) -> bool:
    """Whether a path answers programs with problem documents."""
    return path == "/api" or path.startswith("/api/")


def is_c2pa(path: str) -> bool:
    """Whether a path belongs to the Soft Binding Resolution API."""
    return path == "/c2pa" or path.startswith(("/c2pa/", "/.well-known/c2pa"))


def answer_errors(page: Page) -> Middleware:
    """The outermost middleware: no exception leaves it, and no answer tells more than its sentence."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except RefusedError as refusal:
            return _answer(request, refusal.problem, page)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            sentence = _SENTENCES.get(error.status, error.reason)
            response = _answer(request, Problem(error.status, _code(error.status), sentence), page)
            if "Allow" in error.headers:
                response.headers["Allow"] = error.headers["Allow"]
            return response
        except CreditlineError as error:
            return _answer(request, _from(error), page)
        except Exception:
            log.exception("%s %s failed", request.method, request.rel_url.raw_path)
            return _answer(request, Problem(500, "internal", _SENTENCES[500]), page)

    return middleware


def _from(error: CreditlineError) -> Problem:
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    return Problem(status, error.code, str(error), error.next_step)


def _code(status: int) -> str:
    return HTTPStatus(status).name.lower()


def _answer(request: web.Request, problem: Problem, page: Page) -> web.Response:
    if is_api(request.path):
        response = web.json_response(
            problem.document(), status=problem.status, content_type="application/problem+json"
        )
    elif is_c2pa(request.path):
        response = web.json_response({"error": problem.sentence}, status=problem.status)
    else:
        response = web.Response(text=page(request, problem), status=problem.status, content_type="text/html")
    if problem.challenge:
        response.headers["WWW-Authenticate"] = 'Bearer realm="creditline"'
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response
