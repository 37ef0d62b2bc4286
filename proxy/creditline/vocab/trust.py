"""The C2PA trust lists that come with the package, each with its date; read when first asked for, never fetched.

Three things make a signer known: the official list, the interim list that came before it, and roots that the user
added. Time-stamp authorities and extended key usages go with every list: without them good signatures read as
invalid.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from creditline.model.errors import MissingPartError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")
_DER_SEQUENCE = 0x30
MAX_PEM = 4 * 1024 * 1024
"""Twenty times the largest list that is published; more is no list of certificates."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where one list comes from; `issued` is the date of the copy that is kept here, ISO 8601."""

    name: str
    file: str
    title: str
    issued: str
    publisher: str
    licence: str


@dataclass(frozen=True, slots=True)
class TrustList:
    """One list, loaded and checked: `pem` holds `certificates` certificates, at least one."""

    source: Source
    pem: str
    certificates: int


_CONFORMANCE = ("2026-08-21", "c2pa-org/conformance-public", "CC-BY-4.0")
_VERIFY_SITE = ("2025-08-28", "contentauth/verify-site", "Apache-2.0")

SOURCES = (
    Source("c2pa", "c2pa.pem", "C2PA trust list", *_CONFORMANCE),
    Source("c2pa-tsa", "c2pa-tsa.pem", "C2PA time-stamp authorities", *_CONFORMANCE),
    Source("interim", "interim-anchors.pem", "Interim trust list", *_VERIFY_SITE),
    Source("interim-allowed", "interim-allowed.pem", "Interim list of single signers", *_VERIFY_SITE),
)
"""Every list in the package, in the order in which they are shown."""

EKU_FILE = "store.cfg"

FOLDER, REFRESHED = "trust", "lists"
"""The folder in the data folder with the user's own roots, and the one in it with newer copies of the lists."""
_in_use: list[Path] = []
"""The data folder's trust folder, once a command or a worker has said which."""


def use(home: Path) -> None:
    """From now on this process also believes the roots, and takes the newer lists, of that data folder."""
    _in_use[:] = [home / FOLDER]
    load.cache_clear()
    user_roots.cache_clear()


@cache
def user_roots() -> str | None:
    """The roots that the user added, as PEM text; None without any. A damaged file counts for nothing here."""
    found: list[str] = []
    for path in sorted(_in_use[0].glob("*.pem")) if _in_use else ():
        try:
            text = path.read_text(encoding="utf-8")
            count_certificates(text)
        except (OSError, UnicodeDecodeError, UsageError):
            continue
        found.append(text)
    return "\n".join(found) or None


def count_certificates(pem: str) -> int:
    """How many certificates a PEM text holds; text between them is allowed, as the published lists have it.

    Only the envelope is checked (Base64 around one DER sequence of the right length), not the certificate.

    Raises:
        UsageError: none at all, a damaged one, or more text than any list has. The SDK would ignore it silently.
    """
    if len(pem) > MAX_PEM:
        raise UsageError(f"a list of trusted roots may have {MAX_PEM} characters, this one has {len(pem)}")
    bodies = _CERTIFICATE.findall(pem)
    if len(bodies) != pem.count("-----BEGIN CERTIFICATE-----"):
        raise UsageError("a certificate among the trusted roots is cut short")
    if not bodies:
        raise UsageError(
            "there is no certificate in the trusted roots",
            next_step="give the text of a PEM file, which starts with -----BEGIN CERTIFICATE-----",
        )
    for body in bodies:
        _check_der(body)
    return len(bodies)


def _check_der(body: str) -> None:
    try:
        der = base64.b64decode("".join(body.split()), validate=True)
    except binascii.Error as error:
        raise UsageError("a certificate among the trusted roots is not Base64") from error
    # A certificate is longer than 127 and shorter than 65,536 bytes: DER long form with one or two length bytes.
    if len(der) < 4 or der[0] != _DER_SEQUENCE or der[1] not in {0x81, 0x82}:
        raise UsageError("a certificate among the trusted roots is not DER")
    size = der[1] & 0x7F
    if len(der) != 2 + size + int.from_bytes(der[2 : 2 + size]):
        raise UsageError("a certificate among the trusted roots has the wrong length")


@cache
def load(name: str) -> TrustList:
    """The list of that name in `SOURCES`.

    Raises:
        UsageError: no list has that name.
        MissingPartError: the package's copy is absent or damaged.
    """
    source = next((s for s in SOURCES if s.name == name), None)
    if source is None:
        raise UsageError(f"no trust list is called {name!r}; there are {', '.join(s.name for s in SOURCES)}")
    newer = _newer(source)
    if newer is not None:
        return newer
    pem = _text(source.file)
    try:
        return TrustList(source, pem, count_certificates(pem))
    except UsageError as error:
        raise MissingPartError(
            f"the trust list {source.file} in the package is damaged: {error}",
            next_step="reinstall creditline",
        ) from error


def _newer(source: Source) -> TrustList | None:
    """The copy that a refresh has brought, unless it is damaged; `issued` is the day of the refresh."""
    path = _in_use[0] / REFRESHED / source.file if _in_use else None
    if path is None or not path.is_file():
        return None
    try:
        pem = path.read_text(encoding="utf-8")
        day = datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
        return TrustList(replace(source, issued=day), pem, count_certificates(pem))
    except (OSError, UnicodeDecodeError, UsageError):
        return None


def lists() -> tuple[TrustList, ...]:
    """Every list in the package, for showing them with their dates."""
    return tuple(load(source.name) for source in SOURCES)


@cache
def eku_config() -> str:
    """The extended key usages that a claim signer may carry, as the SDK's `trust.trust_config` takes them."""
    return _text(EKU_FILE)


def extended_key_usages() -> tuple[str, ...]:
    """The OIDs in `eku_config()`, without its comments."""
    return tuple(line for line in eku_config().splitlines() if line.strip() and not line.startswith("//"))


def _text(file: str) -> str:
    try:
        return resources.files("creditline.vocab").joinpath("trust_lists", file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MissingPartError(
            f"the trust list {file} is absent from the package", next_step="reinstall creditline"
        ) from error
