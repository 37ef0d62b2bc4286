"""The XMP of a restored copy: the original's own elements put into the copy's packet, and a line of history."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from creditline import __version__
from creditline.containers.jpeg_writers import MAX_XMP, guid
from creditline.metadata import xmp_merge
from creditline.metadata.xmp_merge import EXTENDED, Elements
from creditline.model.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from creditline.model.reading import Value
    from creditline.reattach.material import Material
    from creditline.reattach.plan import Step

ACTION = "creditline restored"
"""`stEvt:action` of the history entry that every restoration leaves."""
GPS_PREFIX = "exif:GPS"
_CONTROL = "[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
MAX_LISTED = 1_000
"""Characters of the list of fields in a history entry."""


class Packets(NamedTuple):
    """The packet, and its extension where the two together are longer than a JPEG segment."""

    main: bytes
    extended: bytes | None = None


def history(steps: Sequence[Step], source: Material, at: datetime) -> dict[str, str]:
    """The `xmpMM:History` entry of a restoration: what was put back, from which original, when."""
    properties = source.reading.properties
    document = next((str(p.value) for p in properties if p.key == "xmpMM:DocumentID"), None)
    origin = f"sha256:{source.reading.sha256}" + (f" document:{document}" if document else "")
    return note(ACTION, steps, at, f"from {origin}")


def note(action: str, steps: Sequence[Step], at: datetime, parameters: str = "") -> dict[str, str]:
    """An entry of the history: members of `stEvt` and their texts."""
    changed = ", ".join(dict.fromkeys(step.id for step in steps))
    members = {
        "stEvt:action": action,
        "stEvt:when": at.isoformat(timespec="seconds"),
        "stEvt:softwareAgent": f"Creditline {__version__}",
        "stEvt:changed": changed if len(changed) <= MAX_LISTED else f"{changed[: MAX_LISTED - 1]}…",
    }
    return {**members, "stEvt:parameters": re.sub(_CONTROL, " ", parameters)} if parameters else members


def packets(steps: Sequence[Step], note: dict[str, str], original: Material, copy: Material) -> Packets:
    """The copy's packet with the values of `steps`, those for XMP, and with the note.

    Raises:
        CarrierError, LimitError: one of the packets cannot be taken apart, or all would not fit.
    """
    mine = [step for step in steps if step.target[0] == "xmp"]
    theirs = copy.blocks("xmp")
    payload = theirs[0].payload if theirs else None
    added = _elements(mine, original)
    main = xmp_merge.merged(payload, added, history=note)
    if copy.reading.format != "jpeg" or len(main) <= MAX_XMP:
        return Packets(main)
    return _split(main, [block.payload for block in copy.blocks("xmp_extended")])


def _elements(steps: Sequence[Step], original: Material) -> list[Elements]:
    """The original's own elements where it has them in XMP, fresh ones for values from elsewhere."""
    fresh: dict[str, Value] = {}
    copied: set[str] = set()
    for step in steps:
        if step.source[0] in {"xmp", "xmp_extended"} and step.source[1] == step.target[1]:
            copied.add(step.target[1].partition("/")[0])
        else:
            fresh[step.target[1]] = _plain(step.value)
    out = [xmp_merge.made(fresh)]
    if copied:
        blocks = [*original.blocks("xmp"), *original.blocks("xmp_extended")]
        held = xmp_merge.elements(*(block.payload for block in blocks))
        if any(step.id == "gps" for step in steps):
            copied |= {key for key in held.nodes if key.startswith(GPS_PREFIX)}
        out.append(held._replace(nodes={key: node for key, node in held.nodes.items() if key in copied}))
    return out


def _plain(value: Value) -> Value:
    """Without the characters that XML forbids."""
    if isinstance(value, str):
        return re.sub(_CONTROL, " ", value)
    if isinstance(value, list):
        return [re.sub(_CONTROL, " ", text) for text in value]
    return {language: re.sub(_CONTROL, " ", text) for language, text in value.items()}


def _split(main: bytes, extensions: list[bytes]) -> Packets:
    """The longest properties moved into the extension until the packet fits (XMP specification part 3, 1.1.3.1)."""
    held = xmp_merge.elements(main)
    sizes = {
        key: len(xmp_merge.merged(None, [held._replace(nodes={key: node})])) for key, node in held.nodes.items()
    }
    moved: set[str] = set()
    left = len(main)
    for key in sorted(sizes, key=lambda name: -sizes[name]):
        if left <= MAX_XMP - 256:  # room for the extension's name
            break
        if key != EXTENDED:
            moved.add(key)
            left -= sizes[key] - min(sizes.values())
    before = xmp_merge.elements(*extensions)
    chosen = held._replace(nodes={key: node for key, node in held.nodes.items() if key in moved})
    extended = xmp_merge.merged(None, [before, chosen])
    pointer = xmp_merge.made({EXTENDED: guid(extended)})
    main = xmp_merge.merged(main, [pointer], dropped=moved)
    if len(main) > MAX_XMP:
        raise LimitError(f"{len(main)} bytes of XMP do not fit into a JPEG")
    return Packets(main, extended)
