"""The demonstration: real uploads through the real proxy to sites that do what real sites do.

Everything it says is read back from the ledger, as it would be for a real site; nothing here knows the outcome.
"""

from __future__ import annotations

import asyncio
import shutil
import ssl
import tempfile
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp

from creditline.browser.chromium import Chromium, require_chromium
from creditline.browser.firefox import Firefox, require_firefox
from creditline.capture.trust import spki_pin
from creditline.demo.sites import SITES, SiteDef, Sites
from creditline.ledger import queries
from creditline.ledger.moments import now
from creditline.model.errors import CreditlineError
from creditline.runtime.proxy import Reroute
from creditline.runtime.serve import Running, serving
from creditline.services.context import Context
from creditline.services.record import Original

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

UPLOAD_SECONDS = 60
DRAIN_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture to upload: the name it is shown under and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one picture on one site: an audit (contract §4), or why there is none."""

    site: str
    picture: str
    audit: Mapping[str, Any] | None
    problem: str | None = None

    def to_json(self) -> dict[str, Any]:
        """One line of `creditline demo --json`: the audit, with the site and the picture."""
        if self.audit is None:
            return {
                "schema": "creditline/demo-problem/1",
                "site": self.site,
                "picture": self.picture,
                "problem": self.problem,
            }
        return {**self.audit, "site": self.site, "picture": self.picture}


async def demonstrate(
    pictures: Sequence[Picture], home: Path, *, browser: str, tell: Callable[[str], None]
) -> list[Result]:
    """Upload every picture to every site and give what the ledger says became of it.

    Args:
        pictures: what to upload.
        home: a data folder of the demonstration's own; what an earlier one left in it is removed.
        browser: `chromium`, `firefox`, or `none` for uploads by a plain HTTP client.
        tell: is told of each step in one sentence.

    Raises:
        MissingPartError: the browser is not there.
    """
    shutil.rmtree(home, ignore_errors=True)
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="creditline-demo-") as temporary:
        folder = Path(temporary)
        async with AsyncExitStack() as stack:
            sites = await stack.enter_async_context(Sites.start(folder / "sites"))
            _write_profiles(home)
            context = Context.open(home, options={"port": 0, "proxy_port": 0, "capture_private_hosts": True})
            stack.callback(context.close)
            running = await stack.enter_async_context(
                serving(
                    context,
                    extra=[Reroute(sites.hosts, sites.port)],
                    proxy_options={"ssl_verify_upstream_trusted_ca": str(sites.ca_pem)},
                    waited_for=True,
                )
            )
            uploader = await stack.enter_async_context(_uploader(browser, running, folder))
            for site in SITES:
                if site.needs_browser and not uploader.runs_scripts:
                    continue
                tell(f"{site.name}: {site.behaviour}")
                results += [await _one(context, running, uploader, site, picture) for picture in pictures]
    return results


async def _one(context: Context, running: Running, uploader: _Uploader, site: SiteDef, picture: Picture) -> Result:
    """Hand the picture over as the extension would at the moment of picking; upload it; ask the ledger."""
    page = f"https://{site.host}/"
    original = Original(via="cli", at=now(), filename=picture.name, site=site.name, page=page)
    try:
        handed = await asyncio.wrap_future(running.recorder.submit_original(picture.data, original))
        await asyncio.wait_for(uploader.upload(page, picture), UPLOAD_SECONDS)
    except (CreditlineError, TimeoutError) as error:
        return Result(site.name, picture.name, None, str(error) or "the upload took too long")
    await asyncio.to_thread(running.recorder.drain, DRAIN_SECONDS)
    verdicts = await asyncio.to_thread(
        queries.verdicts, context.ledger, work=handed.work, site=site.name, limit=None
    )
    audits = [
        v.audit for v in verdicts if v.audit is not None and v.original == handed.id and v.served is not None
    ]
    if not audits:
        return Result(site.name, picture.name, None, "no served copy was recognised")
    return Result(site.name, picture.name, max(audits, key=_area))


def _area(audit: Mapping[str, Any]) -> int:
    """Of several served sizes the largest is shown; the dashboard has all."""
    width, height = audit["pixels"]["served"] or (0, 0)
    return int(width) * int(height)


def _write_profiles(home: Path) -> None:
    """The sites are known as real ones are: by profiles, here the data folder's own."""
    folder = home / "sites"
    folder.mkdir(parents=True)
    for site in SITES:
        host = site.host.replace(".", r"\.")
        (folder / f"{site.name}.toml").write_text(
            f"""id = "{site.name}"
name = "{site.name} (built-in test site)"
last_verified = {now()[:10]}
confidence = "high"
evidence = ["creditline.demo.sites"]
hosts = ['^{host}$']

[[upload]]
match = {{ method = "POST", path = '^/upload$' }}
form = "F1"
pick = '^file$'
role = "image"

[[serve]]
hosts = ['^{host}$']
path = '^/media/.+$'

[[bind]]
fn = "url_equal"
""",
            encoding="utf-8",
        )


class _Uploader(Protocol):
    """How pictures get to a site; the answer's pictures are loaded, as a visitor's browser would."""

    runs_scripts: bool

    async def upload(self, page: str, picture: Picture) -> None:
        """Upload one picture on the site's page and load what it serves.

        Raises:
            CreditlineError: the site refused it.
        """
        ...


class _PlainUploader:
    """A form sent by an HTTP client through the proxy."""

    runs_scripts = False

    def __init__(self, session: aiohttp.ClientSession, proxy: str, trust: ssl.SSLContext) -> None:
        self._session = session
        self._where: dict[str, Any] = {"proxy": proxy, "ssl": trust}

    async def upload(self, page: str, picture: Picture) -> None:
        form = aiohttp.FormData()
        form.add_field("file", picture.data, filename=picture.name)
        async with self._session.post(f"{page}upload", data=form, **self._where) as response:
            answer = await response.json()
        if "error" in answer:
            raise CreditlineError(answer["error"])
        for url in dict.fromkeys(answer["urls"].values()):
            async with self._session.get(page.rstrip("/") + url, **self._where) as response:
                await response.read()


class _BrowserUploader:
    """A real browser on the site's page: picks the file, presses the button, shows what comes back."""

    runs_scripts = True

    def __init__(self, browser: Chromium | Firefox, folder: Path) -> None:
        self._browser = browser
        self._folder = folder

    async def upload(self, page: str, picture: Picture) -> None:
        path = self._folder / picture.name
        await asyncio.to_thread(path.write_bytes, picture.data)
        await self._browser.goto(page)
        await self._browser.set_file("#file", path)
        await self._browser.click("#upload")
        state = await self._browser.wait_for(
            "({done: 'done', error: 'error'})[document.body.dataset.state] || null", timeout=UPLOAD_SECONDS
        )
        if state != "done":
            raise CreditlineError(
                str(await self._browser.evaluate("document.body.dataset.error || 'the page failed'"))
            )


@asynccontextmanager
async def _uploader(browser: str, running: Running, folder: Path) -> AsyncIterator[_Uploader]:
    assert running.proxy is not None  # noqa: S101 - the demonstration runs with a proxy
    assert running.authority is not None  # noqa: S101
    if browser == "none":
        trust = await asyncio.to_thread(ssl.create_default_context, cafile=str(running.authority))
        async with aiohttp.ClientSession() as session:
            yield _PlainUploader(session, running.proxy, trust)
        return
    picked, profile = folder / "picked", folder / "profile"
    picked.mkdir()
    if browser == "firefox":
        launched: AbstractAsyncContextManager[Chromium | Firefox] = Firefox.launch(
            require_firefox(), proxy=running.proxy, authority=running.authority, profile=profile
        )
    else:
        pin = spki_pin(await asyncio.to_thread(running.authority.read_bytes))
        launched = Chromium.launch(require_chromium(), proxy=running.proxy, spki=pin, profile=profile)
    async with launched as page:
        yield _BrowserUploader(page, picked)


def with_unique_names(pictures: Sequence[Picture]) -> list[Picture]:
    """The pictures under names that differ, so that two files of one name are told apart."""
    seen: dict[str, int] = {}
    named = []
    for picture in pictures:
        number = seen[picture.name] = seen.get(picture.name, 0) + 1
        path = Path(picture.name)
        named.append(Picture(picture.name if number == 1 else f"{path.stem}-{number}{path.suffix}", picture.data))
    return named
