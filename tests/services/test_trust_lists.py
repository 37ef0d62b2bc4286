"""Roots of the user's own, and newer copies of the published lists."""

from __future__ import annotations

import functools
import http.server
import shutil
import ssl
import subprocess
import threading
from typing import TYPE_CHECKING

import aiohttp
import pytest

from creditline.fetch import fetch
from creditline.model.errors import FetchError, PictureError, UsageError
from creditline.reattach.authority import make_authority
from creditline.services import trust_lists
from creditline.vocab import trust

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT = make_authority().anchor_pem
needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="no openssl on this machine: install it with the system's"
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """A data folder in use; afterwards none is."""
    trust.use(tmp_path)
    yield tmp_path
    trust._in_use.clear()
    trust.load.cache_clear()
    trust.user_roots.cache_clear()


def test_a_root_is_kept_and_used(home: Path) -> None:
    """Once, however often it is added."""
    (home / "root").write_text(ROOT, encoding="ascii")

    target, count = trust_lists.add(home, home / "root")
    trust_lists.add(home, home / "root")
    trust.user_roots.cache_clear()

    assert [(target, 1)] == trust_lists.own(home)
    assert 1 == count
    assert ROOT == trust.user_roots()


def test_what_is_no_certificate_is_refused(home: Path) -> None:
    """Nothing is kept of it."""
    (home / "root").write_bytes(b"no certificate")

    with pytest.raises(UsageError):
        trust_lists.add(home, home / "root")
    with pytest.raises(PictureError):
        trust_lists.add(home, home / "missing")

    assert [] == trust_lists.own(home)


def test_a_damaged_root_is_shown_and_counts_for_nothing(home: Path) -> None:
    """One bad file must not stop every reading."""
    (home / trust.FOLDER).mkdir()
    (home / trust.FOLDER / "bad.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA")

    assert [None] == [count for _, count in trust_lists.own(home)]
    assert trust.user_roots() is None


def test_a_refresh_replaces_the_lists(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the day of the refresh; the package's own copies stay."""
    monkeypatch.setattr(trust_lists, "fetch", _answers(ROOT * 40))

    counts = trust_lists.refresh(home)
    trust.load.cache_clear()

    assert {"c2pa": 40, "c2pa-tsa": 40} == counts
    assert 40 == trust.load("c2pa").certificates
    assert trust.load("c2pa").source.issued > "2026-08-21"
    assert 18 == trust.load("interim").certificates


@pytest.mark.parametrize("answer", ["<html>not here</html>", ROOT])
def test_what_is_no_newer_list_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    """A page, and a list of one certificate: the lists stay."""
    monkeypatch.setattr(trust_lists, "fetch", _answers(answer))

    with pytest.raises(FetchError):
        trust_lists.refresh(home)
    trust.load.cache_clear()

    assert 30 == trust.load("c2pa").certificates


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """An HTTPS server at the lists' addresses, path → what it serves; its certificate is in `tmp_path / "tls.pem"`."""
    pages: dict[str, bytes] = {}
    certificate, key = tmp_path / "tls.pem", tmp_path / "tls.key"
    asked = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
    names = ["-subj", "/CN=lists", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        ["openssl", "req", "-x509", *asked, *names, "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )

    class Lists(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    # A handshake that the client breaks off must not end the accepting thread's loop.
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Lists) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        here = f"https://127.0.0.1:{server.server_port}"
        monkeypatch.setattr(trust_lists, "ADDRESSES", {"c2pa": f"{here}/c2pa", "c2pa-tsa": f"{here}/tsa"})
        # Lists are published on the open internet only; this one is on loopback.
        monkeypatch.setattr(trust_lists, "fetch", functools.partial(fetch, allowed=lambda _: True))
        yield pages
        server.shutdown()
        thread.join()


@needs_openssl
def test_a_refresh_over_https(
    home: Path, published: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lists as they are served; one that is gone leaves both as they were."""
    known = ssl.create_default_context(cafile=tmp_path / "tls.pem")
    monkeypatch.setattr(aiohttp.connector, "_SSL_CONTEXT_VERIFIED", known)
    published |= {"/c2pa": (ROOT * 40).encode(), "/tsa": (ROOT * 30).encode()}

    counts = trust_lists.refresh(home)
    trust.load.cache_clear()
    published |= {"/c2pa": (ROOT * 50).encode()}
    del published["/tsa"]
    with pytest.raises(FetchError, match="answered 404"):
        trust_lists.refresh(home)
    trust.load.cache_clear()

    assert {"c2pa": 40, "c2pa-tsa": 30} == counts
    assert (40, 30) == (trust.load("c2pa").certificates, trust.load("c2pa-tsa").certificates)


@needs_openssl
def test_a_server_that_nobody_vouches_for_is_refused(home: Path, published: dict[str, bytes]) -> None:
    """Its certificate is not checked away: nothing is taken from it."""
    published |= {"/c2pa": (ROOT * 40).encode(), "/tsa": (ROOT * 40).encode()}

    with pytest.raises(FetchError, match="certificate"):
        trust_lists.refresh(home)
    trust.load.cache_clear()

    assert not (home / trust.FOLDER / trust.REFRESHED).exists()
    assert 30 == trust.load("c2pa").certificates


def _answers(text: str) -> object:
    async def fetched(_: str, **__: object) -> bytes:
        return text.encode()

    return fetched
