"""Puts properties into an XMP packet that may hold others already, and loses none of those.

A packet is taken apart into its elements and written anew: unknown namespaces, structures, qualifiers and several
descriptions stay; prefixes become the usual ones, padding and comments go. What is no plain RDF is refused
(CarrierError), never half kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from creditline.metadata.xmp import Node, tree
from creditline.metadata.xmp_packet import escaped, packet
from creditline.model.errors import CarrierError
from creditline.vocab.namespaces import URI_OF

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from creditline.model.reading import Value

EXTENDED = "xmpNote:HasExtendedXMP"
"""Names the extension of a packet that is too long for its container (XMP specification part 3, 1.1.3.1)."""
_HISTORY, _SEQ, _ITEM = "xmpMM:History", "rdf:Seq", "rdf:li"
_DESCRIPTION = "rdf:Description"


class Elements(NamedTuple):
    """Top-level properties as elements, by key, and the URIs of prefixes that are not the usual ones."""

    nodes: Mapping[str, Node]
    uris: Mapping[str, str]


def elements(*payloads: bytes) -> Elements:
    """The top-level properties of packets, read as `xmp.read_with_problems` does; of one that stands twice the first
    that says anything.

    Raises:
        CarrierError, LimitError: a packet cannot be read whole.
    """
    found: dict[str, Node] = {}
    uris: dict[str, str] = {}
    for payload in payloads:
        root, names = tree(payload, tolerant=True)
        uris |= names
        for description in _descriptions(root):
            for key, text in description.attributes.items():
                if not key.startswith(("rdf:", "xml:", "xmlns")):
                    found.setdefault(key, _leaf(key, text))
            for child in description.children:
                if child.name not in found or _empty(found[child.name]):
                    found[child.name] = child
    return Elements(found, uris)


def made(properties: Mapping[str, Value]) -> Elements:
    """Elements that say `properties`, keyed as the reader gives them. UsageError as of `packet`."""
    return elements(packet(properties)) if properties else Elements({}, {})


def merged(
    payload: bytes | None,
    added: Sequence[Elements],
    *,
    history: Mapping[str, str] | None = None,
    dropped: Collection[str] = (),
) -> bytes:
    """The packet with `added` in it, each in place of a property of that name, and without `dropped`.

    `history` becomes one more item of `xmpMM:History`: members and their texts. None as `payload` makes a packet.

    Raises:
        CarrierError, LimitError: the packet that is there cannot be kept whole.
    """
    root, uris = tree(payload) if payload is not None else (_bare(), {})
    holders = _descriptions(root)
    if not holders:
        raise CarrierError("The XMP packet holds no rdf:RDF element.", code="xmp_no_rdf")
    incoming: dict[str, Node] = {}
    for one in added:
        for prefix, uri in one.uris.items():
            if uris.setdefault(prefix, uri) != uri:
                raise CarrierError(f"Two XMP packets use {prefix} for two namespaces.", code="xmp_prefix")
        incoming |= one.nodes
    gone = {*incoming, *dropped}
    for holder in holders:
        holder.attributes = {key: text for key, text in holder.attributes.items() if key not in gone}
        holder.children = [child for child in holder.children if child.name not in gone]
    target = next((one for one in holders if one.name == _DESCRIPTION), None)
    if target is None:
        raise CarrierError("The XMP packet holds no rdf:Description.", code="xmp_no_rdf")
    target.children += incoming.values()
    if history:
        _note(holders, target, history)
    return _written(root, uris)


def without(payload: bytes, names: Iterable[str]) -> bytes:
    """The packet without these top-level properties. Raises as `merged`."""
    return merged(payload, (), dropped=frozenset(names))


def _descriptions(root: Node) -> list[Node]:
    """The nodes inside every outermost rdf:RDF; in a packet without one, none."""
    waiting, found = [root], []
    while waiting:
        node = waiting.pop()
        if node.name == "rdf:RDF":
            if not node.children:
                node.children.append(Node(_DESCRIPTION, {"rdf:about": ""}))
            found += node.children
        else:
            waiting += reversed(node.children)
    return found


def _bare() -> Node:
    root, rdf = Node("x:xmpmeta", {}), Node("rdf:RDF", {})
    rdf.children.append(Node(_DESCRIPTION, {"rdf:about": ""}))
    root.children.append(rdf)
    return root


def _leaf(name: str, text: str) -> Node:
    node = Node(name, {})
    node.texts.append(text)
    return node


def _empty(node: Node) -> bool:
    return not (node.children or node.text.strip() or "rdf:resource" in node.attributes)


def _note(holders: Sequence[Node], target: Node, members: Mapping[str, str]) -> None:
    """One more item at the end of the history, which is made where there is none."""
    item = Node(_ITEM, {"rdf:parseType": "Resource"})
    item.children += [_leaf(name, text) for name, text in members.items()]
    history = next((child for one in holders for child in one.children if child.name == _HISTORY), None)
    if history is None:
        history = Node(_HISTORY, {})
        target.children.append(history)
    sequence = next((child for child in history.children if child.name == _SEQ), None)
    if sequence is None:
        if not _empty(history):
            raise CarrierError("The XMP packet's history is no sequence.", code="xmp_no_rdf")
        history.texts.clear()
        sequence = Node(_SEQ, {})
        history.children.append(sequence)
    sequence.children.append(item)


def _written(root: Node, uris: Mapping[str, str]) -> bytes:
    out: list[str] = []
    used: set[str] = set()
    names = _Names(uris)
    _write(root, out, used, names)
    spaces = "".join(f' xmlns:{names.short(p)}="{escaped(names.uri(p))}"' for p in sorted(used - {"xml", ""}))
    head, rest = out[0], out[1:]
    return (
        f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n{head}{spaces}{"".join(rest)}'
        '\n<?xpacket end="w"?>'
    ).encode()


class _Names:
    """Prefixes as they are written: `{uri}` stands for a namespace whose own prefix means another one."""

    def __init__(self, uris: Mapping[str, str]) -> None:
        self._uris = uris
        self._short: dict[str, str] = {}

    def short(self, prefix: str) -> str:
        if not prefix.startswith("{"):
            return prefix
        return self._short.setdefault(prefix, f"ns{len(self._short) + 1}")

    def uri(self, prefix: str) -> str:
        known = self._uris.get(prefix) or URI_OF.get(prefix)
        if known is None:
            raise CarrierError(f"The XMP packet has a name without a namespace: {prefix}.", code="xmp_prefix")
        return known

    def full(self, name: str, used: set[str]) -> str:
        prefix, _, local = name.rpartition(":")
        used.add(prefix)
        return f"{self.short(prefix)}:{local}" if prefix else local


def _write(node: Node, out: list[str], used: set[str], names: _Names) -> None:
    name = names.full(node.name, used)
    out.append(f"<{name}")
    for key, text in node.attributes.items():
        quoted = escaped(text).replace("\n", "&#10;").replace("\t", "&#9;")
        out.append(f' {names.full(key, used)}="{quoted}"')
    if not node.children and not node.text:
        out.append("/>")
        return
    out.append(">")
    if node.children:
        for child in node.children:
            _write(child, out, used, names)
    else:
        out.append(escaped(node.text))
    out.append(f"</{name}>")
