"""The worker process: one job a line on standard input, one answer a line on standard output."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditline.model.errors import CreditlineError
from creditline.vocab import trust

if TYPE_CHECKING:
    from collections.abc import Callable

LOWEST_PRIORITY = 19
WAITED_FOR = "--waited-for"
"""Somebody looks on: do not step back for everything else that runs."""


def answer(job: dict[str, Any], home: Path) -> dict[str, Any]:
    """Do one job; whatever goes wrong with its picture becomes part of the answer."""
    from creditline.services import credit, examine, many, repair, second_stage

    jobs: dict[str, Callable[..., dict[str, Any]]] = {
        "exchange": examine.exchange,
        "original": examine.original,
        "codes": examine.codes_of,
        "inspections": many.inspections,
        "credit": credit.credit,
        "repair": repair.repair,
        "prepare": repair.prepare,
        "place": second_stage.place,
    }
    try:
        more = {name: value for name, value in job.items() if name not in {"job", "path"}}
        return jobs[job["job"]](Path(job["path"]), home, **more)
    except CreditlineError as error:
        return {"error": {"code": error.code, "message": str(error)}}
    except MemoryError:
        return {"error": {"code": "memory", "message": "reading this picture took more memory than allowed"}}
    except Exception as error:  # noqa: BLE001 - the process must live on, and the record says what happened
        return {"error": {"code": "reader_failed", "message": f"{type(error).__name__}: {error}"}}


def main(home: Path, *, waited_for: bool) -> None:
    """Answer jobs until standard input ends; where nobody waits for them, only while the machine is idle."""
    # Libraries that print must not garble the answers: they get standard error.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    if not waited_for:
        _step_back()
    trust.use(home)
    for line in sys.stdin:
        answers.write(json.dumps(answer(json.loads(line), home)) + "\n")
        answers.flush()


def _step_back() -> None:
    """Run only when nobody else wants to: the wire must not feel that there is work."""
    if hasattr(os, "nice"):
        os.nice(LOWEST_PRIORITY)
    if hasattr(os, "SCHED_IDLE"):
        # Linux lets even the nicest process finish its slice before another may run; not this class.
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


if __name__ == "__main__":
    main(Path(sys.argv[1]), waited_for=WAITED_FOR in sys.argv)
