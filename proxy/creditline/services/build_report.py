"""From the ledger to a report's document: counts by posting, examples, and the sentences of the first page."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

from creditline import __version__
from creditline.ledger import queries, tallies
from creditline.ledger.tallies import Scope
from creditline.model.errors import NotFoundError, UsageError
from creditline.report import statutory, words
from creditline.report.document import Document, Example, Line, SiteLine
from creditline.services import report_example
from creditline.vocab import messages
from creditline.vocab.fields import BY_ID, FIELDS
from creditline.vocab.shown import in_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from creditline.ledger.store import Ledger

MAX_SITES = 16
"""Sites whose fields a report lists; over that a table for people is no longer read. CSV and JSON hold them all."""
MAX_EXAMPLES = 4
JUDGEMENTS = {"ai": "AI label", "c2pa": "Content Credentials", "consent": "Statement on AI training"}
CMI_NAMES = tuple(definition.id for definition in FIELDS if definition.primary is not None)
_TOOLS = ("c2pa-python", "pillow", "mitmproxy", "piexif")
_ORDER = {definition.id: number for number, definition in enumerate(FIELDS)}
_NO_SITE = "no site (compared on this machine)"


def build(ledger: Ledger, scope: Scope = Scope(), *, pictures: bool = True, all_sites: bool = False) -> Document:  # noqa: B008
    """The report on a scope. `pictures` False leaves out previews, `all_sites` lists every site's fields.

    Raises:
        NotFoundError: no such site or work is on record.
        UsageError: a time that is none.
    """
    title = _title(ledger, scope)
    found = tallies.sites(ledger, scope)
    if scope.site is not None and not found and not queries.observations(ledger, site=scope.site, limit=1):
        raise NotFoundError("no such site is on record", next_step="creditline sites lists those that are")
    lines = _lines(tallies.fields(ledger, scope))
    sites = tuple(
        SiteLine(
            _site(row.site),
            row.postings,
            row.lost,
            row.copies,
            row.works,
            row.first,
            row.last,
            tuple(lines.get(row.site, ())),
        )
        for row in found
    )
    shown = sites if all_sites else sites[:MAX_SITES]
    lost = tallies.lost_postings(ledger, CMI_NAMES, scope)
    examples = _examples(ledger, scope, pictures)
    return Document(
        made=ledger.now(),
        version=__version__,
        title=title,
        scope=_scope_words(scope),
        headline=_headline(sites),
        answers=_answers(sites),
        figures=_figures(sites),
        sites=shown,
        examples=examples,
        method=_method(),
        tools=_tools(),
        limits=_limits(ledger, scope),
        exposure=statutory.exposure(lost),
        site=scope.site,
        work=scope.work,
        since=scope.since,
        until=scope.until,
        more_sites=len(sites) - len(shown),
    )


def _title(ledger: Ledger, scope: Scope) -> str:
    if scope.work is not None:
        from creditline.ledger import overview

        work = overview.work(ledger, scope.work).work
        name = in_line(work.title, 120) if work.title else "an untitled work"
        return f"What became of “{name}”"
    if scope.site is not None:
        return f"What {in_line(scope.site, 120)} does to credit, consent and AI labels"
    return "What sites do to credit, consent and AI labels"


def _scope_words(scope: Scope) -> str:
    parts = ["everything recorded on this machine"]
    if scope.site or scope.work:
        parts = []
    if scope.site:
        parts.append(f"the site {in_line(scope.site, 120)}")
    if scope.work:
        parts.append(f"the work {scope.work}")
    if scope.since:
        parts.append(f"from {scope.since}")
    if scope.until:
        parts.append(f"until {scope.until}")
    return ", ".join(parts)


def _site(name: str | None) -> str:
    return in_line(name, 120) if name else _NO_SITE


def _lines(found: Iterable[tallies.Tally]) -> dict[str | None, list[Line]]:
    """Lines by site, the weightiest first: those with a category, then the rest, each by what was lost most often."""
    counts: dict[tuple[str | None, str, str], dict[str, int]] = {}
    hops: dict[tuple[str | None, str, str], dict[str, int]] = {}
    for row in found:
        key = (row.site, row.kind, row.name)
        by = counts.setdefault(key, {})
        by[row.outcome] = by.get(row.outcome, 0) + row.times
        if row.hop and row.outcome in {"removed", "altered"}:
            place = messages.hop_words(row.hop.split(">"))
            places = hops.setdefault(key, {})
            places[place] = places.get(place, 0) + row.times
    lines: dict[str | None, list[Line]] = {}
    for (site, kind, name), by in counts.items():
        definition = BY_ID.get(name)
        line = Line(
            site=_site(site),
            kind=kind,
            id=in_line(name, 120),
            label=JUDGEMENTS.get(name, name) if kind == "judgement" else in_line(messages.field_label(name), 120),
            category=definition.primary if definition and kind == "field" else None,
            counts=by,
            hops=tuple(sorted(hops.get((site, kind, name), {}).items(), key=lambda item: -item[1])),
        )
        if line.n or any(by.get(outcome) for outcome in ("unreadable", "not_examined")):
            lines.setdefault(site, []).append(line)
    for some in lines.values():
        some.sort(key=_weight)
    return lines


def _weight(line: Line) -> tuple[bool, bool, float, int, int, str]:
    share = line.lost / line.n if line.n else 0.0
    return (
        line.kind != "judgement",
        line.category is None,
        -share,
        -line.n,
        _ORDER.get(line.id, len(_ORDER)),
        line.id,
    )


def _figures(sites: tuple[SiteLine, ...]) -> tuple[tuple[str, int], ...]:
    """The numbers of the first page, each with its name."""
    counted = (
        ("posting compared", "postings compared", sum(site.postings for site in sites)),
        ("posting with a loss", "postings with a loss", sum(site.lost for site in sites)),
        ("served copy compared", "served copies compared", sum(site.copies for site in sites)),
        ("site", "sites", len(sites)),
    )
    return tuple((one if number == 1 else many, number) for one, many, number in counted)


def _headline(sites: tuple[SiteLine, ...]) -> str:
    postings = sum(site.postings for site in sites)
    if not postings:
        return "No copy was compared with its original yet."
    lost = sum(site.lost for site in sites)
    some = messages.counted(postings, "posting", "postings")
    if not lost:
        return f"Nothing was lost in {some} that could be compared."
    return f"Something was lost in {lost:,} of {some}."


def _answers(sites: tuple[SiteLine, ...]) -> tuple[tuple[str, str], ...]:
    """What was lost, where, and how sure that is: one paragraph each."""
    if not any(site.postings for site in sites):
        return (
            ("What was lost", "Nothing is known yet: no served copy was compared with its original."),
            ("Where", "No site is on record with a comparison."),
            ("How sure", "No statement is made from nothing."),
        )
    return (
        ("What was lost", _what(sites)),
        ("Where", _where(sites)),
        ("How sure", _how_sure(sites)),
    )


def _what(sites: tuple[SiteLine, ...]) -> str:
    totals: dict[str, tuple[int, int]] = {}
    for site in sites:
        for line in site.lines:
            if line.n and (line.category is not None or line.kind == "judgement"):
                times, n = totals.get(line.label, (0, 0))
                totals[line.label] = (times + line.lost, n + line.n)
    lost = sorted(((label, times, n) for label, (times, n) in totals.items() if times), key=lambda item: -item[1])
    if not lost:
        return "Every credit, rights, consent and AI field that could be compared was still there."
    named = [f"{label} ({times:,} of {n:,})" for label, times, n in lost[:5]]
    more = f", and {len(lost) - 5} more fields" if len(lost) > 5 else ""
    kept = [label for label, pair in totals.items() if not pair[0]]
    still = f" Still there every time: {messages.listed(kept)}." if kept else ""
    return f"{', '.join(named)}{more} — out of the postings whose file had it.{still}"


def _where(sites: tuple[SiteLine, ...]) -> str:
    hops: dict[str, int] = {}
    for site in sites:
        for line in site.lines:
            for place, times in line.hops:
                hops[place] = hops.get(place, 0) + times
    losing = [site for site in sites if site.lost]
    if not losing:
        return f"Nowhere on {messages.listed([site.site for site in sites])}."
    names = messages.listed(
        [
            f"{site.site} ({site.lost:,} of {messages.counted(site.postings, 'posting', 'postings')})"
            for site in losing
        ]
    )
    return f"On {names}.{_shares(hops)}"


def _shares(hops: dict[str, int]) -> str:
    """Who had the file when fields went, as a sentence; nothing where that is not known of any."""
    total = sum(hops.values())
    if not total:
        return ""
    if len(hops) == 1:
        return f" What was lost was removed or altered {next(iter(hops))}."
    placed = [
        f"{words.percent(times / total)} {place}" for place, times in sorted(hops.items(), key=lambda i: -i[1])
    ]
    return f" Of what was lost, {messages.listed(placed)} was removed or altered."


def _how_sure(sites: tuple[SiteLine, ...]) -> str:
    postings = sum(site.postings for site in sites)
    first, last = words.day(min(site.first for site in sites)), words.day(max(site.last for site in sites))
    dates = f"on {first}" if first == last else f"from {first} to {last}"
    said = (
        f"Seen {dates}, in {messages.counted(postings, 'posting', 'postings')} (a posting is one upload of one picture"
        " to one site); each was compared file by file."
    )
    best = max(sites, key=lambda site: (site.lost > 0, site.postings))
    low, high = best.interval
    these = "this one" if best.postings == 1 else f"these {best.postings:,}"
    said += (
        f" If other uploads to {best.site} go as {these} did, "
        f"the share with a loss is between {words.percent(low)} and {words.percent(high)} (95 % Wilson interval)."
    )
    few = [site.site for site in sites if site.postings < 5]
    if few:
        said += f" Fewer than 5 postings were seen on {messages.listed(few)}:"
        said += " say “seen in so many postings” of them, not “always”."
    return said


def _examples(ledger: Ledger, scope: Scope, pictures: bool) -> tuple[Example, ...]:
    made = []
    for identity in tallies.examples(ledger, scope, limit=MAX_EXAMPLES):
        verdict = queries.verdict(ledger, identity)
        if verdict.audit is not None:
            made.append(report_example.example(ledger, verdict, pictures=pictures))
    return tuple(made)


def _method() -> tuple[str, ...]:
    return (
        (
            "Creditline ran on the uploader's own machine, between the browser and the site. It kept the file that the "
            "browser sent and the copy that the site served, and where the browser extension or the user "
            "handed it over, "
            "the original as it was picked."
        ),
        (
            "A copy counts only where it is known to show the work: the same bytes, the same pixels, the site's own "
            "identifier, or a fingerprint (PDQ, 256 bits) within the threshold that is given with each comparison."
        ),
        (
            "Each field is read from every place in the file that can hold it (EXIF, IPTC, XMP, PNG text, Content "
            "Credentials and others). Kept: the same value is there. Moved: the same value, only in another "
            "place. Altered: "
            "another value. Removed: no value. Unreadable and not examined are never counted as lost."
        ),
        (
            "n counts postings: one upload of one picture to one site. Where a site serves several sizes, the posting "
            "counts with the worst of them."
        ),
    )


def _tools() -> tuple[tuple[str, str], ...]:
    found = [("creditline", __version__)]
    for name in _TOOLS:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    return tuple(found)


def _limits(ledger: Ledger, scope: Scope) -> tuple[str, ...]:
    said = [
        (
            "The observations are of this machine's accounts, clients and uploads, on the dates given. "
            "Sites treat accounts, "
            "formats and sizes differently, and change without notice."
        ),
        "An interval says what chance alone allows; it does not make these uploads a random sample of all uploads.",
        (
            "What was not examined says nothing. Position, camera serial numbers and other private fields "
            "are no copyright "
            "management information; where Creditline withheld them on purpose, that is the user's choice and no loss."
        ),
    ]
    if not (scope.site or scope.work):
        missed: dict[str, int] = {}
        for miss in queries.misses(ledger):
            missed[miss.code] = missed.get(miss.code, 0) + miss.times
        if missed:
            named = messages.listed([f"{code} ({times:,})" for code, times in missed.items()])
            said.append(f"Not recorded, and so in no count: {named}.")
    return tuple(said)


def for_letter(scope: Scope) -> Scope:
    """The scope of a letter, which is to one site.

    Raises:
        UsageError: no site was named.
    """
    if scope.site is None:
        raise UsageError("a letter is to one site", next_step="name it with --site")
    return scope
