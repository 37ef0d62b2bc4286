"""The repository behind the recovery API, asked without HTTP."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from tests.services.sample import home_with_sites

from creditline.ledger.store import Ledger
from creditline.model.errors import LimitError, NotFoundError, PictureError, UsageError
from creditline.model.settings import Settings
from creditline.services.soft_binding import (
    MAX_STORE,
    MAX_VALUE,
    Match,
    Repository,
    UnsupportedContentError,
    is_id,
    values_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PDQ = "creditline.pdq.1"
FOREIGN = "com.example.watermark.1"


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    """One that takes opaque stores."""
    with Ledger.open(home_with_sites(tmp_path), Settings()) as ledger:
        yield Repository(ledger, opaque=True)


def code(byte: int, flipped: int = 0) -> str:
    """A PDQ code as a value: the same byte 32 times, so many bits flipped at its end."""
    number = int.from_bytes(bytes([byte]) * 32) ^ ((1 << flipped) - 1)
    return base64.b64encode(number.to_bytes(32)).decode()


def test_the_nearest_is_first_and_named_once(repository: Repository) -> None:
    """A manifest that several bindings lead to has its best score; the order is by score, then by id."""
    near, far = repository.store(b"near"), repository.store(b"far")
    for value, manifest in ((code(7, 9), near), (code(7), near), (code(7, 5), far)):
        repository.bind(value, manifest, alg=PDQ)

    assert [Match(near, 100), Match(far, 98)] == repository.by_binding(code(7), PDQ, 10)
    assert [Match(near, 100)] == repository.by_binding(code(7), PDQ, 1)


def test_a_binding_without_an_algorithm_serves_any(repository: Repository) -> None:
    """Exactly under every foreign name, and by distance under the one that its length fits."""
    manifest = repository.store(b"one")
    repository.bind(code(7), manifest)

    assert [Match(manifest, 100)] == repository.by_binding(code(7), FOREIGN, 10)
    assert [] == repository.by_binding(code(7, 1), FOREIGN, 10)
    assert [Match(manifest, 100)] == repository.by_binding(code(7, 1), PDQ, 10)


def test_one_algorithms_value_is_not_anothers(repository: Repository) -> None:
    """A value bound under a name is found under that name alone, and replaced under it alone."""
    one, two = repository.store(b"one"), repository.store(b"two")
    repository.bind("mark", one, alg=FOREIGN)
    repository.bind("mark", two, alg="com.example.other")
    repository.bind("mark", two, alg=FOREIGN, replace=True)

    assert [Match(two, 100)] == repository.by_binding("mark", FOREIGN, 10)
    assert [Match(two, 100)] == repository.by_binding("mark", "com.example.other", 10)
    with pytest.raises(NotFoundError):
        repository.bind("mark", one, alg="com.example.third", replace=True)


def test_the_same_bytes_are_the_same_manifest(repository: Repository) -> None:
    """Posting twice gives one id, and what was removed may come back under another."""
    first = repository.store(b"one")

    assert first == repository.store(b"one")
    assert b"one" == repository.manifest(first)
    repository.remove(first)
    with pytest.raises(NotFoundError):
        repository.manifest(first)
    assert first != repository.store(b"one")


def test_what_is_no_store(tmp_path: Path) -> None:
    """Nothing, too much, and bytes that are no manifest where opaque ones are not allowed."""
    with Ledger.open(home_with_sites(tmp_path), Settings()) as ledger:
        strict = Repository(ledger)
        for data, error in ((b"", UsageError), (b"any", UsageError), (bytes(MAX_STORE + 1), LimitError)):
            with pytest.raises(error):
                strict.store(data)


def test_what_is_no_value(repository: Repository) -> None:
    """For our own algorithms what is no base64 of a code; for any, what is too long or cannot be stored."""
    manifest = repository.store(b"one")
    for value, alg, error in [
        ("AAAA", PDQ, UsageError),
        ("!", "io.iscc.v0", UsageError),
        ("\ud800", FOREIGN, UsageError),
        ("a\0", FOREIGN, UsageError),
        ("", FOREIGN, UsageError),
        ("a" * (MAX_VALUE + 1), FOREIGN, LimitError),
        ("a", "no name", UsageError),
        ("a", "x" * 256, UsageError),
    ]:
        with pytest.raises(error):
            repository.by_binding(value, alg, 10)
        with pytest.raises(error):
            repository.bind(value, manifest, alg=alg)


def test_content_that_has_no_fingerprint(repository: Repository) -> None:
    """Text and films are of no kind that is computed here; a broken picture is, and cannot be decoded."""
    for data in (b"text", b"\0\0\0\x18ftypmp42" + bytes(40)):
        with pytest.raises(UnsupportedContentError):
            repository.by_content(data, 10)
    with pytest.raises(UsageError):
        repository.by_content(b"\xff\xd8\xff\xe0 broken", 10)
    with pytest.raises(PictureError):
        values_of(b"\xff\xd8\xff\xe0 broken")


def test_what_can_be_an_id() -> None:
    """Any text that a database can hold, of a sensible length; its form is not judged."""
    assert [True, True, False, False, False, False] == [
        is_id(text) for text in ("urn:c2pa:1", "../etc", "", "x" * 513, "a\0b", "\udfff")
    ]
