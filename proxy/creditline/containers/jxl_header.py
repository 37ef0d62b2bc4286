"""The first bits of a JPEG XL codestream: its size, and whether it is an animation (ISO 18181-1, annex D)."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 64
"""Bytes looked at: the fields up to the animation flag take 30 at most."""

_SIZES = (9, 13, 18, 30)
_PREVIEW = (6, 8, 10, 12)
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
"""Width to height, for the values 1 to 7 of the field."""


@dataclass(frozen=True, slots=True)
class Header:
    """Size in pixels as coded, before orientation; `frames` 1 for a still picture, None if that is not known."""

    width: int | None = None
    height: int | None = None
    frames: int | None = None


def read(codestream: bytes) -> Header:
    """The header; without a size if the bytes do not begin a codestream or end too early."""
    if codestream[:2] != b"\xff\x0a":
        return Header()
    bits = _Bits(codestream[2:LONGEST])
    try:
        width, height = _size(bits)
    except EOFError:
        return Header()
    try:
        return Header(width, height, None if _animated(bits) else 1)
    except EOFError:
        return Header(width, height)


def _size(bits: _Bits) -> tuple[int, int]:
    small = bits.take(1)

    def side() -> int:
        return (bits.take(5) + 1) * 8 if small else bits.take(_SIZES[bits.take(2)]) + 1

    height = side()
    ratio = bits.take(3)
    if not ratio:
        return side(), height
    across, down = _RATIOS[ratio - 1]
    return height * across // down, height


def _animated(bits: _Bits) -> bool:
    """ImageMetadata up to `have_animation`; with all fields at their defaults there is none."""
    if bits.take(1) or not bits.take(1):
        return False
    bits.take(3)
    if bits.take(1):
        _size(bits)
    if bits.take(1):
        _skip_preview(bits)
    return bool(bits.take(1))


def _skip_preview(bits: _Bits) -> None:
    small = bits.take(1)

    def side() -> None:
        kind = bits.take(2)
        bits.take((0, 0, 5, 9)[kind] if small else _PREVIEW[kind])

    side()
    if not bits.take(3):
        side()


class _Bits:
    """Bits from the lowest of the first byte on; EOFError past the end."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "little")
        self._left = len(data) * 8

    def take(self, count: int) -> int:
        """The next `count` bits as a number."""
        if count > self._left:
            raise EOFError
        value = self._value & ((1 << count) - 1)
        self._value >>= count
        self._left -= count
        return value
