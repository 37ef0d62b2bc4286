"""The page on the law: what a statute fixes, what an audit does not show, and which duties begin when.

Facts with their place in the law, in our own words; never a claim that anyone broke it. Not legal advice.
"""

from __future__ import annotations

from typing import NamedTuple

LEAST_DOLLARS, MOST_DOLLARS = 2_500, 25_000
"""Statutory damages for each violation of 17 U.S.C. § 1202, § 1203(c)(3)(B)."""


class Exposure(NamedTuple):
    """The statute's range over so many postings, in US dollars."""

    postings: int
    low: int
    high: int


class Duty(NamedTuple):
    """One duty: since when, under which rule, on whom, and what."""

    since: str
    rule: str
    whom: str
    what: str


NOT_LEGAL_ADVICE = "This is a record of observations. It is not legal advice."

RANGE = (
    "For each violation of 17 U.S.C. § 1202 a court may award statutory damages of $2,500 to $25,000 "
    "(§ 1203(c)(3)(B)). The range is fixed by statute and applies only if a court finds a violation. It is counted "
    "here by pictures and postings, never by fields, served sizes or views."
)

NOT_SHOWN = (
    (
        "Knowledge",
        (
            "Section 1202(b) asks what a party knew: that information was removed or altered, and, in civil "
            "cases, what it "
            "had reasonable grounds to know about infringement. Files do not show that."
        ),
    ),
    (
        "Intent",
        (
            "Section 1202(b)(1) concerns intentional removal. Software that drops metadata when it makes a "
            "smaller picture "
            "leaves the same trace as software built to do so."
        ),
    ),
    (
        "Authority",
        (
            "Removal with the authority of the owner or the law is no violation. Terms that the user accepted are not "
            "examined here."
        ),
    ),
    ("Ownership", "Who made or owns the picture is taken from the file as declared; nothing here proves it."),
)
"""What the observations do not show, by name."""

DUTIES = (
    Duty(
        "2025-09-01",
        "China, Measures for Labelling AI-Generated Synthetic Content with GB 45438-2025",
        "services that generate, and platforms that spread, synthetic content",
        "an implicit label in the file's metadata (AIGC) beside the visible one; platforms check for it",
    ),
    Duty(
        "2026-08-02",
        "EU, Regulation 2024/1689 (AI Act), article 50",
        "providers and deployers of AI systems, not platforms as such",
        "synthetic content is marked in a machine-readable way; deep fakes are disclosed",
    ),
    Duty(
        "2027-01-01",
        "California, Business and Professions Code § 22757.3.1",
        "large online platforms (over 2,000,000 monthly users)",
        "detect provenance data that follows a widely adopted standard, show it, let users inspect it, and not "
        "knowingly strip it, to the extent technically feasible",
    ),
)
"""Duties of platforms and others by the day on which they begin; each is a rule of its own."""


def exposure(postings: int) -> Exposure:
    """The statute's range over so many pictures and postings."""
    return Exposure(postings, postings * LEAST_DOLLARS, postings * MOST_DOLLARS)
