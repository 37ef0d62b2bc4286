"""One size of several: a loss that a larger copy of the upload does not show is that size's own (contract §4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from creditline.analysis.compare import declared, field_presence
from creditline.model.picture import Presence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from creditline.model.audit import Audit, Change, FieldOutcome
    from creditline.model.reading import Inspection


def narrow(audit: Audit, larger: Sequence[tuple[str, Inspection]]) -> Audit:
    """The audit with `lost_between` narrowed to two served sizes where a larger copy still has the field.

    `larger` are (variant name, reading) of larger copies, the nearest in size first.
    """
    own = audit.served.variant if audit.served is not None else None
    if own is None or not larger:
        return audit

    def of_change(change: Change, name: str) -> Change:
        pair = _pair(change, own, larger, lambda reading: declared(reading, name))
        return replace(change, lost_between=pair)

    return replace(
        audit,
        fields=tuple(_narrow(item, own, larger) for item in audit.fields),
        c2pa=of_change(audit.c2pa, "c2pa"),
        ai=of_change(audit.ai, "ai"),
        consent=of_change(audit.consent, "consent"),
    )


def _narrow(item: FieldOutcome, own: str, larger: Sequence[tuple[str, Inspection]]) -> FieldOutcome:
    has = lambda reading: field_presence(reading, item.id) is Presence.PRESENT  # noqa: E731 - one use
    return replace(item, lost_between=_pair(item, own, larger, has))


def _pair(
    item: FieldOutcome | Change,
    own: str,
    larger: Sequence[tuple[str, Inspection]],
    has: Callable[[Inspection], bool],
) -> tuple[str, str] | None:
    pair = item.lost_between
    if item.outcome != "removed" or pair is None or pair[1] != "served":
        return pair
    return next(((f"served:{name}", f"served:{own}") for name, reading in larger if has(reading)), pair)
