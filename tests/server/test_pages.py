"""The dashboard as a person gets it: empty, filled, and with hostile values everywhere."""

from __future__ import annotations

import hashlib
import itertools
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from tests.server.sample import HOSTILE, Running, fill, running

from creditline.ledger import retention
from creditline.ledger.rows import Batch, NewWork
from creditline.model.observation import SCREENSHOT, Observation

if TYPE_CHECKING:
    from pathlib import Path


class Outline(HTMLParser):
    """What a page is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, tag: str, name: str) -> list[str]:
        """The values of one attribute of one element, in order."""
        return [v for t, n, v in self.attributes if (t, n) == (tag, name)]


async def _page(run: Running, path: str, status: int = 200) -> Outline:
    async with run.client.get(path, headers=run.session) as response:
        assert status == response.status
        assert "text/html; charset=utf-8" == response.headers["Content-Type"]
        return Outline(await response.text())


async def test_an_empty_ledger_says_what_to_do(tmp_path: Path) -> None:
    """Every empty page names the next step."""
    async with running(tmp_path) as run:
        for path in ("/", "/works", "/sites"):
            page = await _page(run, path)

            assert "creditline browser" in page.text


async def test_home_says_what_happened(tmp_path: Path) -> None:
    """The first page has a sentence for what was lost, for each sight and for what was missed."""
    async with running(tmp_path) as run:
        filled = fill(run.context.ledger)
        page = await _page(run, "/")

        assert "something was lost on imageboard.example" in page.text
        assert "2 of 3 credit and rights fields were removed" not in page.text
        assert "1 of 3 credit and rights fields was removed and 1 altered" in page.text
        assert "between the uploaded file and the served copy" in page.text
        assert "A picture was uploaded: JPEG, 64 × 48" in page.text
        assert f"/audits/{filled.verdict}" in page.values("a", "href")
        assert "Ann Example (imageboard.example, 1 time)." in page.text


async def test_an_audit_shows_every_stage(tmp_path: Path) -> None:
    """The page of an audit names stages, values, where something was lost, and how the copy was recognised."""
    async with running(tmp_path) as run:
        filled = fill(run.context.ledger)
        page = await _page(run, f"/audits/{filled.verdict}")

        assert 4 == len(page.values("img", "src"))
        assert all(value for value in page.values("img", "alt"))
        for words in (
            "Original",
            "Uploaded",
            "Served",
            "Creator",
            "§ 1202(c)(2) author",
            "by the site",
            "not there",
            "12 of 256 bits differ",
            "up to 58",
            "in IPTC",
            "AI-generated",
            "not allowed by the creator",
            "signed, signer on a trust list",
        ):
            assert words in page.text


async def test_an_audit_without_an_upload_says_so(tmp_path: Path) -> None:
    """Without the uploaded stage there is no column for it, and the page says what that means."""
    async with running(tmp_path) as run:
        fill(run.context.ledger)
        verdict = run.context.ledger.put_verdict(
            {
                "stages": {
                    "original": {"sha256": "a" * 64, "via": "cli"},
                    "served": {"sha256": "b" * 64, "via": "cli"},
                },
                "match": {"verdict": "different"},
                "fields": [],
                "summary": {},
            }
        )
        page = await _page(run, f"/audits/{verdict}")

        assert "The uploaded file was not seen" in page.text
        assert "not the same work" in page.text
        assert "Picture not kept" in page.text
        assert "Uploaded" not in page.text


async def test_works_and_sites(tmp_path: Path) -> None:
    """The lists lead to pages that say what was seen and what became of each field."""
    async with running(tmp_path) as run:
        filled = fill(run.context.ledger)

        assert f"/works/{filled.work}" in (await _page(run, "/works")).values("a", "href")
        work = await _page(run, f"/works/{filled.work}")
        assert "Seen 3 times; 1 copy was compared; 1 had lost something." in work.text
        assert f"/audits/{filled.verdict}" in work.values("a", "href")
        assert "/sites/imageboard.example" in (await _page(run, "/sites")).values("a", "href")
        site = await _page(run, "/sites/imageboard.example")
        assert "Something was lost in 1 of 1 comparison." in site.text
        assert "1 of 1" in site.text


async def test_works_are_paged(tmp_path: Path) -> None:
    """A long list shows a part, and a link to the rest."""
    async with running(tmp_path) as run:
        for number in range(50):
            seen = Observation(id=f"{number:026}", at="2026-08-21T09:00:00Z", stage="original", via="import")
            run.context.ledger.record(Batch(seen, work=NewWork(f"Work {number}")))
        first = await _page(run, "/works")
        (more,) = [href for href in first.values("a", "href") if href.startswith("/works?after=")]
        second = await _page(run, more)

        assert "Work 49" in first.text
        assert "Work 0" in second.text
        assert 48 == len(re.findall(r"Work \d", first.text))
        assert 2 == len(re.findall(r"Work \d", second.text))


async def test_a_kept_page_stands_with_its_site(tmp_path: Path) -> None:
    """With picture, address and time; it counts as no copy, and it is gone from the page once purged."""
    async with running(tmp_path) as run:
        fill(run.context.ledger)
        shot = hashlib.sha256(b"shot").hexdigest()
        seen = Observation(
            "page", "2026-08-22T09:00:00Z", "served", "extension", site="imageboard.example", role=SCREENSHOT,
            url="https://imageboard.example/<b>1", sha256=shot, bytes=4, format="png",
        )  # fmt: skip
        run.context.ledger.record(Batch(seen, data=b"shot"))
        site = await _page(run, "/sites/imageboard.example")
        home = await _page(run, "/")
        retention.purge(run.context.ledger, before="2026-08-23T00:00:00Z")
        after = await _page(run, "/sites/imageboard.example")

        assert "Pages kept as evidence" in site.text
        assert "https://imageboard.example/<b>1" in site.text
        assert "1 served copy seen" in site.text
        assert "A page was kept as evidence" in home.text
        assert "Pages kept as evidence" not in after.text


@pytest.mark.parametrize("path", ["/", "/works", "/works/{work}", "/audits/{verdict}", "/sites", "/sites/{site}"])
async def test_hostile_values_stay_text(tmp_path: Path, path: str) -> None:
    """A script in any field, name, address or site is shown and never run, linked or hidden."""
    async with running(tmp_path) as run:
        filled = fill(run.context.ledger, text=HOSTILE, site="evil<script>alert(3)</script>.example")
        site = quote(filled.site, safe="")
        page = await _page(run, path.format(work=filled.work, verdict=filled.verdict, site=site))

        scripts = page.values("script", "src")
        assert page.tags.count("script") == len(scripts)
        assert set(scripts) <= {"/static/live.js"}
        assert not [name for _, name, _ in page.attributes if name.startswith("on") or name == "style"]
        assert "\u202e" not in page.text
        assert ("{{" in page.text) == ("onerror" in page.text)
        for href in page.values("a", "href") + page.values("img", "src") + page.values("form", "action"):
            assert re.fullmatch(r"[/#][^/<>\"\s][^<>\"\s]*|/", href), href
        assert "<script>alert(" in page.text


async def test_nothing_comes_from_elsewhere(tmp_path: Path) -> None:
    """Pages load their own style sheet, icon and pictures and nothing else."""
    async with running(tmp_path) as run:
        filled = fill(run.context.ledger)
        for path in ("/", f"/audits/{filled.verdict}", "/sign-in"):
            page = await _page(run, path)
            loaded = page.values("link", "href") + page.values("script", "src") + page.values("img", "src")

            assert all(address.startswith(("/static/", "/pictures/")) for address in loaded)


async def test_landmarks_and_tables(tmp_path: Path) -> None:
    """Each page has one main, one h1 and a title; each table a caption and scoped heads."""
    async with running(tmp_path) as run:
        filled = fill(run.context.ledger)
        for path in (
            "/",
            "/works",
            f"/works/{filled.work}",
            f"/audits/{filled.verdict}",
            "/sites",
            "/sites/imageboard.example",
        ):
            page = await _page(run, path)

            assert (1, 1, 1) == (page.tags.count("main"), page.tags.count("h1"), page.tags.count("title"))
            assert page.tags.count("table") == page.tags.count("caption")
            assert page.tags.count("th") == len(page.values("th", "scope"))
            assert {"en"} == set(page.values("html", "lang"))
            levels = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
            assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


@pytest.mark.parametrize(
    "path",
    [
        "/works/../../etc/passwd",
        "/works/..%2f..%2fetc%2fpasswd",
        "/audits/%00",
        "/audits/' OR 1=1--",
        "/works/" + "A" * 65,
        "/works/01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "/audits/01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "/sites/..%2f..%2f",
        "/sites/%F0%9F",
        "/pictures/..%2f..%2fledger.sqlite/thumbnail",
        f"/pictures/{'A' * 64}/thumbnail",
        "/static/..%2fpages.py",
        "/static/no-picture.svg",
        "/%61pi/v1/nowhere",
    ],
)
async def test_strange_ids_are_not_found(tmp_path: Path, path: str) -> None:
    """An id that is none gives 404, never a file and never an error."""
    async with running(tmp_path) as run, run.client.get(path, headers=run.session) as response:
        assert 404 == response.status
        assert "Traceback" not in await response.text()


async def test_a_strange_cursor_is_no_error(tmp_path: Path) -> None:
    """A cursor that is none gives an empty page or says that there is nothing."""
    async with running(tmp_path) as run:
        filled = fill(run.context.ledger)
        for path in ("/works?after=%00'", f"/sites/{filled.site}?after=nope", "/works?after=" + "Z" * 5000):
            async with run.client.get(path, headers=run.session) as response:
                assert response.status in {200, 404}


async def test_without_a_session_nothing_is_said(tmp_path: Path) -> None:
    """Whoever is not signed in learns neither what exists nor what does not."""
    async with running(tmp_path) as run:
        filled = fill(run.context.ledger)
        for path in (
            "/",
            f"/works/{filled.work}",
            "/works/nope",
            "/nowhere",
            f"/pictures/{filled.original}/thumbnail",
        ):
            async with run.client.get(path) as response:
                text = await response.text()

                assert 401 == response.status
                assert "imageboard" not in text
                assert f'href="{path}"' in text


async def test_signing_in_works_once(tmp_path: Path) -> None:
    """The form takes a link's token once, sets a cookie that only this server's own pages send, and leads home."""
    async with running(tmp_path) as run:
        token = run.sign_in.issue().partition("#")[2]
        own = {"Origin": f"http://{run.host}"}
        async with run.client.post(
            "/sign-in", data={"token": token}, headers=own, allow_redirects=False
        ) as response:
            cookie = response.headers["Set-Cookie"]

            assert (303, "/") == (response.status, response.headers["Location"])
            assert "HttpOnly" in cookie
            assert "SameSite=Strict" in cookie
            assert "Domain" not in cookie
        async with run.client.post(
            "/sign-in", data={"token": token}, headers=own, allow_redirects=False
        ) as response:
            assert 403 == response.status
            assert "used already" in await response.text()
            assert "Set-Cookie" not in response.headers


async def test_an_old_link_is_refused(tmp_path: Path) -> None:
    """After five minutes the link is over."""
    async with running(tmp_path) as run:
        token = run.sign_in.issue().partition("#")[2]
        run.clock.now += 300
        async with run.client.post("/sign-in", data={"token": token}, allow_redirects=False) as response:
            assert 403 == response.status


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{}", {"Content-Type": "application/json"}, 415),
        (b"token=x", {"Content-Type": "text/plain"}, 415),
        (b"token=" + b"x" * 20_000, {"Content-Type": "application/x-www-form-urlencoded"}, 413),
        (b"token=%FF%FE", {"Content-Type": "application/x-www-form-urlencoded; charset=nope"}, 400),
        (b"token=\xff", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        (b"other=1", {"Content-Type": "application/x-www-form-urlencoded"}, 403),
    ],
)
async def test_forms_of_another_kind(tmp_path: Path, body: bytes, headers: dict[str, str], status: int) -> None:
    """What is not the sign-in form is refused as what it is."""
    async with running(tmp_path) as run, run.client.post("/sign-in", data=body, headers=headers) as response:
        assert status == response.status


async def test_purged_audits(tmp_path: Path) -> None:
    """An audit whose values were purged is said to be purged."""
    from creditline.ledger.schema import verdicts

    async with running(tmp_path) as run:
        filled = fill(run.context.ledger)
        with run.context.ledger.writes() as connection:
            connection.execute(verdicts.update().values(audit=None))

        page = await _page(run, f"/audits/{filled.verdict}", 410)
        assert "purged" in page.text
        home = await _page(run, "/")
        assert f"/audits/{filled.verdict}" not in home.values("a", "href")
