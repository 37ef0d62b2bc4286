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
