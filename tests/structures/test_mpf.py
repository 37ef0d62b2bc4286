import struct

import pytest

from creditline.model.errors import ContainerError
from creditline.structures import mpf


def index(order: str = "<", first: tuple[int, int] = (1000, 0), second: tuple[int, int] = (500, 900)) -> bytes:
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    ifd = struct.pack(order + "HHHIII", 1, mpf.MP_ENTRIES, 7, 32, 26, 0)
    return head + ifd + b"".join(struct.pack(order + "IIIHH", 0, *entry, 0, 0) for entry in (first, second))


@pytest.mark.parametrize("order", ["<", ">"])
def test_sizes_and_offsets_follow(order: str) -> None:
    """The first picture's size and the others' offsets move; nothing else does."""
    after = mpf.shifted(index(order), primary=10, others=7, beyond=800)

    assert index(order, (1010, 0), (500, 907)) == after


def test_offset_into_the_first_picture_stays() -> None:
    """What lies before the splice's end is no picture that moved."""
    assert index(first=(1010, 0)) == mpf.shifted(index(), primary=10, others=7, beyond=901)


def test_unreadable_index_is_left_alone() -> None:
    """Broken bytes come back as they were."""
    for broken in (
        b"",
        b"II*\0",
        b"XX" + index()[2:],
        index()[:40],
        b"II*\0\xff\xff\xff\xff",
        index()[:8] + b"\xff\xff",
    ):
        assert broken == mpf.shifted(broken, primary=10, others=7, beyond=0)


def test_number_out_of_range_is_refused() -> None:
    """An offset that u32 cannot hold is an error, never wrapped."""
    with pytest.raises(ContainerError):
        mpf.shifted(index(second=(1, 0xFFFFFFFF)), primary=0, others=1, beyond=0)
    with pytest.raises(ContainerError):
        mpf.shifted(index(), primary=-2000, others=0, beyond=0)
