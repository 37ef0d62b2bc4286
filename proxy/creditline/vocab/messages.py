"""Verdict → words, in one place for label, report and server.

The tone is that of a record: facts with their source, one sentence each, no judgement of anyone's intent. Removal
is said as what was observed between two stages, never as a violation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.vocab.labels import FIELD_LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Word:
    """A judgement as people read it: a word, a symbol so that colour is never the only sign, and a sentence."""

    word: str
    symbol: str
    sentence: str


OUTCOMES: Mapping[str, Word] = {
    "removed": Word("removed", "−", "It was in the earlier file and is not in the later one."),
    "altered": Word("altered", "≠", "It is still there with another value."),
    "moved": Word("moved", "→", "The same value, only in another place of the file."),
    "kept": Word("kept", "=", "The same value is still there."),
    "added": Word("added", "+", "It was not in the earlier file."),
    "unreadable": Word("unreadable", "?", "Something is there, but it cannot be read."),
    "not_examined": Word("not examined", "·", "It was not looked at, so nothing is claimed about it."),
}
"""What became of a field, in the order in which a reader wants to know it."""

PRESENCE: Mapping[str, str] = {
    "present": "present",
    "absent": "not there",
    "unreadable": "there, but unreadable",
    "not_examined": "not examined",
}

STAGES: Mapping[str, str] = {
    "original": "original",
    "uploaded": "uploaded file",
    "served": "served copy",
    "exported": "copy in the account export",
}

VIA: Mapping[str, str] = {
    "proxy": "seen by the proxy",
    "extension": "handed over by the browser extension",
    "import": "imported",
    "cli": "given on the command line",
    "api": "given through the API",
}

CARRIERS: Mapping[str, str] = {
    "exif": "EXIF",
    "xmp": "XMP",
    "xmp_extended": "extended XMP",
    "iptc": "IPTC",
    "photoshop": "Photoshop resources",
    "c2pa": "Content Credentials",
    "icc": "colour profile",
    "mpf": "multi-picture index",
    "png_text": "PNG text",
    "comment": "comment",
    "stealth": "hidden in the pixels",
    "svg_metadata": "SVG metadata",
    "mp4_metadata": "MP4 metadata",
}

CATEGORIES: Mapping[int, str] = {
    1: "title and identification of the work",
    2: "author",
    3: "copyright owner",
    4: "performer",
    5: "writer, performer or director",
    6: "terms of use",
    7: "identifying number or link",
    8: "other prescribed information",
}
"""17 U.S.C. § 1202(c)(1)–(8), paraphrased."""

AI_LABELS: Mapping[str, Word] = {
    "ai-generated": Word("AI-generated", "◆", "The file declares that it was made by a generative model."),
    "ai-edited": Word("AI-edited", "◇", "The file declares that parts of it were made by a generative model."),
    "camera-captured": Word("Camera-captured", "○", "A trusted signature says that a camera captured it."),
    "human-made": Word("Made by a person, as declared", "○", "The file declares that a person made it."),
    "conflicting": Word("Conflicting", "≠", "Two declarations in the file disagree."),
    "none": Word("No origin information", "·", "Nothing in the file declares how it was made."),
}
"""Absence of a declaration is never said as "not AI": it says nothing."""

C2PA_STATES: Mapping[str, Word] = {
    "trusted": Word("signed, signer on a trust list", "●", "The signature holds; its signer is on a trust list."),
    "valid": Word("signed, signer unknown", "○", "The signature holds; its signer is on no trust list."),
    "invalid": Word("don't match this picture", "≠", "The record is there, but it does not hold for these bytes."),
    "remote": Word("stored elsewhere", "↗", "The file points to a record stored elsewhere; it was not fetched."),
    "unreadable": Word("unreadable", "?", "A record is there, but it cannot be read."),
    "none": Word("none", "·", "There is no Content Credentials record."),
    "not_examined": Word("not examined", "·", "It was not looked at, so nothing is claimed about it."),
}

UNCONFIRMED_IDENTITY = Word(
    "signed, with an identity that could not be confirmed here",
    "○",
    "Invalid to the SDK only since confirming who it names takes the network; the picture is as it was signed.",
)
"""In place of C2PA_STATES["invalid"] where nothing failed but the check of a CAWG identity."""

IDENTITY_STATES: Mapping[str, str] = {
    "signed": "as claimed; the signature of the claim holds, its signer is on no list",
    "unconfirmed": "as claimed; not confirmed, which takes the network",
}
"""How a CAWG identity is to be read; it is never said to be proven."""

SYNC_STATES: Mapping[str, str] = {
    "differs": "EXIF, XMP and IPTC disagree",
    "cut": "IPTC holds the text cut to its limit",
}

CONSENT: Mapping[str, Word] = {
    "allowed": Word("allowed by the creator", "+", "The file allows its use for AI training."),
    "prohibited": Word("not allowed by the creator", "−", "The file does not allow its use for AI training."),
    "constrained": Word("allowed under conditions", "±", "The file allows AI training under conditions it names."),
    "unspecified": Word("not stated", "·", "The file says nothing about AI training."),
}

MATCHES: Mapping[str, str] = {
    "identical": "The copy is the same file, byte for byte.",
    "same-pixels": "The copy has the same pixels.",
    "same-work": "The copy shows the same work.",
    "contains": "The copy contains the work, as a crop or as part of a larger picture.",
    "different": "The two pictures are not the same work, so their fields were not compared.",
    "undecided": "It could not be decided from the pictures alone whether the copy shows the same work.",
}

METHODS: Mapping[str, str] = {
    "bytes": "comparing the bytes",
    "pixels": "comparing the pixels",
    "binding": "the site's own identifier",
    "fingerprint": "the fingerprint of the picture",
    "geometry": "aligning the two pictures",
}

_JUDGEMENTS = (
    ("ai", "the AI label", "ai_label_lost"),
    ("c2pa", "the Content Credentials record", "c2pa_lost"),
    ("consent", "the statement on AI training", "consent_lost"),
)
_DONE = ("removed", "altered")
# Names in a sentence before the rest is a number: more than four reads as a table, and the table is below it.
_NAMES_IN_A_SENTENCE = 4


def field_label(field: str) -> str:
    """A canonical field id as people call it; an id without a label is spelled out, never dropped."""
    known = FIELD_LABELS.get(field)
    if known:
        return known
    words = field.replace(".", ": ").replace("_", " ").strip()
    return words[:1].upper() + words[1:] if words else "Unnamed field"


def carrier_label(carrier: str) -> str:
    """A carrier's name as its standard's users write it."""
    return CARRIERS.get(carrier, carrier.replace("_", " "))


def stage_label(stage: str) -> str:
    """A stage's name; `served:small` is one size of several."""
    base, _, variant = stage.partition(":")
    name = STAGES.get(base, base)
    return f"{name} “{variant}”" if variant else name


def hop_words(lost_between: Sequence[str] | None) -> str:
    """Who had the file when something was lost, as narrowly as the stages tell: a fact about place, not intent."""
    if not lost_between or len(lost_between) != 2:
        return ""
    earlier, later = lost_between
    if (earlier, later) == ("original", "uploaded"):
        return "by the page's own script"
    if earlier == "uploaded" and later in {"served", "exported"}:
        return "by the site"
    return f"between the {stage_label(earlier)} and the {stage_label(later)}"


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun: `1 field`, `2 fields`."""
    return f"{number:,} {one if number == 1 else many}"


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them, the rest past four as a number."""
    shown = list(names[:_NAMES_IN_A_SENTENCE])
    if len(names) > len(shown):
        return f"{', '.join(shown)} and {len(names) - len(shown)} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


def _had(cmi: Mapping[str, int]) -> int:
    """Fields that the earlier file had and that could be compared."""
    return sum(cmi.get(outcome, 0) for outcome in ("kept", "moved", "altered", "removed"))


def _place(lost: Sequence[Mapping[str, object]]) -> str:
    """Between which two stages all of these were lost; less exactly where they differ."""
    hops: set[tuple[str, ...]] = set()
    for item in lost:
        between = item.get("lost_between")
        hops.add(tuple(map(str, between)) if isinstance(between, list | tuple) else ())
    if len(hops) == 1 and len(stages := hops.pop()) == 2:
        return f"between the {stage_label(stages[0])} and the {stage_label(stages[1])}"
    return "on the way from the original to the served copy"


def audit_sentences(audit: Mapping[str, object]) -> tuple[str, ...]:
    """What an audit (contract §4) found, the weightiest first; at least one sentence.

    A comparison that was not made is said as such: no loss and no absence of loss is claimed from it.
    """
    match = _mapping(audit.get("match"))
    verdict = str(match.get("verdict"))
    if verdict in {"different", "undecided"}:
        return (MATCHES[verdict],)
    summary = _mapping(audit.get("summary"))
    cmi = {str(k): int(v) for k, v in _mapping(summary.get("cmi")).items() if isinstance(v, int)}
    headline, names = _cmi_sentences(audit, cmi)
    said = [headline, *_judgement_sentences(audit, summary), *names]
    open_questions = cmi.get("unreadable", 0) + cmi.get("not_examined", 0)
    if open_questions:
        said.append(
            f"{counted(open_questions, 'field', 'fields')} could not be compared; nothing is claimed about them."
        )
    return tuple(said)


def _cmi_sentences(audit: Mapping[str, object], cmi: Mapping[str, int]) -> tuple[str, tuple[str, ...]]:
    """What became of credit and rights as a headline, and the names of what was lost."""
    had = _had(cmi)
    removed, altered = cmi.get("removed", 0), cmi.get("altered", 0)
    if not had and cmi.get("unreadable", 0) + cmi.get("not_examined", 0):
        return "No credit or rights field could be compared.", ()
    if not had:
        return "The original carries no credit or rights fields that could be lost.", ()
    if not removed + altered:
        all_are = "The one credit or rights field is" if had == 1 else f"All {had} credit and rights fields are"
        return f"{all_are} still there.", ()
    lost = [i for i in _items(audit.get("fields")) if i.get("category") is not None and i.get("outcome") in _DONE]
    of = f"of {counted(had, 'credit and rights field', 'credit and rights fields')}"
    if removed and altered:
        done = f"{removed} {of} {_were(removed)} removed and {altered} altered"
    elif removed:
        done = f"{removed} {of} {_were(removed)} removed"
    else:
        done = f"{altered} {of} {_were(altered)} altered"
    return f"{done} {_place(lost)}.", tuple(_named(outcome, lost) for outcome in _DONE if cmi.get(outcome, 0))


def _named(outcome: str, lost: Sequence[Mapping[str, object]]) -> str:
    names = [field_label(str(item.get("id"))) for item in lost if item.get("outcome") == outcome]
    return f"{outcome.capitalize()}: {listed(names)}."


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _judgement_sentences(audit: Mapping[str, object], summary: Mapping[str, object]) -> list[str]:
    """One sentence for all that went the same way at the same place."""
    same: dict[tuple[str, str], list[str]] = {}
    for key, name, lost in _JUDGEMENTS:
        change = _mapping(audit.get(key))
        outcome = str(change.get("outcome"))
        if summary.get(lost) and outcome in _DONE:
            between = change.get("lost_between")
            place = hop_words(between if isinstance(between, list | tuple) else None)
            same.setdefault((outcome, place), []).append(name)
    return [
        f"{names[0][:1].upper()}{listed(names)[1:]} {_were(len(names))} {outcome}{f' {place}' if place else ''}."
        for (outcome, place), names in same.items()
    ]


def match_sentence(match: Mapping[str, object]) -> str:
    """How the copy was recognised, with the measured distance and the threshold it was held against."""
    said = MATCHES.get(str(match.get("verdict")), "The copy was not compared.")
    method = METHODS.get(str(match.get("method")))
    if method:
        said += f" This was found by {method}"
        rule, distance, threshold = match.get("rule"), match.get("distance"), match.get("threshold")
        if rule:
            said += f" (rule {rule})"
        if isinstance(distance, int):
            said += f": {distance} of 256 bits differ"
            if isinstance(threshold, int):
                said += f", and up to {threshold} count as the same work"
        said += "."
    return said


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _items(value: object) -> list[Mapping[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list | tuple) else []
