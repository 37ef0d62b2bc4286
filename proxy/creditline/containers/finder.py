"""What every module in FINDERS offers: one container, found and spliced."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from creditline.model.picture import Layout


class Finder(Protocol):
    """A module that knows one container.

    `find` raises ContainerError only for a file that never began as its format does; `replace` also for a
    broken one. Both take bounded time whatever the bytes are.
    """

    @property
    def FORMATS(self) -> tuple[str, ...]:  # noqa: N802 - a constant of the module
        """The names in `model.picture.FORMATS` of what it reads: one container may serve several."""

    @property
    def CARRIERS(self) -> tuple[str, ...]:  # noqa: N802 - a constant of the module
        """The carriers that its files can hold."""

    @property
    def WRITABLE(self) -> tuple[str, ...]:  # noqa: N802 - a constant of the module
        """Those of them that `replace` takes."""

    def find(self, data: bytes) -> Layout:
        """Where the blocks are."""

    def replace(self, data: bytes, changes: Mapping[str, Sequence[bytes]]) -> bytes:
        """The file with the named carriers holding exactly the given payloads."""


class OnUse:
    """A finder by its module's name, imported when it is first asked: one picture needs one of a dozen."""

    __slots__ = ("FORMATS", "_finder", "_module", "_name")

    def __init__(self, module: str, formats: tuple[str, ...], name: str | None = None) -> None:
        self.FORMATS = formats
        self._module = module
        self._name = name
        self._finder: Any = None

    @property
    def CARRIERS(self) -> tuple[str, ...]:  # noqa: N802 - as in Finder
        """The carriers that its files can hold."""
        return self._loaded().CARRIERS

    @property
    def WRITABLE(self) -> tuple[str, ...]:  # noqa: N802 - as CARRIERS
        """Those of them that `replace` takes; all of them unless the finder says otherwise."""
        writable: tuple[str, ...] = getattr(self._loaded(), "WRITABLE", self.CARRIERS)
        return writable

    def find(self, data: bytes) -> Layout:
        """Where the blocks are."""
        return self._loaded().find(data)

    def replace(self, data: bytes, changes: Mapping[str, Sequence[bytes]]) -> bytes:
        """The file with the named carriers holding exactly the given payloads."""
        return self._loaded().replace(data, changes)

    def _loaded(self) -> Finder:
        if self._finder is None:
            module: Any = import_module(f"creditline.containers.{self._module}")
            self._finder = module if self._name is None else getattr(module, self._name)
        finder: Finder = self._finder
        return finder
