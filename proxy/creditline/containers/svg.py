"""SVG: finds title, description, RDF, XMP and the C2PA manifest in the text, and swaps them as text.

A parser says where an element begins; the element itself stays text. Document types with declarations of their own
are refused before anything is expanded; one that only names its public definition, as many programs write it, is
passed over, and nothing is fetched.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from dataclasses import replace as replace_part
from typing import TYPE_CHECKING
from xml.parsers import expat

from creditline.containers import svg_blocks
from creditline.containers.splice import check
from creditline.containers.svg_blocks import Part, Scan
from creditline.containers.svg_text import Text, opened, size
from creditline.model.errors import ContainerError
from creditline.model.picture import Layout, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORMAT = "svg"
FORMATS = (FORMAT,)
CARRIERS = ("xmp", "c2pa", "svg_metadata")

MAX_BYTES = 64 << 20
"""Maps and scans traced to paths reach some ten MB."""
MAX_ELEMENTS = 1_000_000
"""A traced picture of ten MB holds some 100,000 elements; a million takes about a second."""
MAX_DEPTH = 1_000
"""Groups of drawing programs nest some twenty deep."""
MAX_PARTS = 200
"""Blocks and `metadata` elements; real files hold a handful."""
MAX_NAMESPACES = 100
MAX_ADDRESS = 1_000
"""Namespaces that a block takes from around it, and their length: each block repeats them. Real files name ten."""

SVG = "http://www.w3.org/2000/svg"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XMP = "adobe:ns:meta/"
WORKS = ("http://creativecommons.org/ns# Work", "http://web.resource.org/cc/ Work")
"""Creative Commons' RDF under its two addresses: of a drawing program, not of XMP."""

_XMP = ("x:xmpmeta", "rdf:RDF")
_KINDS = {
    (XMP, "xmpmeta"): "x:xmpmeta",
    (XMP, "xapmeta"): "x:xmpmeta",
    (RDF, "RDF"): "rdf:RDF",
    (svg_blocks.C2PA, "manifest"): "c2pa:manifest",
}
_TAG = re.compile(rb"<[^\s/>]+(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
_CUT = (
    expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
    expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
)


def find(data: bytes) -> Layout:
    """Blocks and size of an SVG, up to where it breaks; ContainerError only if its root is no `svg` element.

    `xmp` is a packet or RDF that is not Creative Commons' own; `svg_metadata` are the picture's title and
    description and that RDF, a block each. Payloads are UTF-8 and declare every namespace that they use. What was
    not seen before a file that breaks off is `unexamined`.
    """
    text = opened(data) if len(data) <= MAX_BYTES else None
    if text is None:
        code, why = ("limit", "is too large") if len(data) > MAX_BYTES else ("encoding", "has an unknown encoding")
        problem = Problem(code, f"the SVG {why} and was not read")
        return Layout(FORMAT, None, None, 1, carriers=CARRIERS, unexamined=CARRIERS, problems=(problem,))
    scan = _scanned(text)
    places = svg_blocks.offsets(scan, text)
    blocks = tuple(svg_blocks.block(part, text, places[part.start]) for part in scan.parts)
    seen = {block.carrier for block in blocks}
    width, height = size(scan.attributes)
    return Layout(
        format=FORMAT,
        width=width,
        height=height,
        frames=1,
        carriers=CARRIERS,
        segments=svg_blocks.segments(scan, places, len(data)),
        blocks=blocks,
        unexamined=tuple(carrier for carrier in CARRIERS if carrier not in seen) if scan.problems else (),
        problems=scan.problems,
    )


def replace(data: bytes, changes: Mapping[str, Sequence[bytes]]) -> bytes:
    """`data` with the named carriers holding exactly the given payloads; all other text stays as it is.

    Newcomers go into the first `metadata` element, or a new one; a title and a description to the front. Payloads
    of `svg_metadata` are one `title`, `desc` or `rdf:RDF` element each. ContainerError for a file that is not well
    formed or empties its own root, and for a payload that is not such XML, or not of that carrier.
    """
    check(changes, FORMAT, CARRIERS)
    text = opened(data) if len(data) <= MAX_BYTES else None
    scan = _scanned(text) if text is not None else None
    if text is None or scan is None or scan.problems:
        raise ContainerError("this SVG is broken or was not read, so nothing can be written into it")
    changes = {c: list(w) if c == "c2pa" else svg_blocks.trimmed(w) for c, w in changes.items()}
    written = svg_blocks.spliced(text, scan, changes)
    if written == text.utf8:
        return data
    again = _scanned(Text(written, text.codec, text.mark))
    held = {carrier: [svg_blocks.payload(part, written) for part in again.of(carrier)] for carrier in changes}
    out = text.file(written)
    if again.problems or out is None or any(held[carrier] != wanted for carrier, wanted in changes.items()):
        raise ContainerError(
            "these payloads cannot stand in this SVG",
            next_step="Give well-formed XML in UTF-8 that declares its namespaces.",
        )
    return out


def _scanned(text: Text) -> Scan:
    """The parts of a text. ContainerError if its root is no `svg` element."""
    scanner = _Scanner(text.utf8)
    problems: tuple[Problem, ...] = ()
    try:
        scanner.parser.Parse(text.utf8, True)
    except expat.ExpatError as error:
        cut = error.code in _CUT
        reason = expat.errors.messages.get(error.code, "it is not well formed")
        problems = (Problem("truncated" if cut else "container_broken", f"the SVG is broken XML: {reason}"),)
    except _RefusedError as refusal:
        problems = (refusal.problem,)
    if not scanner.begun:
        message, code = (problems[0].message, problems[0].code) if problems else ("the SVG is empty", None)
        raise ContainerError(message, code=code)
    return scanner.result(problems)


class _RefusedError(Exception):
    """Ends the parse from within a handler."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(code, message)


@dataclass(slots=True)
class _Capture:
    """An element that is being read: where it began, which namespaces it takes from around it, its text."""

    carrier: str
    kind: str
    start: int
    element: int
    depth: int
    wrapped: bool
    closed: int | None
    needed: dict[str, str] = field(default_factory=dict)
    own: Counter[str] = field(default_factory=Counter)
    texts: list[str] = field(default_factory=list)
    works: bool = False

    def part(self, end: int, problem: Problem | None = None) -> Part:
        works = self.kind == "rdf:RDF" and self.works and not self.wrapped
        carrier = "svg_metadata" if works else self.carrier
        text = "".join(self.texts)
        needed = tuple(sorted(self.needed.items()))
        return Part(carrier, self.kind, self.start, end, self.element, needed, text, problem)

    def uses(self, name: str, *, element: bool) -> None:
        """Notes a namespace that a name in this element takes from outside of it."""
        uri, local, prefix = _split(name)
        if uri and (prefix or element) and prefix != "xml" and not self.own[prefix]:
            self.needed[prefix] = uri
            if len(self.needed) > MAX_NAMESPACES or len(uri) > MAX_ADDRESS:
                raise _RefusedError("limit", "the SVG uses more namespaces, or longer ones, than are read")
        if element and self.kind == "rdf:RDF" and f"{uri} {local}" in WORKS:
            self.works = True


class _Scanner:
    """Expat handlers that note places in the text and keep to the caps."""

    def __init__(self, utf8: bytes) -> None:
        self.utf8 = utf8
        self.parser = parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.StartNamespaceDeclHandler = self.declare
        parser.EndNamespaceDeclHandler = self.undeclare
        parser.ProcessingInstructionHandler = self.instruction
        parser.StartDoctypeDeclHandler = self.doctype
        parser.EntityDeclHandler = _refuse
        parser.CharacterDataHandler = self.characters
        self.begun = False
        self.body: int | None = None
        self.prefix = ""
        self.attributes: dict[str, str] = {}
        self.scope: dict[str, str] = {}
        self.depth = 0
        self.elements = 0
        self.pending: dict[str, str] = {}
        self.parts: list[Part] = []
        self.metadata: list[int] = []
        self.open_metadata = False
        self.capture: _Capture | None = None
        self.packet: tuple[int, int] | None = None
        self.wrapped = False

    def result(self, problems: tuple[Problem, ...]) -> Scan:
        if self.capture is not None:
            problem = Problem("truncated", f"the element {self.capture.kind} has no end", self.capture.carrier)
            self.parts.append(self.capture.part(len(self.utf8), problem))
        return Scan(
            self.body,
            self.prefix,
            self.attributes,
            self.scope,
            tuple(self.parts),
            tuple(self.metadata),
            problems,
        )

    def declare(self, prefix: str | None, uri: str | None) -> None:
        self.pending[prefix or ""] = uri or ""

    def undeclare(self, prefix: str | None) -> None:
        if self.capture is not None:
            self.capture.own[prefix or ""] -= 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.count()
        if not self.begun:
            self.begin(name, attributes)
        elif self.capture is None:
            self.consider(name)
        if self.capture is not None:
            self.capture.own.update(self.pending.keys())
            self.capture.uses(name, element=True)
            for attribute in attributes:
                self.capture.uses(attribute, element=False)
        if self.pending:
            self.pending = {}

    def count(self) -> None:
        self.elements += 1
        if self.depth > MAX_DEPTH or self.elements > MAX_ELEMENTS:
            raise _RefusedError("limit", "the SVG has more elements, or deeper ones, than are read")

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        uri, local, self.prefix = _split(name)
        if local != "svg" or uri not in {"", SVG}:
            raise _RefusedError("container_broken", "the root of the document is no svg element")
        self.begun = True
        self.attributes = attributes
        self.scope = dict(self.pending)
        end, empty = self.tag()
        self.body = None if empty else end

    def tag(self) -> tuple[int, bool]:
        """Where the tag at the parser's place ends, and whether it closes itself."""
        tag = _TAG.match(self.utf8, self.parser.CurrentByteIndex)
        return (tag.end(), tag[0].endswith(b"/>")) if tag is not None else (len(self.utf8), True)

    def consider(self, name: str) -> None:
        """Begins a capture if the element is a block."""
        uri, local, _ = _split(name)
        outer = self.depth == 2 and uri in {"", SVG}
        if outer and local == "metadata":
            self.open_metadata = not self.tag()[1]
        kind = "" if uri in {"", SVG} else _KINDS.get((uri, local), "")
        if outer and local in {"title", "desc"}:
            kind = local
        if not kind:
            return
        if len(self.parts) >= MAX_PARTS:
            raise _RefusedError("limit", f"the SVG has more than {MAX_PARTS} metadata elements")
        at = self.parser.CurrentByteIndex
        end, empty = self.tag()
        start, packet = at, self.packet
        wrapped = packet is not None and kind in _XMP and not self.utf8[packet[1] : at].strip()
        if wrapped and packet is not None:
            start = packet[0]
        carrier = "xmp" if kind in _XMP else "c2pa" if kind == "c2pa:manifest" else "svg_metadata"
        self.capture = _Capture(carrier, kind, start, at, self.depth, wrapped, end if empty else None)

    def end(self, _name: str) -> None:
        # For an element that closes itself the parser is already behind it.
        at = self.parser.CurrentByteIndex
        if self.capture is not None and self.capture.depth == self.depth:
            closed = self.capture.closed
            self.parts.append(self.capture.part(self.utf8.index(b">", at) + 1 if closed is None else closed))
            self.wrapped = self.capture.wrapped
            self.capture = None
            self.packet = None
        elif self.depth == 2 and self.open_metadata:
            self.open_metadata = False
            if len(self.metadata) < MAX_PARTS:
                self.metadata.append(at)
        self.depth -= 1

    def characters(self, text: str) -> None:
        if self.capture is not None and self.capture.carrier == "c2pa":
            self.capture.texts.append(text)

    def instruction(self, target: str, text: str) -> None:
        """The wrapper of an XMP packet (ISO 16684-1, 7.3.2) belongs to the block."""
        self.count()
        if target != "xpacket" or self.capture is not None:
            return
        at = self.parser.CurrentByteIndex
        end = self.utf8.index(b"?>", at) + 2
        if text.startswith("begin"):
            self.packet = (at, end)
        elif self.wrapped:
            last = self.parts[-1]
            if not self.utf8[last.end : at].strip():
                self.parts[-1] = replace_part(last, end=end)
        self.wrapped = False

    def doctype(self, _name: str, _system: str | None, _public: str | None, has_internal_subset: bool) -> None:
        if has_internal_subset:
            _refuse()


def _refuse(*_: object) -> None:
    raise _RefusedError("xml_dtd", "the SVG declares entities or a document type of its own and was not read")


def _split(raw: str) -> tuple[str, str, str]:
    """Expat's name → (namespace URI, local name, prefix); empty strings where there is none."""
    uri, _, rest = raw.partition(" ")
    if not rest:
        return "", raw, ""
    local, _, prefix = rest.partition(" ")
    return uri, local, prefix
