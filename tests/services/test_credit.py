"""Whose pictures are credited on their way up: the user's own, by bytes or pixels, and nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.services.sample import Desk, at, exchange_id, home_with_sites

from creditline import inspect
from creditline.containers import sniff
from creditline.demo.pictures import samples
from creditline.model.settings import Settings
from creditline.pixels import canonical_hash, recode
from creditline.services import credit, examine
from creditline.services.credit import Crediting
from creditline.services.record import Original

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PICTURE = next(one.data for one in samples() if inspect(one.data).format == "jpeg" and inspect(one.data).resolved)
WORDS = dict(inspect(PICTURE).resolved)


def bare(data: bytes) -> bytes:
    """The same picture without a word: the coded bytes are left as they are."""
    carriers = {block.carrier for block in sniff.find(data).blocks} - {"icc"}
    return sniff.replace(
        data, {name: [] for name in carriers & {"exif", "xmp", "iptc", "photoshop", "comment", "c2pa"}}
    )


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    made = home_with_sites(tmp_path / "home")
    yield made
    credit._ledger(made, "").close()
    credit._ledger.cache_clear()


def register(home: Path, data: bytes, *, mine: bool) -> None:
    """Take a file in as an original."""
    desk = Desk(home)
    path = desk.inbox.put_original(exchange_id(), data)
    original = Original(via="import", at=at(), filename="a.jpg", mine=mine)
    desk.recording.original(original, examine.original(path, home))
    desk.inbox.remove(path)
    desk.close()


def ask(home: Path, data: bytes, folder: Path) -> tuple[dict[str, object], bytes | None]:
    """What the worker's job says of a picture, and what it wrote."""
    (folder / "in").write_bytes(data)
    said = credit.credit(folder / "in", home, target=str(folder / "out"), database="")
    return said, (folder / "out").read_bytes() if (folder / "out").exists() else None


def test_own_pixels_get_their_credit(home: Path, tmp_path: Path) -> None:
    """A registered work that lost its fields gets creator, notice and terms again, its pixels as they were."""
    register(home, PICTURE, mine=True)

    said, made = ask(home, bare(PICTURE), tmp_path)

    assert "credited" == said["outcome"]
    assert made is not None
    after = dict(inspect(made).resolved)
    assert [WORDS["creator"], WORDS["copyright_notice"]] == [after["creator"], after["copyright_notice"]]
    assert inspect(PICTURE).consent.ai_training == inspect(made).consent.ai_training
    assert canonical_hash(PICTURE) == canonical_hash(made)
    assert [] == list(inspect(made).private)


def test_what_is_not_the_users_own_is_never_credited(home: Path, tmp_path: Path) -> None:
    """Not a work that was only seen, not a lookalike, not a stranger's picture, whatever the profile says."""
    (home / "config.toml").write_text('[profile.default]\ncreator = "Ann Example"\n', encoding="utf-8")
    register(home, PICTURE, mine=False)
    assert "unknown" == ask(home, bare(PICTURE), tmp_path)[0]["outcome"]
    register(home, PICTURE, mine=True)

    lookalike = recode(bare(PICTURE), "jpeg", quality=80)

    assert "unknown" == ask(home, lookalike, tmp_path)[0]["outcome"]


def test_the_profile_fills_what_an_own_work_lacks(home: Path, tmp_path: Path) -> None:
    """A work registered without a word gets the default profile's, byte for byte the registered file as it is."""
    (home / "config.toml").write_text('[profile.default]\ncreator = "Ann Example"\n', encoding="utf-8")
    register(home, bare(PICTURE), mine=True)

    said, made = ask(home, bare(PICTURE), tmp_path)

    assert ("credited", ["creator"]) == (said["outcome"], said["fields"])
    assert made is not None
    assert ["Ann Example"] == dict(inspect(made).resolved)["creator"]


def test_what_lacks_nothing_is_left_as_it_is(home: Path, tmp_path: Path) -> None:
    """The registered file itself, with no profile to add to it."""
    register(home, PICTURE, mine=True)

    assert ("whole", None) == (lambda said, made: (said["outcome"], made))(*ask(home, PICTURE, tmp_path))


@pytest.fixture
def service(home: Path) -> Iterator[Crediting]:
    made = Crediting(home, Settings())
    yield made
    made.close()


def test_a_worker_does_it(home: Path, service: Crediting) -> None:
    """The future gives the credited file, and of what is no picture a failure, never an exception."""
    register(home, PICTURE, mine=True)

    done = service.submit(bare(PICTURE)).result(60)

    assert ("credited", True) == (done.outcome, done.data is not None)
    assert "creator" in done.fields
    assert "unknown" == service.submit(b"no picture").result(60).outcome
