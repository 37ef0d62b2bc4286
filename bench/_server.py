"""A TLS server on loopback that takes every upload and forgets it; its authority is made for the run.

One JSON line on standard output when it is up (`{"url", "ca"}`); end of standard input ends it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from aiohttp import web

from creditline.demo.authority import make_authority

HOST = "localhost"


async def take(request: web.Request) -> web.Response:
    """Read a body to its end, as a site's front server does."""
    length = 0
    async for chunk in request.content.iter_any():
        length += len(chunk)
    return web.json_response({"length": length})


async def run(folder: Path) -> None:
    """Serve until standard input ends."""
    authority = make_authority([HOST], folder)
    ca = folder / "ca.pem"
    ca.write_bytes(authority.ca_pem)
    app = web.Application()
    app.router.add_post("/upload", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=authority.context).start()
    print(json.dumps({"url": f"https://{HOST}:{runner.addresses[0][1]}/upload", "ca": str(ca)}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1])))
