"""The extension's vocabularies are the package's."""

from __future__ import annotations

import importlib.util

from tests.extension.node import EXTENSION, ROOT


def test_the_extension_has_the_vocabularies_of_the_package() -> None:
    """vocabulary.js is as tools/extension_vocabulary.py writes it."""
    spec = importlib.util.spec_from_file_location(
        "extension_vocabulary", ROOT / "tools" / "extension_vocabulary.py"
    )
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)

    written = (EXTENSION / "lib" / "meta" / "vocabulary.js").read_text(encoding="utf-8")

    assert tool.text() == written
