"""A few seconds of what `make fuzz-api` does for twenty minutes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")


@pytest.mark.skipif(not SCHEMATHESIS.exists(), reason="schemathesis is absent: pip install --group dev")
def test_made_up_requests_find_nothing() -> None:
    """Every answer is as its OpenAPI document says, whatever is asked."""
    command = [sys.executable, str(ROOT / "tools" / "fuzz_api.py"), "--seconds", "8"]

    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)

    assert 0 == done.returncode, done.stdout[-8000:]
