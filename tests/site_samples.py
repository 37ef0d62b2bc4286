"""The sample exchanges of the site profiles (tests/fixtures/sites), as exchanges with a picture of the test's own."""

from __future__ import annotations

import base64
import functools
import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from PIL import Image
from ulid import ULID

from creditline.model.exchange import Body, Exchange, Message
from creditline.pipeline.id_functions import cid

FOLDER = Path(__file__).resolve().parent / "fixtures" / "sites"
IDS = sorted(path.parent.name for path in FOLDER.glob("*/samples.json"))
BOUNDARY = "----sample"


@dataclass(frozen=True)
class Sample:
    """A profile's samples; `host` is where software that many run is tried."""

    id: str
    host: str | None
    steps: tuple[dict[str, Any], ...]
    served: tuple[dict[str, Any], ...]
    strangers: tuple[str, ...]


@functools.cache
def picture(colour: int = 40) -> bytes:
    """A PNG with something to see in it, over every size that counts as noise."""
    image = Image.new("RGB", (160, 120), (colour, 90, 160))
    for n in range(0, 160, 7):
        image.paste((n, 255 - n, (n * colour) % 256), (n, n % 60, n + 5, 60 + n % 53))
    noise = Image.frombytes("L", (40, 40), hashlib.shake_256(bytes([colour])).digest(1600))
    image.paste(noise.convert("RGB"), (100, 10))
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def load(name: str, data: bytes) -> Sample:
    """The samples of one profile, with the hashes of that picture in them."""
    text = (FOLDER / name / "samples.json").read_text(encoding="utf-8")
    sha256, md5 = hashlib.sha256(data).hexdigest(), hashlib.md5(data)  # noqa: S324 - what sites use
    for mark, value in (
        ("{cid}", cid(sha256)),
        ("{sha256}", sha256),
        ("{md5}", md5.hexdigest()),
        ("{md5_b64}", base64.b64encode(md5.digest()).decode()),
    ):
        text = text.replace(mark, value)
    line = json.loads(text)
    return Sample(
        name, line.get("host"), tuple(line["steps"]), tuple(line["served"]), tuple(line.get("strangers", ()))
    )


def step(line: dict[str, Any], data: bytes) -> Exchange:
    """One step as it was on the wire; an upload holds the picture in the form that the sample names."""
    headers = dict(line.get("headers", {}))
    fields = line.get("fields", {})
    if "json" in line:
        body = json.dumps(line["json"]).encode()
        headers["Content-Type"] = "application/json"
    elif line["step"] != "upload":
        body = urlencode(fields).encode()
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    elif "part" in line:
        body = _form(fields, line["part"], data)
        headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
    else:
        body = data
        headers.setdefault("Content-Type", "image/png")
    answer = line.get("answer", "")
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return exchange(line["method"], line["url"], headers, body, line.get("status", 200), text.encode())


def copy(url: str, data: bytes, headers: dict[str, str] | None = None) -> Exchange:
    """A picture that a browser loads."""
    sent = {"Content-Type": "image/png"} | (headers or {})
    return exchange("GET", url, {}, b"", 200, data, sent)


def exchange(
    method: str,
    url: str,
    headers: dict[str, str],
    body: bytes,
    status: int,
    answer: bytes,
    answer_headers: dict[str, str] | None = None,
) -> Exchange:
    """An exchange whose bodies are in memory."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Exchange(
        str(ULID()),
        "2026-01-01T00:00:00.000Z",
        method,
        parts.scheme,
        parts.hostname or "",
        443,
        path,
        "HTTP/1.1",
        Message(tuple(headers.items()), Body(body, length=len(body))),
        status,
        Message(tuple((answer_headers or {}).items()), Body(answer, length=len(answer))),
    )


def _form(fields: dict[str, str], part: str, data: bytes) -> bytes:
    lines = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{part}"; filename="a.png"\r\n'
    return b"".join(
        [*lines, head.encode(), b"Content-Type: image/png\r\n\r\n", data, f"\r\n--{BOUNDARY}--\r\n".encode()]
    )
