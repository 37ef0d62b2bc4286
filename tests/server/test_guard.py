"""Attacks on the guard: what a web page, another program or another port can try."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.server.sample import Running, fill, picture, running

from creditline.server.guard import HEADERS, cookie_name, hosts_of

if TYPE_CHECKING:
    from pathlib import Path

PATHS = ("/", "/works", "/api/v1/health", "/api/v1/works", "/api/nowhere", "/nowhere", "/sign-in", "/c2pa/v1/x")
EXTENSIONS = (
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    "moz-extension://1b9e0a5c-0c3f-4a55-9d0e-aa00bb11cc22",
)
NAVIGATION = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


async def _status(run: Running, method: str, path: str, **headers: str) -> int:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    async with run.client.request(method, path, headers=names, allow_redirects=False) as response:
        assert not [name for name in response.headers if name.lower().startswith("access-control-allow")]
        assert HEADERS["Content-Security-Policy"] == response.headers["Content-Security-Policy"]
        assert "no-store" in response.headers["Cache-Control"] or "/static" in path
        return response.status


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost.evil.example:{port}",
        "127.0.0.1:{port}@evil",
        "",
    ],
)
async def test_a_foreign_host_is_refused(tmp_path: Path, host: str) -> None:
    """DNS rebinding: under any other name nothing is answered, also with a session and a token."""
    async with running(tmp_path) as run:
        name = host.format(port=run.host.rpartition(":")[2])
        headers = {**run.session, **run.bearer(), "Host": name}

        for path in PATHS:
            assert 421 == await _status(run, "GET", path, **headers)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LocalHost", "[::1]"])
async def test_own_names_are_answered(tmp_path: Path, name: str) -> None:
    """The loopback names with the right port are the server itself."""
    async with running(tmp_path) as run:
        host = f"{name}:{run.host.rpartition(':')[2]}"

        assert 200 == await _status(run, "GET", "/api/v1/health", Host=host)


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1:1",
        "file://",
        "chrome-extension://a/b",
        "https://{host}",
        "moz-extension://",
        "",
    ],
)
async def test_a_foreign_origin_is_refused(tmp_path: Path, origin: str) -> None:
    """A page of another site gets nothing, whatever it knows, preflights included."""
    async with running(tmp_path) as run:
        headers = {**run.session, **run.bearer(), "Origin": origin.format(host=run.host)}

        for path in PATHS:
            for method in ("GET", "POST", "OPTIONS"):
                assert 403 == await _status(run, method, path, **headers)


@pytest.mark.parametrize("origin", EXTENSIONS)
async def test_an_extension_needs_its_token(tmp_path: Path, origin: str) -> None:
    """An extension counts only with a Bearer token; a session is none of its business."""
    async with running(tmp_path) as run:
        assert 401 == await _status(run, "GET", "/api/v1/works", Origin=origin)
        assert 401 == await _status(run, "GET", "/api/v1/works", Origin=origin, **run.session)
        assert 200 == await _status(run, "GET", "/api/v1/works", Origin=origin, **run.bearer())
        assert 401 == await _status(run, "GET", "/", Origin=origin, **run.bearer())


async def test_tokens(tmp_path: Path) -> None:
    """Missing, wrong, expired, taken back and of another scope: each is refused, with the right status."""
    async with running(tmp_path) as run:
        dead = run.tokens.issue(["api"])
        run.tokens.revoke(dead)
        old = run.tokens.issue(["api"], lifetime=10)
        run.clock.now += 10

        assert 401 == await _status(run, "GET", "/api/v1/works")
        assert 401 == await _status(run, "GET", "/api/v1/works", Authorization="Bearer cl_wrong")
        assert 401 == await _status(run, "GET", "/api/v1/works", Authorization="Basic YTpi")
        assert 401 == await _status(run, "GET", "/api/v1/works", Authorization=f"Bearer {dead}")
        assert 401 == await _status(run, "GET", "/api/v1/works", Authorization=f"Bearer {old}")
        assert 403 == await _status(run, "GET", "/api/v1/works", **run.bearer("fetch:manifests"))
        assert 200 == await _status(run, "GET", "/api/v1/works", **run.bearer("api"))
        assert 200 == await _status(run, "GET", "/api/v1/health")
        assert 404 == await _status(run, "GET", "/api/v1/nowhere", **run.bearer("api"))


async def test_a_bad_token_is_not_outweighed_by_a_session(tmp_path: Path) -> None:
    """A token that is not good is refused, never ignored in favour of the cookie."""
    async with running(tmp_path) as run:
        assert 401 == await _status(run, "GET", "/api/v1/works", Authorization="Bearer cl_wrong", **run.session)


async def test_a_token_opens_no_pages(tmp_path: Path) -> None:
    """The dashboard is for the person who signed in, not for paired programs."""
    async with running(tmp_path) as run:
        assert 401 == await _status(run, "GET", "/works", **run.bearer())
        assert 200 == await _status(run, "GET", "/works", **run.session)


async def test_c2pa_needs_its_scopes(tmp_path: Path) -> None:
    """Under /c2pa a session counts nothing, reading needs one scope and each store its own."""
    async with running(tmp_path) as run:
        base = "/c2pa/v1"
        assert 401 == await _status(run, "GET", f"{base}/matches/byBinding", **run.session)
        assert 403 == await _status(run, "GET", f"{base}/matches/byBinding", **run.bearer("api"))
        assert 400 == await _status(run, "GET", f"{base}/matches/byBinding", **run.bearer("fetch:manifests"))
        assert 400 == await _status(run, "POST", f"{base}/matches/byContent", **run.bearer("fetch:manifests"))
        assert 403 == await _status(run, "POST", f"{base}/manifests", **run.bearer("fetch:manifests"))
        assert 415 == await _status(run, "POST", f"{base}/manifests", **run.bearer("store:manifests"))
        assert 403 == await _status(run, "PUT", f"{base}/bindings", **run.bearer("store:manifests"))
        assert 403 == await _status(run, "DELETE", f"{base}/manifests/x", **run.bearer("api"))


async def test_open_routes_say_what_they_are_not(tmp_path: Path) -> None:
    """Under an open address a wrong name or method is said without a token; beside it nothing is."""
    async with running(tmp_path) as run:
        assert 404 == await _status(run, "GET", "/c2pa/v1/services/none")
        assert 405 == await _status(run, "POST", "/c2pa/v1/services/status")
        assert 405 == await _status(run, "DELETE", "/api/v1/health")
        assert 401 == await _status(run, "GET", "/c2pa/v1/services")
        assert 401 == await _status(run, "GET", "/c2pa/v1/services/../manifests/x")
        assert 404 == await _status(run, "GET", "/c2pa/v1/services%2F..%2Fmanifests")


async def test_changes_by_session_need_the_csrf_token(tmp_path: Path) -> None:
    """A POST with the cookie alone changes nothing; with the session's own token it does."""
    async with running(tmp_path) as run:
        headers = run.session
        own = {"Origin": f"http://{run.host}", **headers}
        cookie = headers["Cookie"].partition("=")[2]
        session = run.sign_in.session(cookie)
        assert session is not None

        assert 403 == await _status(run, "POST", "/sign-out", **headers)
        assert 403 == await _status(run, "POST", "/sign-out", **own)
        assert 403 == await _status(run, "POST", "/sign-out", X_CSRF_Token="wrong", **own)
        assert 403 == await _status(run, "POST", "/sign-out", X_CSRF_Token="\xff", **own)
        assert 403 == await _status(run, "POST", "/api/v1/inspections", **own)
        assert 403 == await _status(run, "POST", "/api/v1/inspections", **own, **run.bearer())
        assert run.sign_in.session(cookie) is not None
        assert 303 == await _status(run, "POST", "/sign-out", X_CSRF_Token=session.csrf, **own)
        assert run.sign_in.session(cookie) is None


async def test_a_form_shows_the_csrf_token_too(tmp_path: Path) -> None:
    """The page's own form works without scripts; another session's token does not."""
    async with running(tmp_path) as run:
        headers = {"Origin": f"http://{run.host}", **run.session}
        session = run.sign_in.session(headers["Cookie"].partition("=")[2])
        other = run.sign_in.session(run.session["Cookie"].partition("=")[2])
        assert session is not None
        assert other is not None
        for csrf, status in ((other.csrf, 403), ("", 403), (session.csrf, 303)):
            async with run.client.post(
                "/sign-out", data={"csrf": csrf}, headers=headers, allow_redirects=False
            ) as response:
                assert status == response.status


async def test_the_api_takes_a_session_with_csrf(tmp_path: Path) -> None:
    """The dashboard's own page may use the API, with cookie and CSRF token."""
    async with running(tmp_path) as run:
        headers = run.session
        session = run.sign_in.session(headers["Cookie"].partition("=")[2])
        assert session is not None
        headers |= {"Origin": f"http://{run.host}", "X-CSRF-Token": session.csrf}

        async with run.client.post("/api/v1/audits", headers=headers, data=b"x") as response:
            assert 415 == response.status


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    ("mode", "destination"),
    [
        ("no-cors", "image"),
        ("navigate", "iframe"),
        ("cors", "empty"),
        ("no-cors", "script"),
        ("no-cors", "style"),
        ("navigate", "object"),
    ],
)
async def test_other_sites_embed_and_fetch_nothing(tmp_path: Path, site: str, mode: str, destination: str) -> None:
    """Neither another site nor another port of this host can put pages or pictures into its own."""
    async with running(tmp_path) as run:
        filled = fill(run.context.ledger)
        headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": destination, **run.session}

        for path in (
            "/",
            f"/pictures/{filled.original}/thumbnail",
            "/api/v1/health",
            "/static/creditline.css",
            "/sign-in",
        ):
            assert 403 == await _status(run, "GET", path, **headers)


async def test_other_sites_may_link_to_pages_only(tmp_path: Path) -> None:
    """A link on another site leads to a page, never to a picture or the API, and never as a POST."""
    async with running(tmp_path) as run:
        filled = fill(run.context.ledger)

        assert 200 == await _status(run, "GET", "/works", **NAVIGATION, **run.session)
        assert 401 == await _status(run, "GET", "/works", **NAVIGATION)
        assert 403 == await _status(run, "GET", "/api/v1/works", **NAVIGATION, **run.session)
        assert 403 == await _status(
            run, "GET", f"/pictures/{filled.original}/thumbnail", **NAVIGATION, **run.session
        )
        assert 403 == await _status(run, "POST", "/sign-in", **NAVIGATION)


async def test_own_pages_load_their_pictures(tmp_path: Path) -> None:
    """What the dashboard itself asks for is served."""
    async with running(tmp_path) as run:
        filled = fill(run.context.ledger)
        own = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}

        assert 200 == await _status(run, "GET", f"/pictures/{filled.original}/thumbnail", **own, **run.session)


@pytest.mark.parametrize("method", ["TRACE", "PATCH", "PROPFIND"])
async def test_other_methods_do_not_exist(tmp_path: Path, method: str) -> None:
    """Methods outside a short list are refused before anything is looked up."""
    async with running(tmp_path) as run:
        assert 405 == await _status(run, method, "/", **run.session)


async def test_reading_changes_nothing(tmp_path: Path) -> None:
    """No GET or HEAD signs in, signs out or uses up a link."""
    async with running(tmp_path) as run:
        link = run.sign_in.issue().partition("#")[2]
        headers = run.session
        for path in ("/sign-out", f"/sign-in?token={link}", "/api/v1/originals"):
            for method in ("GET", "HEAD"):
                await _status(run, method, path, **headers)

        assert run.sign_in.session(headers["Cookie"].partition("=")[2]) is not None
        assert run.sign_in.redeem(link) is not None


async def test_an_absolute_request_target_is_refused(tmp_path: Path) -> None:
    """A request as proxies send it does not get round the Host check."""
    import asyncio

    async with running(tmp_path) as run:
        host, _, port = run.host.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            f"GET http://evil.example/ HTTP/1.1\r\nHost: {run.host}\r\nConnection: close\r\n\r\n".encode()
        )
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()

        assert answer.startswith(b"HTTP/1.1 421")


async def test_a_picked_file_is_no_way_round_the_size(tmp_path: Path) -> None:
    """A body over the cap is refused, announced or not."""
    async with running(tmp_path, max_body=1000) as run:
        headers = run.bearer()
        body = picture(size=(600, 600))
        assert len(body) > 1000
        async with run.client.post("/api/v1/inspections", data=body, headers=headers) as response:
            assert 413 == response.status

        async def pieces() -> object:
            for start in range(0, len(body), 100):
                yield body[start : start + 100]

        async with run.client.post("/api/v1/inspections", data=pieces(), headers=headers) as response:
            assert 413 == response.status


def test_names_of_an_address() -> None:
    """Every name carries the port, except where the port is the scheme's own."""
    assert hosts_of(("192.0.2.7", 8744)) == {f"{n}:8744" for n in ("127.0.0.1", "localhost", "[::1]", "192.0.2.7")}
    assert "[2001:db8::1]:8744" in hosts_of(("2001:db8::1", 8744))
    assert "localhost" in hosts_of(("127.0.0.1", 80))
    assert "creditline_8744" == cookie_name(("127.0.0.1", 8744))
