"""The worker process answers one line for each line, whatever the pictures do to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.analysis.pictures import encoded, painting

from creditline.model.errors import LimitError
from creditline.services import examine
from creditline.services.worker import answer

if TYPE_CHECKING:
    from pathlib import Path


def test_it_does_the_job_it_is_given(tmp_path: Path) -> None:
    """An original's reading comes back as the answer."""
    path = tmp_path / "a"
    path.write_bytes(encoded(painting(1)))

    found = answer({"job": "original", "path": str(path)}, tmp_path)

    assert "jpeg" == found["found"][0]["inspection"]["format"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (LimitError("too much", code="limit_x"), "limit_x"),
        (MemoryError(), "memory"),
        (ValueError("odd"), "reader_failed"),
        (RecursionError(), "reader_failed"),
        (FileNotFoundError(2, "gone"), "reader_failed"),
    ],
)
def test_whatever_goes_wrong_is_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    """Every error becomes a code and a sentence; the process lives on."""

    def fail(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(examine, "exchange", fail)

    found = answer({"job": "exchange", "path": "x"}, tmp_path)

    assert code == found["error"]["code"]
    assert found["error"]["message"]


@pytest.mark.parametrize("waited_for", [False, True])
def test_the_process_in_lines(tmp_path: Path, waited_for: bool) -> None:
    """One answer a line and nothing else on standard output, at the lowest priority unless it is waited for."""
    path = tmp_path / "a"
    path.write_bytes(encoded(painting(1)))
    jobs = [{"job": "original", "path": str(path)}, {"job": "original", "path": str(tmp_path / "none")}]
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from creditline.services import worker, examine\n"
        "read = examine.original\n"
        "def loud(path, home):\n"
        "    print('printed by a library')\n"
        "    os.write(1, b'written by a native one')\n"
        "    return read(path, home) | {'nice': os.nice(0)}\n"
        "examine.original = loud\n"
        f"worker.main(Path(sys.argv[1]), waited_for={waited_for})\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        input="".join(json.dumps(job) + "\n" for job in jobs),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert 2 == len(lines)
    assert "jpeg" == lines[0]["found"][0]["inspection"]["format"]
    assert "reader_failed" == lines[1]["error"]["code"]
    assert (os.nice(0) if waited_for else 19) == lines[0]["nice"]
    assert "printed by a library" in done.stderr
    assert "written by a native one" in done.stderr
