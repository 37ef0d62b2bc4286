"""Firefox is found, started apart from the user's, driven as Chromium is, and stopped whole."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from tests.browser.test_chromium import _running, _site

from creditline.browser import firefox
from creditline.browser.cdp import BrowserError
from creditline.browser.firefox import Firefox, find_firefox, require_firefox, write_profile
from creditline.model.errors import MissingPartError, UsageError

FOUND = find_firefox()
needs_firefox = pytest.mark.skipif(FOUND is None, reason="no Firefox on this machine: `make browsers` installs it")


def test_without_one_the_next_step_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without Firefox gives None, and the step that needs one says how to get it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(firefox, "_places", lambda: [tmp_path / "absent"])

    assert find_firefox() is None
    with pytest.raises(MissingPartError) as caught:
        require_firefox()
    assert "make browsers" == caught.value.next_step


def test_a_profile_in_use_is_left_alone(tmp_path: Path) -> None:
    """A profile folder that holds something is refused."""
    (tmp_path / "places.sqlite").write_text("mine")

    with pytest.raises(UsageError):
        write_profile(tmp_path, prefs={})
    assert ["places.sqlite"] == [path.name for path in tmp_path.iterdir()]


def test_a_value_cannot_end_its_preference(tmp_path: Path) -> None:
    """Text in a preference stays text."""
    write_profile(tmp_path / "p", prefs={"a.b": '");\nuser_pref("x", true); // '}, proxy="http://127.0.0.1:81")

    lines = (tmp_path / "p/user.js").read_text(encoding="utf-8").splitlines()
    assert all(line.startswith('user_pref("') and line.endswith(");") for line in lines)
    assert 'user_pref("network.proxy.ssl_port", 81);' in lines


@pytest.mark.browser
@needs_firefox
async def test_a_page_is_driven_as_by_a_person(tmp_path: Path) -> None:
    """Picks and clicks are trusted events; values, errors and pictures of the page come back; nothing is left."""
    picture = tmp_path / "picked.txt"
    picture.write_text("x")
    profile = tmp_path / "profile"

    async with _site() as url, Firefox.launch(FOUND, profile=profile) as page:
        await page.goto(url)
        await page.set_file("input", picture)
        await page.click("button")
        picked = await page.wait_for("document.body.dataset.change")
        clicked = await page.wait_for("document.body.dataset.click")
        title = await page.evaluate("Promise.resolve(document.title)")
        await page.screenshot(tmp_path / "shot.png", 640, 400)
        with pytest.raises(BrowserError, match="no element"):
            await page.click("#absent")
        with pytest.raises(BrowserError, match="no element"):
            await page.set_file("#absent", picture)
        with pytest.raises(BrowserError, match="boom"):
            await page.evaluate("(() => { throw new Error('boom') })()")
        with pytest.raises(BrowserError, match="still not so"):
            await page.wait_for("false", timeout=0.2)
        with pytest.raises(BrowserError):
            await page.goto("http://127.0.0.1:1/")

    assert "true picked.txt" == picked
    assert "true " == clicked
    assert "test" == title
    assert (640, 400) == struct.unpack(">II", (tmp_path / "shot.png").read_bytes()[16:24])
    assert not profile.exists()
    assert not _running(str(profile))
