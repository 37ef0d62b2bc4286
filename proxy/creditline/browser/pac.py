"""The proxy auto-configuration of a browser: opened hosts go through Creditline, everything else goes straight."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SCRIPT = """\
var opened = {patterns}.map(function (pattern) {{ return new RegExp(pattern); }});

function FindProxyForURL(url, host) {{
  host = host.toLowerCase().replace(/\\.$/, "");
  for (var i = 0; i < opened.length; i++) {{
    if (opened[i].test(host)) return {proxy};
  }}
  return "DIRECT";
}}
"""


def script(patterns: Iterable[str], proxy: str) -> str:
    """JavaScript that names the proxy for hosts that match.

    Args:
        patterns: anchored regular expressions in the syntax that Python and JavaScript share.
        proxy: `http://host:port`. When it is gone the browser goes straight, so that pages still work.
    """
    where = proxy.removeprefix("http://").rstrip("/")
    return _SCRIPT.format(patterns=json.dumps(list(patterns)), proxy=json.dumps(f"PROXY {where}; DIRECT"))


def address(text: str) -> str:
    """The script as an address that needs no server."""
    encoded = base64.b64encode(text.encode("utf-8")).decode("ascii")
    return f"data:application/x-ns-proxy-autoconfig;base64,{encoded}"
