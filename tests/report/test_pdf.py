"""The report on paper."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from tests.report.sample import HOSTILE, document

from creditline.model.errors import MissingPartError
from creditline.report import pdf

if TYPE_CHECKING:
    from collections.abc import Callable


def _weasyprint() -> None:
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        pytest.skip('WeasyPrint is absent; pip install "creditline[pdf]" brings it')


def test_a_pdf_comes_out_and_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hostile text included: what is not inside the file is refused."""
    _weasyprint()
    import weasyprint

    fetchers: list[Callable[[str], object]] = []
    make = weasyprint.HTML
    monkeypatch.setattr(
        weasyprint, "HTML", lambda **given: (fetchers.append(given["url_fetcher"]), make(**given))[1]
    )
    data = pdf.render(document(HOSTILE, site=HOSTILE))

    assert data.startswith(b"%PDF-")
    for url in ("http://127.0.0.1/x", "file:///etc/passwd", "data:text/html,x"):
        with pytest.raises(ValueError, match="outside"):
            fetchers[0](url)


def test_without_the_extra_it_says_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing package is an error with the command for it."""
    monkeypatch.setitem(sys.modules, "weasyprint", None)

    with pytest.raises(MissingPartError) as caught:
        pdf.render(document())
    assert "creditline[pdf]" in str(caught.value.next_step)
