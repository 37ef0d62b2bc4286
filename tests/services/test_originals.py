"""The original of a copy, out of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped
from tests.services.sample import Desk, upload, view

from creditline.model.errors import NotFoundError
from creditline.services.originals import known_works, original_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ARTIST = stamped(encoded(painting(1), quality=95), xmp=RIGHTS)
SENT = encoded(painting(1), quality=90)
SMALL = encoded(painting(1).resize((160, 120)), quality=80)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A work with original, upload and copy."""
    desk = Desk(tmp_path_factory.mktemp("originals"))
    desk.pick(ARTIST, "lake.jpg")
    desk.see(upload(("sent.jpg", SENT)))
    desk.see(view(SMALL))
    yield desk
    desk.close()


@pytest.mark.parametrize("copy", [SENT, SMALL, encoded(painting(1), quality=50)])
def test_the_file_that_the_user_had(desk: Desk, tmp_path: Path, copy: bytes) -> None:
    """Not the sent one, and not the served one."""
    (tmp_path / "copy").write_bytes(copy)

    found = original_of(known_works(desk.ledger), tmp_path / "copy")

    assert (ARTIST, "lake.jpg") == (found.data, found.name)


def test_another_picture_has_none(desk: Desk, tmp_path: Path) -> None:
    """And the next step is said."""
    (tmp_path / "copy").write_bytes(encoded(painting(5)))

    with pytest.raises(NotFoundError) as refused:
        original_of(known_works(desk.ledger), tmp_path / "copy")

    assert "no_match" == refused.value.code
    assert "--from FILE" in str(refused.value.next_step)


def test_a_file_that_is_not_kept_is_named(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is known, its bytes are gone."""
    from creditline.model.errors import LedgerError

    def gone(_: str) -> bytes:
        raise LedgerError("purged")

    (tmp_path / "copy").write_bytes(SENT)
    monkeypatch.setattr(desk.ledger.blobs, "get", gone)

    with pytest.raises(NotFoundError) as refused:
        original_of(known_works(desk.ledger), tmp_path / "copy")

    assert "not_kept" == refused.value.code
