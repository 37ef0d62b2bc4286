"""`creditline addon`."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.cli.sample import run


def test_prints_the_script_that_mitmproxy_loads() -> None:
    """One line: an existing Python file that gives mitmproxy its addons."""
    result = run("addon")

    (line,) = result.stdout.splitlines()
    module = ast.parse(Path(line).read_text(encoding="utf-8"))
    assigned = {
        t.id for n in module.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)
    }
    assert 0 == result.exit_code
    assert "addons" in assigned
