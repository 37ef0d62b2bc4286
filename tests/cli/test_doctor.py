"""`creditline doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.cli.sample import home, lines, run, write

from creditline.vocab import sites

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def _chromium(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("creditline.browser.chromium.find_chromium", lambda: tmp_path / "chromium")


@pytest.mark.usefixtures("_chromium")
def test_json_has_every_finding() -> None:
    """One object with schema, data folder and findings, each with the command that mends it."""
    result = run("doctor", "--json")

    (line,) = lines(result)
    assert 0 == result.exit_code
    assert ("creditline/doctor/1", str(home())) == (line["schema"], line["home"])
    assert all({"name", "ok", "detail", "mend"} == set(finding) for finding in line["findings"])
    assert {"mitmproxy", "chromium", "settings", "disk", "ledger", "opened"} <= {
        finding["name"] for finding in line["findings"]
    }
    assert all(finding["mend"] is None for finding in line["findings"] if finding["ok"])


@pytest.mark.usefixtures("_chromium")
def test_every_opened_pattern_is_listed() -> None:
    """What is decrypted stands there whole, the hosts that the user added included."""
    run("sites", "add", "social.example.org")

    (line,) = lines(run("doctor", "--json"))

    opened = {finding["detail"] for finding in line["findings"] if finding["name"] == "opened"}
    assert set(sites.load(home()).patterns()) == opened
    assert any("social\\.example\\.org" in pattern for pattern in opened)
    shown = run("doctor").stdout
    assert all(pattern in shown for pattern in opened)


def test_a_missing_browser_is_said_with_its_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is exit code 1 and the command that brings it."""
    monkeypatch.setattr("creditline.browser.chromium.find_chromium", lambda: None)

    result = run("doctor")

    assert 1 == result.exit_code
    assert "MISSING  chromium" in result.stdout
    assert "make browsers" in result.stdout


@pytest.mark.usefixtures("_chromium")
@pytest.mark.parametrize("where", ["environment", "file"])
def test_a_wrong_setting_is_a_finding(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """The doctor does not give up on what it is there to find, and says where the fault lies."""
    if where == "environment":
        monkeypatch.setenv("CREDITLINE_PROT", "1")
    else:
        write(home() / "config.toml", b"prot = 1\n")

    result = run("doctor", "--json")

    findings = {finding["name"]: finding for finding in lines(result)[0]["findings"]}
    assert 1 == result.exit_code
    assert not findings["settings"]["ok"]
    assert "port" in findings["settings"]["detail"]
    assert ("config.toml" in findings["settings"]["mend"]) == (where == "file")
    assert "db upgrade" not in findings["ledger"]["mend"]


@pytest.mark.usefixtures("_chromium")
def test_a_ledger_that_does_not_open_is_a_finding() -> None:
    """Its reason and what to do are said, and the rest is still looked at."""
    write(home() / "ledger.sqlite", b"hello " * 1000)

    result = run("doctor", "--json")

    findings = {finding["name"]: finding for finding in lines(result)[0]["findings"]}
    assert 1 == result.exit_code
    assert "not a database" in findings["ledger"]["detail"]
    assert findings["ledger"]["mend"]
    assert findings["settings"]["ok"]


@pytest.mark.usefixtures("_chromium")
def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A path that is a file's gives findings, not a traceback."""
    result = run("--home", write(tmp_path / "file", b"x") / "below", "doctor")

    assert 1 == result.exit_code
    assert "MISSING  ledger" in result.stdout
