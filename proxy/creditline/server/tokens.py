"""Pairing tokens: who may call the API, and for what.

A token is shown once, by `creditline pair`; `<home>/tokens.json` (mode 0600) keeps only its SHA-256. The server
and `creditline pair` are different processes, so the file is read again whenever it has changed.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from creditline.model.errors import CreditlineError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

SCHEMA = "creditline/tokens/1"
FILE_NAME = "tokens.json"
SCOPES = ("api", "fetch:manifests", "store:manifests", "store:bindings")
DEFAULT_SCOPES = ("api", "fetch:manifests")
PREFIX = "cl_"
# 32 random bytes make 43 characters; a longer header is no token, and is not hashed.
MAX_TOKEN = 128
# A person pairs a handful of programs; past this the file is being misused, and every request would pay for it.
MAX_TOKENS = 500
MAX_FILE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Pairing:
    """One token as it is kept: `sha256` of the token, times in seconds since 1970, `expires` None for never."""

    id: str
    sha256: str
    scopes: tuple[str, ...]
    created: float
    expires: float | None = None


def digest(token: str) -> str:
    """Hex SHA-256 of a token, the only form in which one is kept."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class Tokens:
    """The pairing tokens of one data folder."""

    def __init__(self, home: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._home = home
        self._path = home / FILE_NAME
        self._clock = clock
        self._seen: tuple[int, int, int] | None = None
        self._pairings: tuple[Pairing, ...] = ()

    def issue(self, scopes: Iterable[str] = DEFAULT_SCOPES, *, lifetime: float | None = None) -> str:
        """A new token for these scopes, valid for `lifetime` seconds or until it is revoked.

        Raises:
            UsageError: an unknown scope, no scope at all, or too many tokens.
            CreditlineError: the token file cannot be read or written.
        """
        wanted = tuple(dict.fromkeys(scopes))
        unknown = [scope for scope in wanted if scope not in SCOPES]
        if unknown or not wanted:
            raise UsageError(f"unknown scope {', '.join(unknown) or '(none)'}; known are {', '.join(SCOPES)}")
        token = PREFIX + secrets.token_urlsafe(32)
        now = self._clock()
        expires = None if lifetime is None else now + lifetime
        pairing = Pairing(secrets.token_hex(4), digest(token), wanted, now, expires)
        with self._locked():
            pairings = [p for p in self._read() if p.expires is None or p.expires > now]
            if len(pairings) >= MAX_TOKENS:
                raise UsageError(
                    f"there are {len(pairings)} tokens already", next_step="revoke those no longer used"
                )
            self._write([*pairings, pairing])
        return token

    def revoke(self, token_or_id: str) -> bool:
        """Takes back one token, named by itself or by its id; False when there is none."""
        hashed = digest(token_or_id)
        with self._locked():
            pairings = self._read()
            kept = [p for p in pairings if token_or_id != p.id and hashed != p.sha256]
            if len(kept) == len(pairings):
                return False
            self._write(kept)
        return True

    def scopes_of(self, token: str) -> frozenset[str] | None:
        """What a token allows; None for a token that is unknown, revoked or past its time.

        Every kept hash is compared in constant time. A file that cannot be read lets nobody in.
        """
        if not token or len(token) > MAX_TOKEN:
            return None
        hashed, now, found = digest(token), self._clock(), None
        for pairing in self._current():
            if hmac.compare_digest(pairing.sha256, hashed):
                found = pairing
        if found is None or (found.expires is not None and found.expires <= now):
            return None
        return frozenset(found.scopes)

    def check(self, token: str, scope: str) -> bool:
        """Whether this token holds now and allows this scope."""
        scopes = self.scopes_of(token)
        return scopes is not None and scope in scopes

    def paired(self) -> bool:
        """Whether somebody may ask for labels now."""
        now = self._clock()
        return any(
            "api" in pairing.scopes and (pairing.expires is None or pairing.expires > now)
            for pairing in self._current()
        )

    def pairings(self) -> tuple[Pairing, ...]:
        """What is paired, without the tokens themselves."""
        return self._current()

    def _current(self) -> tuple[Pairing, ...]:
        try:
            status = self._path.stat()
            seen = (status.st_mtime_ns, status.st_ino, status.st_size)
            if seen != self._seen:
                self._pairings = tuple(self._read())
                self._seen = seen
        except (OSError, CreditlineError):
            self._seen, self._pairings = None, ()
        return self._pairings

    def _read(self) -> list[Pairing]:
        try:
            if self._path.stat().st_size > MAX_FILE:
                raise ValueError(f"larger than {MAX_FILE} bytes")
            content = json.loads(self._path.read_text(encoding="utf-8"))
            if content["schema"] != SCHEMA:
                raise ValueError(f"not {SCHEMA}")
            return [_pairing(item) for item in content["tokens"]]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise CreditlineError(
                f"{self._path} cannot be read: {error}",
                next_step="move it away and run `creditline pair` again",
                code="tokens",
            ) from error

    def _write(self, pairings: Iterable[Pairing]) -> None:
        document = {"schema": SCHEMA, "tokens": [asdict(p) for p in pairings]}
        temporary = self._path.with_name(f".{FILE_NAME}.{secrets.token_hex(6)}")
        try:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(document, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise CreditlineError(f"{self._path} cannot be written: {error}", code="tokens") from error

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time, over processes: two `creditline pair` at once would lose one token."""
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._home / f".{FILE_NAME}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise CreditlineError(f"{self._home} cannot be written: {error}", code="tokens") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _pairing(item: dict[str, object]) -> Pairing:
    sha256, scopes, expires = item["sha256"], item["scopes"], item["expires"]
    if not isinstance(sha256, str) or len(sha256) != 64 or not sha256.isascii():
        raise ValueError("a token's hash is not one")
    if not isinstance(scopes, list):
        raise TypeError("scopes are not a list")
    return Pairing(
        str(item["id"]),
        sha256,
        tuple(str(scope) for scope in scopes),
        _seconds(item["created"]),
        None if expires is None else _seconds(expires),
    )


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("a time is not a number")
    return float(value)
