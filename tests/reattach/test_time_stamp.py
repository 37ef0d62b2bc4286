"""RFC 3161 time stamps, from an authority of the tests' own (`openssl ts`) and from those that misbehave."""

from __future__ import annotations

import http.server
import io
import json
import resource
import shutil
import subprocess
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from c2pa import Context, Reader
from PIL import Image

from creditline.metadata import c2pa_store
from creditline.model.errors import SigningError
from creditline.reattach import time_stamp
from creditline.reattach.resign import Parent, Statement, make_authority, sign_restored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="no openssl on this machine: install it with the system's"
)

AUTHORITY = make_authority()
SUBJECT = "/O=Example/CN=Example time stamps"
REFUSED = bytes.fromhex("30053003020102")
"""TimeStampResp whose status is `rejection` (RFC 3161 2.4.2)."""
HUGE = 1 << 30
CONFIG = """[tsa]
default_tsa = this
[this]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
signer_cert = tsa.pem
signer_key = tsa.key
certs = ca.pem
ess_cert_id_alg = sha256
"""
EXTENSIONS = """basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
"""


class _Authority(http.server.ThreadingHTTPServer):
    """Answers at `/NAME` in the way of that name; `/good` with a time stamp."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder, self.ended = folder, threading.Event()
        self.sent = 0
        (folder / "ts.cnf").write_text(CONFIG, encoding="ascii")
        (folder / "ext").write_text(EXTENSIONS, encoding="ascii")
        (folder / "serial").write_text("01\n", encoding="ascii")
        (folder / "other").write_bytes(b"something else")
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        root = ["-subj", "/O=Example/CN=Example root", "-addext", "keyUsage=critical,keyCertSign,cRLSign"]
        self.run("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", *root)
        self.run("req", *key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", SUBJECT)
        signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "20", "-extfile", "ext"]
        self.run("x509", "-req", "-in", "tsa.csr", *signed, "-out", "tsa.pem")
        self.run("ts", "-query", "-data", "other", "-sha256", "-cert", "-out", "other.tsq")

    def at(self, name: str) -> str:
        """The address that misbehaves in that way."""
        return f"http://127.0.0.1:{self.server_port}/{name}"

    def run(self, *arguments: str) -> None:
        """`openssl`, in the authority's folder."""
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder)

    def stamp(self, query: str) -> bytes:
        """The reply to a query that lies in the folder."""
        self.run("ts", "-reply", "-config", "ts.cnf", "-queryfile", query, "-out", f"{query}.tsr")
        return (self.folder / f"{query}.tsr").read_bytes()


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Authority

    def do_POST(self) -> None:
        (self.server.folder / "query").write_bytes(self.rfile.read(int(self.headers["content-length"])))
        name = self.path.removeprefix("/")
        if name == "slow":
            self.server.ended.wait(30)
            return
        body = {
            "good": lambda: self.server.stamp("query"),
            "other": lambda: self.server.stamp("other.tsq"),
            "refusal": lambda: REFUSED,
            "page": lambda: b"<!doctype html><title>Sign in</title>",
            "torn": lambda: self.server.stamp("query")[:-200],
        }.get(name, bytes)()
        self.send_response(500 if name == "broken" else 200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(HUGE if name == "huge" else 1000 if name == "drip" else len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
            while name == "huge" and self.server.sent < HUGE:
                self.server.sent += self.wfile.write(bytes(1 << 16))
            while name == "drip" and not self.server.ended.wait(0.05):
                self.wfile.write(b"0")
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Authority]:
    """A time-stamp authority with a root of its own."""
    server = _Authority(tmp_path_factory.mktemp("tsa"))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.ended.set()
    server.shutdown()
    thread.join()
    server.server_close()


def _picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((80, 60), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def _stamped(address: str) -> bytes:
    """A picture signed as restored, with a time stamp from there."""
    return sign_restored(
        _picture(),
        "jpeg",
        AUTHORITY,
        Parent(_picture(), "jpeg", "sea.jpg"),
        Statement((("c2pa.edited.metadata", "creator"),), {"dc:creator": ["Ann Example"]}, {}),
        claim_generator=("Creditline", "0"),
        time_stamp=address,
    )


def _stamp_codes(data: bytes, anchors: str) -> list[str]:
    """The SDK's codes about the time stamp, with these roots."""
    with Context.from_dict({"trust": {"trust_anchors": anchors}}) as context:
        reader = Reader("image/jpeg", io.BytesIO(data), context=context)
        results: dict[str, list[dict[str, Any]]] = json.loads(reader.json())["validation_results"][
            "activeManifest"
        ]
    return [said["code"] for kind in results.values() for said in kind if "timeStamp" in said["code"]]


def test_a_stamped_file_says_when_it_was_signed_and_validates(authority: _Authority) -> None:
    """The moment is there, the time stamp holds, and is trusted by who takes its authority's root."""
    before = datetime.now(UTC).replace(microsecond=0)

    data = _stamped(authority.at("good"))

    reading = c2pa_store.read(data, "jpeg", user_anchors=AUTHORITY.anchor_pem)
    root = (authority.folder / "ca.pem").read_text(encoding="ascii")
    assert "trusted" == reading.state
    assert reading.signed_at is not None
    assert before <= datetime.fromisoformat(reading.signed_at) <= datetime.now(UTC)
    assert {"timeStamp.validated", "timeStamp.trusted"} == set(_stamp_codes(data, AUTHORITY.anchor_pem + root))
    assert "timeStamp.trusted" not in _stamp_codes(data, AUTHORITY.anchor_pem)


@pytest.mark.parametrize("way", ["other", "refusal", "page", "torn"])
def test_what_is_no_time_stamp_of_this_signature_is_refused(authority: _Authority, way: str) -> None:
    """Another hash's, a refusal, a page, half of one: an error that names the authority."""
    with pytest.raises(SigningError, match="is no time stamp of this signature") as caught:
        _stamped(authority.at(way))

    assert authority.at(way) in str(caught.value)


@pytest.mark.parametrize(("way", "why"), [("empty", "empty body"), ("broken", "answered 500")])
def test_an_authority_that_fails_is_named(authority: _Authority, way: str, why: str) -> None:
    """And what it did."""
    with pytest.raises(SigningError, match=f"gave no time stamp: .*{why}"):
        _stamped(authority.at(way))


@pytest.mark.parametrize("way", ["slow", "drip"])
def test_a_slow_authority_is_not_waited_for(
    authority: _Authority, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither for its first byte nor for its last."""
    monkeypatch.setattr(time_stamp, "MAX_SECONDS", 0.5)
    start = time.monotonic()

    with pytest.raises(SigningError, match=r"did not answer within 0\.5 s"):
        _stamped(authority.at(way))

    assert time.monotonic() - start < 5


def test_a_huge_answer_is_not_read(authority: _Authority) -> None:
    """A gigabyte is announced; a few megabytes leave the authority, and none of our memory goes for it."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(SigningError, match="is larger than"):
        _stamped(authority.at("huge"))

    assert authority.sent < HUGE / 16
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/", "http://", "no address", "http://127.0.0.1:9/"])
def test_what_is_no_authority_is_an_error(address: str) -> None:
    """Nobody there, or nowhere to ask."""
    with pytest.raises(SigningError, match="gave no time stamp"):
        _stamped(address)
