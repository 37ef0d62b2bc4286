"""The counts as CSV: a row for each site and field, for a spreadsheet or a program."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from creditline.report.document import OUTCOMES
from creditline.vocab import shown

if TYPE_CHECKING:
    from creditline.report.document import Document

HEAD = (
    "site",
    "kind",
    "id",
    "label",
    "category_1202c",
    "n",
    "lost",
    "lost_low_95",
    "lost_high_95",
    *OUTCOMES,
    "lost_between",
    "postings_of_site",
    "first_seen",
    "last_seen",
)


def render(document: Document) -> bytes:
    """The table in UTF-8, all of it quoted, lines ended as RFC 4180 has it. No cell can be taken for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(HEAD)
    for site in document.sites:
        for line in site.lines:
            low, high = line.interval
            writer.writerow(
                [
                    cell(site.site),
                    cell(line.kind),
                    cell(line.id),
                    cell(line.label),
                    "" if line.category is None else line.category,
                    line.n,
                    line.lost,
                    f"{low:.4f}",
                    f"{high:.4f}",
                    *(line.counts.get(outcome, 0) for outcome in OUTCOMES),
                    cell("; ".join(f"{words}: {times}" for words, times in line.hops)),
                    site.postings,
                    cell(site.first),
                    cell(site.last),
                ]
            )
    return out.getvalue().encode("utf-8", "replace")


def cell(text: str) -> str:
    """A text with nothing hidden in it, which no spreadsheet runs."""
    return shown.cell(shown.visible(text))
