"""Credit, consent and AI provenance of pictures: what a site took out, and where.

`inspect(source) -> Inspection`, `audit(original, served, *, uploaded=None) -> Audit` and
`restore(copy, original, *, policy=None) -> bytes` are pure functions over bytes or a file's path; errors derive from
`CreditlineError` (contract §7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Audit", "CreditlineError", "Inspection", "Policy", "audit", "inspect", "restore"]

if TYPE_CHECKING:
    from creditline.model.audit import Audit
    from creditline.model.errors import CreditlineError
    from creditline.model.reading import Inspection
    from creditline.reattach.plan import Policy
    from creditline.services.check import audit, inspect
    from creditline.services.restore import restore

_HOMES = {
    "Audit": "creditline.model.audit",
    "CreditlineError": "creditline.model.errors",
    "Inspection": "creditline.model.reading",
    "Policy": "creditline.reattach.plan",
    "audit": "creditline.services.check",
    "inspect": "creditline.services.check",
    "restore": "creditline.services.restore",
}


def __getattr__(name: str) -> Any:
    """Import on use: a command that needs one picture read must not wait for numpy and c2pa."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
