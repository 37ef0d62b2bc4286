"""Every wire form as a conversation: what a client sends for one picture, and what its site answers."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import random
import struct
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from PIL import Image

from creditline.model.exchange import Body, Exchange, Message
from creditline.pipeline.bodies.view import View

if TYPE_CHECKING:
    from collections.abc import Callable

HOST = "site.creditline.test"
BOUNDARY = "b0undary"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


@dataclass(frozen=True, slots=True)
class Turn:
    """One request and its answer; `chunk` marks those that carry a piece of the picture."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    status: int = 200
    answer: bytes = b"{}"
    answer_headers: tuple[tuple[str, str], ...] = ()
    chunk: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A wire form: `talk(picture, tag)` is the whole conversation, `tag` makes its names its own.

    `ordered` says that the site refuses pieces out of order; `again` is what follows after a piece broke off where
    `kept` bytes of it arrived; `abort` is how a client gives up; `gzip` that a client may compress its bodies.
    """

    code: str
    name: str
    talk: Callable[[bytes, str], list[Turn]]
    pieces: int = 1
    ordered: bool = False
    again: Callable[[bytes, str, int], list[Turn]] | None = None
    abort: Callable[[str], Turn] | None = None
    gzip: str | None = None


def multipart(*parts: tuple[str, str | None, str | None, bytes], boundary: str = BOUNDARY) -> bytes:
    """A form's body: name, file name, type and value of each part."""
    out = b""
    for name, filename, kind, value in parts:
        named = f'; filename="{filename}"' if filename else ""
        out += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n'.encode()
        out += f"Content-Type: {kind}\r\n".encode() if kind else b""
        out += b"\r\n" + value + b"\r\n"
    return out + f"--{boundary}--\r\n".encode()


def thirds(data: bytes) -> list[tuple[int, bytes]]:
    """Three pieces with their offsets, the last one longer."""
    size = len(data) // 3 - 5
    return [(0, data[:size]), (size, data[size : 2 * size]), (2 * size, data[2 * size :])]


def exchange(turn: Turn, number: int = 1, *, complete: bool = True, answered: bool = True) -> Exchange:
    """A turn as the proxy's edge hands it on."""
    body = Body(turn.body, length=len(turn.body), complete=complete)
    answer = Message(turn.answer_headers, Body(turn.answer, length=len(turn.answer))) if answered else None
    return Exchange(
        id=f"01HZZZZZZZZZZZZZZZZZZZ{number:04}",
        at="2026-01-01T00:00:00.000Z",
        method=turn.method,
        scheme="https",
        host=HOST,
        port=443,
        path=turn.path,
        http_version="HTTP/1.1",
        request=Message(turn.headers, body),
        status=turn.status if answered else None,
        response=answer,
    )


def _typed(kind: str, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return (("Content-Type", kind), *more)


def _f1(picture: bytes, tag: str) -> list[Turn]:
    body = multipart(("title", None, None, b"t"), ("file", "a.jpg", "image/jpeg", picture))
    return [Turn("POST", f"/f1/{tag}", _typed(FORM), body, chunk=True)]


def _f2(picture: bytes, tag: str) -> list[Turn]:
    path, name = "/i/media/upload.json", str(int(hashlib.sha256(tag.encode()).hexdigest()[:12], 16))
    begin = urlencode({"command": "INIT", "total_bytes": len(picture), "media_type": "image/jpeg", "tag": tag})
    answer = json.dumps({"media_id": int(name), "media_id_string": name}).encode()
    turns = [Turn("POST", f"{path}?{begin}", status=202, answer=answer)]
    for number, (_, data) in enumerate(thirds(picture)):
        query = urlencode({"command": "APPEND", "media_id": name, "segment_index": number})
        body = multipart(("media", "blob", "application/octet-stream", data))
        turns.append(Turn("POST", f"{path}?{query}", _typed(FORM), body, 204, b"", chunk=True))
    end = urlencode({"command": "FINALIZE", "media_id": name})
    return [*turns, Turn("POST", f"{path}?{end}", status=201, answer=answer)]


def _f3(picture: bytes, tag: str) -> list[Turn]:
    return [Turn("POST", f"/f3/{tag}", _typed("application/octet-stream"), picture, chunk=True)]


def _f4(picture: bytes, tag: str) -> list[Turn]:
    body = urlencode({"type": "base64", "image": base64.b64encode(picture).decode()}).encode()
    return [Turn("POST", f"/f4/{tag}", _typed("application/x-www-form-urlencoded"), body, chunk=True)]


def _f5(picture: bytes, tag: str) -> list[Turn]:
    url = "data:image/jpeg;base64," + base64.b64encode(picture).decode()
    body = json.dumps({"post": {"images": [{"image": url}]}}).replace("/", "\\/").encode()
    return [Turn("POST", f"/f5/{tag}", _typed("application/json"), body, chunk=True)]


def _f6(picture: bytes, tag: str) -> list[Turn]:
    body = multipart(
        ("key", None, None, f"rte_images/{tag}".encode()),
        ("policy", None, None, b"eyJ9"),
        ("x-amz-credential", None, None, b"A/20260101/us-east-1/s3/aws4_request"),
        ("file", "a.jpg", "image/jpeg", picture),
    )
    return [Turn("POST", f"/f6/{tag}", _typed(FORM), body, 201, b"<PostResponse/>", chunk=True)]


def _f7(picture: bytes, tag: str) -> list[Turn]:
    return [Turn("PUT", f"/f7/{tag}?X-Amz-Signature=0f&X-Amz-Expires=60", (), picture, answer=b"", chunk=True)]


def _f8_part(tag: str, number: int, data: bytes) -> Turn:
    return Turn("PUT", f"/f8/{tag}?partNumber={number}&uploadId=u-{tag}", (), data, answer=b"", chunk=True)


def _f8(picture: bytes, tag: str) -> list[Turn]:
    answer = f"<InitiateMultipartUploadResult><UploadId>u-{tag}</UploadId></InitiateMultipartUploadResult>"
    # Part numbers may have gaps.
    numbers = (1, 2, 5)
    parts = [_f8_part(tag, number, data) for number, (_, data) in zip(numbers, thirds(picture), strict=True)]
    listed = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>e</ETag></Part>" for n in numbers)
    end = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
    return [
        Turn("POST", f"/f8/{tag}?uploads", _typed("image/jpeg"), answer=answer.encode()),
        *parts,
        Turn("POST", f"/f8/{tag}?uploadId=u-{tag}", _typed("application/xml"), end, answer=b"<Result/>"),
    ]


def _f8_again(picture: bytes, tag: str, kept: int) -> list[Turn]:
    return _f8(picture, tag)[2:]


def _f8_abort(tag: str) -> Turn:
    return Turn("DELETE", f"/f8/{tag}?uploadId=u-{tag}", status=204, answer=b"")


def framed(data: bytes, size: int = 4096) -> bytes:
    """A body in S3's frames."""
    out = b""
    for at in range(0, len(data), size):
        piece = data[at : at + size]
        out += f"{len(piece):x};chunk-signature={'0' * 64}\r\n".encode() + piece + b"\r\n"
    return out + f"0;chunk-signature={'0' * 64}\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n".encode()


def _f8_framed(picture: bytes, tag: str) -> list[Turn]:
    streaming = (
        ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
        ("Content-Encoding", "aws-chunked"),
    )
    return [
        replace(turn, headers=streaming, body=framed(turn.body, 1000)) if turn.chunk else turn
        for turn in _f8(picture, tag)
    ]


def _azure(picture: bytes, tag: str) -> list[Turn]:
    path, sas = f"/azure/{tag}", "sig=0f&se=2026"
    pieces = [(quote(base64.b64encode(bytes([n] * 8))), data) for n, (_, data) in enumerate(thirds(picture))]
    blocks = [
        Turn("PUT", f"{path}?comp=block&blockid={name}&{sas}", (), data, 201, b"", chunk=True)
        for name, data in pieces
    ]
    names = "".join(f"<Latest>{base64.b64encode(bytes([n] * 8)).decode()}</Latest>" for n in range(3))
    end = f"<?xml version='1.0'?><BlockList>{names}</BlockList>".encode()
    return [*blocks, Turn("PUT", f"{path}?comp=blocklist&{sas}", _typed("application/xml"), end, 201, b"")]


def _goog(tag: str, offset: int, data: bytes, command: str) -> Turn:
    said = (("X-Goog-Upload-Command", command), ("X-Goog-Upload-Offset", str(offset)))
    kind = _typed("application/x-www-form-urlencoded", *said)
    return Turn("POST", f"/f9?upload_id={tag}", kind, data, chunk=True)


def _f9(picture: bytes, tag: str) -> list[Turn]:
    start = (
        ("X-Goog-Upload-Protocol", "resumable"),
        ("X-Goog-Upload-Command", "start"),
        ("X-Goog-Upload-Header-Content-Length", str(len(picture))),
    )
    address = (("X-Goog-Upload-URL", f"https://{HOST}/f9?upload_id={tag}"),)
    first, second, last = thirds(picture)
    return [
        Turn("POST", f"/f9/start/{tag}", start, answer_headers=address),
        _goog(tag, *first, "upload"),
        _goog(tag, *second, "upload"),
        _goog(tag, *last, "upload, finalize"),
    ]


def _f9_again(picture: bytes, tag: str, kept: int) -> list[Turn]:
    return [_goog(tag, kept, picture[kept:], "upload, finalize")]


def _f9_abort(tag: str) -> Turn:
    return Turn("POST", f"/f9?upload_id={tag}", (("X-Goog-Upload-Command", "cancel"),))


def _ranged(tag: str, offset: int, data: bytes, total: int) -> Turn:
    end = offset + len(data)
    said = (("Content-Range", f"bytes {offset}-{end - 1}/{total}"),)
    path = f"/f10?upload_id={tag}"
    if end == total:
        return Turn("PUT", path, said, data, chunk=True)
    return Turn("PUT", path, said, data, 308, b"", (("Range", f"bytes=0-{end - 1}"),), chunk=True)


def _f10(picture: bytes, tag: str) -> list[Turn]:
    said = (("X-Upload-Content-Type", "image/jpeg"), ("X-Upload-Content-Length", str(len(picture))))
    address = (("Location", f"https://{HOST}/f10?upload_id={tag}"),)
    pieces = [_ranged(tag, offset, data, len(picture)) for offset, data in thirds(picture)]
    return [Turn("POST", f"/f10/{tag}?uploadType=resumable", said, answer_headers=address), *pieces]


def _f10_again(picture: bytes, tag: str, kept: int) -> list[Turn]:
    query = Turn("PUT", f"/f10?upload_id={tag}", (("Content-Range", f"bytes */{len(picture)}"),), b"", 308, b"")
    return [query, _ranged(tag, kept, picture[kept:], len(picture))]


def _f10_abort(tag: str) -> Turn:
    return Turn("DELETE", f"/f10?upload_id={tag}", status=204, answer=b"")


TUS = ("Tus-Resumable", "1.0.0")


def _patch(path: str, offset: int, data: bytes) -> Turn:
    said = _typed("application/offset+octet-stream", TUS, ("Upload-Offset", str(offset)))
    return Turn("PATCH", path, said, data, 204, b"", (TUS, ("Upload-Offset", str(offset + len(data)))), chunk=True)


def _create(path: str, location: str, *said: tuple[str, str]) -> Turn:
    return Turn("POST", path, (TUS, *said), status=201, answer=b"", answer_headers=(TUS, ("Location", location)))


def _f11(picture: bytes, tag: str) -> list[Turn]:
    named = base64.b64encode(b"a.jpg").decode()
    begin = _create(
        f"/f11/{tag}",
        f"/f11/{tag}",
        ("Upload-Length", str(len(picture))),
        ("Upload-Metadata", f"filename {named}"),
    )
    return [begin, *(_patch(f"/f11/{tag}", offset, data) for offset, data in thirds(picture))]


def _f11_again(picture: bytes, tag: str, kept: int) -> list[Turn]:
    return [_patch(f"/f11/{tag}", kept, picture[kept:])]


def _f11_abort(tag: str) -> Turn:
    return Turn("DELETE", f"/f11/{tag}", (TUS,), status=204, answer=b"")


def _f11_joined(picture: bytes, tag: str) -> list[Turn]:
    turns, paths = [], []
    for number, (_, data) in enumerate(thirds(picture)):
        path = f"/f11j/{tag}-{number}"
        paths.append(path)
        turns.append(
            _create(f"/f11j/{tag}", path, ("Upload-Length", str(len(data))), ("Upload-Concat", "partial"))
        )
        turns.append(_patch(path, 0, data))
    return [*turns, _create(f"/f11j/{tag}", f"/f11j/{tag}-all", ("Upload-Concat", f"final;{' '.join(paths)}"))]


def _ietf(tag: str, offset: int, data: bytes, *, last: bool) -> Turn:
    said = _typed(
        "application/partial-upload", ("Upload-Offset", str(offset)), ("Upload-Complete", "?1" if last else "?0")
    )
    return Turn("PATCH", f"/f11i/{tag}", said, data, 200 if last else 204, b"", chunk=True)


def _f11_ietf(picture: bytes, tag: str) -> list[Turn]:
    first, second, third = thirds(picture)
    address = (("Location", f"/f11i/{tag}"),)
    said = (("Upload-Complete", "?0"),)
    return [
        Turn("POST", f"/f11i/new/{tag}", said, first[1], 201, b"", address, chunk=True),
        _ietf(tag, *second, last=False),
        _ietf(tag, *third, last=True),
    ]


def _f11_ietf_again(picture: bytes, tag: str, kept: int) -> list[Turn]:
    return [_ietf(tag, kept, picture[kept:], last=True)]


def _f12(picture: bytes, tag: str) -> list[Turn]:
    body = multipart(
        ("operations", None, None, b'{"query": "mutation ($f: Upload!) { up(f: $f) }", "variables": {"f": null}}'),
        ("map", None, None, b'{"0": ["variables.f"]}'),
        ("0", "a.jpg", "image/jpeg", picture),
    )
    return [Turn("POST", f"/graphql?{tag}", _typed(FORM), body, chunk=True)]


def _f13(picture: bytes, tag: str) -> list[Turn]:
    turns = []
    for number, (offset, data) in enumerate(thirds(picture)):
        said = {"dzuuid": tag, "dzchunkindex": number, "dztotalchunkcount": 3, "dzchunkbyteoffset": offset}
        fields = [(key, None, None, str(value).encode()) for key, value in said.items()]
        body = multipart(*fields, ("file", "a.jpg", "application/octet-stream", data))
        turns.append(Turn("POST", f"/f13/{tag}", _typed(FORM), body, chunk=True))
    return turns


def _f13_again(picture: bytes, tag: str, kept: int) -> list[Turn]:
    return _f13(picture, tag)[1:]


def _resumable(picture: bytes, tag: str) -> list[Turn]:
    turns = []
    for number, (_, data) in enumerate(thirds(picture), 1):
        said = {"resumableIdentifier": tag, "resumableChunkNumber": number, "resumableTotalChunks": 3}
        query = urlencode(said | {"resumableTotalSize": len(picture), "resumableFilename": "a.jpg"})
        turns.append(
            Turn("POST", f"/f13r/{tag}?{query}", _typed("application/octet-stream"), data, answer=b"", chunk=True)
        )
    return turns


def _filepond(picture: bytes, tag: str) -> list[Turn]:
    begin = Turn("POST", f"/pond/{tag}", (("Upload-Length", str(len(picture))),), answer=tag.encode())
    return [begin, *(_pond_piece(picture, tag, offset, data) for offset, data in thirds(picture))]


def _pond_piece(picture: bytes, tag: str, offset: int, data: bytes) -> Turn:
    said = _typed(
        "application/offset+octet-stream",
        ("Upload-Offset", str(offset)),
        ("Upload-Length", str(len(picture))),
        ("Upload-Name", "a.jpg"),
    )
    return Turn("PATCH", f"/pond/{tag}?patch={tag}", said, data, 204, b"", chunk=True)


def _filepond_again(picture: bytes, tag: str, kept: int) -> list[Turn]:
    return [_pond_piece(picture, tag, kept, picture[kept:])]


def _f14(picture: bytes, tag: str) -> list[Turn]:
    body = b"--b\r\nContent-Type: application/json\r\n\r\n{}\r\n--b\r\nContent-Type: image/jpeg\r\n\r\n"
    body += picture + b"\r\n--b--\r\n"
    return [Turn("POST", f"/f14/{tag}", _typed("multipart/related; boundary=b"), body, chunk=True)]


def _entity(picture: bytes, tag: str, offset: int) -> Turn:
    said = (
        ("Content-Type", "application/octet-stream"),
        ("Offset", str(offset)),
        ("X-Entity-Name", f"fb_uploader_{tag}"),
        ("X-Entity-Length", str(len(picture))),
        ("X-Entity-Type", "image/jpeg"),
    )
    answer = b'{"upload_id": "1", "status": "ok"}'
    return Turn("POST", f"/rupload_igphoto/fb_uploader_{tag}", said, picture[offset:], answer=answer, chunk=True)


def _f15(picture: bytes, tag: str) -> list[Turn]:
    return [_entity(picture, tag, 0)]


def _f15_again(picture: bytes, tag: str, kept: int) -> list[Turn]:
    return [_entity(picture, tag, kept)]


def _crc(data: bytes) -> tuple[str, str]:
    return ("Content-CRC32", f"{zlib.crc32(data):08x}")


def _f16(picture: bytes, tag: str) -> list[Turn]:
    return [Turn("POST", f"/upload/v1/tos/{tag}", (_crc(picture),), picture, chunk=True)]


def _f16_parts(picture: bytes, tag: str) -> list[Turn]:
    path = f"/upload/v1/tos-parts/{tag}"
    parts = [
        Turn(
            "POST",
            f"{path}?uploadmode=part&phase=transfer&uploadID={tag}&partNumber={number}",
            (_crc(data),),
            data,
            chunk=True,
        )
        for number, (_, data) in enumerate(thirds(picture), 1)
    ]
    listed = ",".join(f"{n}:{zlib.crc32(d):08x}" for n, (_, d) in enumerate(thirds(picture), 1)).encode()
    return [
        Turn("POST", f"{path}?uploadmode=part&phase=init", answer=json.dumps({"uploadID": tag}).encode()),
        *parts,
        Turn("POST", f"{path}?uploadmode=part&phase=finish&uploadID={tag}", (), listed),
    ]


def _f16_again(picture: bytes, tag: str, kept: int) -> list[Turn]:
    return _f16_parts(picture, tag)[2:]


def _f17(picture: bytes, tag: str) -> list[Turn]:
    secret = bytes(a ^ b for a, b in zip(picture, _stream(tag, len(picture)), strict=True))
    token = base64.urlsafe_b64encode(hashlib.sha256(secret).digest()).decode()
    return [Turn("POST", f"/mms/image/{token}?auth={tag}", _typed("application/octet-stream"), secret, chunk=True)]


def _stream(tag: str, length: int) -> bytes:
    return hashlib.shake_256(tag.encode()).digest(length)


def varint(value: int) -> bytes:
    """A protobuf varint."""
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def grpc_message(picture: bytes) -> bytes:
    """A protobuf message with a name, a number and the picture, in one gRPC-web frame."""
    message = b"\x0a\x05a.jpg" + b"\x10\x96\x01" + b"\x1a" + varint(len(picture)) + picture
    return b"\x00" + struct.pack(">I", len(message)) + message


def _grpc(picture: bytes, tag: str) -> list[Turn]:
    return [Turn("POST", f"/grpc/{tag}", _typed("application/grpc-web+proto"), grpc_message(picture), chunk=True)]


FORMS = (
    Form("F1", "multipart form", _f1, gzip="body"),
    Form("F2", "multipart chunks (X)", _f2, 3, gzip="body"),
    Form("F3", "raw body", _f3, gzip="body"),
    Form("F4", "base64 form field", _f4, gzip="body"),
    Form("F5", "data URL in JSON", _f5, gzip="body"),
    Form("F6", "S3 policy POST", _f6, gzip="body"),
    Form("F7", "presigned PUT", _f7, gzip="body"),
    Form("F8", "S3 multipart", _f8, 3, again=_f8_again, abort=_f8_abort, gzip="body"),
    Form("F8", "S3 multipart in aws-chunked frames", _f8_framed, 3, abort=_f8_abort),
    Form("F8", "Azure blocks", _azure, 3),
    Form("F9", "X-Goog-Upload", _f9, 3, ordered=True, again=_f9_again, abort=_f9_abort, gzip="body"),
    Form("F10", "Content-Range", _f10, 3, ordered=True, again=_f10_again, abort=_f10_abort, gzip="body"),
    Form("F11", "tus", _f11, 3, ordered=True, again=_f11_again, abort=_f11_abort, gzip="body"),
    Form("F11", "tus, partial uploads joined", _f11_joined, 3),
    Form("F11", "IETF resumable upload", _f11_ietf, 3, ordered=True, again=_f11_ietf_again, gzip="body"),
    Form("F12", "GraphQL multipart", _f12, gzip="body"),
    Form("F13", "numbered chunks (Dropzone)", _f13, 3, again=_f13_again, gzip="body"),
    Form("F13", "numbered raw chunks (resumable.js)", _resumable, 3, gzip="body"),
    Form("F13", "FilePond chunks", _filepond, 3, ordered=True, again=_filepond_again, gzip="body"),
    Form("F14", "multipart/related", _f14, gzip="body"),
    Form("F15", "Meta rupload", _f15, ordered=True, again=_f15_again, gzip="body"),
    Form("F16", "ImageX", _f16, gzip="body"),
    Form("F16", "ImageX in parts", _f16_parts, 3, again=_f16_again, gzip="body"),
    Form("F17", "gRPC-web", _grpc),
    Form("F17", "encrypted (WhatsApp)", _f17),
)
"""Every form of the reference, and the dialects of those that have some."""


def by_name(name: str) -> Form:
    """The form of that name."""
    return next(form for form in FORMS if form.name == name)


def seen(turn: Turn) -> View:
    """A turn as a body shape is asked about it."""
    return View(exchange(turn))


def picture(seed: int, more: int = 3000) -> bytes:
    """A small JPEG with enough in it to be told from others, and noise behind its end."""
    chance = random.Random(seed)
    out = io.BytesIO()
    small = Image.frombytes("RGB", (16, 12), chance.randbytes(16 * 12 * 3))
    small.resize((160, 120), Image.Resampling.BICUBIC).save(out, "JPEG")
    return out.getvalue() + chance.randbytes(more)


PICTURE = picture(0)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
