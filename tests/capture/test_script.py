"""The script is what a stock mitmproxy loads."""

from __future__ import annotations

import warnings
from pathlib import Path

from creditline import capture
from creditline.capture.addon import CreditlineAddon

with warnings.catch_warnings():
    # mitmproxy imports ldap3, which uses names that pyasn1 has deprecated.
    warnings.filterwarnings("ignore", "(tag|type)Map is deprecated", DeprecationWarning, r"ldap3\.")
    from mitmproxy.addons.script import load_script


def test_mitmproxy_loads_it() -> None:
    """Loaded by its path, it has the addon that records into the data folder, and the one that credits uploads."""
    path = Path(next(iter(capture.__path__))) / "script.py"

    module = load_script(str(path))

    assert module is not None
    crediter, addon = module.addons
    assert "Crediter" == type(crediter).__name__
    assert isinstance(addon, CreditlineAddon)
    assert not addon.settings.passthrough
