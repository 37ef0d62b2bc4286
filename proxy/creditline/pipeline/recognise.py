"""Which pictures an exchange holds: what went up, what came back. Bytes decide, labels never do.

A profile says where a site's pictures are and what they are for; without one the body's own shape says where, and
small pictures are taken for noise. Whatever could not be read becomes a `Found` with `missed`, so that the record
never passes silence off as absence.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from creditline.model.exchange import WEBSOCKET, Found
from creditline.pipeline import magic, profiled, sessions
from creditline.pipeline.bodies import SHAPES, base64_text, grpc_web, json_base64, multipart, opaque
from creditline.pipeline.bodies.view import URLENCODED, View, decoded
from creditline.pipeline.content_coding import codings
from creditline.pipeline.noise import is_portrait
from creditline.vocab.sites import normal

if TYPE_CHECKING:
    from creditline.model.exchange import Body, Exchange, Message
    from creditline.model.upload_step import Step
    from creditline.pipeline.bodies.piece import Piece
    from creditline.vocab.site_profile import Profile, Upload

UPLOAD_METHODS = frozenset({"POST", "PUT", "PATCH", WEBSOCKET})
"""OPTIONS is a browser's preflight, never an upload; GET and HEAD carry none."""
STEP_METHODS = UPLOAD_METHODS | {"DELETE"}
"""DELETE gives an upload up that takes several requests."""
NOISE_SIDE = 64
"""Pixels; smaller in both directions are icons, beacons and emoji."""
NOISE_BYTES = 2048
_UNLABELLED = frozenset(
    {"", "application/octet-stream", "binary/octet-stream", "application/x-www-form-urlencoded"}
)
"""Types that say nothing: the last is what HTTP libraries put on a body when nobody chose."""
_NARROWER = {"F1": ("F2", "F6", "F12", "F13"), "F3": ("F7", "F15", "F16")}
"""What a profile may call a body whose bytes only show the wider form."""
_SEARCHED = 64 * 1024
"""Bytes of text that are searched for a picture's beginning while the wire waits; longer ones are read later."""
_PLAIN_STARTS = tuple(text.encode() for text in (*base64_text.STARTS, base64_text.DATA_URL))
# JSON may write a solidus with a backslash, as PHP does.
_TEXT_STARTS = (*_PLAIN_STARTS, *(text.replace(b"/", rb"\/") for text in _PLAIN_STARTS if b"/" in text))
_MAX_QUERY_FIELDS = 100
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})", re.ASCII)


def uploads(exchange: Exchange, profile: Profile | None, view: View | None = None) -> tuple[Found, ...]:
    """The pictures in a request, in wire order. Never raises.

    Requests of uploads that take several are `step`'s: ask it first.
    """
    if not may_hold_upload(exchange, profile):
        return ()
    request = exchange.request
    rules = _rules(exchange, profile)
    view = view or View(exchange)
    if view.body is None and not opaque.recognises(view):
        return _unread(view, rules)
    shape = next((shape for shape in SHAPES if shape.recognises(view)), None)
    cut = shape.cut(view) if shape is not None else None
    form = _form(rules, shape.CODE if shape is not None else None)
    found: list[Found] = []
    if cut is not None:
        # A form's parts say themselves whether they are whole.
        whole = request.body.complete or multipart.recognises(view)
        seen = [_uploaded(piece, form, rules, request, whole=whole) for piece in cut.pieces]
        found = [item for item in seen if item is not None]
        if cut.limit is not None:
            found.append(Found("uploaded", None, form, missed=f"limit_{cut.limit}"))
    if not found and rules and not (cut is not None and any(_is_other_file(piece) for piece in cut.pieces)):
        # Where this site takes pictures one was to be expected.
        role = next((rule.role for rule in rules if rule.role == "image"), rules[0].role)
        found.append(Found("uploaded", None, form, role, missed="no_picture_found"))
    return tuple(credited(item, exchange) for item in found)


def credited(found: Found, exchange: Exchange) -> Found:
    """An upload with what became of crediting it, where that was asked for."""
    if exchange.credited is None:
        return found
    return replace(found, declared=(*found.declared, ("credited", exchange.credited)))


def step(exchange: Exchange, profile: Profile | None, view: View | None = None) -> Step | None:
    """What a request adds to an upload that takes several, or None when it is none of those. Never raises."""
    if exchange.method not in STEP_METHODS or _is_private(exchange, profile):
        return None
    view = view or View(exchange)
    return sessions.step_of(view) or profiled.step(view, profile)


def role(exchange: Exchange, profile: Profile | None) -> str:
    """What a picture in a request is for, as the profile's first rule for that address says."""
    rules = _rules(exchange, profile)
    return rules[0].role if rules else "image"


def assembled(body: Body, said: dict[str, Any], profile: Profile | None) -> tuple[Found, ...]:
    """The picture that the pieces of an upload make, if it is one; `said` is what its requests said of it.

    Never raises. Films go up in pieces, too: what is no picture, and was not called one, is passed over.
    """
    try:
        data = body.read() or b""
        missed = None
    except OSError as error:
        data, missed = b"", f"disk: {error.strerror}"
    sha256 = None
    length = len(data)
    if missed is None and magic.kind(data[: magic.HEAD]) is None:
        if not said["image"]:
            return ()
        sha256, missed = hashlib.sha256(data).hexdigest(), "not_a_picture"
    role = said["role"]
    if profile is None and missed is None and role == "image" and _is_noise(data):
        role = "noise"
    found = Found(
        "uploaded",
        data if missed is None else None,
        said["form"],
        role,
        part=said["part"],
        filename=said["filename"],
        declared=tuple((key, value) for key, value in said["declared"]),
        missed=missed,
        sha256=sha256,
        length=length if sha256 is not None else None,
    )
    return (found,)


def served(exchange: Exchange, profile: Profile | None) -> tuple[Found, ...]:
    """The picture that an answer is, if it is one and whole: status 200, or a range of everything. Never raises."""
    if not may_be_served(exchange, profile) or exchange.response is None or not exchange.response.body.complete:
        return ()
    response = exchange.response
    content_type = response.header("content-type")
    declared = _declared(content_type, None, response)
    if exchange.reattached is not None:
        declared = (*declared, ("reattached", exchange.reattached))
    data, missed = decoded(response)
    if data is None:
        return (Found("served", None, declared=declared, missed=missed),) if _is_image(content_type) else ()
    if magic.kind(data) is None:
        return ()
    known = profile is not None and profile.serves_at(normal(exchange.host), _path(exchange))
    role = "noise" if not known and _is_noise(data) else "image"
    # A portrait cut from a work is known as a part of it, and yet no copy of what was published.
    if profile is not None and not known and is_portrait(exchange):
        role = "avatar"
    return (Found("served", data, role=role, declared=declared),)


def may_hold_upload(exchange: Exchange, profile: Profile | None) -> bool:
    """Whether `uploads` or `step` is worth asking: cheap, for it looks at headers and first bytes only."""
    if exchange.method not in STEP_METHODS or _is_private(exchange, profile):
        return False
    if sessions.may_be_step(View(exchange)):
        return True
    if exchange.method not in UPLOAD_METHODS:
        return False
    body = exchange.request.body
    content_type = exchange.request.header("content-type")
    if opaque.may_be(exchange.method, exchange.host, _path(exchange)):
        return True
    if body.data is not None:
        if not body.data:
            return False
        if may_begin_picture(body.data, content_type, exchange.request.header("content-encoding")):
            return True
    elif body.path is not None or _is_image(content_type) or multipart.boundary_of(content_type) is not None:
        return True
    return bool(_rules(exchange, profile))


def may_be_streamed_upload(exchange: Exchange, profile: Profile | None, head: bytes) -> bool:
    """Whether a request's body that begins so is worth keeping while it passes; as cheap as `may_hold_upload`."""
    coding = exchange.request.header("content-encoding")
    return (
        may_begin_picture(head, exchange.request.header("content-type"), coding)
        or sessions.may_be_step(View(exchange))
        or opaque.may_be(exchange.method, exchange.host, _path(exchange))
        or bool(_rules(exchange, profile))
    )


def may_be_served(exchange: Exchange, profile: Profile | None) -> bool:
    """Whether `served` is worth asking; as cheap as `may_hold_upload`."""
    response = exchange.response
    if response is None or exchange.method not in {"GET", "POST"} or _is_private(exchange, profile):
        return False
    if not is_whole(exchange.status, response.header("content-range")):
        return False
    content_type = response.header("content-type")
    if not may_label_picture(content_type):
        return False
    body = response.body
    if body.data is None:
        return body.path is not None or _is_image(content_type)
    coding = response.header("content-encoding")
    return bool(body.data) and may_begin_copy(body.data[: magic.HEAD], content_type, coding)


def is_whole(status: int | None, content_range: str | None) -> bool:
    """Whether an answer holds all of what it is about: 200, or 206 (RFC 9110, 14) from first byte to last.

    A 304 has no body: the browser shows what it kept, and that was seen when it came.
    """
    if status == 200:
        return content_range is None
    found = _RANGE.fullmatch(content_range or "")
    return status == 206 and found is not None and int(found[1]) == 0 and int(found[2]) + 1 == int(found[3])


def may_begin_copy(head: bytes, content_type: str | None, coding: str | None) -> bool:
    """Whether an answer that begins so can be a picture; behind a content coding the label must do."""
    if codings(coding):
        return may_label_picture(content_type)
    return _is_image(content_type) or magic.kind(head) is not None


def may_begin_picture(data: bytes, content_type: str | None, coding: str | None) -> bool:
    """Whether a body that is or begins with `data` can hold a picture in a form that is read here.

    Behind a content coding the beginning says nothing: then the label must do for a first look.
    """
    kind = _media_type(content_type)
    if kind.startswith(("multipart/form-data", "multipart/related", "image/", "image /", grpc_web.TYPE)):
        return True
    textual = json_base64.labelled(kind) or kind in {URLENCODED, "text/plain"}
    if codings(coding):
        return textual or may_label_picture(content_type)
    if magic.kind(data[: magic.HEAD]) is not None:
        return True
    if kind == URLENCODED:
        textual = data[:64].isascii()
    elif data[:64].lstrip()[:1] not in {b"{", b"[", b'"'}:
        textual = False
    if not (textual or kind in _UNLABELLED) or len(data) < base64_text.LEAST or not data[:64].isascii():
        return False
    return len(data) > _SEARCHED or len(data) == magic.HEAD or any(start in data for start in _TEXT_STARTS)


def may_label_picture(content_type: str | None) -> bool:
    """Whether a type is a picture's, or says nothing about what the body is."""
    return _is_image(content_type) or _media_type(content_type) in _UNLABELLED


def _unread(view: View, rules: tuple[Upload, ...]) -> tuple[Found, ...]:
    """What is said of a body that is not there."""
    multiple = multipart.boundary_of(view.content_type) is not None
    if not (rules or multiple or _is_image(view.content_type)):
        return ()
    role = rules[0].role if rules else "image"
    form = _form(rules, multipart.CODE if multiple else None)
    declared = _declared(view.content_type, None, view.exchange.request)
    return (Found("uploaded", None, form, role, declared=declared, missed=view.missed),)


def _uploaded(
    piece: Piece, form: str | None, rules: tuple[Upload, ...], request: Message, *, whole: bool
) -> Found | None:
    labelled = _is_image(piece.content_type)
    data, missed, sha256 = piece.data, piece.missed, None
    if data is None:
        if not labelled and not piece.filename:
            return None
    elif magic.kind(data[: magic.HEAD]) is None:
        # A field of text, a film, a document: no picture, and worth a word only if it was called one.
        if not labelled or piece.filename == "":
            return None
        sha256 = hashlib.sha256(data).hexdigest()
        length = len(data)
        data, missed = None, "not_a_picture"
    if not (piece.closed and whole):
        missed = "incomplete"
    rule = next((rule for rule in rules if rule.pick is None or rule.pick.fullmatch(piece.part or "")), None)
    role = "image" if rule is None else rule.role
    if rule is None and data is not None and missed is None and _is_noise(data):
        role = "noise"
    return Found(
        "uploaded",
        data,
        form,
        role,
        part=piece.part,
        filename=piece.filename or None,
        declared=(*_declared(piece.content_type, piece.transfer_encoding, request), *piece.declared),
        missed=missed,
        sha256=sha256,
        length=length if sha256 is not None else None,
    )


def _is_other_file(piece: Piece) -> bool:
    """Whether a form held a file that is no picture (a film, a document), or an input that nothing was picked in.

    Nothing is missing then.
    """
    return piece.filename is not None and piece.data is not None and (piece.filename != "" or not piece.data)


def _rules(exchange: Exchange, profile: Profile | None) -> tuple[Upload, ...]:
    if profile is None:
        return ()
    query = exchange.path.partition("?")[2]
    try:
        fields = parse_qsl(query, keep_blank_values=True, max_num_fields=_MAX_QUERY_FIELDS)
    except ValueError:
        fields = []
    return profile.uploads_at(
        exchange.method, normal(exchange.host), _path(exchange), fields, exchange.request.headers
    )


def _form(rules: tuple[Upload, ...], shape: str | None) -> str | None:
    """The wire form of a body: the shape's own code, but what a rule calls it where that is a narrower word for it.

    With the shape unknown (no bytes) the rule alone says it, if there is one.
    """
    if shape is None:
        return rules[0].form if rules else None
    return next((rule.form for rule in rules if rule.form in _NARROWER.get(shape, ())), shape)


def _path(exchange: Exchange) -> str:
    return exchange.path.partition("?")[0]


def _is_private(exchange: Exchange, profile: Profile | None) -> bool:
    return profile is not None and profile.is_private_message(_path(exchange))


def _media_type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


def _is_image(content_type: str | None) -> bool:
    # `image / jpg` has been seen on the wire.
    return _media_type(content_type).startswith(("image/", "image /"))


def _is_noise(data: bytes) -> bool:
    if len(data) < NOISE_BYTES:
        return True
    size = magic.dimensions(data)
    return size is not None and max(size) < NOISE_SIDE


def _declared(
    content_type: str | None, transfer_encoding: str | None, message: Message
) -> tuple[tuple[str, str], ...]:
    said = (
        ("content_type", content_type),
        ("transfer_encoding", transfer_encoding),
        ("content_encoding", message.header("content-encoding")),
    )
    return tuple((name, value) for name, value in said if value is not None)
