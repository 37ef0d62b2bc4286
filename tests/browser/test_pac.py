"""The proxy auto-configuration: opened hosts and nothing else."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess

import pytest

from creditline.browser import pac
from creditline.vocab import sites

HOSTS = [
    "bsky.social",
    "a.b.host.bsky.network",
    "evil-bsky.social",
    "bsky.social.evil.test",
    "BSKY.SOCIAL.",
    "x.test",
]


@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine: `make ci-deps` brings it")
def test_javascript_decides_as_python_does() -> None:
    """For each shipped pattern the script sends the same hosts through the proxy that Creditline opens."""
    known = sites.load()
    script = pac.script(known.patterns(), "http://127.0.0.1:8080")
    program = f"{script}; console.log(JSON.stringify({json.dumps(HOSTS)}.map((h) => FindProxyForURL('', h))))"

    answers = json.loads(
        subprocess.run(["node", "-e", program], capture_output=True, check=True, text=True).stdout
    )

    expected = ["PROXY 127.0.0.1:8080; DIRECT" if known.opened(host) else "DIRECT" for host in HOSTS]
    assert expected == answers


def test_a_pattern_cannot_end_the_script() -> None:
    """What a user's profile holds stays text in the script."""
    script = pac.script(['^a"\\];alert(1);//$'], "http://127.0.0.1:1")

    first = script.splitlines()[0]
    assert json.dumps('^a"\\];alert(1);//$') in first


def test_the_address_holds_the_script() -> None:
    """No server is asked for the script."""
    kind, _, body = pac.address("x é").partition(",")

    assert re.fullmatch(r"data:application/x-ns-proxy-autoconfig;base64", kind)
    assert "x é" == base64.b64decode(body).decode("utf-8")
