"""XMP packets (ISO 16684-1): a bounded reader for RDF/XML; the writer is `xmp_packet`.

Properties are keyed by namespace URI, under the prefix usual for it. Struct members are flattened
(`plus:Licensor/plus:LicensorURL`), arrays are lists, language alternatives `{lang: text}` when more than
x-default is there. Document types and entities are refused before anything is expanded.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.parsers import expat

from creditline.model.errors import CarrierError, LimitError
from creditline.model.picture import Problem
from creditline.model.reading import Property
from creditline.vocab.namespaces import PREFIX_OF, URI_OF, XML

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creditline.model.reading import Value

MAX_BYTES = 32 * 1024 * 1024
"""Extended XMP carries depth maps and previews of several MB; nothing seen comes near this."""
MAX_DEPTH = 64
"""The deepest schema in use (ranges in nested camera profiles) stays under 20."""
MAX_NODES = 200_000
"""Elements and attributes: edit histories reach some ten thousand; 100,000 elements cost about 40 MB."""
MAX_NAME = 256
MAX_PATH = 1_024
MAX_KEYS = 20_000
"""Flattened keys repeat their path: these three keep their sum near the packet's own size."""

DECLARED_WITHIN = 1_024
"""Characters in which an XML declaration is sought: it stands before the first element."""

_DECLARATION = r"<\?xml\s[^>]{0,200}\?>"
_CONTROL = "[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
_PADDING = "\0 \t\r\n\ufeff"
_ARRAYS = ("rdf:Bag", "rdf:Seq", "rdf:Alt")


class Node:
    """An XML element; `name` and attribute names are `prefix:local` by namespace URI.

    `texts` are empty where there are children: in XMP what stands between elements is white space.
    """

    __slots__ = ("attributes", "children", "name", "texts")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Node] = []
        self.texts: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self.texts)


class _Found:
    """Values under one key while they are gathered."""

    __slots__ = ("array", "languages", "texts")

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.languages: dict[str, str] | None = None
        self.array = False

    def value(self) -> Value:
        if self.languages and len(self.texts) == len(self.languages):
            return self.texts[0] if self.languages.keys() == {"x-default"} else dict(self.languages)
        return self.texts[0] if len(self.texts) == 1 and not self.array else list(self.texts)


def read(payload: bytes) -> tuple[Property, ...]:
    """The packet's properties in document order, carrier `xmp`.

    CarrierError for XML that is not well formed, has a document type (code `xml_dtd`), is no RDF or no known
    encoding; LimitError past a cap.
    """
    properties, problems = read_with_problems(payload)
    if problems:
        raise CarrierError(problems[0].message, code=problems[0].code)
    return properties


def read_with_problems(payload: bytes) -> tuple[tuple[Property, ...], tuple[Problem, ...]]:
    """As `read`, but text outside UTF-8 or with control characters is read as Windows-1252
    and spaces, and that is said."""
    if len(payload) > MAX_BYTES:
        raise LimitError(f"The XMP packet is larger than {MAX_BYTES} bytes.")
    text, problems = _decode(payload)
    text = _document(text)
    try:
        root = _tree(text)
    except CarrierError as error:
        if error.code != "xml_malformed" or not re.search(_CONTROL, text):
            raise
        root = _tree(re.sub(_CONTROL, " ", text))
        message = "The XMP packet holds characters that XML forbids; they were read as spaces."
        problems += (Problem("xmp_control", message, "xmp"),)
    found: dict[str, Value] = {}
    roots = list(_descriptions(root))
    if not roots and root.name not in ("x:xmpmeta", "x:xapmeta"):
        raise CarrierError("The XMP packet holds no rdf:RDF element.", code="xmp_no_rdf")
    for rdf in roots:
        for description in rdf.children:
            for key, value in _description(description).items():
                # ISO 16684-1 forbids a property twice; readers agree on the first that says anything.
                if not found.get(key):
                    found[key] = value
        if len(found) > MAX_KEYS:
            raise LimitError(f"The XMP packet has more than {MAX_KEYS} properties.")
    return tuple(Property("xmp", key, value) for key, value in found.items()), problems


def tree(payload: bytes, *, tolerant: bool = False) -> tuple[Node, dict[str, str]]:
    """The packet's root element, and the URI of each prefix in its names that is not the usual one of its URI.

    Raises as `read` does, or, if `tolerant`, as `read_with_problems`; CarrierError also for a literal
    (rdf:parseType="Literal"), whose text lies between elements, and for one prefix that stands for two URIs.
    """
    if len(payload) > MAX_BYTES:
        raise LimitError(f"The XMP packet is larger than {MAX_BYTES} bytes.")
    text, problems = _decode(payload)
    if problems and not tolerant:
        raise CarrierError(problems[0].message, code=problems[0].code)
    text = _document(text)
    builder = _Builder()
    root = _tree(re.sub(_CONTROL, " ", text) if tolerant else text, builder)
    uris: dict[str, str] = {}
    for raw, name in builder.names.items():
        uri = _parts(raw)[0]
        prefix = name.rpartition(":")[0]
        if uri and uri != XML and uris.setdefault(prefix, uri) != uri and PREFIX_OF.get(uri) != prefix:
            raise CarrierError(f"The XMP packet uses the prefix {prefix} for two namespaces.", code="xmp_prefix")
    if builder.literal:
        raise CarrierError("The XMP packet holds XML that is no property.", code="xmp_literal")
    return root, {prefix: uri for prefix, uri in uris.items() if URI_OF.get(prefix) != uri}


def _decode(payload: bytes) -> tuple[str, tuple[Problem, ...]]:
    """Text by byte order mark, else by the NULs beside the first `<` (XML 1.0 appendix F)."""
    encoding, start = _encoding(payload)
    width = int(encoding[4:6]) // 8 if encoding != "utf-8-sig" else 1
    end = len(payload) - (len(payload) - start) % width
    try:
        return payload[start:end].decode(encoding), ()
    except UnicodeDecodeError:
        if width > 1:
            raise CarrierError(f"The XMP packet is not valid {encoding.upper()}.", code="xmp_encoding") from None
    message = "The XMP packet is not valid UTF-8; it was read as Windows-1252."
    return payload.decode("cp1252", "replace"), (Problem("xmp_encoding", message, "xmp"),)


def _encoding(payload: bytes) -> tuple[str, int]:
    """The codec and the offset at which to start with it."""
    if payload[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        return "utf-32", 0
    if payload[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16", 0
    first = payload.find(b"<")
    if first < 0 or payload[first + 1 : first + 2] != b"\0":
        return "utf-8-sig", 0
    width = 4 if payload[first + 1 : first + 4] == b"\0\0\0" else 2
    big = first % width == width - 1
    return f"utf-{width * 8}-{'be' if big else 'le'}", first - (width - 1 if big else 0)


def _document(text: str) -> str:
    """The XML without padding, without an XML declaration, and without what follows the last tag."""
    text = text.strip(_PADDING)
    start = text.find("<")
    if start < 0:
        raise CarrierError("The XMP packet holds no XML.", code="xml_malformed")
    text = text[start : text.rfind(">") + 1]
    # Some generators put the declaration behind the xpacket instruction, where XML does not allow it.
    found = re.search(_DECLARATION, text[:DECLARED_WITHIN])
    return text if found is None else text[: found.start()] + text[found.end() :]


class _Builder:
    """Expat handlers that build the tree and keep to the caps; `top` stands above the root."""

    def __init__(self) -> None:
        self.top = Node("", {})
        self.open = [self.top]
        self.left = MAX_NODES
        self.names: dict[str, str] = {}
        self.literal = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        opened, names = self.open, self.names
        self.left -= 1 + len(attributes)
        if len(opened) > MAX_DEPTH:
            raise LimitError(f"The XMP packet is nested deeper than {MAX_DEPTH} elements.")
        if self.left < 0:
            raise LimitError(f"The XMP packet has more than {MAX_NODES} elements and attributes.")
        if attributes:
            attributes = {names.get(key) or self.name(key): value for key, value in attributes.items()}
            self.literal = self.literal or attributes.get("rdf:parseType") == "Literal"
        node = Node(names.get(name) or self.name(name), attributes)
        opened[-1].children.append(node)
        opened.append(node)

    def end(self, _name: str) -> None:
        self.open.pop()

    def data(self, text: str) -> None:
        node = self.open[-1]
        if not node.children:  # what stands between elements is white space that nothing asks for
            node.texts.append(text)

    def name(self, raw: str) -> str:
        """A name's usual form; one of ordinary length is kept for the next packet, which will have it too."""
        known = _usual(raw) if len(raw) <= MAX_NAME else _usual.__wrapped__(raw)
        self.names[raw] = known
        return known


@lru_cache(maxsize=4_096)
def _usual(raw: str) -> str:
    """Expat's `uri local prefix` → `prefix:local`, the prefix being the usual one of that URI."""
    uri, local, packet_prefix = _parts(raw)
    prefix = PREFIX_OF.get(uri, packet_prefix)
    if uri not in PREFIX_OF and packet_prefix in URI_OF:
        # A foreign namespace under a known prefix must not pass for that vocabulary.
        prefix = f"{{{uri}}}"
    known = f"{prefix}:{local}" if prefix else local
    if len(known) > MAX_NAME:
        raise LimitError(f"The XMP packet has a name longer than {MAX_NAME} characters.")
    return known


def _parts(raw: str) -> tuple[str, str, str]:
    """Expat's name → (namespace URI, local name, the packet's own prefix); empty strings where there is none."""
    uri, _, rest = raw.partition(" ")
    if not rest:
        return "", raw, ""
    local, _, prefix = rest.partition(" ")
    return uri, local, prefix


def _refuse(*_: object) -> int:
    raise CarrierError("The XMP packet declares a document type or an entity.", code="xml_dtd")


def _tree(text: str, builder: _Builder | None = None) -> Node:
    builder = builder or _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.namespace_prefixes = True
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        reason = expat.errors.messages.get(error.code, "it is not well formed")
        raise CarrierError(f"The XMP packet is broken XML: {reason}.", code="xml_malformed") from None
    except UnicodeEncodeError:
        raise CarrierError("The XMP packet holds characters that XML forbids.", code="xml_malformed") from None
    if not builder.top.children:
        raise CarrierError("The XMP packet holds no element.", code="xml_malformed")
    return builder.top.children[0]


def _descriptions(root: Node) -> Iterator[Node]:
    """Every outermost rdf:RDF, in document order."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.name == "rdf:RDF":
            yield node
        else:
            waiting += reversed(node.children)


def _is_property(name: str) -> bool:
    return not name.startswith(("rdf:", "xml:")) or name == "rdf:value"


def _description(node: Node) -> dict[str, Value]:
    gathered: dict[str, _Found] = {}
    _members(node, "", gathered)
    return {key: found.value() for key, found in gathered.items() if found.texts}


def _members(node: Node, path: str, into: dict[str, _Found]) -> None:
    """The properties of a description, a struct or a typed node, in attribute and element form."""
    for name, text in node.attributes.items():
        if _is_property(name):
            _add(path if name == "rdf:value" else _join(path, name), text, into)
    stated: set[str] = set()
    for child in node.children:
        # ISO 16684-1 forbids a property twice in one node too: of two that say something the first counts.
        if child.name in stated:
            continue
        if child.children or child.text.strip() or "rdf:resource" in child.attributes:
            stated.add(child.name)
        _value(child, path if child.name == "rdf:value" else _join(path, child.name), into)


def _join(path: str, name: str) -> str:
    joined = f"{path}/{name}" if path else name
    if len(joined) > MAX_PATH:
        raise LimitError(f"The XMP packet has a path longer than {MAX_PATH} characters.")
    return joined


def _add(path: str, text: str, into: dict[str, _Found], language: str | None = None) -> None:
    found = _found(path, into)
    found.texts.append(text)
    if language is not None:
        if found.languages is None:
            found.languages = {}
        found.languages.setdefault(language, text)


def _found(path: str, into: dict[str, _Found]) -> _Found:
    found = into.get(path)
    if found is None:
        if len(into) >= MAX_KEYS:
            raise LimitError(f"The XMP packet has more than {MAX_KEYS} properties.")
        found = into[path] = _Found()
    return found


def _value(node: Node, path: str, into: dict[str, _Found], language: str | None = None) -> None:
    """One property value or array item (ISO 16684-1 clause 7)."""
    if node.attributes.get("rdf:parseType") == "Resource":
        _members(node, path, into)
        return
    if not node.children:
        resource = node.attributes.get("rdf:resource")
        if resource is not None:
            _add(path, resource, into)
        if any(_is_property(name) for name in node.attributes):
            _members(node, path, into)
        elif resource is None:
            _add(path, node.text, into, language)
        return
    for child in node.children:
        if child.name in _ARRAYS:
            _array(child, path, into)
        elif child.name == "cc:Agent":
            # Creative Commons names a party by the title of an agent; that title is the value.
            for title in child.children:
                _value(title, path if title.name == "dc:title" else _join(path, title.name), into)
        else:
            _members(child, path, into)


def _array(node: Node, path: str, into: dict[str, _Found]) -> None:
    found = _found(path, into)
    alternative = node.name == "rdf:Alt"
    found.array = found.array or not alternative
    for item in node.children:
        language = item.attributes.get("xml:lang") if alternative else None
        _value(item, path, into, language.lower() if language == "X-DEFAULT" else language)
