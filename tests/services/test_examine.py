"""The worker's half: pictures cut out and read, as plain JSON, and nothing read that is not recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped
from tests.services.sample import form, home_with_sites, upload, view

from creditline.model.exchange import Body
from creditline.services import examine
from creditline.services.inbox import Inbox

if TYPE_CHECKING:
    from creditline.model.exchange import Exchange

PICTURE = stamped(encoded(painting(1)), xmp=RIGHTS)
OTHER = encoded(painting(2))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder that knows two sites."""
    return home_with_sites(tmp_path)


def examined(home: Path, exchange: Exchange) -> tuple[dict[str, Any], Path]:
    """The worker's answer, after a way through JSON, and the entry."""
    entry = Inbox(home / "inbox").put(exchange)
    return json.loads(json.dumps(examine.exchange(entry, home))), entry


def test_an_upload(home: Path) -> None:
    """The picture's bytes untouched beside the body, its reading and code, and the addresses of the answer."""
    answer, entry = examined(home, upload(("a.jpg", PICTURE), urls=("/media/1.jpg",)))

    (found,) = answer["found"]
    assert ("fotos", "2026-08-21", ["https://fotos.example/media/1.jpg"]) == (
        answer["site"],
        answer["profile"],
        answer["answer_urls"],
    )
    assert ("uploaded", "F1", "image", "file", "a.jpg", None) == tuple(
        found[key] for key in ("stage", "form", "role", "part", "filename", "missed")
    )
    assert Path(found["file"]).read_bytes() == PICTURE
    assert entry == Path(found["file"]).parent
    assert found["sha256"] == found["inspection"]["sha256"]
    assert ["Ann Example"] == found["inspection"]["resolved"]["creator"]
    assert (64, 64) == (len(found["fingerprint"]["code"]), len(found["fingerprint"]["pixels"]))
    assert [["content_type", "image/jpeg"]] == found["declared"]


def test_several_pictures_are_kept_apart(home: Path) -> None:
    """Each has a file of its own."""
    answer, _ = examined(home, upload(("a.jpg", PICTURE), ("b.jpg", OTHER)))

    assert [PICTURE, OTHER] == [Path(found["file"]).read_bytes() for found in answer["found"]]


def test_a_served_picture(home: Path) -> None:
    """It is read like an upload; addresses are not looked for in it."""
    answer, _ = examined(home, view(PICTURE, "https://cdn.fotos.example/media/1.jpg"))

    assert ("fotos", [], "served") == (answer["site"], answer["answer_urls"], answer["found"][0]["stage"])


@pytest.mark.parametrize(
    ("host", "site", "profile", "urls"),
    [
        ("fotos.example", "fotos", "2026-08-21", 1),
        ("wall.example", "wall", "2026-08-21", 0),
        ("unknown.example", "unknown.example", None, 1),
    ],
)
def test_whose_answers_name_copies(home: Path, host: str, site: str, profile: str | None, urls: int) -> None:
    """A profile without that rule says that its answers do not; without a profile they may."""
    answer, _ = examined(home, upload(("a.jpg", PICTURE), host=host, urls=("/media/1.jpg",)))

    assert (site, profile, urls) == (answer["site"], answer["profile"], len(answer["answer_urls"]))


def test_other_roles_are_not_read(home: Path) -> None:
    """Portraits and icons: no reading, no bytes in a file of their own."""
    portrait, entry = examined(home, upload(("me.jpg", PICTURE), path="/portrait"))
    icon, _ = examined(home, view(encoded(painting(1).resize((16, 16))), "https://unknown.example/i.jpg"))

    assert ("avatar", "noise") == (portrait["found"][0]["role"], icon["found"][0]["role"])
    for found in (*portrait["found"], *icon["found"]):
        assert {"sha256", "inspection", "fingerprint", "file"}.isdisjoint(found)
    assert {"exchange.json", "request", "response"} == {path.name for path in entry.iterdir()}


def test_what_could_not_be_read_says_why(home: Path) -> None:
    """A body that was not kept, and one that ended early: found, and the reason beside it."""
    large, _ = examined(home, upload(body=Body(length=10**10, missed="too_large")))
    cut = form(("a.jpg", PICTURE))[:-2000]
    early, _ = examined(home, upload(body=Body(cut, length=len(cut), complete=False)))

    assert [("too_large", False)] == [(f["missed"], "sha256" in f) for f in large["found"]]
    assert [("incomplete", True)] == [(f["missed"], "sha256" in f) for f in early["found"]]


def test_an_exchange_without_pictures(home: Path) -> None:
    """Nothing is found, and nothing breaks."""
    answer, _ = examined(home, view(b"hello", content_type="text/plain"))

    assert [] == answer["found"]


def test_an_original(home: Path) -> None:
    """The file as it is, wherever it lies; a picture that cannot be decoded has no code and says why."""
    path = Inbox(home / "inbox").put_original("o", PICTURE)
    broken = Inbox(home / "inbox").put_original("b", PICTURE[:900])

    (found,) = examine.original(path, home)["found"]
    (half,) = examine.original(broken, home)["found"]

    assert (str(path), len(PICTURE)) == (found["file"], found["inspection"]["bytes"])
    assert half["fingerprint"]["code"] is None
    assert half["fingerprint"]["missed"]
