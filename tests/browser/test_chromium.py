"""Chromium is found, started apart from the user's, driven and stopped whole."""

from __future__ import annotations

import os
import stat
import struct
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from tests.loopback import served

from creditline.browser import chromium
from creditline.browser.cdp import BrowserError
from creditline.browser.chromium import Chromium, command, find_chromium, require_chromium
from creditline.model.errors import MissingPartError, UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FOUND = find_chromium()
needs_chromium = pytest.mark.skipif(
    FOUND is None, reason="no Chromium on this machine: `make browsers` installs it"
)

PAGE = """<!doctype html><title>test</title><input type=file><button>go</button><script>
const note = (event) => {
  document.body.dataset[event.type] = event.isTrusted + ' ' + (event.target.files?.[0]?.name ?? '');
};
document.querySelector('input').addEventListener('change', note);
document.querySelector('button').addEventListener('click', note);
</script>"""


@asynccontextmanager
async def _site() -> AsyncIterator[str]:
    async def front(request: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async with served([web.get("/", front)]) as port:
        yield f"http://127.0.0.1:{port}/"


def test_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands on $PATH is taken, Chromium before branded Chrome."""
    for name in ("google-chrome", "chromium"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert tmp_path / "chromium" == find_chromium()


def test_without_one_the_next_step_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without Chromium gives None, and the step that needs one says how to get it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "_places", lambda: [tmp_path / "absent"])

    assert find_chromium() is None
    with pytest.raises(MissingPartError) as caught:
        require_chromium()
    assert caught.value.next_step == "make browsers"


async def test_an_executable_that_is_not_there_is_a_missing_part(tmp_path: Path) -> None:
    """Launching None or a path with nothing behind it says what is missing."""
    for executable in (None, tmp_path / "absent"):
        with pytest.raises(MissingPartError):
            async with Chromium.launch(executable, profile=tmp_path / "profile"):
                pass


async def test_a_profile_in_use_is_never_removed(tmp_path: Path) -> None:
    """A profile folder that holds something is refused and left alone."""
    (tmp_path / "Bookmarks").write_text("mine")

    with pytest.raises(UsageError):
        async with Chromium.launch(Path(sys.executable), profile=tmp_path):
            pass
    assert (tmp_path / "Bookmarks").read_text() == "mine"


async def test_a_program_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    """When the browser ends before DevTools listen, the error has its last stderr lines; the profile is gone."""
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\necho 'no usable sandbox' >&2\nexit 1\n")
    program.chmod(0o700)

    with pytest.raises(BrowserError, match="no usable sandbox"):
        async with Chromium.launch(program, profile=tmp_path / "profile"):
            pass
    assert not (tmp_path / "profile").exists()


def test_the_proxy_and_its_authority_are_flags_of_this_run_only(tmp_path: Path) -> None:
    """The proxy and the SPKI pin stand on the command line; without a proxy the environment's is not used."""
    line = command(Path("chromium"), profile=tmp_path, proxy="http://127.0.0.1:8080", spki="abc=", flags=["--x"])
    bare = command(Path("chromium"), profile=tmp_path, headless=False)

    assert {"--proxy-server=http://127.0.0.1:8080", "--ignore-certificate-errors-spki-list=abc=", "--x"} <= set(
        line
    )
    assert "--no-proxy-server" in bare
    assert "--headless=new" in line
    assert "--headless=new" not in bare


def test_the_sandbox_is_off_for_root_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--no-sandbox` is passed exactly when the user is root."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    user = command(Path("chromium"), profile=tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    root = command(Path("chromium"), profile=tmp_path)

    assert "--no-sandbox" not in user
    assert "--no-sandbox" in root


@pytest.mark.browser
@needs_chromium
async def test_a_page_is_driven_as_by_a_person(tmp_path: Path) -> None:
    """Picks and clicks are trusted events; values, errors and pictures of the page come back; nothing is left."""
    picture = tmp_path / "picked.txt"
    picture.write_text("x")
    profile = tmp_path / "profile"

    async with _site() as url, Chromium.launch(FOUND, profile=profile) as page:
        await page.goto(url)
        await page.set_file("input", picture)
        await page.click("button")
        picked = await page.wait_for("document.body.dataset.change")
        clicked = await page.wait_for("document.body.dataset.click")
        title = await page.evaluate("Promise.resolve(document.title)")
        await page.screenshot(tmp_path / "shot.png", 640, 400)
        with pytest.raises(BrowserError, match="no element"):
            await page.click("#absent")
        with pytest.raises(BrowserError, match="boom"):
            await page.evaluate("(() => { throw new Error('boom') })()")
        with pytest.raises(BrowserError, match="still not so"):
            await page.wait_for("false", timeout=0.2)
        with pytest.raises(BrowserError, match="ERR_"):
            await page.goto("http://127.0.0.1:1/")

    assert picked == "true picked.txt"
    assert clicked == "true "
    assert title == "test"
    assert struct.unpack(">II", (tmp_path / "shot.png").read_bytes()[16:24]) == (640, 400)
    assert not profile.exists()
    assert not _running(str(profile))


@pytest.mark.browser
@needs_chromium
async def test_an_error_in_the_block_still_stops_the_browser(tmp_path: Path) -> None:
    """Whatever ends the block, the process group is killed and the profile removed."""
    profile = tmp_path / "profile"

    with pytest.raises(KeyError):
        async with Chromium.launch(FOUND, profile=profile):
            raise KeyError
    assert not profile.exists()
    assert not _running(str(profile))


def _running(words: str) -> list[str]:
    lines = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = process.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if words in line:
            lines.append(line)
    return lines
