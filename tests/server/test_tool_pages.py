"""Pages that do something with what a person brings."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest
from aiohttp import FormData
from tests.cli.sample import credited, jpeg
from tests.server.sample import Running, fill, picture, running

from creditline.vocab import sites

if TYPE_CHECKING:
    from pathlib import Path


async def _token(run: Running, headers: dict[str, str]) -> str:
    async with run.client.get("/inspect", headers=headers) as response:
        found = re.search(r'name="csrf" value="([^"]+)"', await response.text())
    assert found is not None
    return found[1]


def _form(**files: bytes | str) -> FormData:
    form = FormData()
    for name, value in files.items():
        if isinstance(value, bytes):
            form.add_field(name, value, filename="a.jpg", content_type="image/jpeg")
        else:
            form.add_field(name, value)
    return form


async def test_a_picture_is_inspected_and_not_kept(tmp_path: Path) -> None:
    """The page says what the file says; the ledger is as it was."""
    async with running(tmp_path) as run:
        headers = run.session
        form = _form(csrf=await _token(run, headers), picture=credited())
        async with run.client.post("/inspect", data=form, headers=headers) as response:
            text = await response.text()

        assert 200 == response.status
        assert "Ann Example" in text
        assert "Every field" in text
        assert [] == list((tmp_path / "pictures").rglob("*.*"))


async def test_two_pictures_are_compared(tmp_path: Path) -> None:
    """The page is that of an audit."""
    async with running(tmp_path) as run:
        headers = run.session
        form = _form(csrf=await _token(run, headers), original=credited(), served=jpeg(), uploaded=b"")
        async with run.client.post("/compare", data=form, headers=headers) as response:
            text = await response.text()

        assert 200 == response.status
        assert "removed" in text
        assert "between the original and the served copy" in text


@pytest.mark.parametrize("path", ["/inspect", "/compare"])
async def test_a_form_of_elsewhere_is_refused(tmp_path: Path, path: str) -> None:
    """Without this session's token, with another's, from another origin: nothing is read."""
    async with running(tmp_path) as run:
        headers = run.session
        files = {"picture": picture(), "original": picture(), "served": picture()}
        for token in ("", "x" * 43, "é"):
            async with run.client.post(path, data=_form(csrf=token, **files), headers=headers) as response:
                assert 403 == response.status
        good = _form(csrf=await _token(run, headers), **files)
        async with run.client.post(
            path, data=good, headers={**headers, "Origin": "https://evil.example"}
        ) as response:
            assert 403 == response.status
        async with run.client.post(path, data=_form(csrf="x", **files)) as response:
            assert 401 == response.status
        async with run.client.post(path, data=b"csrf=x", headers=headers) as response:
            assert 403 == response.status


async def test_an_empty_form_says_what_is_missing(tmp_path: Path) -> None:
    """The same page with a sentence, status 400."""
    async with running(tmp_path) as run:
        headers = run.session
        for path, words in (("/inspect", "Choose a picture"), ("/compare", "Choose the original")):
            form = _form(csrf=await _token(run, headers), picture=b"", original=b"")
            async with run.client.post(path, data=form, headers=headers) as response:
                assert 400 == response.status
                assert words in await response.text()


async def test_what_is_no_picture_gets_its_page(tmp_path: Path) -> None:
    """Bytes of nothing are said to be none, never an error of the server."""
    async with running(tmp_path) as run:
        headers = run.session
        form = _form(csrf=await _token(run, headers), picture=b"\0\1 no picture")
        async with run.client.post("/inspect", data=form, headers=headers) as response:
            assert 200 == response.status
            assert "no picture that can be read" in await response.text()


async def test_settings_doctor_and_audits(tmp_path: Path) -> None:
    """Each page stands and says what it is for."""
    async with running(tmp_path) as run:
        filled = fill(run.context.ledger)
        for path, words in (
            ("/settings", "max_body"),
            ("/doctor", "mitmproxy"),
            ("/audits", f"/audits/{filled.verdict}"),
        ):
            async with run.client.get(path, headers=run.session) as response:
                assert 200 == response.status
                assert words in await response.text()


async def test_doctor_folds_what_is_opened(tmp_path: Path) -> None:
    """However many patterns are opened, they are one row, each in its folded list."""
    async with running(tmp_path) as run:
        patterns = sites.load(run.context.home).patterns()
        async with run.client.get("/doctor", headers=run.session) as response:
            text = await response.text()

        assert 1 < len(patterns)
        assert 1 == text.count('role="rowheader">opened<')
        assert f"{len(patterns)} patterns" in text
        folded = text.partition("<details>")[2].partition("</details>")[0]
        assert list(patterns) == re.findall(r"<bdi>(.+?)</bdi>", html.unescape(folded))
