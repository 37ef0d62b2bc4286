"""The whole way: a file picked on a site whose page strips it, with the extension and the proxy that runs for real."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.e2e import rig as proxy_rig
from tests.extension.rig import browsing, jpeg, needs_chromium, xmp

from creditline.capture.trust import spki_pin
from creditline.ledger import queries
from creditline.server.tokens import Tokens
from creditline.services.context import Context

with proxy_rig.warnings.catch_warnings():
    proxy_rig.warnings.filterwarnings("ignore", "(tag|type)Map is deprecated", DeprecationWarning, r"ldap3\.")
    from creditline.demo.run import _write_profiles
    from creditline.demo.sites import SITES, Sites
    from creditline.runtime.proxy import Reroute
    from creditline.runtime.serve import serving

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_chromium

SITE = next(site for site in SITES if site.name == "page-strips")


async def test_the_audit_shows_what_the_page_took_out(tmp_path: Path) -> None:
    """The original comes from the extension; creator and notice are lost between it and the uploaded file."""
    home, path = tmp_path / "home", tmp_path / "mine.jpg"
    path.write_bytes(jpeg(xmp(creator="Ann Example", rights="© Ann"), size=(640, 480)))
    async with Sites.start(tmp_path / "sites") as sites:
        _write_profiles(home)
        context = Context.open(home, options={"port": 0, "proxy_port": 0, "capture_private_hosts": True})
        try:
            async with serving(
                context,
                extra=[Reroute(sites.hosts, sites.port)],
                proxy_options={"ssl_verify_upstream_trusted_ca": str(sites.ca_pem)},
                waited_for=True,
            ) as running:
                assert running.proxy is not None
                assert running.authority is not None
                pin = spki_pin(running.authority.read_bytes())
                program = (running.server, Tokens(home).issue())
                async with browsing(
                    tmp_path, program=program, capture=[SITE.host], proxy=running.proxy, spki=pin
                ) as browser:
                    await browser.goto(f"https://{SITE.host}/")
                    await browser.set_file("#file", path)
                    await browser.click("#upload")
                    state = await browser.wait_for("document.body.dataset.state === 'done' && 'done'", 30)
                    await asyncio.sleep(1)
                await asyncio.to_thread(running.recorder.drain, 60)
                found = [v.audit for v in queries.verdicts(context.ledger, site=SITE.name, limit=None) if v.audit]
        finally:
            context.close()
    audits = [audit for audit in found if audit["stages"]["original"] and audit["stages"]["served"]]
    lost = {field["id"]: field["lost_between"] for field in audits[0]["fields"] if field["outcome"] == "removed"}

    assert state == "done"
    assert {"extension"} == {audit["stages"]["original"]["via"] for audit in audits}
    assert lost["creator"] == ["original", "uploaded"]
    assert lost["copyright_notice"] == ["original", "uploaded"]
