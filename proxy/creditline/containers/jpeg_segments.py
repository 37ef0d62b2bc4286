"""A JPEG stream as a gapless list of units: markers, segments, entropy data, trailer (ITU-T T.81 Annex B)."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from creditline.model.errors import ContainerError
from creditline.model.picture import Problem

EXIF = b"Exif\0\0"
XMP = b"http://ns.adobe.com/xap/1.0/\0"
XMP_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
ICC = b"ICC_PROFILE\0"
MPF = b"MPF\0"
JUMBF = b"JP"
PHOTOSHOP = b"Photoshop 3.0\0"

FILL = 0xFF

MAX_SEGMENTS = 100_000
"""Real files hold some dozens, large C2PA some hundreds; an empty segment takes 4 bytes, so millions fit."""

MAX_BODY = 65_533
"""Payload of a segment: its u16 length counts itself."""

_NAMES = {
    0x01: "TEM",
    0xC4: "DHT",
    0xC8: "JPG",
    0xCC: "DAC",
    0xD8: "SOI",
    0xD9: "EOI",
    0xDA: "SOS",
    0xDB: "DQT",
    0xDC: "DNL",
    0xDD: "DRI",
    0xDE: "DHP",
    0xDF: "EXP",
    0xFE: "COM",
}
_BARE = {0x01, 0xD8, *range(0xD0, 0xD8)}
_MARKER = re.compile(rb"\xff[^\x00\xff]")
# In entropy data only what may follow a scan ends it: tables, another scan, APPn and COM, SOI and EOI. The rest is
# stuffing, restart markers or damage.
_AFTER_SCAN = re.compile(rb"\xff[\xc4\xcc\xd8-\xdd\xe0-\xef\xfe]")


class Unit(NamedTuple):
    """`start` counts fill bytes in, `at` is the marker, `body` the payload; `cut` by the file's end."""

    kind: str
    start: int
    at: int
    body: int
    end: int
    cut: bool = False

    @property
    def location(self) -> str:
        """The unit as blocks name it, such as `APP1@20`."""
        return f"{self.kind}@{self.at}"


class Walk(NamedTuple):
    """The units; `complete` says that all of the header up to the first scan was read."""

    units: tuple[Unit, ...]
    problems: tuple[Problem, ...]
    complete: bool


def walk(data: bytes) -> Walk:
    """Every byte of `data` in exactly one unit. ContainerError if it does not begin as a JPEG does."""
    if data[:2] != b"\xff\xd8":
        raise ContainerError("the file does not begin with the marker of a JPEG")
    units = [Unit("SOI", 0, 0, 2, 2)]
    problems: list[Problem] = []
    pos = 2
    scanned = ended = False
    while not ended:
        match = (_AFTER_SCAN if scanned else _MARKER).search(data, pos)
        at = match.start() if match else len(data)
        start = at
        if match and at > pos and data[at - 1] == FILL:  # fill bytes, or a scan would be copied to find none
            start = pos + len(data[pos:at].rstrip(b"\xff"))
        if start > pos:
            units.append(Unit("scan" if scanned else "junk", pos, pos, pos, start))
            if not scanned:
                problems.append(
                    Problem("container_broken", f"{start - pos} stray bytes between segments at {pos}")
                )
        if match is None:
            problems.append(Problem("truncated", "the file ends before the picture does"))
            break
        if len(units) >= MAX_SEGMENTS:
            problems.append(Problem("limit", f"more than {MAX_SEGMENTS} segments"))
            units.append(Unit("unread", start, start, start, len(data)))
            scanned = False
            break
        unit = _unit(data, start, at)
        if unit is None:
            problems.append(Problem("container_broken", f"the segment at {at} states an impossible length"))
            units.append(Unit("unread", start, start, start, len(data)))
            break
        pos = unit.end
        if unit.kind == "SOI" and scanned:
            problems.append(Problem("truncated", "another picture begins before the first one ends"))
            ended, pos = True, start
            break
        units.append(unit)
        if unit.cut:
            problems.append(Problem("truncated", f"the file ends inside the segment at {at}"))
            break
        scanned = scanned or unit.kind == "SOS"
        ended = unit.kind == "EOI"
    if ended and pos < len(data):
        units.append(Unit("trailer", pos, pos, pos, len(data)))
    if ended and not scanned:
        problems.append(Problem("container_broken", "the file holds no picture data"))
    return Walk(tuple(units), tuple(problems), scanned or ended)


@cache
def name(marker: int) -> str:
    """The marker's name as the standard writes it, such as `APP1` or `SOF2`; there are 256."""
    if marker in _NAMES:
        return _NAMES[marker]
    for first, last, family in (
        (0xC0, 0xCF, "SOF"),
        (0xD0, 0xD7, "RST"),
        (0xE0, 0xEF, "APP"),
        (0xF0, 0xFD, "JPG"),
    ):
        if first <= marker <= last:
            return f"{family}{marker - first}"
    return f"FF{marker:02X}"


def segment(marker: int, body: bytes) -> bytes:
    """One marker segment. ContainerError if the body is longer than MAX_BODY."""
    if len(body) > MAX_BODY:
        raise ContainerError(
            f"{len(body)} bytes do not fit into one {name(marker)} segment (at most {MAX_BODY})",
            next_step="Shorten it, or leave this carrier out.",
        )
    return b"".join((b"\xff", marker.to_bytes(1), (len(body) + 2).to_bytes(2), body))


def _unit(data: bytes, start: int, at: int) -> Unit | None:
    marker = data[at + 1]
    kind = name(marker)
    if marker in _BARE or kind == "EOI":
        return Unit(kind, start, at, at + 2, at + 2)
    if at + 4 > len(data):
        return Unit(kind, start, at, len(data), len(data), cut=True)
    length = int.from_bytes(data[at + 2 : at + 4])
    if length < 2:
        return None
    end = at + 2 + length
    return Unit(kind, start, at, at + 4, min(end, len(data)), cut=end > len(data))
