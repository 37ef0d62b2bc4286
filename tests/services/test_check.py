"""One picture, or one pair, without proxy, server or ledger."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped

import creditline
from creditline.model.errors import LimitError, PictureError
from creditline.services import check
from creditline.services.check import audit, audit_bytes, inspect, inspect_bytes, load

if TYPE_CHECKING:
    from pathlib import Path

ARTIST = stamped(encoded(painting(1), quality=95), xmp=RIGHTS)
CANVAS = encoded(painting(1), quality=90)
SMALL = encoded(painting(1).resize((160, 120)), quality=80)
OTHER = encoded(painting(2))


def test_inspecting_bytes_and_files(tmp_path: Path) -> None:
    """The same reading either way; a file's has its path."""
    path = tmp_path / "a.jpg"
    path.write_bytes(ARTIST)

    from_bytes, from_file = inspect(ARTIST), inspect(path)

    assert (None, str(path)) == (from_bytes.path, from_file.path)
    assert from_bytes.fields == from_file.fields
    without = inspect_bytes(encoded(painting(1), "PNG"), pixels=False)
    assert "not_examined" == {item.carrier: item.state for item in without.carriers}["stealth"]


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence with the name and a code for each way; the cap is on what is read, not on what is claimed."""
    (tmp_path / "empty").touch()
    (tmp_path / "large").write_bytes(bytes(101))
    (tmp_path / "fits").write_bytes(bytes(100))
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.setattr(check, "MAX_PICTURE", 100)
    for name, code in (
        ("none", "no_such_file"),
        ("", "is_folder"),
        ("empty", "empty_file"),
        ("fits/below", "unreadable_file"),
        ("loop", "unreadable_file"),
        ("x" * 300, "unreadable_file"),
    ):
        with pytest.raises(PictureError) as caught:
            load(tmp_path / name)
        assert code == caught.value.code
        assert str(tmp_path / name) in str(caught.value)
    with pytest.raises(LimitError) as too_large:
        load(tmp_path / "large")
    assert "too_large" == too_large.value.code
    assert bytes(100) == load(tmp_path / "fits")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_pipes_and_devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe is read to its end; a device that never ends is stopped at the cap."""
    monkeypatch.setattr(check, "MAX_PICTURE", 100_000)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(ARTIST,))
    writer.start()

    assert ARTIST == load(pipe)
    writer.join()
    with pytest.raises(LimitError):
        load(type(tmp_path)("/dev/zero"))


def test_an_audit_of_files_and_bytes(tmp_path: Path) -> None:
    """What the site lost, told from what the page lost where the upload is there."""
    path = tmp_path / "a.jpg"
    path.write_bytes(ARTIST)

    plain, with_upload = audit(path, SMALL), audit(path, SMALL, uploaded=path)
    by_page = audit(ARTIST, SMALL, uploaded=CANVAS)

    def pairs(found: creditline.Audit) -> set[tuple[str, str] | None]:
        return {item.lost_between for item in found.fields if item.outcome == "removed"}

    assert ("same-work", "fingerprint", True) == (plain.match.verdict, plain.match.method, plain.lost)
    assert {("original", "served")} == pairs(plain)
    assert {("uploaded", "served")} == pairs(with_upload)
    assert {("original", "uploaded")} == pairs(by_page)
    with pytest.raises(PictureError):
        audit(path, tmp_path / "none")


def test_the_same_file_and_another_picture() -> None:
    """Bytes decide first; another picture is different, and nothing is compared."""
    same, other = audit(ARTIST, ARTIST), audit(ARTIST, OTHER)

    assert ("identical", "bytes", False, True) == (
        same.match.verdict,
        same.match.method,
        same.lost,
        same.pixels.identical,
    )
    assert ("different", (), False) == (other.match.verdict, other.fields, other.lost)


def test_where_a_copy_came_from() -> None:
    """An address that was fetched stands at the served stage; each stage says how it was had."""
    found = audit_bytes(ARTIST, SMALL, via="import", url="https://a.example/1.jpg")

    assert found.original is not None
    assert found.served is not None
    assert ("import", None) == (found.original.via, found.original.url)
    assert ("import", "https://a.example/1.jpg") == (found.served.via, found.served.url)


def test_the_packages_own_names() -> None:
    """`from creditline import inspect, audit` gives these functions (contract §7)."""
    assert (inspect, audit) == (creditline.inspect, creditline.audit)
    assert {"inspect", "audit", "Inspection", "Audit", "CreditlineError"} <= set(creditline.__all__)
    with pytest.raises(AttributeError):
        creditline.nothing  # noqa: B018 - the access is what is tested
