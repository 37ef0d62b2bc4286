"""Roots of the user's own, and newer copies of the published lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from creditline.model.errors import FetchError, PictureError, UsageError
from creditline.reattach.authority import make_authority
from creditline.services import trust_lists
from creditline.vocab import trust

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT = make_authority().anchor_pem


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """A data folder in use; afterwards none is."""
    trust.use(tmp_path)
    yield tmp_path
    trust._in_use.clear()
    trust.load.cache_clear()
    trust.user_roots.cache_clear()


def test_a_root_is_kept_and_used(home: Path) -> None:
    """Once, however often it is added."""
    (home / "root").write_text(ROOT, encoding="ascii")

    target, count = trust_lists.add(home, home / "root")
    trust_lists.add(home, home / "root")
    trust.user_roots.cache_clear()

    assert [(target, 1)] == trust_lists.own(home)
    assert 1 == count
    assert ROOT == trust.user_roots()


def test_what_is_no_certificate_is_refused(home: Path) -> None:
    """Nothing is kept of it."""
    (home / "root").write_bytes(b"no certificate")

    with pytest.raises(UsageError):
        trust_lists.add(home, home / "root")
    with pytest.raises(PictureError):
        trust_lists.add(home, home / "missing")

    assert [] == trust_lists.own(home)


def test_a_damaged_root_is_shown_and_counts_for_nothing(home: Path) -> None:
    """One bad file must not stop every reading."""
    (home / trust.FOLDER).mkdir()
    (home / trust.FOLDER / "bad.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA")

    assert [None] == [count for _, count in trust_lists.own(home)]
    assert trust.user_roots() is None


def test_a_refresh_replaces_the_lists(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the day of the refresh; the package's own copies stay."""
    monkeypatch.setattr(trust_lists, "fetch", _answers(ROOT * 40))

    counts = trust_lists.refresh(home)
    trust.load.cache_clear()

    assert {"c2pa": 40, "c2pa-tsa": 40} == counts
    assert 40 == trust.load("c2pa").certificates
    assert trust.load("c2pa").source.issued > "2026-08-21"
    assert 18 == trust.load("interim").certificates


@pytest.mark.parametrize("answer", ["<html>not here</html>", ROOT])
def test_what_is_no_newer_list_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    """A page, and a list of one certificate: the lists stay."""
    monkeypatch.setattr(trust_lists, "fetch", _answers(answer))

    with pytest.raises(FetchError):
        trust_lists.refresh(home)
    trust.load.cache_clear()

    assert 30 == trust.load("c2pa").certificates


def _answers(text: str) -> object:
    async def fetched(_: str, **__: object) -> bytes:
        return text.encode()

    return fetched
