"""A work's three columns, and its fields by site."""

from __future__ import annotations

from typing import Any

from creditline.ledger.rows import VerdictRow, WorkDetail, WorkRow
from creditline.model.observation import Observation
from creditline.server import work_view

WORK = WorkRow("W1", "2026-08-21T09:00:00Z", "Cat", "a" * 64, True, "open")


def seen(name: str, stage: str, sha256: str, site: str | None = None, width: int = 100) -> Observation:
    facts: dict[str, Any] = {"sha256": sha256 * 64, "format": "jpeg", "bytes": 1000, "width": width, "height": 50}
    return Observation(name, "2026-08-21T09:00:00Z", stage, "proxy", site=site, work="W1", **facts)


def verdict(name: str, site: str, served: str, *fields: dict[str, Any], lost: bool = False) -> VerdictRow:
    audit = {"fields": list(fields)}
    return VerdictRow(
        name, "2026-08-21T09:00:00Z", "1", None, None, served, "W1", site, None, "same-work", lost, audit
    )


def field(name: str, outcome: str, value: str = "Ann", category: int | None = 2) -> dict[str, Any]:
    between = ["uploaded", "served"] if outcome == "removed" else None
    return {"id": name, "category": category, "uploaded": value, "outcome": outcome, "lost_between": between}


def test_each_stage_is_a_column() -> None:
    """An empty one says what to do; a file that is kept has a picture; exports stand with what was served."""
    detail = WorkDetail(
        WORK, (seen("1", "uploaded", "a", "x.example"), seen("2", "exported", "b", "x.example")), ()
    )

    original, uploaded, served = work_view.stages(detail, lambda sha256: sha256 == "a" * 64)

    assert work_view.NONE_YET["original"] == original.empty
    assert () == original.files
    assert [("a" * 64, True, "x.example")] == [(f.sha256, f.kept, f.where) for f in uploaded.files]
    assert [("b" * 64, False)] == [(f.sha256, f.kept) for f in served.files]


def test_of_a_sites_sizes_the_largest_stands_for_all() -> None:
    """It leads to the comparison with a loss, and says how many more sizes there are."""
    detail = WorkDetail(
        WORK,
        tuple(
            seen(str(n), "served", letter, "x.example", width) for n, letter, width in ((1, "a", 10), (2, "b", 90))
        ),
        (verdict("V1", "x.example", "1", lost=True), verdict("V2", "x.example", "2")),
    )

    (file,) = work_view.stages(detail, lambda _: True)[2].files

    assert ("b" * 64, "/audits/V1", True) == (file.sha256, file.href, file.lost)
    assert "1 more size" in file.facts


def test_files_beyond_a_columns_length_are_counted() -> None:
    """Six are shown, the newest first, and how many are not."""
    sights = tuple(seen(str(n), "uploaded", format(n, "x"), "x.example") for n in range(9))

    uploaded = work_view.stages(WorkDetail(WORK, sights, ()), lambda _: True)[1]

    assert (work_view.FILES_A_STAGE, 3) == (len(uploaded.files), uploaded.more)
    assert "8" * 64 == uploaded.files[0].sha256


def test_a_fields_fate_on_a_site_is_the_worst_that_was_seen() -> None:
    """One table cell per site; rights fields come first, and of them what was lost; no verdict, no fate."""
    detail = WorkDetail(
        WORK,
        (),
        (
            verdict("V1", "x.example", "1", field("creator", "removed"), field("gps", "kept", category=None)),
            verdict("V2", "x.example", "2", field("creator", "kept"), field("copyright_notice", "kept", "© Ann")),
            verdict("V3", "y.example", "3", field("creator", "kept")),
        ),
    )
    reading = {"fields": [{"id": "creator", "carrier": "xmp", "key": "dc:creator"}]}

    fates = work_view.fates(detail, reading)

    assert ("y.example", "x.example") == fates.sites
    creator = fates.rows[0]
    assert ["kept", "removed"] == [fate and fate.outcome for fate in creator.fates]
    assert ("/audits/V1", "by the site") == (creator.fates[1].href, creator.fates[1].where)
    assert "§ 1202(c)(2)" == creator.category
    assert creator.source[0].endswith("dc:creator")
    assert "" == fates.rows[-1].category
    assert None is fates.rows[-1].fates[0]


def test_more_sites_than_columns_are_counted() -> None:
    """Five sites have a column, the newest seen; the rest are a number, and an unknown outcome is said to be one."""
    verdicts = tuple(verdict(f"V{n}", f"s{n}.example", str(n), field("creator", "melted")) for n in range(7))

    fates = work_view.fates(WorkDetail(WORK, (), verdicts), None)

    assert (work_view.SITES_SHOWN, 2) == (len(fates.sites), fates.more)
    assert "s6.example" == fates.sites[0]
    assert {"unknown"} == {fate.outcome for row in fates.rows for fate in row.fates if fate}
