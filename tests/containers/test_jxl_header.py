"""Size and animation flag of JPEG XL codestreams, bit by bit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditline.containers.jxl_header import Header, read


def stream(*fields: tuple[int, int]) -> bytes:
    """A codestream of (value, width in bits) fields, lowest bits first."""
    value = at = 0
    for number, width in fields:
        value |= number << at
        at += width
    return b"\xff\x0a" + value.to_bytes(at // 8 + 1, "little")


STILL = ((1, 1),)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (((1, 1), (3, 5), (1, 3), *STILL), (32, 32)),
        (((1, 1), (3, 5), (0, 3), (7, 5), *STILL), (64, 32)),
        (((0, 1), (0, 2), (99, 9), (2, 3), *STILL), (120, 100)),
        (((0, 1), (1, 2), (999, 13), (0, 3), (2, 2), (9_999, 18), *STILL), (10_000, 1_000)),
        (((0, 1), (3, 2), (2**30 - 1, 30), (7, 3), *STILL), (2**31, 2**30)),
    ],
)
def test_sizes(fields: tuple[tuple[int, int], ...], expected: tuple[int, int]) -> None:
    """Small sizes, ratios and all four widths of the field."""
    assert Header(*expected, 1) == read(stream(*fields))


SQUARE = ((1, 1), (0, 5), (1, 3))
PREVIEW = ((1, 1), (0, 2), (1, 3))


@pytest.mark.parametrize(
    ("fields", "frames"),
    [
        (((0, 1), (0, 1)), 1),
        (((0, 1), (1, 1), (0, 3), (0, 1), (0, 1), (0, 1)), 1),
        (((0, 1), (1, 1), (0, 3), (0, 1), (0, 1), (1, 1)), None),
        (((0, 1), (1, 1), (5, 3), (1, 1), *SQUARE, (1, 1), *PREVIEW, (1, 1)), None),
    ],
)
def test_animation(fields: tuple[tuple[int, int], ...], frames: int | None) -> None:
    """The flag is found behind orientation, intrinsic size and preview."""
    assert Header(8, 8, frames) == read(stream(*SQUARE, *fields))


def test_what_is_no_codestream() -> None:
    """Other bytes and cut headers have no size."""
    assert Header() == read(b"") == read(b"\xff\xd8\xff") == read(b"\xff\x0a")


@given(st.binary(max_size=40))
def test_any_bits(data: bytes) -> None:
    """Whatever the bits are, there is an answer."""
    head = read(b"\xff\x0a" + data)

    assert head.width is None or head.width > 0
