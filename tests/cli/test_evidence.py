"""`creditline evidence`: export, and check what was exported."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from tests.cli.sample import jpeg, run

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_exported_verifies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 0 and the digest that export printed; 1 once a byte of it was changed; 2 for what is no package."""
    monkeypatch.setenv("CREDITLINE_HOME", str(tmp_path / "home"))
    (tmp_path / "a.jpg").write_bytes(jpeg())
    work = json.loads(run("import", tmp_path / "a.jpg", "--json").stdout.splitlines()[0])["work"]
    out = tmp_path / "out.wacz"

    exported = run("evidence", "export", work, "-o", out)
    verified = run("evidence", "verify", out, "--json")

    assert (0, 0) == (exported.exit_code, verified.exit_code), exported.output + verified.output
    said = json.loads(verified.stdout)
    assert ("creditline/evidence/1", True, 1) == (said["schema"], said["holds"], said["observations"])
    assert f"sha256:{said['digest']}" in exported.stdout
    assert 2 == run("evidence", "export", work, "-o", out).exit_code
    assert 2 == run("evidence", "export", "nothing", "-o", tmp_path / "b.wacz").exit_code
    assert 2 == run("evidence", "verify", tmp_path / "a.jpg").exit_code

    changed = tmp_path / "changed.wacz"
    with zipfile.ZipFile(out) as before, zipfile.ZipFile(changed, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b"jpeg", b"JPEG"))

    assert 1 == run("evidence", "verify", changed).exit_code
