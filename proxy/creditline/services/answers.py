"""From a worker's answer, which is JSON, to the values that are recorded, and the words for what could not be."""

from __future__ import annotations

from typing import Any

from creditline.model.observation import Fingerprint, Form
from creditline.pipeline.match import Known
from creditline.services.probe_values import tokens_in

LABEL_FIELDS = frozenset(
    {"creator", "credit_line", "copyright_notice", "license_url", "web_statement", "usage_terms", "data_mining"}
    | {"digital_source_type", "ai_system"}
)
"""What the label of a stranger's picture says beside its AI and C2PA state; contract §1: no more is kept of it."""

_LOST = {
    "interrupted": "it was interrupted and nothing finished it",
    "incomplete": "it ended before its end",
    "aborted": "it was given up by its sender",
    "pieces_missing": "it was finished, and pieces of it were not seen here",
    "not_a_picture": "it was called a picture and is none",
    "too_large": "it grew over the cap on kept bodies",
    "too_many_uploads": "too many were under way at once",
}


def label_of(inspection: dict[str, Any]) -> dict[str, Any]:
    """The part of a reading that a label shows: no place, no person, no prompt."""
    ai = inspection["ai"] | {"prompt": None, "negative_prompt": None, "seed": None}
    return inspection | {
        "fields": [item for item in inspection["fields"] if item["id"] in LABEL_FIELDS],
        "resolved": {name: value for name, value in inspection["resolved"].items() if name in LABEL_FIELDS},
        "ai": ai,
        "private": [],
    }


def known_of_line(line: dict[str, Any]) -> Known:
    """A picture with its codes, as it is looked up."""
    forms = tuple(
        Form(**form | {"code": bytes.fromhex(form["code"]), "luma": _bytes(form.get("luma"))})
        for form in line["forms"]
    )
    tokens = tokens_in(line["inspection"])
    return Known(line["sha256"], fingerprint_of(line["fingerprint"]), forms=forms, tokens=tokens)


def fingerprint_of(line: dict[str, Any]) -> Fingerprint:
    """The fingerprint that a worker's answer holds as JSON."""
    return Fingerprint(**line | {"code": _bytes(line["code"]), "luma": _bytes(line.get("luma"))})


def _bytes(digits: str | None) -> bytes | None:
    return None if digits is None else bytes.fromhex(digits)


def facts_of(line: dict[str, Any]) -> dict[str, Any]:
    """What an observation says of the picture's bytes, or why it says nothing."""
    inspection = line.get("inspection")
    if inspection is None:
        state = "unreadable" if line["missed"] in {"incomplete", "not_a_picture"} else "not_examined"
        facts = {"state": state, "missed": line["missed"]}
        return facts | {name: line[name] for name in ("sha256", "bytes") if name in line}
    return {
        "sha256": line["sha256"],
        "bytes": inspection["bytes"],
        "format": inspection["format"],
        "width": inspection["width"],
        "height": inspection["height"],
        "missed": line.get("missed"),
    }


def missed_words(line: dict[str, Any], what: str) -> str:
    """Why an `upload`, or a `copy`, was not read."""
    return {
        "too_large": f"the {what} is over the cap on kept bodies",
        "incomplete": f"the {what} ended before its end",
        "not_a_picture": f"the {what} is labelled a picture and is none",
        "no_picture_found": "a request that should hold a picture holds none in a form that is read",
        "encrypted": f"the {what} was encrypted before it was sent",
    }.get(line["missed"] or "", f"the {what} could not be read: {line['missed']}")


def lost_words(why: str) -> str:
    """Why an upload in several requests was not recorded."""
    return f"an upload in several requests: {_LOST.get(why, f'it could not be kept: {why}')}"
