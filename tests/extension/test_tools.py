"""The extension passes its linters and type check, and what goes to the stores is whole."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest
from tests.extension.node import EXTENSION, ROOT

if TYPE_CHECKING:
    from pathlib import Path

TOOLS = ROOT / "tools" / "extension"
needs_tools = pytest.mark.skipif(
    not (TOOLS / "node_modules").is_dir() or shutil.which("npm") is None,
    reason="the extension's linters are not installed: `make ci-deps` brings them",
)
LANGUAGES = {"de", "en", "es", "fr", "ja"}


def _run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["npm", "run", "--silent", script], cwd=TOOLS, capture_output=True, text=True, check=False, timeout=180
    )


@needs_tools
@pytest.mark.parametrize("script", ["lint", "types"])
def test_checks_pass(script: str) -> None:
    """eslint (with no-unsanitized) and `tsc --noEmit` find nothing."""
    said = _run(script)

    assert (0, "") == (said.returncode, said.stdout + said.stderr)


@needs_tools
def test_web_ext_lint_finds_no_error() -> None:
    """Mozilla's linter: no error, and no warning but the one that both kinds of background bring."""
    said = subprocess.run(
        ["npx", "web-ext", "lint", "--source-dir", str(EXTENSION), "--output", "json", "--no-input"],
        cwd=TOOLS,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    report = json.loads(said.stdout)

    assert report["errors"] == []
    assert {"BACKGROUND_SERVICE_WORKER_IGNORED"} >= {warning["code"] for warning in report["warnings"]}


def _messages(language: str) -> dict[str, dict[str, str]]:
    path = EXTENSION / "_locales" / language / "messages.json"
    loaded: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_each_language_is_complete(language: str) -> None:
    """Same keys as English, no empty text, the same places for parts, the same commands."""
    english, other = _messages("en"), _messages(language)

    assert english.keys() == other.keys()
    for key, entry in english.items():
        said = other[key]["message"]
        assert said.strip(), key
        for pattern in (r"\$\d", r"`[^`]+`"):
            assert sorted(re.findall(pattern, entry["message"])) == sorted(re.findall(pattern, said)), key


def test_every_word_that_is_asked_for_is_there() -> None:
    """Each literal key in the code is a message, and every message is asked for somewhere."""
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in EXTENSION.rglob("*.[jh][st]*") if path.suffix != ".json"
    )
    asked = set(re.findall(r'\b(?:say|add|told)\("(\w+)"', code)) | set(
        re.findall(r'data-say(?:-label)?="(\w+)"', code)
    )
    stems = tuple(re.findall(r"`(\w+_)\$\{", code)) + ("label_", "sentence_", "consent_", "c2pa_")
    manifest = set(re.findall(r"__MSG_(\w+)__", (EXTENSION / "manifest.json").read_text(encoding="utf-8")))
    words = _messages("en").keys()

    assert set() == asked - words
    unasked = {key for key in words if f'"{key}"' not in code and not key.startswith(stems)} - manifest
    assert set() == unasked


def test_nothing_is_made_from_markup() -> None:
    """No code turns text into markup or into code, whatever the linter is told."""
    forbidden = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc")
    found = {path.name for path in EXTENSION.rglob("*.js") if forbidden.search(path.read_text(encoding="utf-8"))}

    assert set() == found


def test_each_permission_is_explained() -> None:
    """docs/permissions.md has a paragraph for each permission of the manifest, none for another, and for the hosts."""
    manifest = json.loads((EXTENSION / "manifest.json").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    paragraphs = re.findall(
        r"^\*\*`(\w+)`", page.partition("# What the browser extension may do")[2], re.MULTILINE
    )

    assert {"host_permissions", "optional_host_permissions", *manifest["permissions"]} == set(paragraphs)
    assert len(paragraphs) == len(set(paragraphs))
    for host in (*manifest["host_permissions"], *manifest["optional_host_permissions"]):
        assert f"`{host}`" in page


def test_no_site_is_granted_at_installation() -> None:
    """Sites are optional, granted one by one; what is given at once is this machine, and no script runs by itself."""
    manifest = json.loads((EXTENSION / "manifest.json").read_text(encoding="utf-8"))

    assert ["http://127.0.0.1/*", "http://localhost/*"] == manifest["host_permissions"]
    assert manifest.keys().isdisjoint({"content_scripts", "web_accessible_resources", "externally_connectable"})


def test_the_zip_is_the_folder_and_the_same_each_time(tmp_path: Path) -> None:
    """`make extension` packs every file, and packing again gives the same bytes."""
    spec = importlib.util.spec_from_file_location("zip_extension", ROOT / "tools" / "zip_extension.py")
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)

    first, second = tool.write(tmp_path / "a"), tool.write(tmp_path / "b")

    files = {path.relative_to(EXTENSION).as_posix() for path in EXTENSION.rglob("*") if path.is_file()}
    with zipfile.ZipFile(first) as packed:
        assert files == set(packed.namelist())
    assert first.read_bytes() == second.read_bytes()
