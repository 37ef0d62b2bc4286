"""What a site's profile alone says of a request: its place in an upload in pieces, and what it declares of its bytes.

For sites whose way of sending pieces no wire form knows: `session` names what the requests of one upload share, `chunk`
where a piece belongs, `finish` what ends it (site-protocols 5.1).
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from typing import TYPE_CHECKING

from creditline.model.upload_step import Step
from creditline.pipeline import values
from creditline.pipeline.bodies import multipart
from creditline.pipeline.bodies.view import number
from creditline.pipeline.steps import matched, uploads_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from creditline.model.exchange import Exchange
    from creditline.pipeline.bodies.view import View
    from creditline.vocab.site_profile import Profile, Source, Upload

_CRC_BYTES = 4


def step(view: View, profile: Profile | None) -> Step | None:
    """What a request adds to an upload in pieces by its profile, or None where that says nothing. Never raises."""
    if profile is None or profile.session is None or profile.chunk is None:
        return None
    finish = profile.finish
    if finish is not None and finish.match is not None:
        groups = matched(view.exchange, profile, finish.match)
        if groups is not None:
            key = _key(view, profile, groups)
            form = next((rule.form for rule in profile.upload), "F13")
            return None if key is None else Step(form, key, finish=view.status in finish.ok)
    rule = next(iter(uploads_of(view.exchange, profile)), None)
    return None if rule is None else _piece(view, profile, rule)


def _piece(view: View, profile: Profile, rule: Upload) -> Step | None:
    chunk = profile.chunk
    found = rule.match.path.fullmatch(view.path)
    groups = found.groupdict() if found is not None else {}
    key = _key(view, profile, groups)
    if key is None or chunk is None:
        return None
    index, offset = _number(view, chunk.index, groups), _number(view, chunk.offset, groups)
    if index is None and offset is None:
        return None
    total = _number(view, chunk.total, groups)
    sent = multipart.file_of(view)
    return Step(
        rule.form,
        key,
        data=sent.data if sent is not None else view.body,
        missed=sent.missed if sent is not None else view.missed,
        offset=offset,
        index=index if offset is None else None,
        first=chunk.base if offset is None else None,
        total=total if offset is not None else None,
        count=total if offset is None else None,
        confirmed=view.accepted,
        whole=view.whole and (sent is None or sent.closed),
        filename=sent.filename if sent is not None else None,
        image=view.media_type.startswith("image/"),
    )


def _key(view: View, profile: Profile, groups: Mapping[str, str | None]) -> str | None:
    session = profile.session
    sources = [source for source in (session.source, session.also) if source is not None] if session else []
    names = [_value(view.exchange, source, groups) for source in sources]
    return None if None in names or not names else f"{view.host}#profile:{':'.join(map(str, names))}"


def _value(exchange: Exchange, source: Source, groups: Mapping[str, str | None]) -> str | None:
    return next(iter(values.requested(exchange, (("value", source),), groups)["value"]), None)


def _number(view: View, source: Source | None, groups: Mapping[str, str | None]) -> int | None:
    return None if source is None else number(_value(view.exchange, source, groups))


def declared(exchange: Exchange, profile: Profile | None, picture: bytes) -> tuple[tuple[str, str], ...]:
    """What a request declares of the picture that it alone holds, and `differs` beside what does not hold of it.

    A page that declares one thing and sends another was changed on its way, or counts something else. Never raises.
    """
    rule = next(iter(uploads_of(exchange, profile)), None) if profile is not None else None
    if profile is None or rule is None:
        return ()
    found = rule.match.path.fullmatch(exchange.path.partition("?")[0])
    groups = found.groupdict() if found is not None else {}
    said: list[tuple[str, str]] = []
    for item in profile.declares:
        value = _value(exchange, item.source, groups) if item.step == "upload" else None
        if value is not None:
            said.append((f"declared_{item.what}", value))
            if not _holds(item.what, value, picture):
                said.append((f"declared_{item.what}", "differs"))
    return tuple(said)


_DIGESTS: Mapping[str, Callable[[bytes], bytes]] = {
    "md5": lambda data: hashlib.md5(data, usedforsecurity=False).digest(),
    "sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "crc32": lambda data: zlib.crc32(data).to_bytes(_CRC_BYTES),
}


def _holds(what: str, value: str, picture: bytes) -> bool:
    if what == "size":
        return number(value) == len(picture)
    digest = _DIGESTS[what](picture)
    coded = {base64.b64encode(digest).decode(), base64.urlsafe_b64encode(digest).decode()}
    return value.lower() == digest.hex() or value.rstrip("=") in {text.rstrip("=") for text in coded}
