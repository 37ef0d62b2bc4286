"""Texts of MP4 and MOV files: `ilst:©nam`, `mdta:com.apple.quicktime.copyright`, `udta:©cpy`, `AIGC`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.model.errors import CarrierError, LimitError
from creditline.model.picture import Problem
from creditline.model.reading import Property
from creditline.structures import bmff, movie_texts

if TYPE_CHECKING:
    from creditline.structures.movie_texts import Text

CARRIER = "mp4_metadata"

MAX_BYTES = 64 << 20
"""A box of texts; cover pictures inside may take some MB."""

MAX_TEXT = 1 << 20
"""Bytes of one text; descriptions and prompts take some kB."""

UTF_8, UTF_16 = 1, 2
SIGNED, UNSIGNED = 21, 22
"""Well-known types of `ilst` values (QuickTime File Format, table 3-5); pictures and the like are passed over."""


def read(payload: bytes) -> tuple[Property, ...]:
    """The texts of one `udta` or `meta` box, given whole; of a key that occurs twice the first is first.

    CarrierError if the payload is no such box, LimitError if it is past MAX_BYTES.
    """
    return read_with_problems(payload)[0]


def read_with_problems(payload: bytes) -> tuple[tuple[Property, ...], tuple[Problem, ...]]:
    """As `read`, with what was too long or too much to be read."""
    if len(payload) > MAX_BYTES:
        raise LimitError(f"The texts of the movie take more than {MAX_BYTES} bytes.")
    box = bmff.box_at(payload, 0, len(payload))
    if box is None or box.kind not in {"udta", "meta"} or box.cut:
        raise CarrierError("This is no box of movie texts.", code="mp4_metadata_broken")
    properties: list[Property] = []
    problems: list[Problem] = []
    count = 0
    for count, entry in enumerate(movie_texts.texts(payload, box), 1):  # noqa: B007 - the last number counts
        if len(entry.value) > MAX_TEXT and entry.type in {None, UTF_8, UTF_16}:
            problems.append(Problem("limit", f"the text {_key(entry)} is longer than {MAX_TEXT} bytes", CARRIER))
            continue
        value = _value(entry)
        if value:
            properties.append(Property(CARRIER, _key(entry), value))
    if count >= movie_texts.MAX_TEXTS:
        problems.append(Problem("limit", f"there are more than {movie_texts.MAX_TEXTS} texts", CARRIER))
    return tuple(properties), tuple(problems)


def _key(entry: Text) -> str:
    """The form and the name; the label for generated content has one key wherever it stands."""
    if entry.name.rpartition(":")[2] == movie_texts.AIGC:
        return movie_texts.AIGC
    return f"{entry.form}:{entry.name}"


def _value(entry: Text) -> str:
    if entry.type is None:
        return _user_text(entry)
    if entry.type == UTF_8:
        return _text(entry.value)
    if entry.type == UTF_16:
        return entry.value.decode("utf-16-be", "replace").strip("\0")
    if entry.type in {SIGNED, UNSIGNED} and len(entry.value) <= 8:
        return str(int.from_bytes(entry.value, signed=entry.type == SIGNED))
    return ""


def _user_text(entry: Text) -> str:
    """QuickTime's texts, one per language, of which the first counts; 3GPP's; or the bytes as they are."""
    if entry.name in movie_texts.THREE_GPP:
        return _text(entry.value[6:])
    size = int.from_bytes(entry.value[:2])
    if entry.value[4:8] == b"data":
        return _text(entry.value[16:])
    if 0 < size <= len(entry.value) - 4:
        return _text(entry.value[4 : 4 + size])
    return _text(entry.value)


def _text(data: bytes) -> str:
    """UTF-16 after its mark, UTF-8, else Mac Roman, which old QuickTime files are written in."""
    if data[:2] in {b"\xfe\xff", b"\xff\xfe"}:
        return data.decode("utf-16", "replace").strip("\0")
    try:
        return data.decode("utf-8").strip("\0")
    except UnicodeDecodeError:
        return data.decode("mac-roman").strip("\0")
