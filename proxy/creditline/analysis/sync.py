"""Whether Exif, XMP and IPTC say the same of a picture (Metadata Working Group 2.0, chapter 5).

Programs that know one of them leave the others as they were; whoever reads another then reads what is out of date.
Which value counts is `cmi.resolve`'s business; this only says where they are apart.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from creditline.model.reading import Difference, Sync
from creditline.vocab.fields import BY_ID, IIM_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from creditline.model.reading import Field, Value

CARRIERS = ("exif", "xmp", "iptc")
"""The three that MWG reconciles."""
SINGLE = frozenset({"identifier"})
"""Fields whose places hold different things by design, so that they have nothing to agree on."""


def sync(fields: Sequence[Field], iim_in_sync: bool | None) -> Sync:
    """The fields that stand in two or more of Exif, XMP and IPTC, and those whose values differ.

    A date may be more precise in one place; white space, the order of names and the way characters are composed do
    not count. `iim_in_sync` is whether the IIM digest fits.
    """
    grouped: dict[str, dict[str, Field]] = {}
    for item in fields:
        if item.carrier in CARRIERS and item.id not in SINGLE:
            grouped.setdefault(item.id, {}).setdefault(item.carrier, item)
    compared = {name: found for name, found in grouped.items() if len(found) > 1}
    differences = []
    for name, found in compared.items():
        state = _state(list(found.values()), date=BY_ID[name].date)
        if state is not None:
            values = tuple((carrier, found[carrier].value) for carrier in CARRIERS if carrier in found)
            differences.append(Difference(name, state, values))
    digest = None if iim_in_sync is None else "fits" if iim_in_sync else "differs"
    return Sync(digest, tuple(compared), tuple(differences))


def _state(found: list[Field], *, date: bool) -> str | None:
    """`differs`, `cut`, or None where all say the same."""
    worst = None
    for number, one in enumerate(found):
        for other in found[number + 1 :]:
            a, b = _texts(one.value), _texts(other.value)
            if a == b or (date and _same_moment(a, b)):
                continue
            if not (_cut(one, a, b) or _cut(other, b, a)):
                return "differs"
            worst = "cut"
    return worst


def _texts(value: Value) -> list[str]:
    """Comparable texts: x-default of language alternatives, lists in one order."""
    if isinstance(value, dict):
        value = value.get("x-default") or next(iter(value.values()), "")
    texts = [value] if isinstance(value, str) else value
    return sorted(unicodedata.normalize("NFC", " ".join(text.split())) for text in texts)


def _same_moment(a: list[str], b: list[str]) -> bool:
    one, other = (texts[0] if texts else "" for texts in (a, b))
    return one.startswith(other) or other.startswith(one)


def _cut(short: Field, a: list[str], b: list[str]) -> bool:
    """Whether `short`, an IIM dataset, holds the other's texts up to its limit in bytes."""
    limit = IIM_BYTES.get(short.key) if short.carrier == "iptc" else None
    if limit is None or len(a) != len(b):
        return False
    return all(
        x == y or (x and y.startswith(x) and len(y.encode()) > limit and limit - len(x.encode()) < 4)
        for x, y in zip(a, b, strict=True)
    )
