"""The roots that Content Credentials are trusted by: those in the package, newer copies of them, the user's own."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

from creditline.fetch import fetch
from creditline.model.errors import FetchError, PictureError, UsageError
from creditline.model.whole_file import write_whole
from creditline.vocab import trust

if TYPE_CHECKING:
    from pathlib import Path

_PUBLISHED = "https://raw.githubusercontent.com/c2pa-org/conformance-public/main/trust-list/"
ADDRESSES = {"c2pa": f"{_PUBLISHED}C2PA-TRUST-LIST.pem", "c2pa-tsa": f"{_PUBLISHED}C2PA-TSA-TRUST-LIST.pem"}
"""Where the lists are published that still change; the interim list is closed."""
LEAST = 0.5
"""A fetched list with under half of the certificates known is no newer list but something else."""


def add(home: Path, source: Path) -> tuple[Path, int]:
    """Keeps the certificates of a PEM file as roots of the user's own; where, and how many there are.

    Raises:
        UsageError: the file holds no certificate, or a damaged one.
        PictureError: it cannot be read or kept.
    """
    try:
        with source.open("rb") as file:
            text = file.read(trust.MAX_PEM + 1).decode("utf-8", "replace")
        count = trust.count_certificates(text)
        folder = home / trust.FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.pem"
        write_whole(target, text.encode())
    except OSError as error:
        raise PictureError(f"{source}: {error.strerror}", code="unreadable_file") from error
    return target, count


def own(home: Path) -> list[tuple[Path, int | None]]:
    """Each file of the user's own roots with its number of certificates, None for a damaged one."""
    found: list[tuple[Path, int | None]] = []
    for path in sorted((home / trust.FOLDER).glob("*.pem")):
        try:
            found.append((path, trust.count_certificates(path.read_text(encoding="utf-8"))))
        except (UsageError, OSError, UnicodeDecodeError):
            found.append((path, None))
    return found


def refresh(home: Path) -> dict[str, int]:
    """Fetches the published lists and keeps them in the data folder; list → number of certificates.

    Nothing is replaced unless every list came whole.

    Raises:
        FetchError: an address did not answer with a list.
    """
    fetched: dict[str, tuple[str, int]] = {}
    for name, address in ADDRESSES.items():
        text = asyncio.run(fetch(address, max_bytes=trust.MAX_PEM)).decode("utf-8", "replace")
        try:
            count = trust.count_certificates(text)
        except UsageError as error:
            raise FetchError(f"{address} answered with no trust list: {error}") from error
        if count < LEAST * trust.load(name).certificates:
            raise FetchError(f"{address} answered with {count} certificates, far fewer than are known")
        fetched[name] = text, count
    folder = home / trust.FOLDER / trust.REFRESHED
    folder.mkdir(parents=True, exist_ok=True)
    for name, (text, _) in fetched.items():
        write_whole(folder / trust.load(name).source.file, text.encode())
    return {name: count for name, (_, count) in fetched.items()}
