"""Pictures replaced in an upload: only where nothing declares their bytes, and with everything else as it was."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from creditline.model.exchange import Body, Exchange, Message
from creditline.pipeline import rewrite
from creditline.vocab import sites

if TYPE_CHECKING:
    from creditline.vocab.site_profile import Profile

OLD = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 16
NEW = b"\xff\xd8\xff\xe1" + bytes(range(256)) * 17
FORM = "multipart/form-data; boundary=b"


def _exchange(body: bytes, kind: str, path: str = "/upload", **headers: str) -> Exchange:
    named = {"content-type": kind, "content-length": str(len(body))} | headers
    fields = tuple((name.replace("_", "-"), value) for name, value in named.items())
    return Exchange(
        id="0" * 26,
        at="2026-11-24T12:00:00Z",
        method="POST",
        scheme="https",
        host="a.example",
        port=443,
        path=path,
        http_version="HTTP/1.1",
        request=Message(fields, Body(body, length=len(body))),
    )


def _form(data: bytes, *more: tuple[str, str], head: str = "") -> bytes:
    text = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in more
    )
    file = f'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n{head}\r\n'
    return text.encode() + file.encode() + data + b"\r\n--b--\r\n"


def _json(data: bytes) -> bytes:
    return json.dumps({"text": "hello", "image": base64.b64encode(data).decode()}).encode()


@pytest.mark.parametrize(
    ("body", "expected", "kind"),
    [
        (_form(OLD, ("text", "a – b")), _form(NEW, ("text", "a – b")), FORM),
        (OLD, NEW, "image/jpeg"),
        (_json(OLD), _json(NEW), "application/json"),
        (_json(OLD).replace(b"/", rb"\/"), _json(NEW).replace(b"/", rb"\/"), "application/json"),
    ],
    ids=["form", "raw", "json", "json with escapes"],
)
def test_a_plain_upload_may_be_changed(body: bytes, expected: bytes, kind: str) -> None:
    """Forms, raw bodies and base64 in JSON: the picture is the new one, every other byte is as it was."""
    seen = _exchange(body, kind)

    assert rewrite.why_not(seen, None, (OLD,)) is None
    assert expected == rewrite.replaced(seen, {OLD: NEW})


MD5 = hashlib.md5(OLD, usedforsecurity=False)


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        ("declares_content-md5", _exchange(OLD, "image/jpeg", content_md5="abc")),
        ("declares_x-amz-content-sha256", _exchange(OLD, "image/jpeg", x_amz_content_sha256="0" * 64)),
        ("declares_signature", _exchange(OLD, "image/jpeg", authorization="AWS4-HMAC-SHA256 Credential=x")),
        ("content_encoded", _exchange(OLD, "image/jpeg", content_encoding="gzip")),
        ("declares_file_size", _exchange(_form(OLD, ("file_size", "1")), FORM)),
        ("declares_size", _exchange(_form(OLD, ("n", str(len(OLD)))), FORM)),
        ("declares_md5", _exchange(_form(OLD, ("etag", MD5.hexdigest())), FORM)),
        ("declares_md5", _exchange(OLD, "image/jpeg", x_hash=base64.b64encode(MD5.digest()).decode())),
        ("declares_size", _exchange(OLD, "image/jpeg", path=f"/upload?n={len(OLD)}")),
        ("declares_size", _exchange(_json(OLD).replace(b'"hello"', str(len(OLD)).encode()), "application/json")),
        ("declares_content-length", _exchange(_form(OLD, head=f"Content-Length: {len(OLD)}\r\n"), FORM)),
        ("in_pieces", _exchange(OLD, "application/offset+octet-stream", tus_resumable="1.0.0", upload_offset="0")),
        ("form_F7", replace(_exchange(OLD, "image/jpeg", path="/a?X-Amz-Signature=abc"), method="PUT")),
    ],
    ids=str,
)
def test_what_declares_its_bytes_is_left_alone(expected: str, seen: Exchange) -> None:
    """A size, a hash or a signature anywhere in the request, pieces, presigned addresses: each with its reason."""
    if "tus-resumable" in dict(seen.request.headers):
        seen = replace(seen, method="PATCH")

    assert expected == rewrite.why_not(seen, None, (OLD,))


def _profile(**changed: object) -> Profile:
    return replace(sites.load().profiles[0], upload=(), **changed)  # type: ignore[arg-type]


def test_a_site_must_allow_it() -> None:
    """A profile says `single` where its uploads may be changed, and never where it lists what the page declares."""
    declaring = next(item for item in sites.load().profiles if item.id == "instagram").declares
    seen = _exchange(OLD, "image/jpeg")

    assert "site_never" == rewrite.why_not(seen, _profile(declares=(), rewrite="never"), (OLD,))
    assert "declares_size" == rewrite.why_not(seen, _profile(declares=declaring, rewrite="single"), (OLD,))
    assert rewrite.why_not(seen, _profile(declares=(), rewrite="single"), (OLD,)) is None


def test_a_picture_inside_another_file_is_not_touched() -> None:
    """Where the same bytes also lie in a larger part, or the new ones hold the boundary, nothing is changed."""
    inside = _form(OLD).replace(b"--b--\r\n", b"") + _form(b"zip" + OLD + b"zip")

    assert rewrite.replaced(_exchange(inside, FORM), {OLD: NEW}) is None
    assert rewrite.replaced(_exchange(_form(OLD), FORM), {OLD: NEW + b"\r\n--b\r\n\r\nmore"}) is None
