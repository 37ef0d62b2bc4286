"""Writes a fresh XMP packet (ISO 16684-1) from flattened properties; it never edits an existing one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from creditline.model.errors import UsageError
from creditline.vocab.namespaces import ALT, BAG, SEQ, URI_OF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creditline.model.reading import Value

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def packet(properties: Mapping[str, Value]) -> bytes:
    """A fresh UTF-8 packet, which reads back as the same properties.

    Keys are as the reader gives them; members of one struct stand under `struct/member`, with lists of equal
    length for several structs. UsageError for an unknown prefix, a deeper path, uneven lists or control
    characters.
    """
    structs: dict[str, dict[str, Value]] = {}
    body: list[str] = []
    for key, value in properties.items():
        name, _, member = key.partition("/")
        if member:
            structs.setdefault(name, {})[member] = value
        else:
            body.append(_element(key, _content(key, value)))
    body += [_element(name, _structs(name, members)) for name, members in structs.items()]
    used = sorted({prefix for key in properties for prefix in re.findall(r"([^/:]+):", key)} - {"xml"})
    unknown = [prefix for prefix in used if prefix not in URI_OF]
    if unknown:
        raise UsageError(f"XMP prefix {unknown[0]!r} has no namespace here.")
    declared = " ".join(f'xmlns:{p}="{URI_OF[p]}"' for p in used)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        f'<x:xmpmeta xmlns:x="{URI_OF["x"]}"><rdf:RDF xmlns:rdf="{URI_OF["rdf"]}">'
        f'<rdf:Description rdf:about="" {declared}>{"".join(body)}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
    ).encode()


def _element(name: str, content: str) -> str:
    if not re.fullmatch(r"[\w.-]+:[\w.-]+", name):
        raise UsageError(f"{name!r} is no XMP property name.")
    return f"<{name}>{content}</{name}>"


def _text(text: str) -> str:
    if _ILLEGAL.search(text):
        raise UsageError("XMP cannot hold control characters.")
    return escaped(text)


def escaped(text: str) -> str:
    """Text as it stands in an element or between double quotes, so that it reads back the same."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return text.replace("\r", "&#13;")


def _content(key: str, value: Value) -> str:
    if isinstance(value, dict) or (key in ALT and isinstance(value, str)):
        languages = value if isinstance(value, dict) else {"x-default": value}
        items = "".join(
            f'<rdf:li xml:lang="{escaped(lang)}">{_text(text)}</rdf:li>' for lang, text in languages.items()
        )
        return f"<rdf:Alt>{items}</rdf:Alt>"
    if isinstance(value, list) or key in SEQ or key in BAG:
        kind = "rdf:Seq" if key in SEQ else "rdf:Bag"
        items = "".join(f"<rdf:li>{_text(t)}</rdf:li>" for t in (value if isinstance(value, list) else [value]))
        return f"<{kind}>{items}</{kind}>"
    return _text(value)


def _structs(name: str, members: dict[str, Value]) -> str:
    """One struct, or an array of them: member lists are read side by side."""
    if any("/" in member for member in members):
        raise UsageError(f"{name}: structs inside structs cannot be written.")
    inner = {m for m in members if f"{name}/{m}" in SEQ | BAG}
    counts = {len(v) for m, v in members.items() if isinstance(v, list) and m not in inner}
    if len(counts) > 1:
        raise UsageError(f"{name}: its members hold different numbers of values.")
    items = []
    for position in range(counts.pop() if counts else 1):
        fields = []
        for member, value in members.items():
            single = value[position] if isinstance(value, list) and member not in inner else value
            fields.append(_element(member, _content(f"{name}/{member}", single)))
        items.append("".join(fields))
    if len(items) == 1 and name not in SEQ | BAG:
        return f"<rdf:Description>{items[0]}</rdf:Description>"
    kind = "rdf:Seq" if name in SEQ else "rdf:Bag"
    body = "".join(f'<rdf:li rdf:parseType="Resource">{item}</rdf:li>' for item in items)
    return f"<{kind}>{body}</{kind}>"
