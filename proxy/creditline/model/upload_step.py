"""An upload that takes several requests: what one of them adds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """What one request and its answer say of an upload.

    `key` names the upload: a host and what its server, or the page, calls it. `data` belongs at byte `offset`, or is
    the piece number `index` where pieces are numbered from `first` (None: from whatever comes first). `total` is the
    whole's length in bytes, `count` its number of pieces, where they were said.

    `confirmed`: the server took it; `kept`: it holds the bytes before that offset and no more. `whole` is False when
    the request broke off, `missed` says why there is no data where some was sent. `finish` and `abort` end the
    upload; a finish may list the pieces that count, in `order`. A `partial` upload is one that a later one `joins`.
    `alone`: there is no other request of this upload. `image`: the sender called it a picture.
    """

    form: str
    key: str
    data: bytes | None = None
    offset: int | None = None
    index: int | None = None
    first: int | None = None
    total: int | None = None
    count: int | None = None
    confirmed: bool = True
    kept: int | None = None
    whole: bool = True
    missed: str | None = None
    finish: bool = False
    abort: bool = False
    order: tuple[int, ...] = ()
    joins: tuple[str, ...] = ()
    partial: bool = False
    alone: bool = False
    image: bool = False
    part: str | None = None
    filename: str | None = None
    content_type: str | None = None
    declared: tuple[tuple[str, str], ...] = ()
