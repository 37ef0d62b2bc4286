"""Verdicts anew for what was seen of a work before one more of its originals, or an account export, was known.

An import may come long after the upload. What was judged without the original, or against another one, is judged
again; the older verdicts stay beside the new ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.ledger import queries
from creditline.services.settle import settle

if TYPE_CHECKING:
    from creditline.ledger.index.interface import CandidateIndex
    from creditline.ledger.store import Ledger
    from creditline.model.observation import Observation

MOST = 200
"""Uploads and copies of one work that are judged again, the latest first: this runs between two exchanges."""


def rejudge(ledger: Ledger, index: CandidateIndex, work: str, site: str | None = None) -> list[str]:
    """Judge the uploads and served copies of a work again, each from its latest verdict; gives the new verdicts' ids.

    With `site` those that it saw.

    Raises:
        LedgerError: the ledger cannot be read or written.
    """
    seen = queries.observations(ledger, work=work, site=site, newest_first=True, limit=None)
    known = {item.id: item for item in seen}
    ids: list[str] = []
    recent = [item for item in seen if item.stage in {"uploaded", "served"} and item.sha256 is not None][:MOST]
    for item in reversed(recent):
        if item.stage == "uploaded":
            ids += settle(ledger, index, uploaded=item, served=None)
        else:
            uploaded, rule = _before(ledger, item, known)
            ids += settle(ledger, index, uploaded=uploaded, served=item, rule=rule)
    return ids


def _before(
    ledger: Ledger, served: Observation, known: dict[str, Observation]
) -> tuple[Observation | None, str | None]:
    """The upload that a copy's latest verdict rests on, and the rule that bound it."""
    for verdict in queries.verdicts(ledger, work=served.work, limit=None):
        if verdict.served == served.id and verdict.audit is not None:
            return known.get(verdict.uploaded or ""), (verdict.audit.get("match") or {}).get("rule")
    return None, None
