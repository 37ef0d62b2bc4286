"""The demonstration's audits say of each test site what that site does, whatever picture is uploaded."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.e2e import rig

from creditline import inspect
from creditline.browser.chromium import find_chromium
from creditline.browser.firefox import find_firefox
from creditline.demo.sites import SITES

with rig.warnings.catch_warnings():
    rig.warnings.filterwarnings("ignore", "(tag|type)Map is deprecated", DeprecationWarning, r"ldap3\.")
    from creditline.demo.run import Picture, demonstrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
ABSENT = "shared/corpus is absent (it is given to the team only): corpus tests not run"
PICKED = 20
SMALL = 150_000
"""Bytes; small files keep the run short, and have as many fields as large ones."""

PAGE, SITE = ["original", "uploaded"], ["uploaded", "served"]
SAMPLES = ["artwork.jpg", "ai.png", "signed.jpg"]
NO_BROWSER = [site.name for site in SITES if not site.needs_browser]
OF_THE_SITE = {"instructions", "job_id"}
"""What `rewrites` writes into its copies itself."""

type Audit = dict[str, Any]


def deviations(audit: Audit, original: dict[str, Any]) -> Iterator[str]:
    """Where an audit says something else than the site did; `original` is what `inspect` says of the picture."""
    site = audit["site"]
    in_xmp = {field["id"] for field in original["fields"] if field["carrier"] == "xmp"}
    had = {field["id"] for field in original["fields"]}
    told = {field["id"]: (field["outcome"], field["lost_between"]) for field in audit["fields"]}
    for name in had - told.keys():
        yield f"{name} is not in the audit"
    for name, seen in told.items():
        allowed = (
            _of_rewrites(name, had, in_xmp) if site == "rewrites" else [_outcome(site)] if name in had else []
        )
        if seen not in allowed:
            yield f"{name}: {seen}, not one of {allowed}"
    manifest = audit["c2pa"]
    if manifest["original"] not in {"none", "unreadable"}:
        # A pointer to a manifest elsewhere is a line of the XMP packet.
        stays = site == "keeps" or (site == "rewrites" and manifest["original"] == "remote")
        allowed = [("kept", None) if stays else ("removed", _outcome(site)[1])]
        if (manifest["outcome"], manifest["lost_between"]) not in allowed:
            yield f"c2pa: {manifest}, not one of {allowed}"
    for name, nothing in (("ai", "none"), ("consent", "unspecified")):
        judged = audit[name]
        declared = site != "rewrites" and judged["original"] != nothing
        if declared and (judged["outcome"], judged["lost_between"]) != _outcome(site):
            yield f"{name}: {judged}"


def _of_rewrites(name: str, had: set[str], in_xmp: set[str]) -> list[tuple[str, list[str] | None]]:
    """What may become of a field where the XMP packet stays and the site writes two IIM fields of its own."""
    if name in OF_THE_SITE:
        return (
            [("altered", SITE)] if name in had - in_xmp else [("kept", None), ("altered", SITE), ("added", None)]
        )
    if name not in had:
        return []
    return [("kept", None)] if name in in_xmp else [("removed", SITE)]


def _outcome(site: str) -> tuple[str, list[str] | None]:
    """What becomes of every field on a site that treats all alike."""
    known = {"keeps": ("kept", None), "page-strips": ("removed", PAGE)}
    return known.get(site, ("removed", SITE))


def _demo(tmp_path: Path, browser: str) -> list[Audit]:
    """Run `creditline demo` as a program; it must end with 0 and print audits only."""
    command = [rig.BIN / "creditline", "--home", tmp_path / "home", "demo", "--json", "--browser", browser]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)

    assert 0 == done.returncode, done.stderr
    assert "Traceback" not in done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def _check(audits: list[Audit], sites: list[str]) -> None:
    assert Counter((site, picture) for site in sites for picture in SAMPLES) == Counter(
        (audit["site"], audit["picture"]) for audit in audits
    )
    assert {"creditline/audit/1"} == {audit["schema"] for audit in audits}
    # On `keeps` all stages are the original, so that its audit says what the original had.
    had = {audit["picture"]: audit for audit in audits if audit["site"] == "keeps"}
    for audit in audits:
        kept = had[audit["picture"]]
        lost = audit["site"] not in {"keeps", "rewrites"}
        assert kept["summary"]["cmi"]["kept"] > 0
        if lost:
            assert kept["summary"]["cmi"]["kept"] == audit["summary"]["cmi"]["removed"]
        judged = audit["summary"]
        names = ("cmi_lost", "ai_label_lost", "consent_lost")
        if audit["site"] != "rewrites":
            assert {lost} == {judged[name] for name in names}, (audit["site"], audit["picture"])
        signed = audit["picture"] == "signed.jpg"
        assert (signed and audit["site"] != "keeps") == judged["c2pa_lost"]
        hops = {tuple(f["lost_between"]) for f in audit["fields"] if f["lost_between"]}
        assert hops <= {tuple(PAGE if audit["site"] == "page-strips" else SITE)}
        assert lost <= bool(hops)


def test_without_a_browser(tmp_path: Path) -> None:
    """Four sites and three pictures give twelve audits; each site did what it is known for."""
    _check(_demo(tmp_path, "none"), NO_BROWSER)


@pytest.mark.browser
@pytest.mark.parametrize(("browser", "find"), [("chromium", find_chromium), ("firefox", find_firefox)])
def test_in_a_browser(tmp_path: Path, browser: str, find: Callable[[], Path | None]) -> None:
    """In a browser there are five sites, and what the page itself strips is lost before the upload."""
    if find() is None:
        pytest.skip(f"no {browser} on this machine: `make browsers` installs it")
    audits = _demo(tmp_path, browser)

    _check(audits, [site.name for site in SITES])
    by_page = [audit for audit in audits if audit["site"] == "page-strips"]
    losses = [field for audit in by_page for field in audit["fields"]]
    assert losses
    assert {("removed", tuple(PAGE))} == {(field["outcome"], tuple(field["lost_between"])) for field in losses}


def _picks(number: int) -> list[Path]:
    """Files that carry copyright management information: a few of each format, spread over the corpus."""
    entries = json.loads((CORPUS / "MANIFEST.json").read_text(encoding="utf-8"))
    found = []
    for entry in entries:
        path = CORPUS / entry["path"]
        if entry["path"].split("/")[0] == "hostile" or not entry.get("carries", {}).get("cmi"):
            continue
        if 2_048 <= path.stat().st_size <= SMALL and path.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"}:
            found.append(path)
    found.sort(key=lambda path: rig.sha(path.name.encode()))
    return found[:number]


@pytest.mark.skipif(not (CORPUS / "MANIFEST.json").is_file(), reason=ABSENT)
async def test_pictures_of_others(tmp_path: Path) -> None:
    """Of every field of real files the audits say what each site did, computed here from the originals alone."""
    paths = await asyncio.to_thread(_picks, PICKED)
    pictures = [Picture(path.name, path.read_bytes()) for path in paths]
    assert PICKED == len(pictures)
    originals = {picture.name: inspect(picture.data).to_json() for picture in pictures}

    results = await demonstrate(pictures, tmp_path / "demo", browser="none", tell=lambda _: None)

    assert [(site, picture.name) for site in NO_BROWSER for picture in pictures] == [
        (result.site, result.picture) for result in results
    ]
    audits = [result.to_json() for result in results]
    assert [] == [audit for audit in audits if audit["schema"] != "creditline/audit/1"]
    wrong = [
        f"{audit['site']} {audit['picture']}: {what}"
        for audit in audits
        for what in deviations(audit, originals[audit["picture"]])
    ]
    assert [] == wrong
