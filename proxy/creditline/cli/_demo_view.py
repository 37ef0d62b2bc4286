"""The demonstration's table: pictures and their fields down, sites across, one sign and word a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

from creditline.cli._audit_view import outcome_text
from creditline.cli._options import make_console, plain
from creditline.vocab import messages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from creditline.demo.run import Result

    type Rows = dict[str, dict[str, Text]]

JUDGEMENTS = (("ai", "Origin label"), ("consent", "AI training"), ("c2pa", "Content Credentials"))


def print_results(results: list[Result], console: Console | None = None) -> None:
    """One table a picture: what each site did to each field that the original had, and who did it."""
    console = console or make_console()
    sites = list(dict.fromkeys(result.site for result in results))
    for picture in dict.fromkeys(result.picture for result in results):
        audits = {r.site: r.audit for r in results if r.picture == picture and r.audit is not None}
        table = Table(
            title=plain(picture),
            title_justify="left",
            title_style="bold",
            box=box.SIMPLE_HEAD,
            padding=(0, 1, 0, 0),
        )
        table.add_column("Field", overflow="ellipsis", no_wrap=True, max_width=20)
        for site in sites:
            table.add_column(site, overflow="fold", min_width=len(site))
        for label, cells in _rows(audits).items():
            table.add_row(Text(label), *(cells.get(site, Text("–", style="dim")) for site in sites))
        table.add_section()
        table.add_row("lost", *(Text(_lost(audits.get(site))) for site in sites), style="bold")
        table.add_row("where", *(Text(_where(audits.get(site))) for site in sites), style="dim")
        console.print(table)


def _rows(audits: Mapping[str, Mapping[str, Any]]) -> Rows:
    rows: Rows = {}
    for site, audit in audits.items():
        for item in audit["fields"]:
            if item["category"] is not None:
                rows.setdefault(messages.field_label(item["id"]), {})[site] = outcome_text(item["outcome"])
    for key, label in JUDGEMENTS:
        for site, audit in audits.items():
            if audit[key]["outcome"] is not None:
                rows.setdefault(label, {})[site] = outcome_text(audit[key]["outcome"])
    return rows


def _lost(audit: Mapping[str, Any] | None) -> str:
    if audit is None:
        return ""
    cmi = audit["summary"]["cmi"]
    lost = cmi["removed"] + cmi["altered"]
    return f"{lost} of {lost + cmi['kept'] + cmi['moved']}"


def _where(audit: Mapping[str, Any] | None) -> str:
    if audit is None:
        return "not run"
    changes = [*audit["fields"], *(audit[key] for key, _ in JUDGEMENTS)]
    hops = {messages.hop_words(item["lost_between"]) for item in changes if item["lost_between"]}
    return ", ".join(sorted(hops)) or "–"
