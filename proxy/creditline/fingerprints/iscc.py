"""The ISCC Image-Code (ISO 24138), the one registered soft binding with open code: `io.iscc.v0`.

Codes are compared by their first 64 bits: longer ones begin with the shorter ones (ISO 24138, Content-Code Image).
A code is kept in 32 bytes, the rest zero, so that it lies in the same index as others and its distance stays true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.model.observation import Fingerprint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KIND = "io.iscc.v0"
BITS = 64
BYTES = BITS // 8
STORED = 32
RADIUS = 8
"""Bits of 64. Of all pairs of 150 mixed pictures, copies of one another lay at 4 and under, no other pair under 14."""

HEADER = bytes((0x21, 0x01))
"""Main type CONTENT, sub type IMAGE, version 0, 64 bits (ISO 24138, header)."""
_SIDE = 32
_LENGTHS = {2 + 4 * (units + 1): units for units in range(1, 8)}  # 64 to 256 bits in units of 32, header before


def code_of(luma: NDArray[np.float32]) -> Fingerprint:
    """The code of a luma (rows × columns, 0–255), such as `pixels.grey` gives."""
    # Both only where codes are made: the proxy's own process compares them at most.
    import base64

    import iscc_lib

    from creditline import pixels

    text = str(iscc_lib.gen_image_code_v0(pixels.squeezed(luma, _SIDE), BITS)["iscc"]).removeprefix("ISCC:")
    whole = base64.b32decode(text + "=" * (-len(text) % 8))
    return Fingerprint(kind=KIND, code=stored(whole[len(HEADER) :]))


def stored(body: bytes) -> bytes:
    """A code without header as it is kept and searched: its first 64 bits in 32 bytes."""
    return body[:BYTES].ljust(STORED, b"\0")


def parsed(value: bytes) -> bytes | None:
    """The code in a soft binding's value, as it is kept: a whole ISCC Image-Code of 64 to 256 bits, or 64 bits bare.

    None for anything else.
    """
    if len(value) == BYTES:
        return stored(value)
    units = _LENGTHS.get(len(value))
    if units is None or value[0] != HEADER[0] or value[1] != units:
        return None
    return stored(value[len(HEADER) :])


def value_of(code: bytes) -> bytes:
    """A kept code as a soft binding's value: header and 64 bits."""
    return HEADER + code[:BYTES]
