"""An original that comes late changes what is said of the uploads and copies that were seen before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped
from tests.services.sample import Desk, upload, view

from creditline.ledger import retention

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ARTIST = stamped(encoded(painting(1), quality=95), xmp=RIGHTS)
SENT = encoded(painting(1), quality=90)
SERVED = encoded(painting(1).resize((160, 120)), quality=80)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path)
    yield opened
    opened.close()


def test_a_late_original_is_judged_against(desk: Desk) -> None:
    """What the page took out before sending is lost from then on, and the copy's loss lies between the same stages."""
    desk.see(upload(("sent.jpg", SENT), urls=("/media/1.jpg",)))
    desk.see(view(SERVED))
    (before,) = desk.verdicts()
    assert (None, False) == (before.original, before.lost)

    original = desk.pick(ARTIST, "lake.jpg")

    copied, sent = sorted(desk.verdicts(), key=lambda verdict: verdict.served is None)
    assert [original.id] * 2 == [copied.original, sent.original]
    assert (before.uploaded, before.served) == (copied.uploaded, copied.served)
    assert copied.lost
    assert sent.lost
    assert copied.audit is not None
    assert "url_equal" == copied.audit["match"]["rule"]
    assert {("original", "uploaded")} == {
        tuple(item["lost_between"]) for item in copied.audit["fields"] if item["outcome"] == "removed"
    }


def test_the_same_file_again_judges_nothing_anew(desk: Desk) -> None:
    """An original that was known already brings no more verdicts."""
    desk.pick(ARTIST, "lake.jpg")
    desk.see(upload(("sent.jpg", SENT)))
    before = desk.verdicts()

    desk.pick(ARTIST, "lake.jpg")

    assert before == desk.verdicts()


def test_what_was_purged_is_not_judged_again(desk: Desk) -> None:
    """A forgotten upload is no earlier sight of the work: its original begins a new one."""
    sent = desk.see(upload(("sent.jpg", SENT)))[0]
    retention.purge(desk.ledger, work=sent.work)

    assert sent.work != desk.pick(ARTIST, "lake.jpg").work
