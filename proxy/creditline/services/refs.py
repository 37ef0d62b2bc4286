"""What an `x-creditline` header stands for: which address a picture was served from, for who asks for its label.

A ref is random and means nothing to a site or a page. It is held in memory, the latest ones only; an unknown one is
no error, since whoever asks has the picture's address, too.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict

HELD = 4096
"""Refs that are known, the latest: a browser asks in the moment after it has seen one."""
BYTES = 12


class Refs:
    """Fresh refs and their addresses; for any thread."""

    def __init__(self) -> None:
        self._addresses: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def fresh(self, url: str) -> str:
        """A new ref, of letters, digits, `-` and `_`, for a picture that is served from `url`."""
        ref = secrets.token_urlsafe(BYTES)
        with self._lock:
            self._addresses[ref] = url
            while len(self._addresses) > HELD:
                self._addresses.popitem(last=False)
        return ref

    def address(self, ref: str | None) -> str | None:
        """The address that a ref was made for; None when it is not known, or not any more."""
        with self._lock:
            return None if ref is None else self._addresses.get(ref)
