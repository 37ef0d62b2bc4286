"""Which pictures an exchange holds: what went up, what came back. Bytes decide, labels never do.

A profile says where a site's pictures are and what they are for; without one the body's own shape says where, and
small pictures are taken for noise. Whatever could not be read becomes a `Found` with `missed`, so that the record
never passes silence off as absence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from creditline.model.errors import CreditlineError
from creditline.model.exchange import Found
from creditline.pipeline import magic
from creditline.pipeline.bodies import SHAPES, multipart
from creditline.pipeline.content_coding import codings, decode
from creditline.vocab.sites import normal

if TYPE_CHECKING:
    from creditline.model.exchange import Body, Exchange, Message
    from creditline.pipeline.bodies.piece import Piece
    from creditline.vocab.site_profile import Profile, Upload

UPLOAD_METHODS = frozenset({"POST", "PUT", "PATCH"})
"""OPTIONS is a browser's preflight, never an upload; GET and HEAD carry none."""
NOISE_SIDE = 64
"""Pixels; smaller in both directions are icons, beacons and emoji."""
NOISE_BYTES = 2048
_UNLABELLED = frozenset(
    {"", "application/octet-stream", "binary/octet-stream", "application/x-www-form-urlencoded"}
)
"""Types that say nothing: the last is what HTTP libraries put on a body when nobody chose."""
_SHAPE_OF = {"F2": "F1", "F6": "F1", "F7": "F3", "F15": "F3", "F16": "F3"}
"""An S3 policy form is a multipart form; only its meaning differs."""
_MAX_QUERY_FIELDS = 100
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})", re.ASCII)


def uploads(exchange: Exchange, profile: Profile | None) -> tuple[Found, ...]:
    """The pictures in a request, in wire order. Never raises."""
    request = exchange.request
    if not may_hold_upload(exchange, profile):
        return ()
    rules = _rules(exchange, profile)
    content_type = request.header("content-type")
    body, missed = _decoded(request)
    if body is None:
        multiple = multipart.boundary_of(content_type) is not None
        if not (rules or multiple or _is_image(content_type)):
            return ()
        role = rules[0].role if rules else "image"
        form = _form(rules, multipart.CODE if multiple else None)
        return (
            Found("uploaded", None, form, role, declared=_declared(content_type, None, request), missed=missed),
        )
    head = body[: magic.HEAD]
    shape = next((shape for shape in SHAPES if shape.recognises(content_type, head)), None)
    if shape is None:
        return ()
    cut = shape.cut(body, content_type)
    form = _form(rules, shape.CODE)
    # A form's parts say themselves whether they are whole.
    whole = request.body.complete or shape is multipart
    found = [_uploaded(piece, form, rules, request, whole=whole) for piece in cut.pieces]
    if cut.limit is not None:
        found.append(Found("uploaded", None, form, missed=f"limit_{cut.limit}"))
    return tuple(item for item in found if item is not None)


def served(exchange: Exchange, profile: Profile | None) -> tuple[Found, ...]:
    """The picture that an answer is, if it is one and whole: status 200, or a range of everything. Never raises."""
    if not may_be_served(exchange, profile) or exchange.response is None or not exchange.response.body.complete:
        return ()
    response = exchange.response
    content_type = response.header("content-type")
    declared = _declared(content_type, None, response)
    data, missed = _decoded(response)
    if data is None:
        return (Found("served", None, declared=declared, missed=missed),) if _is_image(content_type) else ()
    if magic.kind(data) is None:
        return ()
    known = profile is not None and profile.serves_at(normal(exchange.host), _path(exchange))
    role = "noise" if not known and _is_noise(data) else "image"
    return (Found("served", data, role=role, declared=declared),)


def may_hold_upload(exchange: Exchange, profile: Profile | None) -> bool:
    """Whether `uploads` is worth asking: cheap, for it looks at headers and first bytes only."""
    if exchange.method not in UPLOAD_METHODS or _is_private(exchange, profile):
        return False
    body = exchange.request.body
    content_type = exchange.request.header("content-type")
    if body.data is not None:
        if not body.data:
            return False
        if may_begin_picture(body.data[: magic.HEAD], content_type, exchange.request.header("content-encoding")):
            return True
    elif body.path is not None or _is_image(content_type) or multipart.boundary_of(content_type) is not None:
        return True
    return bool(_rules(exchange, profile))


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
    return bool(body.data) and may_begin_picture(body.data[: magic.HEAD], content_type, coding)


def is_whole(status: int | None, content_range: str | None) -> bool:
    """Whether an answer holds all of what it is about: 200, or 206 (RFC 9110, 14) from first byte to last.

    A 304 has no body: the browser shows what it kept, and that was seen when it came.
    """
    if status == 200:
        return content_range is None
    found = _RANGE.fullmatch(content_range or "")
    return status == 206 and found is not None and int(found[1]) == 0 and int(found[2]) + 1 == int(found[3])


def may_begin_picture(head: bytes, content_type: str | None, coding: str | None) -> bool:
    """Whether a body with that beginning can hold a picture in a shape that is read here.

    Behind a content coding the beginning says nothing: then the label must do for a first look.
    """
    if codings(coding):
        return may_label_picture(content_type) or multipart.boundary_of(content_type) is not None
    return any(shape.recognises(content_type, head) for shape in SHAPES)


def may_label_picture(content_type: str | None) -> bool:
    """Whether a type is a picture's, or says nothing about what the body is."""
    return _is_image(content_type) or _media_type(content_type) in _UNLABELLED


def _uploaded(
    piece: Piece, form: str | None, rules: tuple[Upload, ...], request: Message, *, whole: bool
) -> Found | None:
    labelled = _is_image(piece.content_type)
    data, missed = piece.data, piece.missed
    if data is None:
        if not labelled and not piece.filename:
            return None
    elif magic.kind(data[: magic.HEAD]) is None:
        # A field of text, a film, a document: no picture, and worth a word only if it was called one.
        if not labelled or piece.filename == "":
            return None
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
        declared=_declared(piece.content_type, piece.transfer_encoding, request),
        missed=missed,
    )


def _decoded(message: Message) -> tuple[bytes | None, str | None]:
    """A body without its content coding, or why there is none."""
    body: Body = message.body
    if body.missed is not None:
        return None, body.missed
    try:
        data = body.read()
        if data is None:
            return None, "not_kept"
        return decode(data, message.header("content-encoding")), None
    except OSError as error:
        return None, f"disk: {error.strerror}"
    except CreditlineError as error:
        return None, error.code if body.complete else "incomplete"


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
    """The wire form of a body: what a rule calls it where the body has that shape, else the shape's own code.

    With the shape unknown (no bytes) the rule alone says it, if there is one.
    """
    names = (rule.form for rule in rules if shape in {None, _SHAPE_OF.get(rule.form, rule.form)})
    return next(names, shape)


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
