"""The API for programs."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import FormData
from tests.server.sample import fill, picture, running

from creditline import __version__
from creditline.model.errors import LimitError
from creditline.model.observation import Observation
from creditline.server.api import filename

if TYPE_CHECKING:
    from pathlib import Path


def _form(**files: bytes) -> FormData:
    form = FormData()
    for name, data in files.items():
        form.add_field(name, data, filename=f"{name}.jpg", content_type="image/jpeg")
    return form


async def test_health_is_open(tmp_path: Path) -> None:
    """Anybody on this machine may ask whether the server is there."""
    async with running(tmp_path) as run, run.client.get("/api/v1/health") as response:
        assert {"name": "creditline", "version": __version__, "status": "ok"} == await response.json()


async def test_inspections_take_bytes_or_multipart(tmp_path: Path) -> None:
    """Both ways give the same inspection (contract §3)."""
    async with running(tmp_path) as run:
        data = picture()
        async with run.client.post("/api/v1/inspections", data=data, headers=run.bearer()) as response:
            raw = await response.json()
        async with run.client.post(
            "/api/v1/inspections", data=_form(picture=data), headers=run.bearer()
        ) as response:
            parted = await response.json()

        assert "creditline/inspection/1" == raw["schema"]
        assert "jpeg" == raw["format"]
        assert raw == parted


async def test_what_is_no_picture_still_has_an_inspection(tmp_path: Path) -> None:
    """Bytes that no format fits are said to be unknown, with the error beside."""
    async with running(tmp_path) as run:
        async with run.client.post("/api/v1/inspections", data=b"nothing", headers=run.bearer()) as response:
            answer = await response.json()

        assert "unknown" == answer["format"]


async def test_audits(tmp_path: Path) -> None:
    """Two files give an audit (contract §4)."""
    async with running(tmp_path) as run:
        form = _form(original=picture(), served=picture(), uploaded=picture())
        async with run.client.post("/api/v1/audits", data=form, headers=run.bearer()) as response:
            answer = await response.json()

        assert "creditline/audit/1" == answer["schema"]
        assert "identical" == answer["match"]["verdict"]


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("audits", _form(original=b"x"), 400),
        ("audits", _form(original=b"x", served=b""), 400),
        ("inspections", _form(other=b"x"), 400),
        ("inspections", b"", 400),
        ("audits", b"x", 415),
    ],
)
async def test_incomplete_requests(tmp_path: Path, path: str, form: Any, status: int) -> None:
    """What is missing is named in a problem document."""
    async with (
        running(tmp_path) as run,
        run.client.post(f"/api/v1/{path}", data=form, headers=run.bearer()) as response,
    ):
        problem = await response.json(content_type="application/problem+json")

        assert status == response.status == problem["status"]
        assert problem["detail"]


@pytest.mark.filterwarnings("ignore::aiohttp.multipart.BadContentDispositionHeader")
@pytest.mark.parametrize(
    "body", [b"", b"--x", b"--b\r\n\r\n", b"--b\r\nContent-Disposition: form-data; name=", b"\xff" * 100]
)
async def test_broken_multipart(tmp_path: Path, body: bytes) -> None:
    """A multipart body that is not one is a bad request, never a failure of the server."""
    async with running(tmp_path) as run:
        headers = {**run.bearer(), "Content-Type": "multipart/form-data; boundary=b"}
        async with run.client.post("/api/v1/audits", data=body, headers=headers) as response:
            assert 400 == response.status


class Recorder:
    """Takes originals and answers as it was told to."""

    def __init__(self, outcome: Observation | Exception | None) -> None:
        self.outcome = outcome
        self.taken: list[tuple[bytes, Any]] = []

    def submit_original(self, data: bytes, original: Any) -> Future[Observation]:
        """Remembers what it got."""
        self.taken.append((data, original))
        future: Future[Observation] = Future()
        if isinstance(self.outcome, Exception):
            future.set_exception(self.outcome)
        elif self.outcome is not None:
            future.set_result(self.outcome)
        return future

    submit_screenshot = submit_original


OCTETS = {"Content-Type": "application/octet-stream"}


async def test_originals_reach_the_recorder(tmp_path: Path) -> None:
    """The file arrives byte for byte, with page, name and gesture; the answer names the observation."""
    recorder = Recorder(Observation(id="01", at="", stage="original", via="extension", work="02"))
    async with running(tmp_path, recorder=recorder) as run:
        headers = {
            **run.bearer(),
            **OCTETS,
            "Origin": "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
            "X-Creditline-Page": "https://imageboard.example/post",
            "X-Creditline-Filename": "UTF-8''na%C3%AFve%2F..%2Fa%20b.jpg",
            "X-Creditline-Gesture": "drop",
            "X-Creditline-Trusted": "1",
        }
        async with run.client.post("/api/v1/originals", data=picture(), headers=headers) as response:
            assert 201 == response.status
            assert ("01", "02") == ((answer := await response.json())["observation"], answer["work"])

        ((data, original),) = recorder.taken
        assert picture() == data
        assert ("extension", "https://imageboard.example/post") == (original.via, original.page)
        assert ("a b.jpg", "drop") == (original.filename, original.gesture)


async def test_a_slow_record_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where reading takes longer than the extension waits, the answer says that it was taken in."""
    monkeypatch.setattr("creditline.server.api.WAIT_FOR_RECORD", 0.01)
    async with running(tmp_path, recorder=Recorder(None)) as run:
        headers = {**run.bearer(), **OCTETS}
        async with run.client.post("/api/v1/originals", data=picture(), headers=headers) as response:
            assert 202 == response.status
            assert (await response.json())["observation"] is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "image/jpeg"}, 415),
        (OCTETS | {"X-Creditline-Gesture": "click"}, 400),
        (OCTETS | {"X-Creditline-Trusted": "yes"}, 400),
    ],
)
async def test_originals_with_wrong_headers(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    """Headers outside the contract are refused, and nothing is recorded."""
    recorder = Recorder(None)
    async with running(tmp_path, recorder=recorder) as run:
        async with run.client.post("/api/v1/originals", data=b"x", headers=run.bearer() | headers) as response:
            assert status == response.status

        assert [] == recorder.taken


async def test_originals_that_are_not_taken(tmp_path: Path) -> None:
    """Why an original was not taken is the recorder's sentence; without a recorder it is that there is none."""
    async with (
        running(tmp_path, recorder=Recorder(LimitError("too large to be read"))) as run,
        run.client.post("/api/v1/originals", data=b"x", headers=run.bearer() | OCTETS) as response,
    ):
        assert 413 == response.status
        assert "too large to be read" == (await response.json(content_type=None))["detail"]
    async with (
        running(tmp_path) as run,
        run.client.post("/api/v1/originals", data=b"x", headers=run.bearer() | OCTETS) as response,
    ):
        assert 503 == response.status


PNG = {"Content-Type": "image/png", "X-Creditline-Page": "https://imageboard.example/post"}
SHOT = b"\x89PNG\r\n\x1a\n..."


async def test_screenshots_reach_the_recorder(tmp_path: Path) -> None:
    """The picture arrives byte for byte with the page's address, and with the server's time."""
    recorder = Recorder(Observation(id="01", at="", stage="served", via="extension"))
    async with running(tmp_path, recorder=recorder) as run:
        async with run.client.post("/api/v1/screenshots", data=SHOT, headers=run.bearer() | PNG) as response:
            assert 201 == response.status
            assert {"schema": "creditline/screenshot/1", "observation": "01"} == await response.json()

        ((data, shown),) = recorder.taken
        assert SHOT == data
        assert ("extension", "https://imageboard.example/post") == (shown.via, shown.page)
        assert shown.at.endswith("Z")


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "application/octet-stream"}, SHOT, 415),
        ({"X-Creditline-Page": ""}, SHOT, 400),
        ({"X-Creditline-Page": "javascript:alert(1)"}, SHOT, 400),
        ({"X-Creditline-Page": "https://a.example/" + "a" * 2048}, SHOT, 400),
        ({}, b"GIF89a", 400),
        ({}, b"", 400),
        ({"Authorization": ""}, SHOT, 401),
    ],
)
async def test_screenshots_that_are_none(
    tmp_path: Path, headers: dict[str, str], body: bytes, status: int
) -> None:
    """What is no PNG of a page on the web, or comes without a token, is refused, and nothing is recorded."""
    recorder = Recorder(None)
    async with running(tmp_path, recorder=recorder) as run:
        sent = run.bearer() | PNG | headers
        async with run.client.post("/api/v1/screenshots", data=body, headers=sent) as response:
            assert status == response.status

        assert [] == recorder.taken


async def test_screenshots_need_the_scope_of_the_api(tmp_path: Path) -> None:
    """A token for manifests keeps no page."""
    async with running(tmp_path, recorder=Recorder(None)) as run:
        headers = run.bearer("fetch:manifests") | PNG
        async with run.client.post("/api/v1/screenshots", data=SHOT, headers=headers) as response:
            assert 403 == response.status


async def test_lists_are_paged(tmp_path: Path) -> None:
    """Following `next` gives every observation once, newest first."""
    async with running(tmp_path) as run:
        fill(run.context.ledger)
        headers, seen, after = run.bearer(), [], None
        for _ in range(3):
            query = "limit=1" + (f"&after={after}" if after else "")
            async with run.client.get(f"/api/v1/observations?{query}", headers=headers) as response:
                answer = await response.json()
            seen += [item["stage"] for item in answer["items"]]
            after = answer["next"]

        assert ["served", "uploaded", "original"] == seen
        assert after is None


async def test_lists_are_filtered(tmp_path: Path) -> None:
    """Site, stage, work and time narrow the list."""
    async with running(tmp_path) as run:
        filled = fill(run.context.ledger)
        headers = run.bearer()
        for query, number in (
            ("site=imageboard.example", 2),
            ("site=other.example", 0),
            ("stage=served", 1),
            (f"work={filled.work}", 3),
            ("since=2026-08-21T09:01:00Z", 2),
        ):
            async with run.client.get(f"/api/v1/observations?{query}", headers=headers) as response:
                assert number == len((await response.json())["items"]), query


@pytest.mark.parametrize("name", ["s{}", "a-very-long-name." * 14 + "{}.example", "bücher {}?&=#/%"])
@pytest.mark.parametrize("path", ["/api/v1/sites", "/api/v1/scoreboard"])
async def test_sites_page_by_their_id(tmp_path: Path, name: str, path: str) -> None:
    """The cursor of a list of sites is a site's name, however long and of whatever letters."""
    async with running(tmp_path) as run:
        for number in range(3):
            fill(run.context.ledger, site=name.format(number), number=number)
        headers, seen, after = run.bearer(), [], None
        for _ in range(4):
            query = {"limit": "1"} | ({"after": after} if after else {})
            async with run.client.get(path, params=query, headers=headers) as response:
                answer = await response.json()
            seen += [item.get("id") or item["site"] for item in answer["items"]]
            after = answer["next"]
            if after is None:
                break

        assert sorted(name.format(number) for number in range(3)) == sorted(seen)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=٣",
        "limit=-1",
        "after=%00",
        "after=" + "A" * 65,
        "since=yesterday",
        "stage=x",
        "work='",
        "nope=1",
        "site=a&site=b",
    ],
)
async def test_queries_that_mean_nothing(tmp_path: Path, query: str) -> None:
    """A query that is not understood is an error, never another list."""
    async with (
        running(tmp_path) as run,
        run.client.get(f"/api/v1/observations?{query}", headers=run.bearer()) as response,
    ):
        assert 400 == response.status
        assert "bad_query" == (await response.json(content_type="application/problem+json"))["code"]


async def test_an_unknown_cursor_is_not_found(tmp_path: Path) -> None:
    """A cursor that was never given out is said to be unknown."""
    async with (
        running(tmp_path) as run,
        run.client.get("/api/v1/observations?after=nope", headers=run.bearer()) as response,
    ):
        assert 404 == response.status


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("UTF-8''na%C3%AFve.jpg", "naïve.jpg"),
        ("utf-8'en'a.jpg", "a.jpg"),
        ("plain.jpg", "plain.jpg"),
        ("it's.jpg", "it's.jpg"),
        ("UTF-8''..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("UTF-8''C%3A%5Cx%5Cy.png", "y.png"),
        ("UTF-8''%FF", None),
        ("UTF-8''a%0D%0Ab%E2%80%AE", "ab"),
        ("..", None),
        ("", None),
        ("x" * 999, "x" * 255),
    ],
)
def test_file_names(header: str, name: str | None) -> None:
    """A name is the last segment, decoded, without control characters."""
    assert name == filename(header)
