"""Proxy, server and recorder on one event loop."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import aiohttp
import pytest

from creditline.model.errors import SettingsError
from creditline.runtime.serve import serving
from creditline.services.context import Context

if TYPE_CHECKING:
    from pathlib import Path


async def test_everything_is_up_and_then_gone(tmp_path: Path) -> None:
    """Server and proxy answer inside the block; after it no thread of ours is left."""
    before = {thread.name for thread in threading.enumerate()}
    context = Context.open(tmp_path / "home", options={"port": 0, "proxy_port": 0})

    async with serving(context) as running, aiohttp.ClientSession() as client:
        async with client.get(f"{running.server}/api/v1/health") as answer:
            status = answer.status
        proxied = running.proxy
        authority = running.authority
    context.close()

    assert 200 == status
    assert proxied is not None
    assert authority is not None
    left = {t.name for t in threading.enumerate()} - before
    assert not [name for name in left if name.startswith("creditline")]


async def test_without_a_proxy_only_the_server_runs(tmp_path: Path) -> None:
    """No proxy means no certificate authority, either."""
    context = Context.open(tmp_path / "home", options={"port": 0})

    async with serving(context, proxy=False) as running:
        proxied, authority = running.proxy, running.authority
    context.close()

    assert proxied is None
    assert authority is None
    assert not (tmp_path / "home" / "proxy").exists()


async def test_a_taken_port_is_a_settings_error(tmp_path: Path) -> None:
    """The next step names the option."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        context = Context.open(tmp_path / "home", options={"port": other.getsockname()[1]})

        with pytest.raises(SettingsError) as refused:
            async with serving(context, proxy=False):
                pass
        context.close()

    assert "--port" in str(refused.value.next_step)


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM ends a Windows program without asking it")
def test_start_prints_addresses_and_ends_on_sigterm(tmp_path: Path) -> None:
    """`creditline start` prints both addresses and a sign-in link, and SIGTERM ends it with 0."""
    command = [sys.executable, "-m", "creditline", "--home", str(tmp_path), "start", "--port=0", "--proxy-port=0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        process.send_signal(signal.SIGTERM)
        code = process.wait(30)

    said = "".join(lines)
    assert 0 == code
    assert re.search(r"Dashboard +http://127\.0\.0\.1:\d+/sign-in#\S+", said)
    assert re.search(r"Proxy +http://127\.0\.0\.1:\d+", said)
