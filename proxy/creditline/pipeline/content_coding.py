"""Undoes `Content-Encoding` (RFC 9110 section 8.4), with a cap: a small body must not become a large one."""

from __future__ import annotations

import sys
import zlib
from typing import TYPE_CHECKING, Protocol

from creditline.model.errors import CarrierError, LimitError
from creditline.model.settings import MIB
from creditline.pipeline import aws_chunked

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_OUTPUT = 256 * MIB
"""As much as the largest body that is kept."""
MAX_CODINGS = 4
"""Nobody stacks more in earnest; each one multiplies what a bomb can do."""
MAX_MEMBERS = 1000
"""gzip members or zstd frames in a row; parallel compressors write one for each MiB or so."""
_STEP = 64 * 1024


def codings(header: str | None) -> tuple[str, ...]:
    """The codings of a `Content-Encoding` field in the order they were applied, `identity` left out."""
    names = (name.strip().lower() for name in (header or "").split(","))
    return tuple(name for name in names if name not in {"", "identity"})


def decode(data: bytes, header: str | None, *, cap: int = MAX_OUTPUT) -> bytes:
    """The body as its maker meant it; the same object when nothing is coded.

    Raises:
        CarrierError: an unknown coding (`coding_unsupported`), or data that is broken or cut (`coding_broken`).
        LimitError: more than `cap` bytes come out of any step, or more than `MAX_CODINGS` are stacked.
    """
    names = codings(header)
    if len(names) > MAX_CODINGS:
        raise LimitError(f"{len(names)} content codings are stacked; {MAX_CODINGS} is the most that is undone")
    for name in reversed(names):
        decoder = _DECODERS.get(name)
        if decoder is None:
            raise CarrierError(f"content coding {name!r} is not known", code="coding_unsupported")
        data = decoder(data, cap)
    return data


def _gzip(data: bytes, cap: int) -> bytes:
    # RFC 1952 section 2.2: a file is one member after another. What follows the last one is ignored, as gzip does.
    return _pump(lambda: zlib.decompressobj(zlib.MAX_WBITS | 16), data, cap, follows=b"\x1f\x8b")


def _deflate(data: bytes, cap: int) -> bytes:
    # RFC 9110 section 8.4.1.2 means zlib's wrapping; some senders leave it out.
    wrapped = len(data) > 1 and data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
    return _pump(lambda: zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS), data, cap)


def _brotli(data: bytes, cap: int) -> bytes:
    try:
        import brotli  # type: ignore[import-untyped]
    except ImportError as error:
        raise CarrierError("this Python has no Brotli decoder", code="coding_unsupported") from error
    stream = brotli.Decompressor()
    out = bytearray()
    try:
        for at in range(0, len(data), _STEP):
            out += stream.process(data[at : at + _STEP], output_buffer_limit=cap - len(out) + 1)
            while len(out) <= cap and not stream.can_accept_more_data():
                out += stream.process(b"", output_buffer_limit=cap - len(out) + 1)
            if len(out) > cap:
                raise _too_large(cap)
    except brotli.error as error:
        raise _broken(error) from error
    if not stream.is_finished():
        raise _broken("the end is missing")
    return bytes(out)


def _zstd(data: bytes, cap: int) -> bytes:
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError as error:
        raise CarrierError("this Python has no Zstandard decoder", code="coding_unsupported") from error
    # RFC 8878 section 3: frames follow one another.
    return _pump(zstd.ZstdDecompressor, data, cap, follows=b"", broken=zstd.ZstdError)


class _Stream(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def _pump(
    fresh: Callable[[], _Stream],
    data: bytes,
    cap: int,
    *,
    follows: bytes | None = None,
    broken: type[Exception] = zlib.error,
) -> bytes:
    """Everything that one stream holds, and the streams after it while the rest begins with `follows`.

    In steps, because a stream hands back a copy of all it did not use: many tiny ones would cost the square.
    """
    out = bytearray()
    at = 0
    for _ in range(MAX_MEMBERS):
        stream = fresh()
        while not stream.eof:
            step = data[at : at + _STEP]
            if not step:
                raise _broken("the end is missing")
            try:
                out += stream.decompress(step, cap - len(out) + 1)
            except broken as error:
                raise _broken(error) from error
            if len(out) > cap:
                raise _too_large(cap)
            at += len(step)
        at -= len(stream.unused_data)
        if follows is None or at == len(data) or not data.startswith(follows, at):
            return bytes(out)
    raise LimitError(f"more than {MAX_MEMBERS} compressed streams follow one another")


def _too_large(cap: int) -> LimitError:
    return LimitError(f"the body grows past {cap} bytes when its content coding is undone")


def _broken(why: object) -> CarrierError:
    return CarrierError(f"the content coding is broken: {why}", code="coding_broken")


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
    aws_chunked.CODING: lambda data, _cap: aws_chunked.unframed(data),
}
