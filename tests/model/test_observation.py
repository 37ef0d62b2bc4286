"""An observation's line is that of contract §5."""

from __future__ import annotations

import json
from dataclasses import fields

from creditline.model.observation import PERSONAL, STAGES, VIA, Fingerprint, Observation

CONTRACT = (
    "schema id at site account profile stage role form url sha256 bytes format width height work via declared"
    " chain prev"
)
ADDED = "filename exchange state missed"


def test_the_line() -> None:
    """Every key of the contract, the documented additions, nothing else; declarations as an object."""
    seen = Observation("1", "2026-11-24T00:00:00Z", "uploaded", "proxy", declared=(("content_type", "image/png"),))

    line = json.loads(json.dumps(seen.to_json()))

    assert set(f"{CONTRACT} {ADDED}".split()) == set(line)
    assert ("creditline/observation/1", {"content_type": "image/png"}, "image", "present") == (
        line["schema"],
        line["declared"],
        line["role"],
        line["state"],
    )


def test_the_words_of_the_contract() -> None:
    """Stages and ways are those of §5; personal fields are fields, or named by their kind."""
    assert ("original", "uploaded", "served", "exported") == STAGES
    assert ("proxy", "extension", "import", "cli") == VIA
    assert {"account", "url", "filename"} == set(PERSONAL) & {item.name for item in fields(Observation)}


def test_a_fingerprint_without_a_code_says_why() -> None:
    """A picture that cannot be decoded has a kind, no code and a reason."""
    missing = Fingerprint("creditline.pdq.1", None, missed="no picture")

    assert (None, None, None, "no picture") == (missing.code, missing.quality, missing.pixels, missing.missed)
