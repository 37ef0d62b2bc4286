"""The registry of formats."""

from __future__ import annotations

import pytest
from tests.report.sample import document

from creditline.model.errors import UsageError
from creditline.report import RENDERERS
from creditline.report.render import FORMATS, render


def test_every_format_is_registered_once() -> None:
    """Registry and media types name the same formats."""
    assert sorted(FORMATS) == sorted(name for name, _ in RENDERERS)


def test_a_format_is_found_by_its_name() -> None:
    """An unknown one is refused with those that are there."""
    assert render(document(), "json").startswith(b'{"schema": "creditline/report/1"')
    with pytest.raises(UsageError) as caught:
        render(document(), "docx")
    assert "markdown" in str(caught.value.next_step)
