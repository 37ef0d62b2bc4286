"""What binds a copy to an upload on a site that no profile knows: hashes in addresses, and ids of fresh answers.

An address that holds the hash of what was sent proves the link. An id of an answer is a hint for a minute, and only
where the two pictures may be one.
"""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING, Any

from creditline.pipeline.id_functions import cid
from creditline.pipeline.values import leaves, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creditline.model.exchange import Exchange

HASH_RULE = "generic:hash"
"""The served address holds the SHA-256, MD5 or CID of the upload's bytes."""
ID_RULE = "generic:id"
"""The served address holds an id of the answer to an upload of the last minute."""
ID_SECONDS = 60.0
MAX_IDS = 50
MAX_PATH = 4096
_MAX_VALUES = 10_000
_ID = re.compile(r"(?=[\w-]*\d)[\w-]{7,64}", re.ASCII)
_WORD = re.compile(r"[A-Za-z0-9_-]{7,64}")
_HASH = re.compile(r"(?<![A-Za-z0-9])(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{64}|[a-z2-7]{59})(?![A-Za-z0-9])")


def hash_keys(sha256: str, md5: str) -> tuple[tuple[str, str], ...]:
    """The keys that the bytes of an upload leave."""
    return tuple((HASH_RULE, value) for value in (sha256, md5, cid(sha256)))


def id_keys(exchange: Exchange) -> tuple[tuple[str, str], ...]:
    """The keys that the answer to an upload leaves: what looks like an id and was not sent with the request."""
    try:
        value = json.loads(text_of(exchange.response))
    except (ValueError, RecursionError):
        return ()
    known = frozenset(_WORD.findall(exchange.path))
    found = dict.fromkeys(text for text in _words(value) if _ID.fullmatch(text) and text not in known)
    return tuple((ID_RULE, text) for text in itertools.islice(found, MAX_IDS))


def asked_keys(exchange: Exchange) -> tuple[tuple[str, str], ...]:
    """The keys that a served address asks for, hashes first."""
    path = exchange.path.partition("?")[0][:MAX_PATH]
    hashes = dict.fromkeys(itertools.islice(_HASH.findall(path), MAX_IDS))
    words = dict.fromkeys(itertools.islice(_WORD.findall(path), MAX_IDS))
    return (
        *((HASH_RULE, word.lower()) for word in hashes),
        *((ID_RULE, word) for word in words if _ID.fullmatch(word)),
    )


def _words(value: Any) -> Iterator[str]:
    """Strings and whole numbers of a JSON value, as text."""
    for item in leaves(value, _MAX_VALUES):
        if isinstance(item, str) or (isinstance(item, int) and not isinstance(item, bool)):
            yield str(item)
