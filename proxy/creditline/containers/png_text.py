"""PNG text chunks: keyword and text, inflated under a cap, and ImageMagick's "Raw profile type" notation."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from creditline.model.errors import CarrierError, LimitError

KINDS = ("tEXt", "zTXt", "iTXt")
XMP_KEYWORD = b"XML:com.adobe.xmp"
RAW_PROFILE = b"Raw profile type "

MAX_INFLATED = 16 * 1024 * 1024
"""Largest payload inflated: real XMP packets and profiles stay under 4 MiB, a bomb grows a thousandfold."""

_HEAD = re.compile(rb"\s{0,64}([^\n]{1,79})\n[ ]{0,64}([0-9]{1,10})\n")


@dataclass(frozen=True, slots=True)
class Text:
    """A text chunk taken apart; `packed` is its text as stored, `compressed` whether zlib must open it."""

    keyword: bytes
    packed: bytes
    compressed: bool

    def content(self, cap: int) -> bytes:
        """The text. CarrierError if it does not inflate, LimitError past `cap` bytes."""
        return inflate(self.packed, cap) if self.compressed else self.packed


def parse(kind: str, body: bytes) -> Text:
    """Keyword and text of a tEXt, zTXt or iTXt body; what is missing from a short one is empty."""
    keyword, _, rest = body.partition(b"\0")
    if kind == "tEXt":
        return Text(keyword, rest, compressed=False)
    if kind == "zTXt":
        return Text(keyword, rest[1:], compressed=True)
    _, _, rest_of_language = rest[2:].partition(b"\0")
    _, _, text = rest_of_language.partition(b"\0")
    return Text(keyword, text, compressed=rest[:1] == b"\1")


def inflate(packed: bytes, cap: int) -> bytes:
    """`packed` through zlib. CarrierError if it is damaged or cut, LimitError past `cap` bytes."""
    stream = zlib.decompressobj()
    try:
        text = stream.decompress(packed, cap + 1)
    except zlib.error:
        raise CarrierError("the compressed data is damaged") from None
    if len(text) > cap:
        raise LimitError(f"the compressed data grows past {cap} bytes")
    if not stream.eof:
        raise CarrierError("the compressed data is cut off")
    return text


def raw_profile(text: bytes) -> bytes:
    """The bytes that a raw profile spells out in hexadecimal. CarrierError if it is malformed or short."""
    head = _HEAD.match(text)
    if head is None:
        raise CarrierError("the raw profile has no head of name and length")
    length = int(head[2])
    digits = text[head.end() :].translate(None, b" \t\r\n")[: 2 * length]  # some writers leave noise behind them
    if len(digits) < 2 * length:
        raise CarrierError("the raw profile is shorter than it says")
    try:
        return bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        raise CarrierError("the raw profile is not hexadecimal") from None


def raw_profile_body(name: bytes, profile: bytes) -> bytes:
    """The zTXt body that holds `profile` as ImageMagick writes it, in lines of 72 digits."""
    digits = profile.hex().encode("ascii")
    lines = b"\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text = b"\n%s\n%8d\n%s\n" % (name, len(profile), lines)
    return RAW_PROFILE + name + b"\0\0" + zlib.compress(text, 9)


def xmp_body(packet: bytes) -> bytes:
    """The iTXt body of an XMP packet, uncompressed as XMP specification part 3 (1.1.5) wants it."""
    return XMP_KEYWORD + b"\0\0\0\0\0" + packet
