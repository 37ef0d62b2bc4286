"""TIFF files made byte by byte, as the tests of the finder need them."""

import struct
from collections.abc import Callable, Sequence

type Value = tuple[int, int, int, bytes]
"""Tag, type, count, value."""


def short(tag: int, number: int, order: str = "<") -> Value:
    return tag, 3, 1, struct.pack(order + "H", number)


def long(tag: int, *numbers: int, order: str = "<") -> Value:
    return tag, 4, len(numbers), struct.pack(f"{order}{len(numbers)}I", *numbers)


def text(tag: int, words: str) -> Value:
    data = words.encode() + b"\0"
    return tag, 2, len(data), data


def blob(tag: int, data: bytes, kind: int = 7) -> Value:
    return tag, kind, len(data), data


def tiff(*pages: Sequence[Value], order: str = "<", big: bool = False, pixels: bytes = b"pixels") -> bytes:
    """Directories in a chain, each with its values behind it; `pixels` stand right behind the header."""
    room, counter, entry = (8, "Q", "HHQ") if big else (4, "H", "HHI")
    wide = "Q" if big else "I"
    out = bytearray(b"II" if order == "<" else b"MM")
    out += struct.pack(order + "HHHQ", 43, 8, 0, 0) if big else struct.pack(order + "HI", 42, 0)
    pointer = 8 if big else 4
    out += pixels + bytes(len(pixels) % 2)
    for page in pages:
        struct.pack_into(order + wide, out, pointer, len(out))
        size = struct.calcsize(order + counter) + len(page) * (struct.calcsize(order + entry) + room) + room
        behind = len(out) + size
        tail = b""
        out += struct.pack(order + counter, len(page))
        for tag, kind, count, value in page:
            out += struct.pack(order + entry, tag, kind, count)
            if len(value) <= room:
                out += value.ljust(room, b"\0")
            else:
                out += struct.pack(order + wide, behind + len(tail))
                tail += value + bytes(len(value) % 2)
        pointer = len(out)
        out += bytes(room) + tail
    return bytes(out)


def nested(child: Sequence[Value], parent: Callable[[int], Sequence[Value]], order: str = "<") -> bytes:
    """A file whose one page, made from the place of `child`, has that directory below it."""
    inner = tiff(child, order=order)
    place = struct.unpack_from(order + "I", inner, 4)[0]
    return tiff(parent(place), order=order, pixels=inner[8:])


def image(order: str = "<", width: int = 3, height: int = 2, at: int = 8) -> list[Value]:
    """The tags that make a directory a picture of six bytes at `at`."""
    return [
        short(0x100, width, order),
        short(0x101, height, order),
        short(0x102, 8, order),
        short(0x103, 1, order),
        short(0x106, 1, order),
        long(0x111, at, order=order),
        short(0x116, height, order),
        long(0x117, width * height, order=order),
    ]
