"""One upload and one copy of it, written as every kind of archive."""

from __future__ import annotations

import base64
import gzip as packer
import json
import uuid
import zipfile
from typing import TYPE_CHECKING, Any

from tests import site_samples

if TYPE_CHECKING:
    from pathlib import Path

    from creditline.model.exchange import Exchange, Headers

PICTURE = site_samples.picture(90)
UPLOAD = "https://mastodon.social/api/v2/media"
COPY = "https://files.mastodon.social/media_attachments/files/022/348/641/original/e96382f26c72a29c.png"
CAP = 1_000_000


def exchanges(data: bytes = PICTURE) -> list[Exchange]:
    """The upload, a page that is neither, and the copy."""
    line = {
        "step": "upload",
        "method": "POST",
        "url": UPLOAD,
        "part": "file",
        "answer": {"id": "22348641", "url": COPY, "preview_url": COPY},
    }
    page = site_samples.exchange("GET", "https://mastodon.social/home", {}, b"", 200, b"<html>")
    return [site_samples.step(line, data), page, site_samples.copy(COPY, data)]


def har(path: Path, *, exact: bool = False) -> Path:
    """As a browser saves it: the request's body as text (damaged, unless `exact` writes base64), answers as base64."""
    entries = []
    for seen in exchanges():
        assert seen.response is not None
        body = seen.request.body.data or b""
        posted: dict[str, Any] = {"mimeType": seen.request.header("content-type") or ""}
        posted |= (
            {"text": base64.b64encode(body).decode(), "encoding": "base64"}
            if exact
            else {"text": body.decode("utf-8", "replace")}
        )
        answer = seen.response.body.data or b""
        entries.append(
            {
                "startedDateTime": "2026-01-01T00:00:00.000Z",
                "request": {
                    "method": seen.method,
                    "url": seen.url,
                    "httpVersion": "HTTP/2",
                    "headers": [{"name": n, "value": v} for n, v in seen.request.headers],
                    "bodySize": len(body),
                }
                | ({"postData": posted} if body else {}),
                "response": {
                    "status": seen.status,
                    "headers": [{"name": n, "value": v} for n, v in seen.response.headers],
                    "content": {
                        "size": len(answer),
                        "encoding": "base64",
                        "text": base64.b64encode(answer).decode(),
                    },
                },
            }
        )
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))
    return path


def warc(path: Path, *, gzip: bool = True) -> Path:
    """Request and response records side by side."""
    with path.open("wb") as file:
        file.write(warc_bytes(gzip=gzip))
    return path


def warc_bytes(*, gzip: bool = True) -> bytes:
    """Answer and request of each exchange, a gzip member a record."""
    records = []
    for seen in exchanges():
        assert seen.response is not None
        answered = http(f"HTTP/1.1 {seen.status} OK", seen.response.headers, seen.response.body.data or b"")
        asked = http(f"{seen.method} {seen.path} HTTP/1.1", seen.request.headers, seen.request.body.data or b"")
        records += [record("response", seen.url, answered), record("request", seen.url, asked)]
    return b"".join(packer.compress(one) if gzip else one for one in records)


def http(line: str, headers: Headers, body: bytes) -> bytes:
    """A message as on the wire."""
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"{line}\r\n{fields}\r\n".encode() + body


def record(kind: str, url: str, block: bytes, content_type: str | None = None) -> bytes:
    """A WARC record (ISO 28500, 4)."""
    content_type = content_type or f"application/http; msgtype={kind}"
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def wacz(path: Path) -> Path:
    """A WACZ with one archive in it."""
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("datapackage.json", "{}")
        package.writestr("archive/data.warc.gz", warc_bytes())
    return path


def flows(path: Path) -> Path:
    """As `mitmdump -w` writes it."""
    from mitmproxy.http import Headers, Response
    from mitmproxy.io import FlowWriter
    from mitmproxy.test import tflow

    with path.open("wb") as file:
        writer = FlowWriter(file)
        for seen in exchanges():
            assert seen.response is not None
            flow = tflow.tflow(resp=True)
            flow.request.url, flow.request.method = seen.url, seen.method
            flow.request.headers = Headers([(n.encode(), v.encode()) for n, v in seen.request.headers])
            flow.request.raw_content = seen.request.body.data
            fields = {n.encode(): v.encode() for n, v in seen.response.headers}
            flow.response = Response.make(seen.status or 200, seen.response.body.data or b"", list(fields.items()))
            writer.add(flow)
    return path
