"""`creditline demo`: its output and exit codes; the demonstration itself is run by `make demo`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.sample import jpeg, lines, one_line, run, write
from tests.server.sample import audit as canned
from tests.server.sample import field

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# mitmproxy brings ldap3, which asks pyasn1 for names that it calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:(tag|type)Map is deprecated:DeprecationWarning")


def _answer(monkeypatch: pytest.MonkeyPatch, *, failing: str | None = None) -> list[dict[str, Any]]:
    """Puts a demonstration in place that gives one audit a site at once; what it was asked is in the list."""
    from creditline.demo import run as demo
    from creditline.demo.sites import SITES

    asked: list[dict[str, Any]] = []

    async def demonstrate(
        pictures: list[demo.Picture], home: Path, *, browser: str, tell: Callable[[str], None]
    ) -> list[demo.Result]:
        asked.append({"names": [picture.name for picture in pictures], "home": home, "browser": browser})
        tell("working")
        document = canned([field("creator", 2, "Ann", None, "removed")])
        return [
            demo.Result(site.name, picture.name, None, "it broke")
            if site.name == failing
            else demo.Result(site.name, picture.name, document)
            for site in SITES
            for picture in pictures
            if browser != "none" or not site.needs_browser
        ]

    monkeypatch.setattr(demo, "demonstrate", demonstrate)
    return asked


def test_json_is_one_audit_a_site_and_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output has audits with `site` and `picture` only; loss is the point, so the exit code is 0."""
    asked = _answer(monkeypatch)
    paths = [write(tmp_path / name, jpeg()) for name in ("a.jpg", "b.jpg")]

    result = run("demo", "--browser", "none", "--json", *paths)

    found = lines(result)
    assert 0 == result.exit_code
    assert 8 == len(found)
    assert {("creditline/audit/1", "keeps", "a.jpg")} <= {(x["schema"], x["site"], x["picture"]) for x in found}
    assert "working" in result.stderr
    assert "none" == asked[0]["browser"]
    assert "demo" == asked[0]["home"].name


def test_without_a_browser_page_strips_is_said_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that brings a browser is named, and nothing failed."""
    _answer(monkeypatch)

    result = run("demo", "--browser", "none", write(tmp_path / "a.jpg", jpeg()))

    assert 0 == result.exit_code
    assert "page-strips was not run" in result.stderr
    assert "make browsers" in result.stderr


def test_a_browser_is_used_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default Chromium uploads, and nothing is said to be missing."""
    asked = _answer(monkeypatch)
    monkeypatch.setattr("creditline.browser.chromium.find_chromium", lambda: tmp_path / "chromium")

    result = run("demo", write(tmp_path / "a.jpg", jpeg()))

    assert 0 == result.exit_code
    assert "chromium" == asked[0]["browser"]
    assert "not run" not in result.stderr


def test_a_failed_audit_is_exit_code_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pair is named with its reason; the others are printed."""
    _answer(monkeypatch, failing="webp")
    path = write(tmp_path / "a.jpg", jpeg())

    shown = run("demo", "--browser", "none", path)
    machine = run("demo", "--browser", "none", path, "--json")

    assert (2, 2) == (shown.exit_code, machine.exit_code)
    assert "webp × a.jpg: it broke" in shown.stderr
    assert "keeps" in shown.stdout
    problem = next(line for line in lines(machine) if line["schema"] == "creditline/demo-problem/1")
    assert ("webp", "a.jpg", "it broke") == (problem["site"], problem["picture"], problem["problem"])


def test_the_samples_are_drawn_where_no_picture_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `demo.pictures` draws is uploaded then."""
    asked = _answer(monkeypatch)
    sample = SimpleNamespace(name="artwork.jpg", data=jpeg())
    monkeypatch.setattr("creditline.demo.pictures.samples", lambda: (sample,))

    run("demo", "--browser", "none")

    assert ["artwork.jpg"] == asked[0]["names"]


def test_the_next_steps_are_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that shows the same record as pages names the demonstration's own data folder."""
    asked = _answer(monkeypatch)

    result = run("demo", "--browser", "none", write(tmp_path / "a.jpg", jpeg()))

    assert f"creditline --home {asked[0]['home']} start --no-proxy" in result.stdout.replace("\n  ", " ")


@pytest.mark.parametrize("data", [None, b"", b"hello"])
def test_a_file_that_is_no_picture_starts_nothing(tmp_path: Path, data: bytes | None) -> None:
    """It is refused before any site or proxy runs."""
    path = tmp_path / "a.jpg" if data is None else write(tmp_path / "a.jpg", data)

    result = run("demo", "--browser", "none", "--json", path)

    assert (2, "") == (result.exit_code, result.stdout)
    assert "a.jpg" in one_line(result)
