"""Puts datasets into IIM records that may hold others already, and keeps those as they are (IPTC-IIM 4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.metadata import iptc_iim
from creditline.metadata.iptc_iim import UTF8, dataset
from creditline.model.errors import CarrierError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def merged(payload: bytes | None, added: Mapping[str, Sequence[str]]) -> bytes:
    """The records with `added` (`record:dataset` → texts), each in place of what stood under its key.

    Text is written as UTF-8, as 1:90 then says; what was there in another code is converted with it (MWG 2.0, 5.3).
    New datasets of a record stand behind its others, in the order of their numbers. CarrierError for records that
    break off.
    """
    if payload is None:
        return iptc_iim.encode(dict(sorted((key, list(texts)) for key, texts in added.items())))
    datasets, problem = iptc_iim.split(payload)
    if problem is not None:
        raise CarrierError(problem.message, code=problem.code)
    said = any(one.key == "1:090" and one.data == UTF8 for one in datasets)
    utf8 = all(iptc_iim.is_utf8(one.data) for one in datasets if iptc_iim.is_text(one.key))
    kept: dict[int, list[tuple[str, bytes]]] = {}
    for key, data in datasets:
        if key not in added and key != "1:090":
            same = utf8 or not iptc_iim.is_text(key)
            text = data if same else iptc_iim.decoded(data, utf8=said).encode()
            kept.setdefault(int(key.partition(":")[0]), []).append((key, text))
    for key in sorted(added):
        group = kept.setdefault(int(key.partition(":")[0]), [])
        group += [(key, text.encode()) for text in added[key]]
    kept.setdefault(1, []).insert(0, ("1:090", UTF8))
    if not any(key == "2:000" for key, _ in kept.get(2, ())):
        kept.setdefault(2, []).insert(0, ("2:000", b"\0\x04"))
    return b"".join(_dataset(key, data) for number in sorted(kept) for key, data in kept[number])


def _dataset(key: str, data: bytes) -> bytes:
    number, _, one = key.partition(":")
    return dataset(int(number), int(one), data)
