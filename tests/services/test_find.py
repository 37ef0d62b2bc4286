"""Which known works a file is a copy of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped
from tests.services.sample import Desk, upload, view

from creditline.model.errors import PictureError
from creditline.services.find import Finder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ARTIST = stamped(encoded(painting(1), quality=95), xmp=RIGHTS)
SMALL = encoded(painting(1).resize((160, 120)), quality=80)
OTHER = encoded(painting(2), quality=95)
BROKEN = ARTIST[: len(ARTIST) // 4]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Two works: one with original, upload and copy, one with an upload alone; and a file that none can decode."""
    desk = Desk(tmp_path_factory.mktemp("find"))
    desk.see(upload(("sent.jpg", encoded(painting(1), quality=90))))
    desk.pick(ARTIST, "lake.jpg")
    desk.see(view(SMALL))
    desk.see(upload(("other.jpg", OTHER)))
    desk.pick(BROKEN, "broken.jpg")
    yield desk
    desk.close()


def test_each_work_once_best_first(desk: Desk, tmp_path: Path) -> None:
    """A work is named by its original's file, however many of its files are near."""
    (tmp_path / "a").write_bytes(ARTIST)
    (tmp_path / "b").write_bytes(encoded(painting(1).resize((200, 150)), quality=60))

    (exact,), (near,) = (Finder(desk.ledger).find(tmp_path / name) for name in "ab")

    assert {"work", "path", "verdict", "method", "distance"} == set(exact)
    assert ("lake.jpg", "identical", "bytes", 0) == (
        exact["path"],
        exact["verdict"],
        exact["method"],
        exact["distance"],
    )
    assert ("same-work", "fingerprint", exact["work"]) == (near["verdict"], near["method"], near["work"])
    assert 0 < near["distance"] <= 58
    assert "lake.jpg" == near["path"]


def test_an_upload_stands_for_its_work_and_a_served_copy_does_not(desk: Desk, tmp_path: Path) -> None:
    """Without an original the sent file is what is known; likeness to a copy alone is none."""
    (tmp_path / "a").write_bytes(OTHER)
    (tmp_path / "b").write_bytes(encoded(painting(3)))

    (found,) = Finder(desk.ledger).find(tmp_path / "a")

    assert ("other.jpg", "identical") == (found["path"], found["verdict"])
    assert [] == Finder(desk.ledger).find(tmp_path / "b")


def test_files_that_cannot_be_decoded(desk: Desk, tmp_path: Path) -> None:
    """By their bytes they can still be known; an unknown one is an error that names it, not a missing match."""
    (tmp_path / "known").write_bytes(BROKEN)
    (tmp_path / "unknown").write_bytes(BROKEN + b"x")

    (found,) = Finder(desk.ledger).find(tmp_path / "known")

    assert ("broken.jpg", "identical") == (found["path"], found["verdict"])
    with pytest.raises(PictureError, match="unknown") as caught:
        Finder(desk.ledger).find(tmp_path / "unknown")
    assert "undecodable" == caught.value.code
    with pytest.raises(PictureError):
        Finder(desk.ledger).find(tmp_path / "missing")
