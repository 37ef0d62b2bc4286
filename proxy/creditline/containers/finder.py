"""What every module in FINDERS offers: one format, found and spliced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from creditline.model.picture import Layout


class Finder(Protocol):
    """A module that knows one container format.

    `find` raises ContainerError only for a file that never began as its format does; `replace` also for a
    broken one. Both take bounded time whatever the bytes are.
    """

    @property
    def FORMAT(self) -> str:  # noqa: N802 - a constant of the module
        """Its name in `model.picture.FORMATS`."""

    @property
    def CARRIERS(self) -> tuple[str, ...]:  # noqa: N802 - a constant of the module
        """The carriers that the format can hold."""

    def find(self, data: bytes) -> Layout:
        """Where the blocks are."""

    def replace(self, data: bytes, changes: Mapping[str, Sequence[bytes]]) -> bytes:
        """The file with the named carriers holding exactly the given payloads."""
