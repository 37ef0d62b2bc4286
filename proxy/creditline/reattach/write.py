"""A plan carried out: metadata put into the copy's file, and proof that nothing else in it has changed.

The picture's coded bytes, every block of a carrier that is not written, and every other unit of the file are compared
afterwards. On any doubt the copy comes back as it was, and the doubt is said.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.containers import coded
from creditline.containers.jpeg_writers import MAX_EXIF
from creditline.containers.sniff import find, replace
from creditline.metadata import exif_edit, iptc_merge
from creditline.model.errors import ContainerError, CreditlineError, LimitError
from creditline.model.picture import Problem
from creditline.reattach.write_xmp import history, packets
from creditline.structures import photoshop_irb

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from creditline.model.picture import Layout
    from creditline.reattach.material import Material
    from creditline.reattach.plan import Plan, Step

    type Changes = dict[str, list[bytes]]

_IIM_TIMES = {"2:055": "2:060", "2:062": "2:063"}
"""Dates and the times that belong to them."""
_RESOURCES = {"8BIM:040A": 0x040A, "8BIM:040B": 0x040B}
_IRB_FORMATS = frozenset({"jpeg", "png"})
"""Formats whose IIM lies in image resources; in TIFF it has a tag of its own."""


@dataclass(frozen=True, slots=True)
class Written:
    """The file, the steps that were carried out, and what stood in the way of the others."""

    data: bytes
    steps: tuple[Step, ...]
    problems: tuple[Problem, ...] = ()


def write(
    data: bytes,
    plan: Plan,
    original: Material,
    copy: Material,
    *,
    at: datetime,
    entry: dict[str, str] | None = None,
) -> Written:
    """`data`, which is the copy's file, with the plan's values in it; `at` goes into the history.

    `entry` takes the place of the history's entry of a restoration.

    A carrier that cannot be written costs its own steps only. Never raises on a picture's content: what cannot be
    written at all, or may have harmed the picture, gives back `data` and the reason.
    """
    changes: Changes = {}
    done: list[Step] = []
    problems: list[Problem] = []
    for carrier, build in _BUILDERS.items():
        mine = [step for step in plan.steps if step.target[0] == carrier]
        if not mine:
            continue
        try:
            changes |= build(mine, original, copy, changes)
            done += mine
        except CreditlineError as error:
            problems.append(Problem(error.code, str(error), carrier))
    if "xmp" in copy.writable and not copy.broken("xmp") and plan.steps:
        mine = [step for step in plan.steps if step.target[0] == "xmp"]
        try:
            line = entry or history([*done, *mine], original, at)
            made = packets(mine, line, original, copy)
            changes["xmp"] = [made.main, *(block.payload for block in copy.blocks("xmp")[1:])]
            if made.extended is not None:
                changes["xmp_extended"] = [made.extended]
            done += mine
        except CreditlineError as error:
            problems.append(Problem(error.code, str(error), "xmp"))
    if not done:
        return Written(data, (), tuple(problems))
    try:
        result = replace(data, changes)
        _verify(data, copy.layout, result, changes)
    except CreditlineError as error:
        return Written(data, (), (*problems, Problem(error.code, str(error))))
    return Written(result, tuple(done), tuple(problems))


def _exif(steps: Sequence[Step], original: Material, copy: Material, _: Changes) -> Changes:
    blocks = copy.blocks("exif")
    present = blocks[0].payload if blocks else None
    if present is not None and copy.reading.format in {"tiff", "dng"} and exif_edit.has_maker_note(present):
        raise ContainerError("the maker's note of this TIFF would move, so its Exif is left as it is")
    keys = [step.target[1] for step in steps if step.source == step.target]
    keys += [extra for key in keys for extra in exif_edit.COMPANIONS.get(key, ())]
    groups = ["GPS"] if any(step.id == "gps" for step in steps) else []
    source = original.blocks("exif")
    raw = list(exif_edit.entries(source[0].payload, keys, groups=groups)) if source else []
    for step in steps:
        if step.source != step.target:
            text = step.value if isinstance(step.value, str) else "; ".join(map(_quoted, step.value))
            raw.append(exif_edit.text(step.target[1], text))
    if not raw:
        raise ContainerError("the original's Exif entries cannot be taken over as they are")
    made = exif_edit.edited(present, raw)
    if copy.reading.format == "jpeg" and len(made) > MAX_EXIF:
        raise LimitError(f"{len(made)} bytes of Exif do not fit into a JPEG (at most {MAX_EXIF})")
    return {"exif": [made, *(block.payload for block in blocks[1:])]}


def _quoted(name: str) -> str:
    """One of several names in Exif's one text (MWG 2.0, 5.4): quoted, with its quotes doubled, where it must be."""
    return f'"{name.replace(chr(34), chr(34) * 2)}"' if ";" in name or '"' in name else name


def _iptc(steps: Sequence[Step], original: Material, copy: Material, _: Changes) -> Changes:
    said = {p.key: p.value for p in original.reading.properties if p.carrier == "iptc"}
    said |= {step.target[1]: step.value for step in steps if step.source != step.target}
    keys = [step.target[1] for step in steps]
    keys += [_IIM_TIMES[key] for key in keys if key in _IIM_TIMES]
    added = {key: _texts(said[key]) for key in keys if key in said}
    blocks = copy.blocks("iptc")
    records = iptc_merge.merged(blocks[0].payload if blocks else None, added)
    rest = [block.payload for block in blocks[1:]]
    if copy.reading.format not in _IRB_FORMATS or (blocks and "/8BIM:" not in blocks[0].location):
        return {"iptc": [records, *rest]}
    hosts = copy.blocks("photoshop")
    stream = hosts[0].payload if hosts else b""
    stream = _digested(photoshop_irb.with_iims(stream, [records, *rest]), records, original)
    return {"photoshop": [stream, *(host.payload for host in hosts[1:])]}


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [str(text) for text in value.values()]
    return [str(text) for text in value] if isinstance(value, list) else [str(value)]


def _digested(stream: bytes, records: bytes, original: Material) -> bytes:
    """The stream with the IIM's digest, unless it has one (MWG 2.0, 5.3).

    Where the original's digest no longer fitted its IIM, its IIM was the newer one; so the copy gets one that does not
    fit either.
    """
    resources = photoshop_irb.parse(stream)
    if any(item.id == photoshop_irb.DIGEST and not item.is_junk for item in resources):
        return stream
    digest = hashlib.md5(records, usedforsecurity=False).digest()
    for block in original.blocks("photoshop"):
        theirs = photoshop_irb.parse(block.payload)
        stated = next((item.data for item in theirs if item.id == photoshop_irb.DIGEST and not item.is_junk), None)
        fitting = {hashlib.md5(iim, usedforsecurity=False).digest() for iim in photoshop_irb.iims(theirs)}
        if stated is not None and stated not in fitting and stated != digest:
            digest = stated
    whole = [item for item in resources if not item.is_junk]
    junk = [item for item in resources if item.is_junk]
    return photoshop_irb.serialise([*whole, photoshop_irb.resource(photoshop_irb.DIGEST, digest), *junk])


def _resources(steps: Sequence[Step], original: Material, copy: Material, so_far: Changes) -> Changes:
    """Copyright flag and address, as the original's resources hold them."""
    wanted = {_RESOURCES[step.target[1]] for step in steps}
    found = [
        item
        for block in original.blocks("photoshop")
        for item in photoshop_irb.parse(block.payload)
        if not item.is_junk and item.id in wanted and item.signature == b"8BIM"
    ]
    streams = so_far.get("photoshop") or [host.payload for host in copy.blocks("photoshop")]
    stream = streams[0] if streams else b""
    kept = [item for item in photoshop_irb.parse(stream) if item.id not in wanted or item.is_junk]
    whole = [item for item in kept if not item.is_junk]
    fresh = [photoshop_irb.resource(item.id, item.data) for item in found]
    stream = photoshop_irb.serialise([*whole, *fresh, *(item for item in kept if item.is_junk)])
    return {"photoshop": [stream, *streams[1:]]}


def _png_text(steps: Sequence[Step], original: Material, copy: Material, _: Changes) -> Changes:
    wanted = {step.target[1].encode("utf-8") for step in steps}
    wanted |= {step.target[1].encode("latin-1", "replace") for step in steps}
    mine = [block.payload for block in original.blocks("png_text")]
    fresh = [payload for payload in mine if payload[4:].partition(b"\0")[0] in wanted]
    kept = [block.payload for block in copy.blocks("png_text")]
    return {"png_text": [*(p for p in kept if p[4:].partition(b"\0")[0] not in wanted), *fresh]}


def _comment(_: Sequence[Step], original: Material, copy: Material, __: Changes) -> Changes:
    mine = [block.payload for block in original.blocks("comment")]
    kept = [block.payload for block in copy.blocks("comment")]
    return {"comment": [*kept, *(payload for payload in mine if payload not in kept)]}


_BUILDERS: dict[str, Callable[[Sequence[Step], Material, Material, Changes], Changes]] = {
    "exif": _exif,
    "iptc": _iptc,
    "photoshop": _resources,
    "png_text": _png_text,
    "comment": _comment,
}


def _verify(before: bytes, layout: Layout, after: bytes, changes: Changes) -> None:
    """ContainerError unless the picture and all that was not to change is as it was."""
    now = find(after)
    looks = [(one.format, one.width, one.height, one.frames) for one in (layout, now)]
    if looks[0] != looks[1]:
        raise ContainerError("the written file would not be the same picture, so nothing was written")
    if not coded.same(before, after, (layout, now)):
        raise ContainerError("writing would have changed the coded picture, so nothing was written")
    touched = set(changes) | ({"iptc", "photoshop"} if {"iptc", "photoshop"} & set(changes) else set()) | {"mpf"}
    kept = [[(b.carrier, b.payload) for b in one.blocks if b.carrier not in touched] for one in (layout, now)]
    if sorted(kept[0]) != sorted(kept[1]):
        raise ContainerError("writing would have changed other metadata, so nothing was written")
    if len(now.problems) > len(layout.problems):
        raise ContainerError(
            f"the written file would be broken ({now.problems[-1].message}), so nothing was written"
        )
