"""Known works held ready: which files are a copy's twins, and that nothing is decoded for it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped
from tests.services.sample import Desk

from creditline import pixels
from creditline.model.errors import NotFoundError
from creditline.reattach.material import material
from creditline.services.known_works import Twin
from creditline.services.originals import known_works, original_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BARE = encoded(painting(1), quality=90)
ARTIST = stamped(BARE, xmp=RIGHTS)
TURNED = stamped(encoded(painting(2), quality=90), tags={"IFD0:Orientation": "6"})


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Two works: one with credit, one whose Exif turns it."""
    desk = Desk(tmp_path_factory.mktemp("works"))
    desk.pick(ARTIST, "lake.jpg")
    desk.pick(TURNED, "turned.jpg")
    yield desk
    desk.close()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("copy", "twin"),
    [
        (ARTIST, Twin(_sha256(ARTIST), identical=True)),
        (BARE, Twin(_sha256(ARTIST), identical=False)),
        (encoded(painting(1), quality=89), None),
        (encoded(painting(3), quality=90), None),
        (encoded(painting(2), quality=90), None),
        (b"no picture", None),
    ],
    ids=["the file", "stripped", "coded anew", "another", "not turned any more", "nothing"],
)
def test_a_twin_has_the_same_coded_picture(desk: Desk, copy: bytes, twin: Twin | None) -> None:
    """Same bytes or same coded picture, shown the same way up; likeness is not enough."""
    assert twin == known_works(desk.ledger).twin(copy, material(copy))


def test_a_stripped_copy_is_proved_without_decoding(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof is that of equal pixels, and the copy's code is the known file's."""

    def decoded(*_: object, **__: object) -> None:
        raise AssertionError("decoded")

    path = tmp_path / "copy.jpg"
    path.write_bytes(BARE)
    for name in ("grey", "canonical_hash", "size"):
        monkeypatch.setattr(pixels, name, decoded)

    found = original_of(known_works(desk.ledger), path)

    assert ("same-pixels", "pixels", 0) == (found.match.verdict, found.match.method, found.match.distance)
    assert (ARTIST, _sha256(ARTIST)) == (found.data, found.sha256)
    assert found.code is not None


def test_a_copy_coded_anew_is_laid_over_the_original(desk: Desk, tmp_path: Path) -> None:
    """Likeness alone is no proof to write by."""
    pytest.importorskip("cv2", reason="the extra `geometry` is not installed: uv sync --extra geometry")
    path = tmp_path / "copy.jpg"
    path.write_bytes(encoded(painting(1), quality=40))

    found = original_of(known_works(desk.ledger), path, with_pixels=False)

    assert ("same-work", "geometry") == (found.match.verdict, found.match.method)


def test_what_is_recorded_later_is_known_too(tmp_path: Path) -> None:
    """An upload after the first question is found by the next."""
    desk = Desk(tmp_path)
    works = known_works(desk.ledger)
    path = tmp_path / "copy.jpg"
    path.write_bytes(BARE)
    before = works.twin(BARE, material(BARE))
    desk.pick(ARTIST, "lake.jpg")

    found = original_of(works, path)

    assert (None, ARTIST) == (before, found.data)
    desk.close()


def test_the_first_work_is_known_by_its_looks_at_once(tmp_path: Path) -> None:
    """Also to who has asked while there was none."""
    pytest.importorskip("cv2", reason="the extra `geometry` is not installed: uv sync --extra geometry")
    desk = Desk(tmp_path)
    works = known_works(desk.ledger)
    path = tmp_path / "copy.jpg"
    path.write_bytes(encoded(painting(1), quality=40))
    with pytest.raises(NotFoundError):
        original_of(works, path)
    desk.pick(ARTIST, "lake.jpg")

    found = original_of(works, path)

    assert ARTIST == found.data
    desk.close()
