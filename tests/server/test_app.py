"""The server as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.server.sample import running

from creditline.server.guard import OPEN_PREFIX, OPEN_RESOURCES

if TYPE_CHECKING:
    from pathlib import Path


async def test_only_the_listed_routes_are_open(tmp_path: Path) -> None:
    """Whatever route is added, it is closed to strangers unless the guard's list names it."""
    async with running(tmp_path) as run:
        app = run.client.app
        assert app is not None
        for route in app.router.routes():
            assert route.resource is not None
            canonical = route.resource.canonical
            path = canonical.replace("{sha256}", "0" * 64).replace("{id}", "x").replace("{name}", "icon.svg")
            async with run.client.request(route.method, path, allow_redirects=False) as response:
                listed = canonical in OPEN_RESOURCES or canonical.startswith(OPEN_PREFIX)
                assert (response.status != 401) == listed, canonical
