"""The scoreboard's page, and reports to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.server.sample import fill, running

if TYPE_CHECKING:
    from pathlib import Path


async def test_the_scoreboard_has_a_row_for_the_site(tmp_path: Path) -> None:
    """Levels with counts; an empty ledger says what to do."""
    async with running(tmp_path) as run:
        async with run.client.get("/scoreboard", headers=run.session) as response:
            assert "creditline probe" in await response.text()
        fill(run.context.ledger)
        async with run.client.get("/scoreboard", headers=run.session) as response:
            text = await response.text()

        assert "/sites/imageboard.example" in text
        assert "1 of 1 lost" in text
        assert "not measured" in text


async def test_reports_are_files_to_keep(tmp_path: Path) -> None:
    """Each format by its type, as an attachment; one that there is not is 404, a letter without a site 400."""
    async with running(tmp_path) as run:
        fill(run.context.ledger)
        for form, kind in (("html", "text/html"), ("csv", "text/csv"), ("json", "application/json")):
            async with run.client.get(f"/reports/{form}", headers=run.session) as response:
                assert (200, kind) == (response.status, response.content_type)
                assert response.headers["Content-Disposition"].startswith("attachment;")
                assert b"imageboard.example" in await response.read()
        for path, status in (
            ("/reports/docx", 404),
            ("/reports/letter", 400),
            ("/reports/html?site=nowhere", 404),
            ("/reports/html?since=soon", 400),
            ("/reports/html?work=../../etc/passwd", 404),
        ):
            async with run.client.get(path, headers=run.session) as response:
                assert status == response.status, path


async def test_the_form_names_the_sites(tmp_path: Path) -> None:
    """Those with a comparison can be chosen."""
    async with running(tmp_path) as run:
        fill(run.context.ledger, site='"><script>x.example')
        async with run.client.get("/reports", headers=run.session) as response:
            text = await response.text()

        assert "<script>x" not in text
        assert "&lt;script&gt;x.example" in text


async def test_programs_get_the_same_files(tmp_path: Path) -> None:
    """By token, typed, as attachments; a wrong question is a problem document, never another report."""
    async with running(tmp_path) as run:
        fill(run.context.ledger)
        token = run.bearer()
        for path, kind in (
            ("html", "text/html"),
            ("csv?site=imageboard.example", "text/csv"),
            ("json?since=2020-01-01", "application/json"),
            ("markdown", "text/markdown"),
            ("letter?site=imageboard.example", "text/plain"),
        ):
            async with run.client.get(f"/api/v1/reports/{path}", headers=token) as response:
                assert (200, kind) == (response.status, response.content_type)
                assert response.headers["Content-Disposition"].startswith("attachment;")
                assert b"imageboard" in await response.read()
        for path, status in (
            ("docx", 404),
            ("..%2f..%2fetc%2fpasswd", 404),
            ("letter", 400),
            ("html?site=nowhere", 404),
            ("html?work=..%2f..%2fetc%2fpasswd", 404),
            ("html?until=soon", 400),
            ("html?sites=imageboard.example", 400),
            ("html?limit=1", 400),
            ("html?site=a&site=b", 400),
        ):
            async with run.client.get(f"/api/v1/reports/{path}", headers=token) as response:
                assert (status, "application/problem+json") == (response.status, response.content_type), path
        async with run.client.get("/api/v1/reports/html") as response:
            assert 401 == response.status


async def test_programs_get_the_scoreboard(tmp_path: Path) -> None:
    """One row a site with its levels; after the last there is nothing, and a cursor of no site is 404."""
    async with running(tmp_path) as run:
        fill(run.context.ledger)
        async with run.client.get("/api/v1/scoreboard?limit=1", headers=run.bearer()) as response:
            page = await response.json()
        async with run.client.get("/api/v1/scoreboard?after=imageboard.example", headers=run.bearer()) as response:
            rest = await response.json()
        async with run.client.get("/api/v1/scoreboard?after=nowhere", headers=run.bearer()) as response:
            assert 404 == response.status

        assert (["imageboard.example"], None) == ([item["site"] for item in page["items"]], page["next"])
        assert "removed" in {cell["level"] for cell in page["items"][0]["columns"].values()}
        assert ([], None) == (rest["items"], rest["next"])
