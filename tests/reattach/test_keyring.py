"""The signing key in the data folder."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from creditline.model.errors import SigningError
from creditline.reattach import keyring

if TYPE_CHECKING:
    from pathlib import Path


def test_the_first_use_makes_it_and_the_next_finds_it(tmp_path: Path) -> None:
    """One key, however often it is asked for."""
    assert keyring.load(tmp_path) is None

    first, made = keyring.ensure(tmp_path)
    again, anew = keyring.ensure(tmp_path)

    assert (True, False) == (made, anew)
    assert first == again


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    """Files 0600, folders 0700, nothing left beside them."""
    keyring.ensure(tmp_path)

    folder = tmp_path / keyring.FOLDER
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir() if path.is_file()}
    assert {"key.pem": 0o600, "chain.pem": 0o600, "root.pem": 0o600} == modes
    assert 0o700 == stat.S_IMODE(folder.stat().st_mode)
    assert [folder] == list(tmp_path.iterdir())


def test_a_new_key_keeps_the_old_roots(tmp_path: Path) -> None:
    """What the old ones signed stays verifiable; their keys are gone."""
    old, _ = keyring.ensure(tmp_path)

    new = keyring.rotate(tmp_path)
    newer = keyring.rotate(tmp_path)

    kept = [path.read_text(encoding="ascii") for path in keyring.roots(tmp_path)]
    assert newer.anchor_pem == kept[0]
    assert {old.anchor_pem, new.anchor_pem} == set(kept[1:])
    assert newer == keyring.load(tmp_path)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert old.key_pem not in everything
    assert [tmp_path / keyring.FOLDER] == list(tmp_path.iterdir())


def test_a_damaged_key_is_an_error_that_says_what_helps(tmp_path: Path) -> None:
    """It is not replaced behind the user's back."""
    keyring.ensure(tmp_path)
    (tmp_path / keyring.FOLDER / keyring.CHAIN).write_bytes(b"nonsense")

    with pytest.raises(SigningError) as refused:
        keyring.ensure(tmp_path)

    assert "key rotate" in str(refused.value.next_step)


def test_no_folder_no_key(tmp_path: Path) -> None:
    """A data folder that cannot be written is an error, not a key in memory."""
    (tmp_path / "home").write_bytes(b"a file")

    with pytest.raises(SigningError):
        keyring.ensure(tmp_path / "home")


def test_what_may_be_shown(tmp_path: Path) -> None:
    """Names and digests."""
    authority, _ = keyring.ensure(tmp_path)

    about = keyring.info(authority, tmp_path)

    assert "Creditline local signer" in about.subject
    assert 64 == len(about.sha256)
    assert about.root.is_file()
