"""One inspection (contract §3) as its page shows it: pure, from values to values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from creditline.model.reading import C2paProblem, C2paReading
from creditline.server import wording
from creditline.vocab import messages

if TYPE_CHECKING:
    from collections.abc import Mapping

FACTS = (
    "creator",
    "credit_line",
    "copyright_notice",
    "copyright_owner",
    "license_url",
    "web_statement",
    "usage_terms",
    "title",
    "date_created",
)


@dataclass(frozen=True, slots=True)
class InspectionView:
    """Everything on the page of one picture; `rows` are (label, value, place, category)."""

    sentence: str
    facts: tuple[str, ...]
    sha256: str
    judgements: tuple[tuple[str, str, str], ...]
    resolved: tuple[tuple[str, tuple[wording.Text, ...]], ...]
    rows: tuple[tuple[str, tuple[wording.Text, ...], str, str], ...]
    carriers: tuple[tuple[str, str, str], ...]
    private: tuple[str, ...]
    errors: tuple[str, ...]


def view(said: Mapping[str, Any]) -> InspectionView:
    """The page of one inspection."""
    resolved = said.get("resolved") or {}
    fields = said.get("fields") or []
    return InspectionView(
        sentence=_sentence(said, len({item["id"] for item in fields if item.get("category")})),
        facts=wording.facts(
            str(said.get("format", "")).upper(),
            wording.pixels(said.get("width"), said.get("height")),
            wording.size(said.get("bytes")),
        ),
        sha256=str(said.get("sha256", "")),
        judgements=_judgements(said),
        resolved=tuple(
            (messages.field_label(name), wording.texts(resolved[name])) for name in FACTS if name in resolved
        ),
        rows=tuple(
            (
                wording.visible(messages.field_label(str(item["id"])))[:120],
                wording.texts(item.get("value")),
                f"{messages.carrier_label(str(item['carrier']))} {wording.visible(str(item['key']))[:80]}",
                f"§ 1202(c)({item['category']})" if item.get("category") else "",
            )
            for item in fields
        ),
        carriers=tuple(
            (
                messages.carrier_label(str(item["carrier"])),
                messages.PRESENCE.get(str(item["state"]), str(item["state"])),
                ", ".join(
                    wording.facts(
                        wording.visible(str(item.get("location") or ""))[:80], wording.size(item.get("bytes"))
                    )
                ),
            )
            for item in said.get("carriers") or []
        ),
        private=tuple(messages.field_label(str(name)) for name in said.get("private") or []),
        errors=tuple(wording.visible(str(error.get("message")))[:300] for error in said.get("errors") or []),
    )


def _sentence(said: Mapping[str, Any], rights: int) -> str:
    if said.get("format") == "unknown":
        return "This is no picture that can be read"
    label = messages.AI_LABELS.get(str((said.get("ai") or {}).get("label")))
    about = f"{label.word}. " if label and label.word != "No origin information" else ""
    count = messages.counted(rights, "credit or rights field", "credit and rights fields")
    return f"{about}{count if rights else 'No credit or rights field'} in the file"


def _only_identity_unconfirmed(c2pa: Mapping[str, Any]) -> bool:
    problems = tuple(C2paProblem(**problem) for problem in c2pa.get("problems") or ())
    reading = C2paReading(state="invalid", tampered=bool(c2pa.get("tampered")), problems=problems)
    return reading.only_identity_unconfirmed


def _judgements(said: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    ai, c2pa, consent = (said.get(key) or {} for key in ("ai", "c2pa", "consent"))
    rows = []
    label = messages.AI_LABELS.get(str(ai.get("label")))
    if label:
        named = ", ".join([*(ai.get("generators") or []), *(ai.get("models") or [])])
        rows.append(("AI label", label.word, wording.visible(named)[:300] or label.sentence))
    state = messages.C2PA_STATES.get(str(c2pa.get("state")))
    if state and c2pa.get("state") == "invalid" and _only_identity_unconfirmed(c2pa):
        state = messages.UNCONFIRMED_IDENTITY
    if state:
        signer = c2pa.get("signer")
        rows.append(
            (
                "Content Credentials",
                state.word,
                f"Signed by {wording.visible(str(signer))[:200]}" if signer else state.sentence,
            )
        )
    word = messages.CONSENT.get(str(consent.get("ai_training")))
    if word:
        rows.append(("AI training", word.word, word.sentence))
    return tuple(rows)
