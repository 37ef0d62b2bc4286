"""One size of several: a loss that a larger copy of the upload does not show is that size's own (contract §4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from creditline.analysis.compare import field_presence
from creditline.model.picture import Presence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from creditline.model.audit import Audit, FieldOutcome
    from creditline.model.reading import Inspection


def narrow(audit: Audit, larger: Sequence[tuple[str, Inspection]]) -> Audit:
    """The audit with `lost_between` narrowed to two served sizes where a larger copy still has the field.

    `larger` are (variant name, reading) of larger copies, the nearest in size first.
    """
    if audit.served is None or not larger:
        return audit
    return replace(audit, fields=tuple(_narrow(item, audit.served.variant, larger) for item in audit.fields))


def _narrow(item: FieldOutcome, own: str | None, larger: Sequence[tuple[str, Inspection]]) -> FieldOutcome:
    if item.outcome != "removed" or item.lost_between is None or item.lost_between[1] != "served":
        return item
    for name, reading in larger:
        if field_presence(reading, item.id) is Presence.PRESENT:
            return replace(item, lost_between=(f"served:{name}", f"served:{own}"))
    return item
