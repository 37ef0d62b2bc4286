"""The signing key in the data folder: made on first use, replaced on request, read by nobody else.

It is neither the proxy's certificate nor one of the trust lists. The root's key is kept nowhere, so that one key signs
pictures and nothing can sign keys.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from creditline.model.errors import SigningError
from creditline.reattach.authority import Authority, make_authority

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "signing"
"""The folder in the data folder."""
KEY, CHAIN, ROOT, RETIRED = "key.pem", "chain.pem", "root.pem", "retired"
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
MAX_PEM = 64 * 1024
"""A key and two certificates take some 3 kB."""


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """What may be shown of a key: its certificate's names and digest, and until when it signs (ISO 8601)."""

    subject: str
    sha256: str
    not_after: str
    root: Path


def load(home: Path) -> Authority | None:
    """The key in the data folder, or None if none was made yet.

    Raises:
        SigningError: it is there and cannot be read.
    """
    folder = home / FOLDER
    if not folder.is_dir():
        return None
    try:
        chain, key, root = (_read(folder / name) for name in (CHAIN, KEY, ROOT))
        x509.load_pem_x509_certificate(chain)
    except (OSError, ValueError) as error:
        raise SigningError(
            f"the signing key in {folder} cannot be read: {error}",
            next_step="creditline key rotate makes a new one",
        ) from error
    return Authority(chain, key, root.decode("ascii", "replace"))


def ensure(home: Path) -> tuple[Authority, bool]:
    """The key, and whether it was made just now.

    Raises:
        SigningError: it cannot be read or written.
    """
    found = load(home)
    if found is not None:
        return found, False
    _install(home, make_authority())
    made = load(home)
    if made is None:
        raise SigningError(f"no signing key could be kept in {home / FOLDER}")
    return made, True


def rotate(home: Path) -> Authority:
    """A new key in place of the old one, whose root is kept: what it signed stays verifiable.

    Raises:
        SigningError: the folder cannot be written.
    """
    folder = home / FOLDER
    kept: list[tuple[str, bytes]] = []
    if folder.is_dir():
        with contextlib.suppress(OSError):
            root = (folder / ROOT).read_bytes()
            kept.append((f"root-{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(2)}.pem", root))
        kept += [(path.name, path.read_bytes()) for path in sorted((folder / RETIRED).glob("*.pem"))]
    made = make_authority()
    aside = folder.with_name(f".{FOLDER}.{secrets.token_hex(4)}.old")
    moved = folder.is_dir()
    try:
        if moved:
            folder.rename(aside)
        _install(home, made, kept)
    except (OSError, SigningError) as error:
        if moved and aside.is_dir() and not folder.exists():
            aside.rename(folder)
        raise SigningError(f"{folder} cannot be replaced: {error}") from error
    shutil.rmtree(aside, ignore_errors=True)
    return made


def roots(home: Path) -> list[Path]:
    """The certificates to trust this key by, the present one first, then those of keys that were replaced."""
    folder = home / FOLDER
    return [path for path in (folder / ROOT, *sorted((folder / RETIRED).glob("*.pem"))) if path.is_file()]


def info(authority: Authority, home: Path) -> KeyInfo:
    """What may be shown of a key."""
    certificate = x509.load_pem_x509_certificate(authority.chain_pem)
    return KeyInfo(
        certificate.subject.rfc4514_string(),
        certificate.fingerprint(hashes.SHA256()).hex(),
        certificate.not_valid_after_utc.date().isoformat(),
        home / FOLDER / ROOT,
    )


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_PEM)


def _install(home: Path, authority: Authority, retired: list[tuple[str, bytes]] | None = None) -> None:
    """Whole or not at all: made under another name; if another process was faster, its key stays."""
    target = home / FOLDER
    making = home / f".{FOLDER}.{secrets.token_hex(4)}"
    files = [(KEY, authority.key_pem), (CHAIN, authority.chain_pem), (ROOT, authority.anchor_pem.encode("ascii"))]
    try:
        home.mkdir(parents=True, exist_ok=True)
        making.mkdir(mode=PRIVATE_FOLDER)
        (making / RETIRED).mkdir(mode=PRIVATE_FOLDER)
        for name, data in [*files, *((f"{RETIRED}/{name}", data) for name, data in retired or ())]:
            handle = os.open(making / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
        try:
            making.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    except OSError as error:
        raise SigningError(f"no signing key could be kept in {target}: {error.strerror}") from error
    finally:
        shutil.rmtree(making, ignore_errors=True)
