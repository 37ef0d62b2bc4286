"""Where generators' records stand, and when which reader is worth asking: no reader is imported for that."""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creditline.model.reading import Generation, Property

COMMENTS = frozenset({"ExifIFD:UserComment", "IFD0:UserComment", "exif:UserComment"})
"""Where JPEG and WebP writers put the record; some write UserComment into IFD0."""
STEALTH: Mapping[str, str] = {
    "stealth_pnginfo": "alpha",
    "stealth_pngcomp": "alpha",
    "stealth_rgbinfo": "rgb",
    "stealth_rgbcomp": "rgb",
}
"""Signature of a record hidden in the pixels, which is its key → where its bits lie."""
PLACES = COMMENTS | STEALTH.keys() | {"parameters", "comment"}
"""Keys that generators of every kind write to."""


def text_of(item: Property) -> str:
    """The property's text, a language alternative's first; empty for lists."""
    value = item.value
    if isinstance(value, dict):
        value = value.get("x-default") or next(iter(value.values()), "")
    return value if isinstance(value, str) else ""


class Reader:
    """One generator's reader by its module's name, imported for the first property that may hold its record.

    `keys` are all keys that it knows; None stands for every key that ends in `AIGC`, and `COMMENTS`. `needs` is a
    text that each of its records has in it somewhere, `marks` such a text for single keys; no record is longer
    than `longest` characters.
    """

    __slots__ = ("_module", "keys", "longest", "marks", "name", "needs")

    def __init__(
        self,
        name: str,
        keys: frozenset[str] | None,
        needs: str = "",
        marks: Mapping[str, str] = MappingProxyType({}),
        longest: int | None = None,
    ) -> None:
        self.name = name
        self.keys = keys
        self.needs = needs
        self.marks = marks
        self.longest = longest
        self._module: Any = None

    def recognises(self, item: Property) -> bool:
        """Whether the property holds a record of this generator."""
        text = text_of(item)
        if not text or self.marks.get(item.key, self.needs) not in text:
            return False
        if self.longest is not None and len(text.strip(" \t\r\n\0")) > self.longest:
            return False
        found: bool = self._loaded().recognises(item)
        return found

    def read(self, item: Property, others: tuple[Property, ...]) -> Generation | None:
        """The reading; None where the other properties show that the record is nobody's."""
        reading: Generation | None = self._loaded().read(item, others)
        return reading

    def _loaded(self) -> Any:
        if self._module is None:
            self._module = import_module(f"creditline.metadata.generators.{self.name}")
        return self._module
