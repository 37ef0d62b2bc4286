"""An observation: one picture seen at one stage. Append-only (contract §5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SCHEMA = "creditline/observation/1"
STAGES = ("original", "uploaded", "served", "exported")
VIA = ("proxy", "extension", "import", "cli")

SCREENSHOT = "screenshot"
"""The role of a page that somebody kept as evidence: what a site showed, never a copy of one picture."""

PERSONAL = ("account", "url", "filename", "place", "names")
"""Fields that the chain covers only as SHA-256 of salt and value, so that they can be purged (contract §5)."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One picture seen at one stage.

    `at` is ISO 8601 in UTC; `form` a wire-form code; `declared` what the sender said of the file. `state` is
    `present` for a picture that was read; otherwise `unreadable` or `not_examined`, with the reason in `missed`.
    `width` and `height` are in pixels as coded. `chain` and `prev` are hex SHA-256, set by the ledger.
    """

    id: str
    at: str
    stage: str
    via: str
    site: str | None = None
    account: str | None = None
    profile: str | None = None
    role: str = "image"
    form: str | None = None
    url: str | None = None
    filename: str | None = None
    sha256: str | None = None
    bytes: int | None = None
    format: str | None = None
    width: int | None = None
    height: int | None = None
    work: str | None = None
    exchange: str | None = None
    declared: tuple[tuple[str, str], ...] = ()
    state: str = "present"
    missed: str | None = None
    chain: str | None = None
    prev: str | None = None

    def to_json(self) -> dict[str, Any]:
        """One line of `creditline log --json` (contract §5)."""
        return {
            "schema": SCHEMA,
            "id": self.id,
            "at": self.at,
            "site": self.site,
            "account": self.account,
            "profile": self.profile,
            "stage": self.stage,
            "role": self.role,
            "form": self.form,
            "url": self.url,
            "filename": self.filename,
            "sha256": self.sha256,
            "bytes": self.bytes,
            "format": self.format,
            "width": self.width,
            "height": self.height,
            "work": self.work,
            "via": self.via,
            "exchange": self.exchange,
            "declared": dict(self.declared),
            "state": self.state,
            "missed": self.missed,
            "chain": self.chain,
            "prev": self.prev,
        }


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A picture's codes: `pixels` is the hex SHA-256 of the decoded, upright RGBA pixels; `code` 32 bytes.

    `kind` names the algorithm and its version (`creditline.pdq.1`); `quality` is PDQ's, 0–100. `code` is None
    where the picture could not be decoded, with the reason in `missed`. `luma` is what the code was taken of, very
    small (`fingerprints.glimpse`); None where none was kept.
    """

    kind: str
    code: bytes | None
    quality: int | None = None
    pixels: str | None = None
    missed: str | None = None
    luma: bytes | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A code of a picture turned, mirrored or without its border: asked with, never stored.

    To show it as the picture that it was made of, mirror it (left to right), then turn it by `rotation` degrees,
    a multiple of 90, clockwise. `trimmed` says that a plain border was cut off first.
    """

    code: bytes
    quality: int
    rotation: int = 0
    mirrored: bool = False
    trimmed: bool = False
    luma: bytes | None = None


@dataclass(frozen=True, slots=True)
class Codes:
    """Every code of a picture: `crops` are stored with a work, `forms` are what a copy is looked up with.

    Both are empty where the picture could not be decoded. A crop's `kind` is that of `plain`, a slash, and its name.
    `others` are codes of other algorithms, for whoever asks with those.
    """

    plain: Fingerprint
    crops: tuple[Fingerprint, ...] = ()
    forms: tuple[Form, ...] = ()
    others: tuple[Fingerprint, ...] = ()


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an original lies in a copy, both as shown.

    Mirrored (left to right) if `mirrored`, then turned clockwise by `rotation` degrees, then made `scale` copy pixels
    for each of its pixels, the original lies in the copy. `box` is the part of the original that the copy shows: left,
    top, width, height in its pixels, upright around it where that part is turned. `shown` is that part's share of the
    original, `filled` its share of the copy. `inliers` points agree on all this; `correlation` is that of the two
    pictures where they overlap, `detail` that of their fine detail there.
    """

    scale: float
    rotation: float
    mirrored: bool
    box: tuple[int, int, int, int]
    shown: float
    filled: float
    inliers: int
    correlation: float
    detail: float

    def to_json(self) -> dict[str, Any]:
        """`match.geometry` of the audit (contract §4)."""
        return {
            "scale": self.scale,
            "rotation": self.rotation,
            "mirrored": self.mirrored,
            "box": list(self.box),
            "shown": self.shown,
            "filled": self.filled,
            "inliers": self.inliers,
            "correlation": self.correlation,
            "detail": self.detail,
        }

    @classmethod
    def from_json(cls, line: dict[str, Any]) -> Placement:
        """The inverse of `to_json`."""
        return cls(**{**line, "box": tuple(line["box"])})
