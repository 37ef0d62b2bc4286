"""The metadata elements of an SVG as blocks, and the text with other ones in their place."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from creditline.containers.splice import Found, Plan, place, render
from creditline.model.errors import ContainerError
from creditline.model.picture import Block, Problem, Segment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from creditline.containers.svg_text import Text

C2PA = "http://c2pa.org/manifest"
"""Namespace of the element that holds the manifest store in base64 (C2PA 2.x, embedding in SVG)."""

_KIND = re.compile(rb"<(?:[\w.-]+:)?(title|desc|RDF)[\s/>]")
_LEAD = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml\s[^>]{0,200}\?>\s*)?")
_RANKS = {"title": 0, "desc": 1, "rdf:RDF": 2, "xmp": 3, "c2pa": 4}
"""Order of newcomers that go to the same place."""


@dataclass(frozen=True, slots=True)
class Part:
    """A metadata element in the text: from `start` to `end`, packet wrapper included; its tag stands at `element`.

    `needed` are prefixes that it uses and something around it declares; `text` what it holds as text.
    """

    carrier: str
    kind: str
    start: int
    end: int
    element: int
    needed: tuple[tuple[str, str], ...] = ()
    text: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found in a text; `body` is where the root's content begins, None if its tag closes itself.

    `prefix` is the root's, `scope` the namespaces that it declares, `metadata` where each `metadata` element's
    content ends.
    """

    body: int | None
    prefix: str
    attributes: Mapping[str, str]
    scope: Mapping[str, str]
    parts: tuple[Part, ...]
    metadata: tuple[int, ...]
    problems: tuple[Problem, ...]

    def of(self, carrier: str) -> list[Part]:
        """The parts of one carrier."""
        return [part for part in self.parts if part.carrier == carrier]


def offsets(scan: Scan, text: Text) -> dict[int, int]:
    """Where in the file each part begins and ends."""
    return text.offsets([at for part in scan.parts for at in (part.start, part.end)])


def block(part: Part, text: Text, offset: int) -> Block:
    """A part, which stands at `offset` of the file, as its reader takes it."""
    location = f"{part.kind}@{offset}"
    if part.problem is not None:
        return Block(part.carrier, location, text.utf8[part.start : part.end], part.problem)
    held = payload(part, text.utf8)
    if held is None:
        return Block("c2pa", location, b"", Problem("carrier_broken", "the C2PA manifest is no base64", "c2pa"))
    return Block(part.carrier, location, held)


def payload(part: Part, utf8: bytes) -> bytes | None:
    """The manifest store, or the element as XML that stands by itself; None for a store that is no base64."""
    if part.carrier == "c2pa":
        try:
            return base64.b64decode("".join(part.text.split()), validate=True)
        except (binascii.Error, ValueError):
            return None
    declared = "".join(f' xmlns{":" if p else ""}{p}="{_quoted(uri)}"' for p, uri in part.needed)
    name = re.compile(rb"<[^\s/>]+").match(utf8, part.element)
    at = name.end() if name else part.element
    return b"".join((utf8[part.start : at], declared.encode(), utf8[at : part.end]))


def _quoted(uri: str) -> str:
    return uri.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def segments(scan: Scan, places: Mapping[int, int], total: int) -> tuple[Segment, ...]:
    """Every byte of the file in exactly one segment: metadata elements, and `text` around them.

    `places` are their offsets in the file.
    """
    found: list[Segment] = []
    pos = 0
    for part in scan.parts:
        start, end = places[part.start], places[part.end]
        if start > pos:
            found.append(Segment("text", pos, start - pos))
        found.append(Segment(part.kind, start, end - start))
        pos = end
    if pos < total:
        found.append(Segment("text", pos, total - pos))
    return tuple(found)


def trimmed(wanted: Sequence[bytes]) -> list[bytes]:
    """Payloads without the white space, padding and XML declaration that cannot stand inside a document."""
    return [_LEAD.sub(b"", one.strip(b" \t\r\n\0"), count=1) for one in wanted]


def spliced(text: Text, scan: Scan, changes: Mapping[str, Sequence[bytes]]) -> bytes:
    """The text with the carriers holding these payloads. ContainerError if there is no place for one."""
    writer = _Splicer(text.utf8, scan)
    plan = Plan()
    for carrier, wanted in changes.items():
        if carrier == "svg_metadata":
            kinds = [(_kind(one), one) for one in wanted]
            for kind in ("title", "desc", "rdf:RDF"):
                plan |= writer.plan(carrier, kind, [one for mine, one in kinds if mine == kind])
        else:
            plan |= writer.plan(carrier, carrier, wanted)
    return render(text.utf8, writer.spans, plan)


def _kind(element: bytes) -> str:
    match = _KIND.match(element)
    if match is None:
        raise ContainerError("a payload of svg_metadata is one title, desc or rdf:RDF element")
    return "rdf:RDF" if match[1] == b"RDF" else match[1].decode()


class _Splicer:
    """The text cut at every part and every place for a newcomer."""

    def __init__(self, utf8: bytes, scan: Scan) -> None:
        self.utf8 = utf8
        self.scan = scan
        fronts = [part.end for part in scan.parts if part.kind in {"title", "desc"}]
        titles = [part.end for part in scan.parts if part.kind == "title"]
        self.places = {
            "title": scan.body,
            "desc": titles[-1] if titles else scan.body,
            "front": fronts[-1] if fronts else scan.body,
            "metadata": scan.metadata[0] if scan.metadata else None,
        }
        cuts = {0, len(utf8), *(place for place in self.places.values() if place is not None)}
        cuts |= {at for part in scan.parts for at in (part.start, part.end)}
        ordered = sorted(cuts)
        self.spans = list(pairwise(ordered))
        self.units = {cut: number for number, cut in enumerate(ordered)}

    def plan(self, carrier: str, kind: str, wanted: Sequence[bytes]) -> Plan:
        """The edits for one carrier, or for one kind of element in it."""
        mine = [part for part in self.scan.of(carrier) if carrier != "svg_metadata" or part.kind == kind]
        found = [
            Found(
                Block(part.carrier, "", payload(part, self.utf8) or b"", part.problem), (self.units[part.start],)
            )
            for part in mine
        ]
        at, wrapped = self.places.get(kind), False
        if kind not in self.places:
            at = self.places["metadata"]
            wrapped = at is None and not mine
            at = self.places["front"] if at is None else at
        if at is None and len(wanted) > len(found):
            raise ContainerError("the root of this SVG holds nothing, so nothing can be put into it")
        return place(found, wanted, self.writer(carrier, wrapped), before=self.units[at or 0], rank=_RANKS[kind])

    def writer(self, carrier: str, wrapped: bool) -> Callable[[bytes], bytes]:
        """Writes a payload of the carrier, in a `metadata` element of its own if `wrapped`."""
        name = f"{self.scan.prefix}:metadata" if self.scan.prefix else "metadata"

        def write(held: bytes) -> bytes:
            element = self.manifest(held) if carrier == "c2pa" else held
            return b"<%b>%b</%b>" % (name.encode(), element, name.encode()) if wrapped else element

        return write

    def manifest(self, store: bytes) -> bytes:
        declared = "" if self.scan.scope.get("c2pa") == C2PA else f' xmlns:c2pa="{C2PA}"'
        return b"<c2pa:manifest%b>%b</c2pa:manifest>" % (declared.encode(), base64.b64encode(store))
