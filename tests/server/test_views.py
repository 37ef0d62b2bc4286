"""Lists as their pages show them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.server.sample import audit, field

from creditline.ledger.rows import Counts, MissRow, SiteRow, VerdictRow
from creditline.model.observation import Observation
from creditline.server import views

SEEN = Observation(id="1", at="2026-08-21T09:00:00Z", stage="served", via="proxy", site="a.example", format="jpeg")


def _verdict(document: dict[str, Any] | None, lost: bool = False) -> VerdictRow:
    return VerdictRow(
        "v", "2026-08-21T10:00:00Z", "1", None, None, None, "w", "a.example", None, None, lost, document
    )


def test_events_come_newest_first() -> None:
    """Observations and audits are one list in the order of time, cut at the limit."""
    later = replace(SEEN, at="2026-08-21T11:00:00Z")
    found = views.events([SEEN, later], [_verdict(audit([]))], 2)

    assert ["served", "audit"] == [event.kind for event in found]


def test_an_unexamined_picture_says_why() -> None:
    """What could not be read is said with its reason."""
    (event,) = views.events([replace(SEEN, state="not_examined", missed="larger than the cap")], [], 5)

    assert "A copy was served and could not be examined: larger than the cap." == event.sentence


def test_a_purged_audit_has_no_link() -> None:
    """Where the audit is gone its line says so and leads nowhere."""
    event = views.audit_event(_verdict(None, lost=True))

    assert (None, True) == (event.href, event.lost)
    assert "purged" in event.sentence


def test_the_headline_names_sites() -> None:
    """The first page begins with what was compared and where something was lost."""
    assert "No copy was compared with its original yet" == views.home_headline(Counts())
    assert "1 comparison made; nothing was lost" == views.home_headline(Counts(verdicts=1))
    assert "2 comparisons made; something was lost on a and b" == views.home_headline(
        Counts(verdicts=2, stripping_sites=("a", "b"))
    )


def test_fields_of_a_site_count_only_what_was_there() -> None:
    """Added, unreadable and unexamined fields are no part of n; the most often lost comes first."""
    site = SiteRow(
        "a.example",
        1,
        1,
        1,
        "2026-08-21T09:00:00Z",
        fields={
            "title": {"kept": 3, "removed": 1},
            "creator": {"removed": 2, "not_examined": 5},
            "software": {"added": 4},
        },
    )
    first, second = views.field_counts(site)

    assert ("Creator", 2, 2) == (first.label, first.n, first.removed)
    assert ("Title", 4, 1, 3) == (second.label, second.n, second.removed, second.kept)


def test_site_and_miss_sentences() -> None:
    """Numbers agree with their nouns."""
    site = SiteRow("a", 1, 2, 1, "", verdicts=2, lost=1)

    assert "1 upload and 2 served copies seen on this machine. Something was lost in 1 of 2 comparisons." == (
        views.site_summary(site)
    )
    assert views.site_summary(replace(site, verdicts=0)).endswith("none was compared yet.")
    miss = MissRow("code", None, "", "the body was cut off.", None, 2)
    assert "The body was cut off (2 times)." == views.missed_sentence(miss)


def test_a_sight_hides_nothing_and_links_nothing() -> None:
    """The address of a copy is text, with unseen characters made visible."""
    sight = views.sight(replace(SEEN, url="javascript:\u202ealert(1)"))

    assert "javascript:⟨U+202E⟩alert(1)" == sight.url


def test_an_audit_event_says_the_weightiest_first() -> None:
    """The line of an audit begins with credit and rights, then what was declared."""
    document = audit([field("creator", 2, ["Ann"], None, "removed")])

    assert (
        "1 of 1 credit and rights field was removed between the uploaded file and the served copy. "
        "The AI label, the Content Credentials record and the statement on AI training were removed by the site."
        == views.audit_event(_verdict(document, lost=True)).sentence
    )
