"""Frames around a body are stripped exactly."""

from __future__ import annotations

import pytest
from tests.wire import PICTURE, framed

from creditline.model.errors import CarrierError
from creditline.pipeline.aws_chunked import unframed


@pytest.mark.parametrize("size", [1, 7, 4096, 1_000_000])
def test_round_trip(size: int) -> None:
    """Whatever the frames' size, what is inside comes out; signatures and trailers do not."""
    assert PICTURE == unframed(framed(PICTURE, size))


@pytest.mark.parametrize("body", [b"", b"zz\r\n", b"5\r\nabc", framed(PICTURE)[:-200], b"f" * 100, b";a=1\r\n"])
def test_broken(body: bytes) -> None:
    """A frame that is cut off or has no size is an error, not a shorter body."""
    with pytest.raises(CarrierError):
        unframed(body)
