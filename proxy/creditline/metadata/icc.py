"""ICC profiles: whether one is there. Nothing of its content is a field of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.model.errors import CarrierError

if TYPE_CHECKING:
    from creditline.model.picture import Problem
    from creditline.model.reading import Property

HEADER = 128
SIGNATURE = b"acsp"
"""At byte 36 of every profile (ICC.1, 7.2.9)."""


def read_with_problems(payload: bytes) -> tuple[tuple[Property, ...], tuple[Problem, ...]]:
    """Nothing. CarrierError for bytes that begin no profile: something stands in its place and cannot be used."""
    if len(payload) < HEADER or payload[36:40] != SIGNATURE:
        raise CarrierError("What stands in the place of a colour profile is none.", code="icc_broken")
    return (), ()
