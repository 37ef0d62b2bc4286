"""The four trust settings of the corpus's README, as the SDK's `trust` settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from conformance_parts.expected import Entry
    from creditline.model.reading import C2paReading

NAMES = ("default", "official", "itl", "test")
STATES = {"Trusted": "trusted", "Valid": "valid", "Invalid": "invalid"}
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "DNG": "image/x-adobe-dng",
    "MP4": "video/mp4",
    "C2PA": "application/c2pa",
}


def trust_settings(corpus: Path) -> dict[str, dict[str, str]]:
    """Setting → the SDK's trust lists, from the copies that the corpus brings along."""

    def text(name: str) -> str:
        return (corpus / "c2pa" / "trust" / name).read_text(encoding="utf-8")

    eku = text("c2pa-rs__store.cfg")
    official = "\n".join(
        text(f"conformance-public__{name}.pem") for name in ("C2PA-TRUST-LIST", "C2PA-TSA-TRUST-LIST")
    )
    return {
        "default": {},
        "official": {"trust_anchors": official, "trust_config": eku},
        "itl": {
            "trust_anchors": text("verify-site__itl-anchors.pem"),
            "allowed_list": text("verify-site__itl-allowed.pem"),
            "trust_config": text("verify-site__itl-store.cfg"),
        },
        "test": {"trust_anchors": text("c2pa-rs__test_cert_root_bundle.pem"), "trust_config": eku},
    }


def expected_state(entry: Entry, setting: str) -> str:
    """The state in our words; for a file without one, the class of the SDK's error."""
    state = (entry.c2pa_state or {}).get(setting)
    return STATES[state] if state else f"error {(entry.c2pa_error or '').partition(':')[0]}"


def state_of(reading: C2paReading) -> str:
    """Our reading's state, or the class of the SDK's error behind it."""
    if reading.state in STATES.values():
        return reading.state
    names = {"remote": "Remote", "none": "ManifestNotFound"}
    kind = names.get(reading.state) or (reading.problems[0].code if reading.problems else reading.state)
    return f"error {kind}"
