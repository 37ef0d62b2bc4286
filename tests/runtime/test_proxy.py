"""mitmproxy's master inside our own program."""

from __future__ import annotations

import asyncio
import socket
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from creditline.model.errors import SettingsError
from creditline.runtime.proxy import Reroute, running_proxy

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK = "127.0.0.1"


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


async def test_the_port_answers_until_the_block_ends(tmp_path: Path) -> None:
    """With port 0 a free one is taken and told; after the block nothing listens and no task is left."""
    before = asyncio.all_tasks()

    async with running_proxy(host=LOOPBACK, port=0, confdir=tmp_path, extra=[], settings={}) as port:
        during = await asyncio.to_thread(_answers, port)

    assert during
    assert not await asyncio.to_thread(_answers, port)
    await asyncio.sleep(0.1)
    assert before == asyncio.all_tasks()


async def test_a_taken_port_is_a_settings_error(tmp_path: Path) -> None:
    """The message names the port, the next step the option."""
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(SettingsError, match=str(port)) as refused:
            async with running_proxy(host=LOOPBACK, port=port, confdir=tmp_path, extra=[], settings={}):
                pass

    assert "--proxy-port" in str(refused.value.next_step)


def test_reroute_leads_only_its_hosts_elsewhere() -> None:
    """Other connections go where they would have gone."""
    reroute = Reroute(["keeps.creditline.test"], 4433)
    ours = SimpleNamespace(server=SimpleNamespace(address=("keeps.creditline.test", 443)))
    other = SimpleNamespace(server=SimpleNamespace(address=("example.com", 443)))

    reroute.server_connect(ours)
    reroute.server_connect(other)

    assert (LOOPBACK, 4433) == ours.server.address
    assert ("example.com", 443) == other.server.address
