"""The scoreboard's columns: which fields and judgements each stands for; data only."""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """One column. `members` are (kind, name) pairs of outcomes; losing it is good where `good_if_removed`."""

    id: str
    label: str
    members: tuple[tuple[str, str], ...]
    good_if_removed: bool = False


def _fields(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple(("field", name) for name in names)


COLUMNS = (
    Column("credit", "Credit", _fields("creator", "image_creator", "credit_line", "source")),
    Column(
        "copyright",
        "Copyright",
        _fields("copyright_notice", "copyright_owner", "rights_owner", "copyright_status", "rights_marked"),
    ),
    Column(
        "licence",
        "Licence",
        _fields("license_url", "web_statement", "usage_terms", "licensor_name", "licensor_url"),
    ),
    Column("consent", "AI training", (("judgement", "consent"),)),
    Column("ai_label", "AI label", (("judgement", "ai"),)),
    Column("c2pa", "Content Credentials", (("judgement", "c2pa"),)),
    Column(
        "place",
        "Place",
        _fields(
            "gps", "city", "state", "country", "country_code", "sublocation", "location_created", "location_shown"
        ),
        good_if_removed=True,
    ),
)
"""In the order in which they are shown. The last one is private data: there, removal is what one hopes for."""

BY_ID = {column.id: column for column in COLUMNS}
GROUPS = {column.id: column.members for column in COLUMNS}
