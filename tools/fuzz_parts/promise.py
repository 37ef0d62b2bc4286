"""What must hold of a reading whatever the bytes were: the contract's line, and no absence that nobody saw."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from creditline.model.reading import Inspection

MAX_SECONDS = 2
"""A reading takes no longer, whatever the bytes are."""
MAX_MEGABYTES = 512
"""Nor does the process that makes it grow beyond this."""

WHOLE_FILE = frozenset({"container_broken", "truncated", "limit"})
"""Trouble with the container itself: behind the place of it there may have been more."""


def most_memory() -> int:
    """Megabytes that this process took at most, from its own start.

    `ru_maxrss` is not asked where Linux tells better: a process begins there with what its parent had.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) // 1024
    except (OSError, IndexError, ValueError):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def broken_by(inspection: Inspection) -> str | None:
    """The promise that this reading breaks, as a sentence; None when it keeps them all."""
    line = inspection.to_json()
    try:
        again = json.loads(json.dumps(line, ensure_ascii=False, allow_nan=False).encode())
    except ValueError as error:
        return f"the line is no JSON in UTF-8: {error}"
    if again != line or type(inspection).from_json(again).to_json() != line:
        return "the line does not come back from JSON as it was"
    states = {item.carrier: str(item.state) for item in inspection.carriers}
    for problem in inspection.errors:
        if problem.carrier is not None and states.get(problem.carrier) == "absent":
            return f"{problem.carrier} is called absent, beside the error {problem.code}: {problem.message}"
    unread = inspection.format == "unknown" or any(
        problem.carrier is None and problem.code in WHOLE_FILE for problem in inspection.errors
    )
    # Whether pixels hide a record is known once they were decoded, however the file goes on.
    claimed = {state for carrier, state in states.items() if carrier != "stealth"}
    if unread and inspection.format != "jpeg" and "absent" in claimed:
        return f"{inspection.format} broke off, and yet something is called absent"
    if inspection.c2pa.state == "none" and states.get("c2pa") not in {"absent", None}:
        return f"no manifest, says the reading, while the carrier is {states['c2pa']}"
    return None
