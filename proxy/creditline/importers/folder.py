"""A folder of pairs: `original/` and `served/`, `uploaded/` too where it is there; the same stem is the same work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ORIGINAL, UPLOADED, SERVED = "original", "uploaded", "served"


@dataclass(frozen=True, slots=True)
class Pair:
    """The files of one work; several served ones are its sizes."""

    original: Path
    uploaded: Path | None
    served: tuple[Path, ...]


def is_pairs(folder: Path) -> bool:
    """Whether a folder has `original/` and `served/`."""
    return (folder / ORIGINAL).is_dir() and (folder / SERVED).is_dir()


def pairs(folder: Path) -> tuple[tuple[Pair, ...], tuple[Path, ...]]:
    """Every original with what belongs to it, by stem, and the files that belong to none.

    A served file `stem.size.ext` or `stem-size.ext` is not guessed at: stems have to be equal.
    """
    uploaded, served = _by_stem(folder / UPLOADED), _by_stem(folder / SERVED)
    found = []
    used: set[Path] = set()
    for stem, originals in _by_stem(folder / ORIGINAL).items():
        sent = uploaded.get(stem, [])
        copies = served.get(stem, [])
        used |= {originals[0], *sent[:1], *copies}
        found.append(Pair(originals[0], sent[0] if sent else None, tuple(copies)))
    every = [
        path
        for name in (ORIGINAL, UPLOADED, SERVED)
        for paths in _by_stem(folder / name).values()
        for path in paths
    ]
    return tuple(found), tuple(path for path in every if path not in used)


def _by_stem(folder: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    if folder.is_dir():
        for path in sorted(item for item in folder.rglob("*") if item.is_file() and not item.name.startswith(".")):
            found.setdefault(path.stem, []).append(path)
    return found
