"""The whole document as one JSON object, schema `creditline/report/1`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from creditline.report import statutory
from creditline.report.document import OUTCOMES, SCHEMA

if TYPE_CHECKING:
    from creditline.report.document import Document, Example, Line, SiteLine


def render(document: Document) -> bytes:
    """The object on one line, in ASCII with escapes, so that nothing in it depends on an encoding."""
    return (json.dumps(to_json(document)) + "\n").encode("ascii")


def to_json(document: Document) -> dict[str, Any]:
    """The document as JSON values; previews are left out, pictures are named by their SHA-256."""
    d = document
    return {
        "schema": SCHEMA,
        "made": d.made,
        "version": d.version,
        "title": d.title,
        "scope": {"site": d.site, "work": d.work, "since": d.since, "until": d.until},
        "headline": d.headline,
        "answers": [{"question": question, "answer": answer} for question, answer in d.answers],
        "figures": {name.replace(" ", "_"): number for name, number in d.figures},
        "sites": [_site(site) for site in d.sites],
        "more_sites": d.more_sites,
        "examples": [_example(example) for example in d.examples],
        "law": {
            "exposure": d.exposure._asdict(),
            "range": statutory.RANGE,
            "not_shown": dict(statutory.NOT_SHOWN),
            "duties": [duty._asdict() for duty in statutory.DUTIES],
            "note": statutory.NOT_LEGAL_ADVICE,
        },
        "method": list(d.method),
        "tools": dict(d.tools),
        "limits": list(d.limits),
    }


def _site(site: SiteLine) -> dict[str, Any]:
    return {
        "site": site.site,
        "postings": site.postings,
        "lost": site.lost,
        "interval": list(site.interval),
        "copies": site.copies,
        "works": site.works,
        "first_seen": site.first,
        "last_seen": site.last,
        "fields": [_line(line) for line in site.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "id": line.id,
        "label": line.label,
        "category": line.category,
        "n": line.n,
        "lost": line.lost,
        "interval": list(line.interval),
        "outcomes": {outcome: line.counts.get(outcome, 0) for outcome in OUTCOMES},
        "lost_between": dict(line.hops),
    }


def _example(example: Example) -> dict[str, Any]:
    return {
        "title": example.title,
        "site": example.site,
        "at": example.at,
        "work": example.work,
        "verdict": example.verdict,
        "sentences": list(example.sentences),
        "pictures": [{"stage": p.stage, "sha256": p.sha256, "facts": p.facts} for p in example.pictures],
        "fields": [
            {"label": c.label, "values": dict(c.values), "outcome": c.outcome, "where": c.where}
            for c in example.changes
        ],
    }
