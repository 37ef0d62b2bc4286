"""One tree of errors; each class has a stable code and, where there is one, the next step to take.

CreditlineError
├── UsageError               the request itself is off
│   └── SettingsError        an unknown or unusable setting
├── PictureError             a named picture cannot be used at all
├── ContainerError           the file's structure is broken
├── CarrierError             one metadata block is broken
├── LimitError               larger, deeper or slower than a cap allows
├── FetchError               an address that will not be, or could not be, fetched
├── LedgerError              the ledger cannot be read or written
│   ├── NotFoundError        no such observation, work or site
│   └── ConflictError        something else has that name already
├── SigningError             a manifest could not be signed
└── MissingPartError         a program or package that this step needs is absent
"""

from __future__ import annotations


class CreditlineError(Exception):
    """Anything Creditline refuses or fails to do; `str()` is one sentence for people."""

    code = "error"

    def __init__(self, message: str, *, next_step: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.next_step = next_step
        if code is not None:
            self.code = code


class UsageError(CreditlineError):
    """The request itself is off: an option, an argument, a combination of them."""

    code = "usage"


class SettingsError(UsageError):
    """An unknown key, or a value that its key cannot take."""

    code = "settings"


class PictureError(CreditlineError):
    """A named picture is missing, empty, unreadable or no picture at all."""

    code = "picture"


class ContainerError(CreditlineError):
    """The container does not follow its format; what was found before the break still counts."""

    code = "container_broken"


class CarrierError(CreditlineError):
    """One carrier is there but cannot be read; its presence is `unreadable`, never `absent`."""

    code = "carrier_broken"


class LimitError(CreditlineError):
    """Past a cap on size, depth, count or time; what was not examined is `not_examined`."""

    code = "limit"


class FetchError(CreditlineError):
    """An address that is not allowed, or that did not answer as a picture should."""

    code = "fetch"


class LedgerError(CreditlineError):
    """The ledger cannot be opened, read or written."""

    code = "ledger"


class NotFoundError(LedgerError):
    """No observation, work or site has that name."""

    code = "not_found"


class ConflictError(LedgerError):
    """What is recorded already stands against it: something else has that name, or rests on it."""

    code = "conflict"


class SigningError(CreditlineError):
    """A C2PA manifest could not be signed."""

    code = "signing"


class MissingPartError(CreditlineError):
    """A browser, package or program that this step needs is not installed."""

    code = "missing_part"
