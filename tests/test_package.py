"""The package as it is installed: what the wheel holds, and what `import creditline` gives and costs."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from tests.cli.sample import credited, jpeg, write

import creditline

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(next(iter(creditline.__path__)))
NEEDED = (
    "py.typed",
    "server/templates/base.html",
    "server/static/creditline.css",
    "demo/static/page.html",
    "vocab/site_profiles/mastodon.social.toml",
    "vocab/trust_lists/c2pa.pem",
    "ledger/migrations/env.py",
    "ledger/migrations/versions/rev_0001.py",
    "capture/script.py",
)
"""One of each kind of file that is found by its place in the package."""


def _wheel() -> set[str]:
    """Names in the wheel: as hatchling chooses them where it is installed, else by the same two rules.

    Everything in the folders that `packages` names is in it, unless version control ignores it.
    """
    if importlib.util.find_spec("hatchling") is not None:
        from hatchling.builders.wheel import WheelBuilder

        builder = WheelBuilder(str(ROOT))
        return {file.distribution_path for file in builder.recurse_included_files()}
    (folder,) = _project()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    found = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    ignored = subprocess.run(
        ["git", "check-ignore", "--stdin", "-z", "--no-index"],
        cwd=ROOT,
        input="\0".join(str(path.relative_to(ROOT)) for path in found),
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split("\0")
    parent = (ROOT / folder).parent
    return {path.relative_to(parent).as_posix() for path in found if str(path.relative_to(ROOT)) not in ignored}


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NEEDED)
def test_data_is_in_the_package_and_readable(name: str) -> None:
    """Templates, styles, profiles, trust lists and migrations are found as resources."""
    assert resources.files("creditline").joinpath(*name.split("/")).is_file()


def test_the_wheel_holds_every_file_of_the_package() -> None:
    """Nothing that lies in the package is left out, and nothing else comes in."""
    wheel = _wheel()
    there = {
        f"creditline/{path.relative_to(PACKAGE).as_posix()}"
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert there == {name for name in wheel if "__pycache__" not in name}
    assert {f"creditline/{name}" for name in NEEDED} <= wheel


def test_every_folder_with_code_is_a_package() -> None:
    """A folder without __init__ would be a namespace that other distributions could write into."""
    for folder in {path.parent for path in PACKAGE.rglob("*.py")}:
        assert (folder / "__init__.py").is_file(), folder


def test_the_distribution_names_its_version_and_command() -> None:
    """Installed under its name, with the version that the package says, and the command."""
    distribution = importlib.metadata.distribution("creditline")
    scripts = {entry.name: entry.value for entry in distribution.entry_points if entry.group == "console_scripts"}

    assert creditline.__version__ == distribution.version
    assert {"creditline": "creditline.__main__:main"} == scripts


def test_every_dependency_is_declared_with_bounds() -> None:
    """Each has a lower bound; those whose next major version may break us have an upper one."""
    lines = [line for line in importlib.metadata.requires("creditline") or [] if "extra ==" not in line]

    assert lines
    for line in lines:
        assert ">=" in line, line


def test_the_promised_names_are_there(tmp_path: Path) -> None:
    """`from creditline import …` as the documentation has it, on bytes and on paths."""
    from creditline import Audit, CreditlineError, Inspection, audit, inspect

    original = write(tmp_path / "a.jpg", credited())

    seen, judged = inspect(original), audit(original, jpeg(1, (160, 120)), uploaded=credited())

    assert isinstance(seen, Inspection)
    assert isinstance(judged, Audit)
    assert "creditline/inspection/1" == seen.to_json()["schema"]
    assert "creditline/audit/1" == judged.to_json()["schema"]
    assert ["uploaded", "served"] == judged.to_json()["fields"][0]["lost_between"]
    with pytest.raises(CreditlineError):
        inspect(tmp_path / "no.jpg")


def test_all_is_what_can_be_had() -> None:
    """Each name of `__all__` is there, and another name is an AttributeError as in any module."""
    for name in creditline.__all__:
        assert getattr(creditline, name) is not None
    with pytest.raises(AttributeError, match="nothing_of_ours"):
        _ = creditline.nothing_of_ours


def test_importing_the_package_is_light() -> None:
    """`import creditline` loads fewer than three modules of ours and nothing of others."""
    code = "import sys, creditline; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = done.stdout.split()

    assert len([name for name in loaded if name.startswith("creditline.")]) < 3
    assert not {"numpy", "PIL", "c2pa", "click", "sqlalchemy", "aiohttp", "mitmproxy"} & set(loaded)


@pytest.mark.parametrize("order", ["inspect, audit", "audit, inspect, CreditlineError"])
def test_the_promised_names_in_a_process_of_their_own(order: str) -> None:
    """They can be imported first of all, in any order."""
    code = f"from creditline import {order}; print(inspect.__module__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert "creditline.services.check\n" == done.stdout
