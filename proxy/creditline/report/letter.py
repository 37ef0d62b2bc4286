"""A letter to a site: facts, law, request. Plain text, to be read before it is sent, and sent by a person."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from creditline.model.errors import NotFoundError, UsageError
from creditline.report import statutory, words
from creditline.vocab import messages
from creditline.vocab.shown import in_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creditline.report.document import Document, SiteLine

WIDTH = 78
"""Columns that mail programs show unwrapped."""
MAX_FIELDS = 14
REQUEST = """\
  1. keep IPTC, XMP and EXIF rights fields and Content Credentials in the
     copies that you serve; place and device data can go, and should;
  2. keep statements on AI training and AI-generated content;
  3. tell me which of your processing steps removes them, and by when this
     will change."""


def render(document: Document) -> bytes:
    """The letter, in UTF-8.

    Raises:
        UsageError: the report is not about one site.
        NotFoundError: nothing of that site was compared.
    """
    if document.site is None:
        raise UsageError("a letter is to one site", next_step="name it with --site")
    if not document.sites:
        raise NotFoundError(
            "no copy from that site was compared with its original, so there is nothing to write",
            next_step="open a page of the site that shows a picture you uploaded",
        )
    parts = [_wrap(part) for part in _paragraphs(document, document.sites[0])]
    return ("\n\n".join(parts) + "\n").encode("utf-8", "replace")


def _wrap(part: str) -> str:
    if part.startswith("  "):
        return part
    return textwrap.fill(part, WIDTH, break_long_words=False, break_on_hyphens=False)


def _paragraphs(d: Document, site: SiteLine) -> Iterator[str]:
    yield f"To: {in_line(site.site, 120)}"
    yield f"Date: {words.day(d.made)}"
    yield "Subject: Credit, rights and provenance information in pictures uploaded to your service"
    yield "Dear Sir or Madam,"
    yield (
        f"I uploaded pictures of mine to your service and compared the copies that it serves with the "
        f"files that I sent. "
        f"{_days(site)}, "
        f"{messages.counted(site.postings, 'posting was', 'postings were')} compared, file by file. Something was lost "
        f"in {site.lost:,} of them."
    )
    yield "FACTS"
    lost = [line for line in site.lines if line.lost and (line.category is not None or line.kind == "judgement")]
    if lost:
        yield "In the copies that your service serves, against the files that had it:"
        yield "\n".join(
            f"  - {in_line(line.label, 44)}: lost in {line.lost:,} of {line.n:,}"
            f"{f', § 1202(c)({line.category})' if line.category is not None else ''}"
            for line in lost[:MAX_FIELDS]
        )
        if len(lost) > MAX_FIELDS:
            more = messages.counted(len(lost) - MAX_FIELDS, "more field", "more fields")
            yield f"and {more}; the full report lists them."
    else:
        yield "No credit, rights, consent or AI field that could be compared was lost. Thank you."
    if d.examples and d.examples[0].pictures:
        yield "One example, by the SHA-256 of its files:"
        yield "\n".join(f"  {picture.stage}\n  {picture.sha256}" for picture in d.examples[0].pictures)
    yield "LAW"
    yield (
        "The fields with a paragraph number are copyright management information as 17 U.S.C. § 1202(c) "
        "lists it. Section 1202(b) "
        "concerns its removal or alteration without authority, knowing or having reasonable grounds to know that this "
        "will help infringement. I do not claim that you knew or intended any of this; with this letter you know of it."
    )
    yield (
        "From 1 January 2027, California Business and Professions Code § 22757.3.1 asks large online "
        "platforms to detect "
        "provenance data that follows a widely adopted standard, to show it, and not to knowingly strip it, to the "
        "extent technically feasible."
    )
    yield "REQUEST"
    yield "Please"
    yield REQUEST
    yield (
        f"The observations were made with Creditline {in_line(d.version, 40)} on my own machine; the full report, with "
        f"method and limits, is available on request. {statutory.NOT_LEGAL_ADVICE}"
    )
    yield "Yours faithfully,"


def _days(site: SiteLine) -> str:
    first, last = words.day(site.first), words.day(site.last)
    return f"On {first}" if first == last else f"Between {first} and {last}"
