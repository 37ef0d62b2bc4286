"""The package: what it holds, what redaction leaves out, and that every change to it is found."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from tests.services.sample import Desk, upload, view
from warcio.archiveiterator import ArchiveIterator

from creditline.demo.pictures import samples
from creditline.evidence import package, wacz
from creditline.evidence.verify import verify
from creditline.importers import warc
from creditline.model.errors import LimitError, NotFoundError, PictureError
from creditline.pixels import recode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PICTURE = samples()[0].data
COPY = recode(PICTURE, "jpeg", edge=600)
AT = "2026-11-24T12:00:00.000Z"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "home")
    made.pick(PICTURE)
    made.see(upload(("secret-name.jpg", PICTURE), urls=("https://fotos.example/media/1.jpg",)))
    made.see(view(COPY))
    yield made
    made.close()


def _export(desk: Desk, folder: Path, *, redact: bool = False) -> Path:
    work = desk.verdicts()[0].work
    path = folder / "out.wacz"
    path.write_bytes(package.export(desk.ledger, [str(work)], redact=redact, at=AT))
    return path


def test_a_package_holds_and_is_a_web_archive(desk: Desk, tmp_path: Path) -> None:
    """All checks hold; the pictures are in the WARC byte for byte, and our own importer takes it."""
    path = _export(desk, tmp_path)

    found = verify(path)

    assert found.holds, found.checks
    assert (3, 0) == (found.observations, found.redacted)
    files = wacz.read(path)
    records = [
        r.content_stream().read()
        for r in ArchiveIterator(io.BytesIO(files[wacz.ARCHIVE]))
        if r.rec_type == "resource"
    ]
    assert {PICTURE, COPY} == set(records)
    assert warc.recognises(path, path.read_bytes()[:8])
    assert list(warc.read(path, 1 << 30))
    audits = [json.loads(line) for line in files[package.AUDITS].splitlines()]
    assert any(one["summary"]["cmi_lost"] for one in audits)


def test_redacted_it_names_nobody_and_still_holds(desk: Desk, tmp_path: Path) -> None:
    """No address, no file name, no salt; the chain verifies by the hashes."""
    path = _export(desk, tmp_path, redact=True)

    found = verify(path)

    assert found.holds, found.checks
    assert found.redacted > 0
    said = b"".join(content for name, content in wacz.read(path).items() if not name.endswith(".gz"))
    for secret in (b"secret-name", b"fotos.example/", b"salt"):
        assert secret not in said


def _with(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    files = wacz.read(path)
    change(files)
    target = path.with_name("changed.wacz")
    with zipfile.ZipFile(target, "w") as out:
        for name, content in files.items():
            out.writestr(name, content)
    return target


def _resealed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same files sealed again, as a forger would who knows the format."""
    others = {name: content for name, content in files.items() if name.startswith("creditline/")}
    remade = wacz.write([], others, title="forged", at=AT)
    with zipfile.ZipFile(io.BytesIO(remade)) as forged:
        return {name: forged.read(name) for name in forged.namelist()}


def test_every_change_is_found(desk: Desk, tmp_path: Path) -> None:
    """A file changed, added or removed, the list changed: the check that fails says so."""
    path = _export(desk, tmp_path)

    def changed(files: dict[str, bytes]) -> None:
        files[package.AUDITS] = files[package.AUDITS].replace(b"removed", b"kept   ")

    def relisted(files: dict[str, bytes]) -> None:
        files[wacz.PACKAGE] = files[wacz.PACKAGE].replace(b"Creditline", b"creditline")

    for expected, change in (
        ("files", changed),
        ("files", lambda files: files.update({"creditline/more.txt": b"more"})),
        ("files", lambda files: files.pop(wacz.PAGES)),
        ("digest", relisted),
        ("digest", lambda files: files.pop(wacz.DIGEST)),
    ):
        found = verify(_with(path, change))

        assert not found.holds
        assert expected in {check.name for check in found.checks if not check.holds}


def test_an_observation_cannot_be_edited(desk: Desk, tmp_path: Path) -> None:
    """Even with every hash of the package made anew, the chain's own hash of each observation finds it."""
    path = _export(desk, tmp_path)

    def forged(files: dict[str, bytes]) -> None:
        files[package.OBSERVATIONS] = files[package.OBSERVATIONS].replace(b'"fotos"', b'"wall"')
        remade = _resealed(files)
        files.clear()
        files.update(remade)

    found = verify(_with(path, forged))

    assert ["chain"] == [check.name for check in found.checks if not check.holds]


def test_single_observations_and_audits_can_be_named(desk: Desk, tmp_path: Path) -> None:
    """One observation gives one row, an audit its stages; an unknown id is an error."""
    verdict = next(one for one in desk.verdicts() if one.served)

    for name, count in ((verdict.served, 1), (verdict.id, 3)):
        (tmp_path / "one.wacz").write_bytes(package.export(desk.ledger, [str(name)], redact=False, at=AT))
        assert (True, count) == (verify(tmp_path / "one.wacz").holds, verify(tmp_path / "one.wacz").observations)
    with pytest.raises(NotFoundError):
        package.export(desk.ledger, ["nothing"], redact=False, at=AT)


def test_what_is_no_package_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a ZIP, a ZIP of something else, too many members, a missing file: never a verdict."""
    path = tmp_path / "a.wacz"
    for content in (b"", b"PK\x03\x04 no", PICTURE):
        path.write_bytes(content)
        with pytest.raises(PictureError):
            verify(path)
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("a", b"a")
    with pytest.raises(PictureError, match=r"datapackage\.json"):
        verify(path)
    monkeypatch.setattr(wacz, "MAX_MEMBERS", 0)
    with pytest.raises(LimitError):
        verify(path)
    with pytest.raises(PictureError):
        verify(tmp_path / "absent.wacz")
