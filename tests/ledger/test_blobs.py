"""Pictures come out as they went in, or not at all."""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING

import pytest

from creditline.ledger import blobs
from creditline.ledger.blobs import Blobs
from creditline.model.errors import LedgerError, NotFoundError

if TYPE_CHECKING:
    from pathlib import Path


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    """Bytes and files are kept under their SHA-256, two folders deep, once."""
    store, data = Blobs(tmp_path / "pictures"), os.urandom(3 * blobs.CHUNK + 1)
    (tmp_path / "file").write_bytes(data)

    name = store.put(data)

    assert name == store.put_file(tmp_path / "file") == hashlib.sha256(data).hexdigest()
    assert data == store.get(name)
    assert [name] == list(store.names())
    assert tmp_path / "pictures" / name[:2] / name[2:4] / name == store.path(name)
    with store.open(name) as stream:
        assert data == stream.read()


def test_nobody_else_may_read(tmp_path: Path) -> None:
    """Files are 0600, folders 0700, and no temporary file is left."""
    store = Blobs(tmp_path / "pictures")
    path = store.path(store.put(b"x"))

    assert 0o600 == path.stat().st_mode & 0o777
    assert {0o700} == {folder.stat().st_mode & 0o777 for folder in (path.parent, path.parent.parent, store.folder)}
    assert [path.parent.parent] == list(store.folder.iterdir())


def test_a_damaged_picture_is_never_given_out(tmp_path: Path) -> None:
    """A changed byte is `blob_damaged`; putting a cut file's bytes again mends it."""
    store = Blobs(tmp_path)
    name = store.put(b"picture")
    store.path(name).write_bytes(b"pictura")

    with pytest.raises(LedgerError) as caught:
        store.get(name)
    assert "blob_damaged" == caught.value.code
    assert caught.value.next_step

    store.path(name).write_bytes(b"pict")
    store.put(b"picture")
    assert b"picture" == store.get(name)


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n", "a/" * 32, "٣" * 64]
)
def test_only_hashes_are_names(tmp_path: Path, name: str) -> None:
    """Nothing but 64 hex digits reaches the file system."""
    store = Blobs(tmp_path)

    for action in (store.get, store.path, store.has, store.remove, store.open):
        with pytest.raises(LedgerError) as caught:
            action(name)
        assert "blob_name" == caught.value.code


def test_absent_pictures(tmp_path: Path) -> None:
    """What was never kept is not found; removing it says so."""
    store = Blobs(tmp_path / "none")

    with pytest.raises(NotFoundError):
        store.get("a" * 64)
    assert not store.has("a" * 64)
    assert not store.remove("a" * 64)
    assert [] == list(store.names())
    assert 0 == store.sweep()


def test_other_bytes_than_expected_are_not_kept(tmp_path: Path) -> None:
    """A wrong name is refused before anything is in the store."""
    store = Blobs(tmp_path / "pictures")
    (tmp_path / "file").write_bytes(b"x")

    with pytest.raises(LedgerError):
        store.put(b"x", expected="a" * 64)
    with pytest.raises(LedgerError):
        store.put_file(tmp_path / "file", expected="a" * 64)
    assert [] == list(store.names())
    assert 0 == sum(1 for _ in store.folder.iterdir())


def test_removing_leaves_no_empty_folders(tmp_path: Path) -> None:
    """The folders of a removed picture go with it."""
    store = Blobs(tmp_path / "pictures")

    assert store.remove(store.put(b"x"))
    assert [] == list(store.folder.iterdir())


def test_orphans_and_leftovers(tmp_path: Path) -> None:
    """Pictures without a record are listed; temporary files are swept once they are old."""
    store = Blobs(tmp_path)
    known, orphan = store.put(b"known"), store.put(b"orphan")
    for name, age in (("incoming-old", 2 * blobs.STALE_SECONDS), ("incoming-new", 0)):
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (time.time() - age,) * 2)

    assert [orphan] == list(store.orphans({known}))
    assert 1 == store.sweep()
    assert (tmp_path / "incoming-new").exists()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A file where the folder should be is a LedgerError with a next step."""
    (tmp_path / "pictures").write_bytes(b"")

    with pytest.raises(LedgerError) as caught:
        Blobs(tmp_path / "pictures").put(b"x")
    assert "disk" == caught.value.code
    with pytest.raises(LedgerError):
        Blobs(tmp_path).put_file(tmp_path / "nothing")
