"""The reviewed list of differences: who is right, and why."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

FILE = Path(__file__).with_name("verdicts.toml")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`right` is `creditline`, `referee`, `both` or `neither`; `on` the tag or carrier, which may hold `*`."""

    kind: str
    file: str
    on: str
    right: str
    why: str


def load() -> list[Verdict]:
    """Every verdict: on values, carriers and generators."""
    listed = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return [
        Verdict(kind, item["file"], item.get(on, "-"), item["right"], item["why"])
        for kind, on in (("value", "tag"), ("carrier", "carrier"), ("generator", "-"))
        for item in listed.get(kind, ())
    ]


def verdict_on(verdicts: list[Verdict], kind: str, file: str, on: str) -> Verdict | None:
    """The verdict on one difference, if it was reviewed."""
    return next(
        (v for v in verdicts if v.kind == kind and fnmatchcase(file, v.file) and fnmatchcase(on, v.on)), None
    )
