"""Settings as mitmproxy options: key `a_b` is the option `creditline_a_b` (contract §1)."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
from mitmproxy import ctx

from creditline.model import settings as settings_of
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from mitmproxy.addonmanager import Loader

NAMES = ("passthrough", "max_body", "stream_above", "buffer_total", "capture_private_hosts", "credit_uploads")
"""The settings that matter inside mitmproxy."""

STOCK = replace(Settings(), passthrough=False)
"""Which hosts a stock mitmproxy decrypts is its own affair."""


def declare(loader: Loader, settings: Settings, home: Path | None) -> None:
    """Add the options, with the given values as defaults and the settings' own help."""
    helps = {key.name: key.help for key in settings_of.KEYS}
    loader.add_option("creditline_home", str, str(home or ""), "Creditline's data folder.")
    for name in NAMES:
        default = getattr(settings, name)
        loader.add_option(f"creditline_{name}", type(default), default, helps[name])


def in_force(settings: Settings | None) -> tuple[Path, Settings]:
    """The data folder, and the settings with what was set by option; `settings` None: a stock mitmproxy's.

    Then options beat the environment, that beats the file, and `passthrough` is on by option only.

    Raises:
        SettingsError: an unknown key or a value of the wrong kind.
    """
    options = ctx.options
    chosen = {
        name: getattr(options, f"creditline_{name}") for name in NAMES if options.has_changed(f"creditline_{name}")
    }
    text = options.creditline_home or os.environ.get("CREDITLINE_HOME", "")
    home = Path(text).expanduser() if text else platformdirs.user_data_path("creditline", appauthor=False)
    if settings is not None:
        return home, replace(settings, **chosen)
    return home, replace(settings_of.load(home, options=chosen), passthrough=options.creditline_passthrough)
