"""Records that generators hide in the lowest bits of the pixels ("stealth"): NovelAI, and extensions of others.

Signature (15 ASCII characters), length in bits (4 bytes, big-endian), then the record, plain or as gzip; in alpha,
or in red, green and blue. It lasts as long as the pixels do not change, so in PNG and lossless WebP only.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from creditline import pixels
from creditline.metadata.generators.places import STEALTH
from creditline.model.errors import CarrierError
from creditline.model.reading import Property

MAX_PIXELS = 36_000_000
"""Cap on width × height: what generators make, upscaled, has up to 6000 × 6000; decoded that is 144 MB."""
MAX_BITS = 8 << 20
"""Cap on a record as stored; samples have some 8,000 bits, one with a whole workflow in it some 100,000."""
MAX_TEXT = 1 << 20
"""Cap on a record's bytes once inflated: gzip expands a thousandfold."""

SIGNATURE = 15
HEAD_BITS = 8 * (SIGNATURE + 4)
_GZIP = 16 + zlib.MAX_WBITS
_BROKEN = "stealth_broken"


@dataclass(frozen=True, slots=True)
class Hidden:
    """A record found in the pixels: `payload` as stored, behind signature and length; the property's key is the
    signature, its value the text.
    """

    properties: tuple[Property, ...]
    payload: bytes
    location: str


def read(data: bytes) -> Hidden | None:
    """The record hidden in a picture; None when its pixels begin with no signature.

    Raises:
        PictureError: The picture cannot be decoded, so nothing is known.
        LimitError: It is too large to be decoded for this.
        CarrierError: There is a signature, but no readable record behind it.
    """
    head = pixels.low_bits(data, HEAD_BITS, max_pixels=MAX_PIXELS)
    if head is None:
        return None
    for plane, start, samples in (("alpha", head.alpha, 1), ("rgb", head.rgb, 3)):
        signature = (start or b"")[:SIGNATURE].decode("ascii", "replace")
        if start is None or STEALTH.get(signature) != plane:
            continue
        length = int.from_bytes(start[SIGNATURE:], "big")
        if len(start) < HEAD_BITS // 8 or length > samples * head.pixels - HEAD_BITS:
            raise CarrierError("The record in the pixels claims more bits than the picture has.", code=_BROKEN)
        if length > MAX_BITS:
            raise CarrierError(f"The record in the pixels claims more than {MAX_BITS} bits.", code="limit")
        payload = _payload(data, plane, length)
        text = _text(payload, compressed=signature.endswith("comp"))
        return Hidden(
            properties=(Property("stealth", signature, text),),
            payload=payload,
            location=f"lowest bits of {plane}",
        )
    return None


def _payload(data: bytes, plane: str, length: int) -> bytes:
    bits = pixels.low_bits(data, HEAD_BITS + length, max_pixels=MAX_PIXELS)
    stored = None if bits is None else bits.alpha if plane == "alpha" else bits.rgb
    return (stored or b"")[HEAD_BITS // 8 :]


def _text(payload: bytes, *, compressed: bool) -> str:
    if compressed:
        engine = zlib.decompressobj(_GZIP)
        try:
            payload = engine.decompress(payload, MAX_TEXT + 1)
        except zlib.error:
            raise CarrierError("The compressed record in the pixels is broken.", code=_BROKEN) from None
        if not engine.eof and len(payload) <= MAX_TEXT:
            raise CarrierError("The compressed record in the pixels breaks off.", code=_BROKEN)
    if len(payload) > MAX_TEXT:
        raise CarrierError(f"The record in the pixels is longer than {MAX_TEXT} bytes.", code="limit")
    try:
        return payload.decode("utf-8").rstrip("\0")
    except UnicodeDecodeError:
        raise CarrierError("The record in the pixels is no UTF-8 text.", code=_BROKEN) from None
