"""The dashboard in a real Chromium and a real Firefox: for everyone, by keyboard, without scripts, and under attack."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
import pytest_asyncio
from tests.e2e.dashboard import ATTACK, FOUND, attacking, opened, stored

from creditline.ledger.tallies import Scope
from creditline.report.render import render
from creditline.services.build_report import build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.e2e.dashboard import Opened

AXE = Path(__file__).resolve().parents[2] / "tools" / "extension" / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (360, 768, 1440)
BROWSERS = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(
            found is None, reason=f"no {name.title()} on this machine: `make browsers` installs it"
        ),
    )
    for name, found in FOUND.items()
]
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.browser]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=BROWSERS)
async def dashboard(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Opened]:
    """One ledger for all tests in one browser: starting them takes longer than most tests."""
    async with opened(tmp_path_factory.mktemp("dashboard"), request.param) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def on(dashboard: Opened) -> AsyncIterator[Opened]:
    """A tab of its own: sizes and switched-off scripts of one test are not the next one's."""
    async with dashboard.page.tab() as page:
        yield replace(dashboard, page=page)


async def _violations(on: Opened) -> list[str]:
    """What axe-core finds, all rules on, as `rule: element`."""
    if not await on.page.evaluate("'axe' in window"):
        await on.page.evaluate(f"(() => {{ {AXE.read_text()}\nreturn 0; }})()")
    found: list[str] = await on.page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(r =>"
        " r.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 160)}`)))",
        timeout=60,
    )
    return found


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is absent: tools/install-extension-tools.sh brings it")
async def test_axe_finds_nothing(on: Opened, tmp_path: Path) -> None:
    """Every page at 360, 768 and 1440 px, in light and in dark, has no violation and does not scroll sideways."""
    wrong: dict[str, object] = {}
    for name, path in on.paths.items():
        await on.page.goto(on.server + path)
        for width in WIDTHS:
            await on.page.size(width)
            scheme = "dark" if width == 768 else "light"
            await on.page.prefer(scheme)
            laid_out = f"innerWidth === {width} && matchMedia('(prefers-color-scheme: {scheme})').matches"
            await on.page.wait_for(laid_out)
            if found := await _violations(on):
                wrong[f"{name} {width}"] = found
            if (wide := await on.page.evaluate("document.documentElement.scrollWidth")) > width:
                wrong[f"{name} {width} wide"] = wide
    await on.page.goto(f"{on.server}/inspect")
    await _bring(on, tmp_path)
    if found := await _violations(on):
        wrong["inspection"] = found

    assert {} == wrong


async def _bring(on: Opened, tmp_path: Path) -> None:
    file = tmp_path / "attack.jpg"
    file.write_bytes(attacking()[0])
    await on.page.set_file("#picture", file)
    await on.page.click("form[action='/inspect'] button")
    await on.page.wait_for("document.querySelector('.inspection') !== null", timeout=30)


async def test_main_tasks_by_keyboard(on: Opened) -> None:
    """The skip link comes first; every link and field is reached by Tab alone, shows focus, and Enter follows it."""
    await on.page.goto(on.server + "/")
    await on.page.key("Tab")
    assert "Skip to content" == await on.page.evaluate("document.activeElement.textContent")
    await on.page.key("Enter")
    assert "main" == await on.page.evaluate("document.activeElement.id")
    for path in ("/", on.paths["audit"], "/inspect", "/reports"):
        await on.page.goto(on.server + path)
        wanted = await on.page.evaluate(
            "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary')]"
            ".filter(e => e.checkVisibility()).length"
        )
        reached = 0
        await on.page.evaluate("(window.met = new Set(), window.unseen = [], 0)")
        for _ in range(wanted * 4 + 8):
            await on.page.key("Tab")
            reached = await on.page.evaluate(
                "(() => { const e = document.activeElement; if (e !== document.body) {"
                " window.met.add(e); const s = getComputedStyle(e);"
                " if (s.outlineStyle === 'none') window.unseen.push(e.outerHTML); }"
                " return window.met.size; })()"
            )
            if reached >= wanted:
                break
        assert wanted <= reached, path
        assert [] == await on.page.evaluate("window.unseen"), path
    await on.page.goto(on.server + "/works")
    await on.page.evaluate(f"document.querySelector('.card a[href=\"{on.paths['work']}\"]').focus()")
    await on.page.key("Enter")
    await on.page.wait_for(f"location.pathname === '{on.paths['work']}'", timeout=10)


async def test_without_scripts(on: Opened, tmp_path: Path) -> None:
    """Every page says the same, and a picture can be brought with the form alone."""
    await on.page.without_scripts()
    for path in on.paths.values():
        await on.page.goto(on.server + path)
        assert 1 == await on.page.evaluate("document.querySelectorAll('h1').length"), path
    await on.page.goto(f"{on.server}/inspect")
    await _bring(on, tmp_path)


async def test_the_page_takes_over_what_is_new(on: Opened) -> None:
    """Something recorded while the page is open stands on it without a reload."""
    await on.page.goto(on.server + "/")
    await on.page.evaluate("window.same = true")
    await on.page.wait_for("performance.getEntriesByType('resource').some(e => e.name.endsWith('live.js'))")
    on.context.ledger.miss("test", "the tape ran out")
    stored(on.context.ledger, "NEW")
    await on.page.wait_for("document.querySelector('main').textContent.includes('The tape ran out')", timeout=20)
    assert await on.page.evaluate("window.same")


async def test_stored_attacks_stay_text(on: Opened, tmp_path: Path) -> None:
    """A script in 30 fields and more runs on no page and in no report; the pages show it as text."""
    assert attacking()[1] > 30
    paths = stored(on.context.ledger, "ATTACK")
    site = quote(ATTACK, safe="")
    async with on.page.dialogs() as dialogs:
        for path in (
            "/",
            "/works",
            "/audits",
            "/sites",
            "/scoreboard",
            "/reports",
            f"/sites/{site}",
            *paths.values(),
        ):
            await on.page.goto(on.server + path)
            assert await on.page.evaluate("window.pwned === undefined"), path
            assert 0 == await on.page.evaluate("document.querySelectorAll('[onerror], img[src=x]').length"), path
        await on.page.goto(on.server + paths["audit"])
        shown = await on.page.evaluate("document.body.textContent.split('<script>window.pwned').length")
        assert 30 < shown
        await on.page.goto(f"{on.server}/inspect")
        await _bring(on, tmp_path)
        assert await on.page.evaluate("window.pwned === undefined")
        file = tmp_path / "report.html"
        file.write_bytes(render(build(on.context.ledger, Scope(site=ATTACK)), "html"))
        await on.page.goto(file.as_uri())
        assert await on.page.evaluate("window.pwned === undefined")
        assert 0 == await on.page.evaluate("document.querySelectorAll('[onerror], script').length")
    assert [] == dialogs
