"""A data folder with two known sites, exchanges with them, and recording without worker processes."""

from __future__ import annotations

import itertools
import json
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditline.fingerprints.perceptual import KIND
from creditline.ledger import queries
from creditline.ledger.engine import FILE_NAME
from creditline.ledger.index.linear import LinearIndex
from creditline.ledger.store import Ledger
from creditline.model.exchange import Body, Exchange, Message
from creditline.model.settings import Settings
from creditline.services import examine
from creditline.services.inbox import Inbox
from creditline.services.record import Original, Recording

if TYPE_CHECKING:
    from creditline.ledger.rows import VerdictRow
    from creditline.model.observation import Observation

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
PROFILE = """id = "{name}"
name = "{name}"
last_verified = 2026-08-21
confidence = "high"
evidence = ["tests"]
hosts = ['^(cdn\\.)?{name}\\.example$']

[[upload]]
match = {{ method = "POST", path = '^/upload$' }}
form = "F1"
pick = '^file$'
role = "image"

[[upload]]
match = {{ method = "POST", path = '^/portrait$' }}
form = "F1"
role = "avatar"

[[serve]]
hosts = ['^(cdn\\.)?{name}\\.example$']
path = '^/media/.+$'
{bind}"""
BIND = '\n[[bind]]\nfn = "url_equal"\n'

_numbers = itertools.count(1)


def at(seconds: float = 0) -> str:
    """A moment, so many seconds after noon."""
    return (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@cache
def _empty_ledger() -> bytes:
    """A new ledger's file: to make one takes longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        Ledger.open(Path(folder), Settings()).close()
        return (Path(folder) / FILE_NAME).read_bytes()


def home_with_sites(home: Path) -> Path:
    """A data folder with the profiles of `fotos`, whose answers name the copy, and of `wall`, whose do not."""
    (home / "sites").mkdir(parents=True, exist_ok=True)
    (home / FILE_NAME).write_bytes(_empty_ledger())
    for name, bind in (("fotos", BIND), ("wall", "")):
        (home / "sites" / f"{name}.toml").write_text(PROFILE.format(name=name, bind=bind), encoding="utf-8")
    return home


def form(*files: tuple[str, bytes], field: str = "file") -> bytes:
    """A multipart body with these files."""
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        f"Content-Type: image/jpeg\r\n\r\n".encode("utf-8", "surrogatepass")
        + data
        + b"\r\n"
        for name, data in files
    ]
    return b"".join(parts) + b"--b--\r\n"


def exchange_id() -> str:
    """Ids in the order in which they are given."""
    return f"{next(_numbers):026}"


def upload(
    *files: tuple[str, bytes],
    host: str = "fotos.example",
    path: str = "/upload",
    urls: tuple[str, ...] = (),
    seconds: float = 0,
    body: Body | None = None,
) -> Exchange:
    """A form sent to a site, and the site's answer with addresses."""
    data = form(*files)
    answer = json.dumps({"id": 7, "urls": urls}).encode()
    return Exchange(
        id=exchange_id(),
        at=at(seconds),
        method="POST",
        scheme="https",
        host=host,
        port=443,
        path=path,
        http_version="HTTP/1.1",
        request=Message(
            (("Content-Type", "multipart/form-data; boundary=b"), ("Cookie", "session=secret")),
            body or Body(data, length=len(data)),
        ),
        status=200,
        response=Message((("Content-Type", "application/json"),), Body(answer, length=len(answer))),
    )


def view(
    data: bytes | Body,
    url: str = "https://fotos.example/media/1.jpg",
    *,
    seconds: float = 60,
    content_type: str = "image/jpeg",
) -> Exchange:
    """A picture loaded from an address."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    body = data if isinstance(data, Body) else Body(data, length=len(data))
    return Exchange(
        id=exchange_id(),
        at=at(seconds),
        method="GET",
        scheme=scheme,
        host=host,
        port=443,
        path=slash + path,
        http_version="HTTP/1.1",
        request=Message((("Authorization", "Bearer secret"),), Body(b"")),
        status=200,
        response=Message((("Content-Type", content_type), ("Set-Cookie", "a=secret")), body),
    )


class Desk:
    """Recording step by step, on the test's own thread."""

    def __init__(self, home: Path) -> None:
        self.home = home_with_sites(home)
        self.ledger = Ledger.open(home, Settings())
        self.index = LinearIndex.load(self.ledger, KIND)
        self.recording = Recording(self.ledger, self.index)
        self.inbox = Inbox(home / "inbox")

    def see(self, exchange: Exchange) -> list[Observation]:
        """What an exchange leaves in the ledger."""
        entry = self.inbox.put(exchange)
        try:
            return self.recording.exchange(exchange, examine.exchange(entry, self.home))
        finally:
            self.inbox.remove(entry)

    def pick(
        self, data: bytes, name: str = "a.jpg", *, site: str | None = "fotos", seconds: float = -5
    ) -> Observation:
        """A file handed over as the extension does."""
        path = self.inbox.put_original(exchange_id(), data)
        original = Original(via="extension", at=at(seconds), filename=name, site=site)
        written = self.recording.original(original, examine.original(path, self.home))
        self.inbox.remove(path)
        return written

    def verdicts(self, **asked: Any) -> list[VerdictRow]:
        """The verdicts that hold, the latest first."""
        return queries.verdicts(self.ledger, limit=None, **asked)

    def kept(self) -> set[str]:
        """What the picture store holds."""
        return set(self.ledger.blobs.names())

    def close(self) -> None:
        """Give everything back."""
        self.inbox.close()
        self.ledger.close()
