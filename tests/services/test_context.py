"""The data folder: which one, and what opening it gives."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from creditline.model.errors import SettingsError
from creditline.services.context import Context, data_folder


def test_which_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--home`, else `CREDITLINE_HOME`, else the platform's; always absolute, `~` understood."""
    monkeypatch.setenv("CREDITLINE_HOME", str(tmp_path / "env"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    assert tmp_path / "given" == data_folder(tmp_path / "given")
    assert tmp_path / "relative" == data_folder("relative")
    assert tmp_path / "mine" == data_folder("~/mine")
    assert tmp_path / "env" == data_folder()
    monkeypatch.delenv("CREDITLINE_HOME")
    assert Path(platformdirs.user_data_path("creditline", appauthor=False)) == data_folder()


def test_opening(tmp_path: Path) -> None:
    """A new folder is made, with a ledger; options are in force; nothing records yet."""
    context = Context.open(tmp_path / "new", options={"port": 1, "workers": None})
    try:
        assert (1, 2) == (context.settings.port, context.settings.workers)
        assert context.recorder is None
        assert context.ledger.verify().ok
        assert (tmp_path / "new" / "ledger.sqlite").is_file()
    finally:
        context.close()
        context.close()


def test_a_setting_that_is_wrong_opens_nothing(tmp_path: Path) -> None:
    """The error comes before the ledger is made."""
    with pytest.raises(SettingsError):
        Context.open(tmp_path / "new", options={"prot": 1})

    assert not (tmp_path / "new").exists()
