"""What every service is handed: the data folder, the settings, the ledger."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from creditline.model.settings import Settings, load
from creditline.services.refs import Refs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creditline.ledger.store import Ledger
    from creditline.services.recorder import Recorder

CERTIFICATES = "proxy"
"""The folder in the data folder that holds the proxy's certificate authority."""


def data_folder(home: str | Path | None = None) -> Path:
    """`--home`, else `$CREDITLINE_HOME`, else the platform's user data folder (contract §1)."""
    named = home or os.environ.get("CREDITLINE_HOME")
    return (
        Path(named).expanduser().absolute()
        if named
        else platformdirs.user_data_path("creditline", appauthor=False)
    )


@dataclass(slots=True)
class Context:
    """An opened data folder. `recorder` is there while something is being recorded."""

    home: Path
    settings: Settings
    ledger: Ledger
    recorder: Recorder | None = None
    refs: Refs = field(default_factory=Refs)

    @classmethod
    def open(cls, home: Path, *, options: Mapping[str, Any] | None = None) -> Context:
        """Settings in force and the ledger, made or migrated where needed.

        Raises:
            SettingsError: an unusable setting.
            LedgerError: the data folder or the ledger cannot be opened.
        """
        from creditline.ledger.store import Ledger  # here, so that who only asks for the folder does not wait

        settings = load(home, options=options)
        return cls(home, settings, Ledger.open(home, settings))

    def close(self) -> None:
        """Give the ledger's connections back."""
        self.ledger.close()
