"""Creditline's proxy as `creditline start` runs it, with an upstream authority that only a bench trusts.

One JSON line on standard output when it is up (`{"proxy", "authority"}`). Then a line `drain` on standard input is
answered when everything taken in is in the ledger, `pending` with how much is on its way; end of input ends it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from creditline.runtime.serve import serving
from creditline.services.context import Context


async def run(home: Path, ca: Path) -> None:
    """Serve until standard input ends."""
    context = Context.open(home, options={"port": 0, "proxy_port": 0, "capture_private_hosts": True})
    try:
        async with serving(context, proxy_options={"ssl_verify_upstream_trusted_ca": str(ca)}) as running:
            say({"proxy": running.proxy, "authority": str(running.authority)})
            while line := await asyncio.to_thread(sys.stdin.readline):
                if line.strip() == "drain":
                    await asyncio.to_thread(running.recorder.drain, 600)
                say({"pending": running.recorder.pending})
    finally:
        context.close()


def say(line: dict[str, object]) -> None:
    """One answer."""
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), Path(sys.argv[2])))
