"""Panel, keyboard, hostile pages and metadata, switches: in one real Chromium and one real Firefox for all tests here."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from aiohttp import web
from tests.extension.fox import Fox
from tests.extension.node import ROOT
from tests.extension.rig import (
    BROWSERS,
    GENERATED,
    SITE,
    browsing_in,
    click_at,
    end_background,
    in_content,
    jpeg,
    own_address,
    own_page,
    png,
    prefer,
    press,
    program,
    serving,
    sized,
    tab_of,
    wait_in_content,
    xmp,
)
from tests.server.sample import running

from creditline.ledger.rows import Batch, NewWork
from creditline.model.observation import Observation
from creditline.services.check import audit, inspect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.extension.rig import Page, Site

    from creditline.browser.chromium import Chromium
    from creditline.browser.firefox import Firefox
    from creditline.ledger.store import Ledger

    type Both = tuple[Site, Page]

pytestmark = pytest.mark.asyncio(loop_scope="module")

BADGES = "creditline.overlay.badges"
FIRST = f"""(() => {{
  const badge = [...{BADGES}.values()][0];
  if (!badge?.matches(':popover-open') || badge.classList.contains('covered')) return null;
  const box = badge.getBoundingClientRect();
  return box.width && {{x: box.x + box.width / 2, y: box.y + box.height / 2}};
}})()"""
WHERE = """(() => {
  const [found] = creditline.overlay.badges;
  if (!found?.[1].matches(':popover-open')) return null;
  const [record, badge] = found;
  const [a, b] = [record.element.getBoundingClientRect(), badge.getBoundingClientRect()];
  return {text: badge.textContent, name: badge.getAttribute('aria-label'),
          top: b.top - a.top, left: b.left - a.left, height: b.height};
})()"""
PANEL = "(() => { const p = creditline.overlay.ensure().querySelector('dialog'); return p && p.innerText; })()"
AXE = ROOT / "tools" / "extension" / "node_modules" / "axe-core" / "axe.min.js"
needs_axe = pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: `make ci-deps` brings it")
LABELLED = jpeg(xmp(creator="Ann Example", rights="© Ann", source_type=GENERATED, mining="DMI-PROHIBITED"))


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=BROWSERS)
async def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Both]:
    """A site with one labelled picture, and a browser with the extension."""
    folder = tmp_path_factory.mktemp("browser")
    async with serving() as site, browsing_in(request.param, folder) as browser:
        site.picture("/a.jpg", LABELLED)
        yield site, browser


async def _open(both: Both, html: str) -> Page:
    site, browser = both
    await browser.goto(site.page("/", f"<!doctype html><meta charset=utf-8><title>t</title><body>{html}"))
    return browser


async def _settings(browser: Page, **changed: Any) -> None:
    async with own_page(browser) as options:
        await options.evaluate(f"chrome.storage.local.set({json.dumps(changed)})")
        # What depends on a setting is registered anew behind the change.
        await asyncio.sleep(0.3)


async def _violations(page: Chromium | Firefox) -> list[str]:
    await page.evaluate(f"(() => {{ {AXE.read_text(encoding='utf-8')}\n; return 0; }})()")
    found = await page.evaluate(
        "axe.run(document).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join()))"
    )
    return list(found)


async def test_a_label_lies_on_its_picture_and_the_page_stays_as_it_was(both: Both) -> None:
    """The badge says what the file declares, 8 px inside its corner, scrolled or not; no element or style of the page differs."""
    site, page = both
    await page.goto(site.page("/", "<!doctype html><body style='height:3000px'><h1>Title</h1><img src=/a.jpg>"))
    badge = await wait_in_content(page, WHERE)
    await page.evaluate("scrollTo(0, 20)")
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")
    scrolled = await wait_in_content(page, f"scrollY === 20 && {WHERE}")
    markup = await page.evaluate("document.body.outerHTML")
    hidden = await page.evaluate("document.documentElement.lastElementChild.shadowRoot === null")
    styles = await page.evaluate("document.querySelector('img').getAttributeNames().join()")

    assert badge == {
        "text": "AI-generated",
        "name": "AI-generated. Show details.",
        "top": 8,
        "left": 8,
        "height": 24,
    }
    assert markup == '<body style="height:3000px"><h1>Title</h1><img src="/a.jpg"></body>'
    assert scrolled == badge
    assert hidden is True
    assert styles == "src"
    assert await in_content(page, "creditline.finder.records.size") == 1


async def test_a_click_opens_the_panel_and_escape_closes_it(both: Both) -> None:
    """Every line has its source; the focus goes into the panel and comes back to the badge."""
    page = await _open(both, "<img src=/a.jpg>")
    at = await wait_in_content(page, FIRST)
    await click_at(page, at)
    text = await wait_in_content(page, PANEL)
    inside = await in_content(page, "creditline.overlay.ensure().activeElement.getAttribute('aria-label')")
    await press(page, "Escape")
    closed = await in_content(page, PANEL)
    back = await in_content(page, f"creditline.overlay.ensure().activeElement === [...{BADGES}.values()][0]")

    for said in ("AI-generated", "Ann Example", "© Ann", "Declared in XMP.", "Not allowed by the creator."):
        assert said in text
    assert (inside, closed, back) == ("Close", None, True)


async def test_the_whole_way_by_keyboard(both: Both) -> None:
    """Tab goes from badge to badge, Enter and the space bar open, Tab reaches the panel's link, Esc gives the focus back."""
    site, _ = both
    linked = (
        '<cc:license xmlns:cc="http://creativecommons.org/ns#" rdf:resource="https://a.test/l"/></rdf:Description>'
    )
    site.picture("/linked.jpg", jpeg(xmp(creator="Ann Example").replace("</rdf:Description>", linked)))
    page = await _open(both, "<button>first</button><img src=/a.jpg><img src=/linked.jpg>")
    await wait_in_content(page, f"[...{BADGES}.values()].filter((b) => b.matches(':popover-open')).length === 2")
    await page.evaluate("document.querySelector('button').focus()")
    active = "creditline.overlay.ensure().activeElement"
    on = f"[...{BADGES}].find(([, badge]) => badge === {active})?.[0].url.split('/').pop()"
    order, texts, links, after = [], [], [], []
    for key in ("Enter", "Space"):
        await press(page, "Tab")
        order.append(await in_content(page, on))
        await press(page, key)
        texts.append(await wait_in_content(page, PANEL))
        await press(page, "Tab")
        links.append(await in_content(page, f"{active}?.href ?? null"))
        await press(page, "Escape")
        after.append((await in_content(page, PANEL), await in_content(page, on)))

    assert sorted(order) == ["a.jpg", "linked.jpg"]
    assert all("Ann Example" in text for text in texts)
    assert "https://a.test/l" == links[order.index("linked.jpg")]
    assert after == [(None, name) for name in order]


async def test_a_badge_inside_a_modal_dialog_can_be_clicked(both: Both) -> None:
    """The page's dialog makes it inert, yet the panel opens above; the page sees no click and its dialog stays."""
    page = await _open(
        both,
        "<dialog><img src=/a.jpg></dialog><script>document.querySelector('dialog').showModal();"
        "document.querySelector('img').onclick = () => document.title = 'clicked';</script>",
    )
    at = await wait_in_content(page, FIRST)
    await click_at(page, at)
    text = await wait_in_content(page, PANEL)
    await press(page, "Escape")

    assert "Ann Example" in text
    assert "t" == await page.evaluate("document.title")
    assert await page.evaluate("document.querySelector('dialog').open") is True


async def test_the_context_menu_reads_under_every_layer(both: Both) -> None:
    """A picture that is too small for a badge, under a layer, is found by the pointer and read whole."""
    site, _ = both
    site.picture("/late.png", png({"Author": "Behind"}), "image/png")
    page = await _open(
        both,
        "<div style='position:relative;width:60px;height:45px'><img src=/late.png width=60 height=45>"
        "<div style='position:absolute;inset:0;background:#ddd'></div></div>",
    )
    await wait_in_content(page, "creditline.finder.records.size")
    await click_at(page, {"x": 30, "y": 30}, right=True)
    tab = await tab_of(page, site.url("/"))
    async with own_page(page) as options:
        answer = await options.evaluate(
            f"chrome.tabs.sendMessage({tab}, {{type: 'say', url: ''}}, {{frameId: 0}})"
        )
    text = await wait_in_content(page, PANEL)

    assert answer is True
    assert "Behind" in text


async def test_markup_in_metadata_stays_text(both: Both) -> None:
    """Scripts, handlers, entities and addresses that run are shown as they stand, and nothing of them runs."""
    site, _ = both
    evil = "&lt;script&gt;window.ran=1&lt;/script&gt;&lt;img src=x onerror=&quot;window.ran=1&quot;&gt;"
    packet = xmp(creator=evil, rights=evil).replace(
        "</rdf:Description>",
        '<cc:license xmlns:cc="http://creativecommons.org/ns#" rdf:resource="javascript:window.ran=1"/></rdf:Description>',
    )
    site.picture("/evil.jpg", jpeg(packet))
    page = await _open(both, "<img src=/evil.jpg>")
    await click_at(page, await wait_in_content(page, FIRST))
    text = await wait_in_content(page, PANEL)
    links = await in_content(page, "creditline.overlay.ensure().querySelectorAll('a, script, img').length")
    ran = await page.evaluate("typeof window.ran")
    ran_inside = await in_content(page, "typeof globalThis.ran")

    assert "<script>window.ran=1</script>" in text
    assert "javascript:window.ran=1" in text
    assert (links, ran, ran_inside) == (0, "undefined", "undefined")


async def test_entities_and_forged_marks_make_no_label(both: Both) -> None:
    """A packet with a document type is refused whole; marks in trailing bytes or in a comment of no format are nothing."""
    site, _ = both
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + xmp(source_type=GENERATED)
    site.picture("/bomb.jpg", jpeg(bomb))
    site.picture("/trail.jpg", jpeg() + b"c2pa jumb " + xmp(source_type=GENERATED).encode() + GENERATED.encode())
    page = await _open(both, "<img src=/bomb.jpg><img src=/trail.jpg>")
    await wait_in_content(page, "[...creditline.finder.records.values()].filter((r) => r.view).length === 2")
    kinds = await in_content(page, "[...creditline.finder.records.values()].map((r) => r.view.kind).join()")

    assert kinds == "none,none"


async def test_a_page_cannot_speak_to_the_extension(both: Both) -> None:
    """It has no way to send a message, and an event that it makes up hands over nothing where capture is off."""
    page = await _open(both, "<img src=/a.jpg><input type=file>")
    await wait_in_content(page, FIRST)
    manifest = own_address(page, "manifest.json")
    said = await page.evaluate(
        f"""(async () => {{
          postMessage({{type: 'original', trusted: true}}, '*');
          const input = document.querySelector('input');
          dispatchEvent(new MouseEvent('creditline:input', {{relatedTarget: input}}));
          const files = await fetch('{manifest}').then(() => 'read', () => 'refused');
          return [typeof (globalThis.chrome ?? globalThis.browser)?.runtime?.sendMessage, typeof creditline, files];
        }})()"""
    )

    assert said == ["undefined", "undefined", "refused"]


async def test_a_page_that_takes_the_overlay_out_is_left_alone(both: Both) -> None:
    """After ten times nothing is put back, the page is not frozen, and the popup says what happened."""
    site, _ = both
    page = await _open(
        both,
        "<img src=/a.jpg><script>new MutationObserver(() => { for (const e of document.documentElement.children)"
        " if (e.localName.startsWith('x-')) e.remove(); }).observe(document.documentElement, {childList: true});"
        "</script>",
    )
    state = await wait_in_content(page, "creditline.overlay.state() === 'removed' && 'removed'", 20)
    alive = await page.evaluate("new Promise((done) => requestAnimationFrame(() => done(true)))")
    async with own_page(page, f"ui/popup.html?tab={await tab_of(page, site.url('/'))}") as popup:
        said = await popup.evaluate("document.getElementById('overlay').hidden")

    assert (state, alive, said) == ("removed", True, False)


async def test_ten_thousand_pictures_freeze_nothing(both: Both) -> None:
    """Only what is near the window gets a badge; the page's own pauses stay what they are."""
    _, browser = both
    html = (
        "<script>let last = performance.now(); window.worst = 0;"
        "const tick = (now) => { worst = Math.max(worst, now - last); last = now; requestAnimationFrame(tick); };"
        "requestAnimationFrame(tick);"
        "document.body.insertAdjacentHTML('beforeend', '<img src=/a.jpg width=120 height=90>'.repeat(10000));"
        "</script>"
    )
    await _settings(browser, off=[SITE])
    try:
        bare = await _open(both, html)
        await asyncio.sleep(1.5)
        own = await bare.evaluate("window.worst")
    finally:
        await _settings(browser, off=[])
    page = await _open(both, html)
    await wait_in_content(page, f"{BADGES}.size > 10", 30)
    await asyncio.sleep(1.5)
    badges = await in_content(page, f"{BADGES}.size")
    worst = await page.evaluate("window.worst")

    assert badges <= 200
    # A shared machine's own pauses come and go: twice the page's, and a second.
    assert worst < 2 * own + 1_000


async def test_a_thousand_replacements_leave_nothing_behind(both: Both) -> None:
    """A feed that shows ten pictures at a time: no record, badge, node or listener of those that went stays."""
    page = await _open(
        both,
        "<div id=feed></div><script>let n = 0; const put = () => { const feed = document.getElementById('feed');"
        " feed.replaceChildren(...Array.from({length: 10}, () => { const p = document.createElement('p');"
        " const i = new Image(240, 180); i.src = '/a.jpg?' + (n++ % 40); p.append(i); return p; })); };"
        "put();</script>",
    )
    await wait_in_content(page, f"{BADGES}.size > 1")
    await _replace(page, 10)
    before = await _counts(page)
    await _replace(page, 100)
    after = await _counts(page)
    records = await in_content(page, "creditline.finder.records.size")
    hosts = await in_content(page, "creditline.overlay.ensure().querySelectorAll('.badge').length")

    assert records == 10
    assert hosts <= 10
    assert after["Nodes"] <= before["Nodes"] + 60
    assert after["JSEventListeners"] <= before["JSEventListeners"] + 20


async def test_a_site_that_is_off_has_nothing_injected(both: Both) -> None:
    """Switching off takes the labels out of the open page; opened anew it has no script of the extension at all."""
    site, browser = both
    page = await _open(both, "<img src=/a.jpg>")
    await wait_in_content(page, FIRST)
    try:
        async with own_page(page, f"ui/popup.html?tab={await tab_of(page, site.url('/'))}") as popup:
            await popup.evaluate("document.querySelector('#labels input').click()")
            await popup.wait_for("document.getElementById('site').textContent.includes('off')")
        children = await page.evaluate("document.documentElement.children.length")
        await page.goto(site.url("/"))
        await asyncio.sleep(0.8)
        found = await page.evaluate("document.documentElement.children.length")
        asked = sum(path == "/a.jpg" for _, path, _ in site.asked)
        await page.goto(site.url("/"))
        await asyncio.sleep(0.8)
        again = sum(path == "/a.jpg" for _, path, _ in site.asked)
    finally:
        await _settings(browser, off=[])

    assert (children, found) == (2, 2)
    # The page itself asks at most once more; the extension would have asked too.
    assert again - asked <= 1


async def test_without_the_program_it_says_so_and_reads_the_file(both: Both) -> None:
    """Paired with a program that does not run, a label still comes, from the file, and says that it does."""
    site, browser = both
    try:
        await _settings(browser, backend={"url": "http://127.0.0.1:9", "token": "cl_" + "a" * 43})
        page = await _open(both, "<img src=/a.jpg?down>")
        await click_at(page, await wait_in_content(page, FIRST))
        text = await wait_in_content(page, PANEL)
        async with own_page(page, f"ui/popup.html?tab={await tab_of(page, site.url('/'))}") as popup:
            state = await popup.wait_for("document.getElementById('program').textContent")
    finally:
        await _settings(browser, backend=None)

    assert "What the site removed is not known." in text
    assert "does not answer" in state


async def test_the_program_is_asked_by_address_and_what_it_says_is_shown(both: Both) -> None:
    """One question for the page's pictures, with the header's reference; restored labels and removals are said."""
    site, browser = both
    site.picture("/known.jpg", jpeg(colour="red"))
    site.headers["/known.jpg"] = {"x-creditline": "ref-1"}
    asked: list[tuple[str | None, Any]] = []

    async def labels(request: web.Request) -> web.Response:
        body = await request.json()
        asked.append((request.headers.get("Authorization"), body))
        known = [
            {
                "url": one["url"],
                "ref": one.get("ref"),
                "known": True,
                "work": "01J0000000000000000000000A",
                "ai": {"label": "ai-generated", "generators": ["ComfyUI"], "models": ["sd_xl"]},
                "creator": ["Ann Example"],
                "consent": "prohibited",
                "c2pa": {"state": "valid", "signer": "Example CA"},
                "removed": ["creator", "ai_label"],
                "restored": True,
            }
            for one in body["pictures"]
            if one["url"].endswith("known.jpg")
        ]
        return web.json_response({"labels": known})

    async with program([web.post("/api/v1/labels", labels)]) as url:
        try:
            await _settings(browser, backend={"url": url, "token": "cl_" + "b" * 43})
            page = await _open(both, "<img src=/known.jpg><img src=/a.jpg?unknown>")
            await wait_in_content(page, f"{BADGES}.size === 2")
            known = FIRST.replace(
                f"[...{BADGES}.values()][0]", f"[...{BADGES}].find(([r]) => r.url.includes('known.jpg'))[1]"
            )
            await click_at(page, await wait_in_content(page, known))
            text = await wait_in_content(page, PANEL)
        finally:
            await _settings(browser, backend=None)

    pictures = [one for _, body in asked for one in body["pictures"] if one["url"].endswith("known.jpg")]
    assert {"Bearer cl_" + "b" * 43} == {authorization for authorization, _ in asked}
    assert pictures[0]["ref"] == "ref-1"
    for said in (
        "The site removed this label",
        "Signed by Example CA, not on a trust list.",
        "ComfyUI",
        "Fields: 2",
    ):
        assert said in text


async def test_a_stripped_copy_has_no_more_said_of_it_than_it_holds(both: Both, tmp_path: Path) -> None:
    """With the real program: no label for a copy that has none; what was removed is said as that, with its value."""
    site, browser = both
    bare = jpeg(colour="teal")
    site.picture("/stripped.jpg", bare)
    async with running(tmp_path) as run:
        _record(run.context.ledger, original=LABELLED, served=bare, url=site.url("/stripped.jpg"))
        token = run.bearer("api")["Authorization"].removeprefix("Bearer ")
        try:
            await _settings(browser, backend={"url": f"http://{run.host}", "token": token})
            page = await _open(both, "<img src=/stripped.jpg>")
            await click_at(page, await wait_in_content(page, FIRST))
            text = await wait_in_content(page, PANEL)
            badge = await in_content(page, f"[...{BADGES}.values()][0].textContent")
        finally:
            await _settings(browser, backend=None)
    held, _, removed = text.partition("Removed by this site")

    assert badge == "i"
    assert held.startswith("No origin information")
    for lost in ("AI-generated", "Ann Example", "Not allowed by the creator."):
        assert lost not in held
    for lost in (
        "Fields: 4",
        "AI label: AI-generated",
        "Creator: Ann Example",
        "Copyright notice: © Ann",
        "Consent",
    ):
        assert lost in removed


async def test_a_worker_that_was_ended_comes_back(both: Both) -> None:
    """What is asked after the worker's end is answered."""
    _, browser = both
    page = await _open(both, "<img src=/a.jpg>")
    await wait_in_content(page, FIRST)
    ended = await end_background(browser)
    await page.evaluate("(() => { const i = new Image(); i.src = '/a.jpg?2'; document.body.prepend(i); })()")
    answered = await wait_in_content(page, f"{BADGES}.size === 2", 20)

    assert ended == 1
    assert answered is True


async def test_pictures_are_asked_for_without_cookies_and_never_on_this_machine(both: Both) -> None:
    """The second request has no cookie and no referrer; an address of this machine is not fetched for a page."""
    site, _ = both
    site.picture("/cookie.jpg", LABELLED)
    local = f"http://127.0.0.1:{site.port}/local.jpg"
    site.picture("/local.jpg", LABELLED)
    page = await _open(
        both,
        f"""<script>document.cookie = 'secret=1';
      for (const url of ['/cookie.jpg', '{local}']) {{ const i = new Image(); i.src = url; document.body.append(i); }}
    </script>""",
    )
    await wait_in_content(page, "[...creditline.finder.records.values()].filter((r) => r.view).length === 2")
    kinds = await in_content(
        page, "[...creditline.finder.records.values()].map((r) => r.view.state.slice(0, 21)).join('|')"
    )
    first, second = [headers for _, path, headers in site.asked if path == "/cookie.jpg"]
    local_requests = sum(path == "/local.jpg" for _, path, _ in site.asked)

    assert "secret=1" == first.get("Cookie")
    assert (None, None) == (second.get("Cookie"), second.get("Referer"))
    assert kinds.startswith("Read from the file as|Not read: the address")
    assert local_requests == 1


async def test_at_four_hundred_per_cent_the_panel_fits(both: Both) -> None:
    """A window of 320 by 200 CSS pixels holds the whole panel, scrolling inside it."""
    page = await _open(both, "<img src=/a.jpg>")
    async with sized(page, 320, 200, scale=4):
        await click_at(page, await wait_in_content(page, FIRST))
        await wait_in_content(page, PANEL)
        box = await in_content(
            page,
            "(() => { const b = creditline.overlay.ensure().querySelector('dialog').getBoundingClientRect();"
            " return [b.left >= 0, b.top >= 0, b.right <= innerWidth, b.bottom <= innerHeight]; })()",
        )

    assert box == [True, True, True, True]


async def test_words_come_in_the_chosen_language(both: Both) -> None:
    """The option changes badge and panel for pages opened after it."""
    _, browser = both
    try:
        await _settings(browser, language="de")
        page = await _open(both, "<img src=/a.jpg>")
        await wait_in_content(page, FIRST)
        word = await in_content(page, f"[...{BADGES}.values()][0].textContent + [...{BADGES}.values()][0].lang")
    finally:
        await _settings(browser, language="")

    assert word == "KI-erzeugtde"


@needs_axe
async def test_axe_finds_nothing(both: Both) -> None:
    """Popup, options, picture page and panel: no violation of axe's rules, light and dark."""
    site, _ = both
    page = await _open(both, "<img src=/a.jpg>")
    await click_at(page, await wait_in_content(page, FIRST))
    await wait_in_content(page, PANEL)
    markup, style = await in_content(
        page,
        "(() => { const root = creditline.overlay.ensure(); const copy = root.querySelector('dialog').cloneNode(true);"
        " copy.removeAttribute('popover'); copy.setAttribute('open', ''); return [copy.outerHTML,"
        " root.adoptedStyleSheets.map((s) => [...s.cssRules].map((r) => r.cssText).join(' ')).join(' ')]; })()",
    )
    found: dict[str, list[str]] = {}
    tab = await tab_of(page, site.url("/"))
    for scheme in ("light", "dark"):
        for path in (f"ui/popup.html?tab={tab}", "ui/options.html", f"ui/picture.html?url={site.url('/a.jpg')}"):
            async with own_page(page, path) as opened:
                await prefer(page, opened, scheme)
                found[f"{path} {scheme}"] = await _violations(opened)
        html = f"<!doctype html><html lang=en><meta charset=utf-8><title>t</title><style>{style}</style><main><h1>t</h1>{markup}</main>"
        async with page.page(site.page("/panel.html", html)) as copy:
            await copy.wait_for("document.readyState === 'complete' && !!document.querySelector('dialog')")
            await prefer(page, copy, scheme)
            found[f"panel {scheme}"] = await _violations(copy)

    assert {} == {where: what for where, what in found.items() if what}


async def test_the_popup_lists_the_pictures_of_the_page(both: Both) -> None:
    """By label, with credit; each opens to its lines."""
    site, _ = both
    site.picture("/bare.jpg", jpeg(colour="grey"))
    page = await _open(both, "<img src=/a.jpg><img src=/bare.jpg>")
    await wait_in_content(page, "[...creditline.finder.records.values()].filter((r) => r.view).length === 2")
    async with own_page(page, f"ui/popup.html?tab={await tab_of(page, site.url('/'))}") as popup:
        summary = await popup.evaluate("document.getElementById('summary').textContent")
        items = await popup.evaluate(
            "[...document.querySelectorAll('#pictures summary')].map((s) => s.textContent)"
        )
        site_line = await popup.evaluate("document.getElementById('site').textContent")

    assert summary == "AI-generated: 1 · No origin information: 1"
    assert items == ["AI-generated · Ann Example", "No origin information"]
    assert SITE in site_line


async def test_an_extension_that_ends_takes_its_overlay_along(both: Both) -> None:
    """After a reload of the extension the old script removes itself at its next word. Last here: it ends the rest."""
    _, browser = both
    page = await _open(both, "<img src=/a.jpg>")
    await wait_in_content(page, FIRST)
    async with own_page(page) as options:
        await options.evaluate("void setTimeout(() => chrome.runtime.reload(), 50)")
        await asyncio.sleep(1)
        await page.evaluate("(() => { const i = new Image(); i.src = '/a.jpg?3'; document.body.prepend(i); })()")
        # A page behind another has its timers a second late: the block stays open until the extension has ended.
        left = await browser.wait_for("document.documentElement.children.length === 2 && 2", 20)

    assert left == 2


def _record(ledger: Ledger, *, original: bytes, served: bytes, url: str) -> None:
    """A work with these two files and their audit."""
    document = audit(original, served).to_json()
    work: str | None = None
    for number, (stage, data) in enumerate((("original", original), ("served", served))):
        seen = Observation(
            id=f"0000000000000000000000000{number}",
            at=f"2026-08-21T09:0{number}:00.000Z",
            stage=stage,
            via="proxy",
            url=url if stage == "served" else None,
            sha256=hashlib.sha256(data).hexdigest(),
            bytes=len(data),
            format="jpeg",
            work=work,
        )
        new = None if work else NewWork(title="mine", mine=True)
        work = ledger.record(Batch(seen, data=data, reading=inspect(data).to_json(), work=new)).work
        document["stages"][stage]["observation"] = seen.id
    ledger.put_verdict(document, work=work, site="site")


async def _replace(page: Page, times: int) -> None:
    await page.evaluate(
        f"(async () => {{ for (let i = 0; i < {times}; i++) {{ put();"
        f" await new Promise((done) => setTimeout(done, 20)); }} }})()"
    )
    await asyncio.sleep(1)


async def _counts(page: Page) -> dict[str, int]:
    """What the page's process holds; only Chromium tells."""
    if isinstance(page, Fox):
        return {"Nodes": 0, "JSEventListeners": 0}
    await page.call("HeapProfiler.collectGarbage")
    await page.call("Performance.enable")
    metrics = (await page.call("Performance.getMetrics"))["metrics"]
    return {one["name"]: int(one["value"]) for one in metrics if one["name"] in {"Nodes", "JSEventListeners"}}
