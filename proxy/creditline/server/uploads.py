"""Bodies of API requests as bytes, untouched, and never more of them than a cap allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from creditline.server.problems import RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# Parts beside the files; a request with more is not one of ours.
MAX_PARTS = 16
MULTIPART = "multipart/form-data"
_BROKEN = (ValueError, LookupError, AssertionError, RuntimeError, web.HTTPException, HttpProcessingError)


async def whole(request: web.Request, max_body: int) -> bytes:
    """The body of a request.

    Raises:
        RefusedError: it is empty, or longer than `max_body` bytes.
    """
    if (request.content_length or 0) > max_body:
        raise _too_large(max_body)
    pieces, length = [], 0
    async for piece in request.content.iter_any():
        length += len(piece)
        if length > max_body:
            raise _too_large(max_body)
        pieces.append(piece)
    if not length:
        raise RefusedError(
            400, "empty_body", "The request has no content.", next_step="send the picture's bytes as the body"
        )
    return b"".join(pieces)


async def parts(
    request: web.Request, names: Collection[str], max_body: int, *, only: bool = False
) -> Mapping[str, bytes]:
    """The parts with these names of a `multipart/form-data` request, byte for byte; others are read past.

    Raises:
        RefusedError: it is no such request, a part comes twice, all together are longer than `max_body` bytes, or,
            with `only`, there is a part of another name.
    """
    if request.content_type != MULTIPART:
        raise RefusedError(415, "unsupported_media_type", f"{MULTIPART} is expected here.")
    found: dict[str, bytes] = {}
    length = 0
    try:
        reader = await request.multipart()
        for _ in range(MAX_PARTS):
            part = await reader.next()
            if part is None:
                return found
            if not isinstance(part, BodyPartReader):
                raise RefusedError(400, "bad_multipart", "A part inside a part is not taken.")
            pieces = []
            while piece := await part.read_chunk():
                length += len(piece)
                if length > max_body:
                    raise _too_large(max_body)
                pieces.append(piece)
            name = part.name or ""
            if only and name not in names:
                raise RefusedError(
                    400, "unknown_part", f"The parts are {', '.join(sorted(names))}, and no others."
                )
            if name in names:
                if name in found:
                    raise RefusedError(400, "bad_multipart", f"The part “{name}” comes twice.")
                found[name] = b"".join(pieces)
    except _BROKEN as error:
        raise RefusedError(400, "bad_multipart", "The multipart body is not well formed.") from error
    raise RefusedError(400, "bad_multipart", f"There are more than {MAX_PARTS} parts.")


def _too_large(max_body: int) -> RefusedError:
    return RefusedError(413, "too_large", f"More than {max_body} bytes are not taken at once.")
