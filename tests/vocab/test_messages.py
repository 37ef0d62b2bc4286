"""Verdict → words."""

from __future__ import annotations

from typing import Any

import pytest

from creditline.model.audit import OUTCOMES, Match
from creditline.model.picture import CARRIERS, Presence
from creditline.vocab import messages
from creditline.vocab.labels import FIELD_LABELS


def _audit(fields: list[tuple[str, int | None, str, tuple[str, str] | None]], **changed: Any) -> dict[str, Any]:
    cmi = {outcome: sum(f[1] is not None and f[2] == outcome for f in fields) for outcome in OUTCOMES}
    return {
        "match": {"verdict": "same-work"},
        "fields": [{"id": f[0], "category": f[1], "outcome": f[2], "lost_between": f[3]} for f in fields],
        "summary": {"cmi": cmi},
        **changed,
    }


KINDS = "credit and rights fields"
SITE = ("uploaded", "served")
PAGE = ("original", "uploaded")


def test_every_value_has_its_words() -> None:
    """Nothing that the model can say is without a word."""
    assert set(OUTCOMES) == set(messages.OUTCOMES)
    assert {str(presence) for presence in Presence} == set(messages.PRESENCE)
    assert set(CARRIERS) == set(messages.CARRIERS)
    assert set(range(1, 9)) == set(messages.CATEGORIES)
    assert {"allowed", "prohibited", "constrained", "unspecified"} == set(messages.CONSENT)
    assert {"ai-generated", "ai-edited", "camera-captured", "human-made", "conflicting", "none"} == set(
        messages.AI_LABELS
    )
    assert {"trusted", "valid", "invalid", "remote", "unreadable", "none", "not_examined"} == set(
        messages.C2PA_STATES
    )
    hints = Match.__dataclass_fields__["verdict"].type
    assert all(verdict in str(hints) for verdict in messages.MATCHES)


def test_tone() -> None:
    """No exclamation marks, no judgement of intent, no claim that something is not AI, colour never alone."""
    words = [
        w
        for table in (messages.OUTCOMES, messages.AI_LABELS, messages.C2PA_STATES, messages.CONSENT)
        for w in table.values()
    ]
    text = " ".join([w.word + w.sentence for w in words] + list(messages.MATCHES.values())).lower()

    for banned in ("!", "violat", "steal", "illegal", "not ai", "always", "never ", "%"):
        assert banned not in text
    assert all(w.symbol and w.word for w in words)
    assert len(messages.OUTCOMES) == len({w.symbol for w in messages.OUTCOMES.values()})


@pytest.mark.parametrize(
    ("between", "words"),
    [
        (PAGE, "by the page's own script"),
        (SITE, "by the site"),
        (["original", "served"], "between the original and the served copy"),
        (["served:large", "served:small"], "between the served copy “large” and the served copy “small”"),
        (None, ""),
        (["served"], ""),
    ],
)
def test_hops(between: Any, words: str) -> None:
    """Who had the file when it was lost, as narrowly as the stages tell."""
    assert words == messages.hop_words(between)


@pytest.mark.parametrize(
    ("fields", "sentences"),
    [
        ([], ("The original carries no credit or rights fields that could be lost.",)),
        ([("creator", 2, "kept", None)], ("The one credit or rights field is still there.",)),
        (
            [("creator", 2, "kept", None), ("title", 1, "moved", None)],
            ("All 2 credit and rights fields are still there.",),
        ),
        (
            [("creator", 2, "removed", SITE), ("title", 1, "altered", SITE), ("source", 3, "kept", None)],
            (
                f"1 of 3 {KINDS} was removed and 1 altered between the uploaded file and the served copy.",
                "Removed: Creator.",
                "Altered: Title.",
            ),
        ),
        (
            [("creator", 2, "removed", SITE), ("title", 1, "removed", PAGE)],
            (
                "2 of 2 credit and rights fields were removed on the way from the original to the served copy.",
                "Removed: Creator and Title.",
            ),
        ),
        (
            [("creator", 2, "not_examined", None)],
            (
                "No credit or rights field could be compared.",
                "1 field could not be compared; nothing is claimed about them.",
            ),
        ),
        (
            [("gps", None, "removed", SITE)],
            ("The original carries no credit or rights fields that could be lost.",),
        ),
    ],
)
def test_sentences(fields: list[Any], sentences: tuple[str, ...]) -> None:
    """Numbers, names and places are those of the audit; only credit and rights are counted."""
    assert sentences == messages.audit_sentences(_audit(fields))


def test_judgements_that_went_the_same_way_share_a_sentence() -> None:
    """AI label, signature and consent are said together where they went together."""
    change = {"outcome": "removed", "lost_between": list(SITE)}
    audit = _audit([], ai=change, consent=change, c2pa={"outcome": "altered", "lost_between": list(PAGE)})
    audit["summary"] |= {"ai_label_lost": True, "consent_lost": True, "c2pa_lost": True}

    assert (
        "The AI label and the statement on AI training were removed by the site.",
        "The Content Credentials record was altered by the page's own script.",
    ) == messages.audit_sentences(audit)[1:]


@pytest.mark.parametrize("verdict", ["different", "undecided"])
def test_what_was_not_compared_claims_nothing(verdict: str) -> None:
    """Without a match no loss is said, whatever the document holds."""
    audit = _audit([("creator", 2, "removed", SITE)], match={"verdict": verdict})

    assert (messages.MATCHES[verdict],) == messages.audit_sentences(audit)


def test_the_match_names_its_method_and_distance() -> None:
    """Method, rule, distance and threshold are in the sentence."""
    match = {"verdict": "same-work", "method": "fingerprint", "distance": 12, "threshold": 58}

    assert (
        "The copy shows the same work. This was found by the fingerprint of the picture: 12 of 256 bits differ, "
        "and up to 58 count as the same work." == messages.match_sentence(match)
    )
    assert "(rule media-id)" in messages.match_sentence(
        {"verdict": "same-work", "method": "binding", "rule": "media-id"}
    )
    assert "The copy was not compared." == messages.match_sentence({})


@pytest.mark.parametrize(
    ("field", "label"),
    [
        ("creator", "Creator"),
        ("creator_contact.email", "Creator's e-mail"),
        ("new_field.part", "New field: part"),
        ("", "Unnamed field"),
    ],
)
def test_field_labels(field: str, label: str) -> None:
    """A field without a label is spelled out, never dropped."""
    assert label == messages.field_label(field)


def test_labels_are_unique() -> None:
    """Two fields never look the same."""
    assert len(FIELD_LABELS) == len(set(FIELD_LABELS.values()))


def test_many_names_become_a_number() -> None:
    """Past four names the rest is counted."""
    assert "a, b, c, d and 2 more" == messages.listed(list("abcdef"))
    assert "a, b and c" == messages.listed(list("abc"))
    assert "" == messages.listed([])
