"""What is missing, and the command that mends it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from creditline.services import doctor
from creditline.services.doctor import PACKAGES, examine
from creditline.vocab import sites

if TYPE_CHECKING:
    import pytest

    from creditline.services.doctor import Finding


def findings(home: Path, **known: str | Path | None) -> dict[str, Finding]:
    """Name → finding, those of opened hosts aside."""
    given = {"browser": Path("/usr/bin/chromium"), "ledger_state": None} | known
    return {item.name: item for item in examine(home, **given) if item.name != "opened"}  # type: ignore[arg-type]


def test_all_is_well(tmp_path: Path) -> None:
    """Everything that is looked at has a detail, and what is well needs no mending."""
    found = findings(tmp_path)

    assert {*PACKAGES, "chromium", "settings", "disk", "ledger"} == set(found)
    assert all(item.ok and item.detail and item.mend is None for item in found.values())
    assert {"name", "ok", "detail", "mend"} == set(found["disk"].to_json())


def test_each_thing_that_is_wrong_names_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No browser, a closed ledger, a package that is gone, a disk that is nearly full."""
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=10 * 1024 * 1024))
    monkeypatch.setattr(doctor, "PACKAGES", ("no-such-package",))

    found = findings(tmp_path, browser=None, ledger_state="damaged")
    exact = findings(tmp_path, ledger_state="newer", ledger_mend="pip install --upgrade creditline")

    assert {name: item.mend for name, item in found.items() if not item.ok} == {
        "no-such-package": "pip install no-such-package",
        "chromium": "make browsers",
        "disk": "creditline purge --before DATE",
        "ledger": "creditline db upgrade",
    }
    assert "damaged" == found["ledger"].detail
    assert "pip install --upgrade creditline" == exact["ledger"].mend


def test_wrong_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the file or the environment is to be mended."""
    monkeypatch.setenv("CREDITLINE_PROT", "1")
    by_environment = findings(tmp_path)["settings"]
    (tmp_path / "config.toml").write_text("prot = 1")
    by_file = findings(tmp_path)["settings"]

    assert (False, False) == (by_environment.ok, by_file.ok)
    assert "environment" in str(by_environment.mend)
    assert f"edit {tmp_path / 'config.toml'}" == by_file.mend


def test_what_is_opened(tmp_path: Path) -> None:
    """Every pattern whose hosts are decrypted, and nothing else; a broken file is named instead."""

    def opened() -> list[Finding]:
        return [item for item in examine(tmp_path, browser=None, ledger_state=None) if item.name == "opened"]

    assert list(sites.load(tmp_path).patterns()) == [item.detail for item in opened()]
    (tmp_path / "sites.toml").write_text("host = 1")
    (broken,) = opened()
    assert not broken.ok
    assert "sites.toml" in broken.detail


def test_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    """The disk is that of the nearest folder above."""
    assert findings(tmp_path / "a" / "b")["disk"].ok
