"""Pictures are found by their bytes, and what could not be read is said."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from creditline.model.exchange import Body, Exchange, Message
from creditline.pipeline.recognise import may_be_served, may_hold_upload, served, uploads
from creditline.vocab import sites

if TYPE_CHECKING:
    from pathlib import Path

SITES = sites.load()


def picture(side: int = 200, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(out, kind)
    return out.getvalue()


PICTURE = picture()


def form(*parts: tuple[str, bytes], end: bytes = b"--b--\r\n") -> bytes:
    out = b""
    for head, value in parts:
        out += b"--b\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + value + b"\r\n"
    return out + end


def exchange(
    body: bytes | Body,
    content_type: str | None = "multipart/form-data; boundary=b",
    *,
    host: str = "example.org",
    path: str = "/upload",
    method: str = "POST",
    coding: str | None = None,
) -> Exchange:
    headers = [("Content-Type", content_type)] if content_type else []
    headers += [("Content-Encoding", coding)] if coding else []
    body = body if isinstance(body, Body) else Body(body, length=len(body))
    return Exchange(
        "01", "2026-01-01T00:00:00Z", method, "https", host, 443, path, "HTTP/1.1", Message(tuple(headers), body)
    )


def answer(
    body: bytes | Body,
    content_type: str | None = "image/jpeg",
    *,
    status: int = 200,
    host: str = "example.org",
    path: str = "/a.jpg",
    extra: tuple[tuple[str, str], ...] = (),
) -> Exchange:
    headers = ((("Content-Type", content_type),) if content_type else ()) + extra
    body = body if isinstance(body, Body) else Body(body, length=len(body))
    request = Message((), Body(b""))
    response = Message(headers, body)
    return Exchange(
        "01", "2026-01-01T00:00:00Z", "GET", "https", host, 443, path, "HTTP/1.1", request, status, response
    )


def test_several_pictures_and_fields() -> None:
    """Each picture of a form is found, in order, with its names and type; text, films, empty fields are not."""
    body = form(
        ('name="token"', b"secret"),
        ('name="files[]"; filename="a.jpg"\r\nContent-Type: image/jpeg', PICTURE),
        ('name="film"; filename="a.mp4"\r\nContent-Type: video/mp4', b"\x00\x00\x00\x18ftypisom" + b"\x00" * 99),
        ('name="none"; filename=""\r\nContent-Type: application/octet-stream', b""),
        ('name="files[]"; filename="b.png"\r\nContent-Type: text/plain', picture(kind="PNG")),
    )

    found = uploads(exchange(body), None)

    assert ["a.jpg", "b.png"] == [item.filename for item in found]
    assert [PICTURE, "files[]", "F1", "image", None] == [
        getattr(found[0], name) for name in ("data", "part", "form", "role", "missed")
    ]
    assert (("content_type", "text/plain"),) == found[1].declared


@pytest.mark.parametrize("content_type", ["image/jpeg", "application/x-www-form-urlencoded", None, "text/html"])
def test_raw_whatever_the_label(content_type: str | None) -> None:
    """A body that is a picture is found under any label, without a copy."""
    (found,) = uploads(exchange(PICTURE, content_type), None)

    assert found.data is PICTURE
    assert "F3" == found.form


def test_preflight_and_get_are_no_uploads() -> None:
    """OPTIONS, GET and HEAD never count, whatever they carry."""
    for method in ("OPTIONS", "GET", "HEAD"):
        assert () == uploads(exchange(PICTURE, "image/jpeg", method=method), None)


def test_not_a_picture() -> None:
    """What is called a picture and is none is said to be none; other things are passed over in silence."""
    (raw,) = uploads(exchange(b"<html>no</html>", "image/png"), None)
    (part,) = uploads(exchange(form(('name="f"; filename="x"\r\nContent-Type: image/png', b"no"))), None)

    assert (None, "not_a_picture") == (raw.data, raw.missed)
    assert (None, "not_a_picture") == (part.data, part.missed)
    assert () == uploads(exchange(b"%PDF-1.7", "application/pdf"), None)
    assert () == uploads(exchange(b'{"a": 1}', "application/json"), None)


def test_incomplete_form() -> None:
    """Of a form that was cut short, whole parts count and the cut one says so, with what there is."""
    whole = form(('name="a"; filename="a.jpg"', PICTURE), ('name="b"; filename="b.jpg"', PICTURE))
    body = whole[: -len(PICTURE) // 2]

    first, second = uploads(exchange(Body(body, length=len(body), complete=False)), None)

    assert (PICTURE, None) == (first.data, first.missed)
    assert "incomplete" == second.missed
    assert second.data is not None
    assert PICTURE.startswith(second.data)


def test_incomplete_raw() -> None:
    """A raw body cut short is incomplete, with what there is."""
    half = PICTURE[: len(PICTURE) // 2]

    (found,) = uploads(exchange(Body(half, length=len(half), complete=False), "image/jpeg"), None)

    assert (half, "incomplete") == (found.data, found.missed)


@pytest.mark.parametrize("why", ["too_large", "spool_behind", "disk: No space left on device", "incomplete"])
def test_bodies_that_were_not_kept(why: str) -> None:
    """A body without bytes is passed on with its reason where it was called a form or a picture."""
    body = Body(length=9, missed=why)

    (labelled,) = uploads(exchange(body, "image/jpeg"), None)
    (in_form,) = uploads(exchange(body), None)

    assert why == labelled.missed
    assert ("F1", why) == (in_form.form, in_form.missed)
    assert () == uploads(exchange(body, "application/json"), None)


def test_content_coding() -> None:
    """A coded body is decoded, and what it was coded with is kept; an unknown or broken coding is a reason."""
    (found,) = uploads(exchange(gzip.compress(PICTURE), "image/jpeg", coding="gzip"), None)
    (unknown,) = uploads(exchange(PICTURE, "image/jpeg", coding="x-own"), None)
    (broken,) = uploads(exchange(b"nonsense", "image/jpeg", coding="gzip"), None)

    assert PICTURE == found.data
    assert ("content_encoding", "gzip") in found.declared
    assert (None, "coding_unsupported") == (unknown.data, unknown.missed)
    assert (None, "coding_broken") == (broken.data, broken.missed)


def test_spooled_body(tmp_path: Path) -> None:
    """A body on disk is read like one in memory; one that is gone is a reason."""
    path = tmp_path / "body"
    path.write_bytes(PICTURE)

    (found,) = uploads(exchange(Body(path=path, length=len(PICTURE)), "image/jpeg"), None)
    path.unlink()
    (gone,) = uploads(exchange(Body(path=path, length=len(PICTURE)), "image/jpeg"), None)

    assert PICTURE == found.data
    assert "disk: No such file or directory" == gone.missed


def test_noise() -> None:
    """Without a profile small pictures are noise; where a profile expects one, none is."""
    icon = form(('name="file"; filename="i.png"', picture(32, "PNG")))

    (unknown,) = uploads(exchange(icon), None)
    (known,) = uploads(
        exchange(icon, host="mastodon.social", path="/api/v2/media"), SITES.profile_for("mastodon.social")
    )

    assert "noise" == unknown.role
    assert "image" == known.role


def test_profile_roles_and_forms() -> None:
    """A profile names part roles and the wire form; a part that it does not name is judged like any other."""
    body = form(
        ('name="thumbnail"; filename="t.jpg"', PICTURE),
        ('name="file"; filename="f.jpg"', PICTURE),
        ('name="other"; filename="o.jpg"', PICTURE),
    )
    mastodon = exchange(body, host="mastodon.social", path="/api/v2/media?x=1")
    bucket = exchange(
        form(('name="key"', b"rte_images/abc"), ('name="file"; filename="f.jpg"', PICTURE)),
        host="reddit-uploaded-media.s3-accelerate.amazonaws.com",
        path="/",
    )

    found = uploads(mastodon, SITES.profile_for(mastodon.host))
    (stored,) = uploads(bucket, SITES.profile_for(bucket.host))

    assert ["thumbnail", "image", "image"] == [item.role for item in found]
    assert "F6" == stored.form


def test_private_messages_are_never_recorded() -> None:
    """A path of private messages yields nothing."""
    sent = exchange(PICTURE, "image/jpeg", host="bsky.social", path="/xrpc/chat.bsky.convo.sendMessage")

    assert () == uploads(sent, SITES.profile_for("bsky.social"))
    assert not may_hold_upload(sent, SITES.profile_for("bsky.social"))


def test_broken_transfer_encoding() -> None:
    """A file whose transfer encoding is broken is said to be, not left out."""
    part = ('name="f"; filename="a.jpg"\r\nContent-Transfer-Encoding: base64', b"*not base64*")

    (found,) = uploads(exchange(form(part)), None)

    assert (None, "transfer_encoding_broken") == (found.data, found.missed)


def test_served_picture() -> None:
    """A whole 200 answer that begins as a picture is one, under any label that does not rule it out."""
    for label in ("image/jpeg", "application/octet-stream", None):
        (found,) = served(answer(PICTURE, label), None)

        assert (PICTURE, "served", "image", None) == (found.data, found.stage, found.role, found.form)


@pytest.mark.parametrize(
    "seen",
    [
        answer(PICTURE, status=206),
        answer(b"", status=304),
        answer(PICTURE, extra=(("Content-Range", "bytes 0-9/20"),)),
        answer(Body(PICTURE[:90], length=90, complete=False)),
        answer(b"<html>", "image/jpeg"),
        answer(PICTURE, "text/html"),
        answer(b"", "image/jpeg"),
    ],
)
def test_not_served(seen: Exchange) -> None:
    """Parts, not-modified answers, cut ones and pages are no served pictures."""
    assert () == served(seen, None)


def test_served_coded_small_and_missed() -> None:
    """Served pictures are decoded; small ones are noise unless the profile serves them; missed ones are said."""
    icon = picture(20, "PNG")

    (coded,) = served(answer(gzip.compress(PICTURE), extra=(("Content-Encoding", "gzip"),)), None)
    (small,) = served(answer(icon), None)
    host, path = "files.mastodon.social", "/media_attachments/files/022/348/641/small/e96382f26c72a29c.png"
    (known,) = served(answer(icon, host=host, path=path), SITES.profile_for(host))
    (missed,) = served(answer(Body(length=9, missed="too_large")), None)

    assert PICTURE == coded.data
    assert "noise" == small.role
    assert "image" == known.role
    assert "too_large" == missed.missed


def test_the_cheap_question_agrees() -> None:
    """What `uploads` and `served` find, the cheap questions let through; a plain API call they do not."""
    assert may_hold_upload(exchange(PICTURE, None), None)
    assert may_hold_upload(exchange(gzip.compress(PICTURE), "image/jpeg", coding="gzip"), None)
    assert may_be_served(answer(PICTURE), None)
    assert not may_hold_upload(exchange(b'{"a": 1}', "application/json"), None)
    assert not may_be_served(answer(b"{}", "application/json"), None)
    assert not may_be_served(answer(b"plain", "application/octet-stream"), None)
