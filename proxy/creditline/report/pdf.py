"""The report as PDF, from the HTML; it takes the extra `pdf` (WeasyPrint and the Pango library)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creditline.model.errors import MissingPartError
from creditline.report import html

if TYPE_CHECKING:
    from creditline.report.document import Document


def render(document: Document) -> bytes:
    """The file. Nothing is fetched: pictures are inside, everything else is refused.

    Raises:
        MissingPartError: WeasyPrint, or the library that it draws text with, is not installed.
    """
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise MissingPartError(
            f"PDF reports take WeasyPrint, which is not installed or does not start: {error}",
            next_step='pip install "creditline[pdf]", or --format html',
        ) from error
    made: bytes = weasyprint.HTML(
        string=html.render(document).decode("utf-8"), url_fetcher=_inside_only(weasyprint)
    ).write_pdf()
    return made


def _inside_only(weasyprint: Any) -> Any:
    """WeasyPrint's fetcher, for `data:` addresses and no others."""

    def fetch(url: str, *args: Any, **more: Any) -> Any:
        if not url.startswith("data:image/"):
            raise ValueError(f"{url[:80]} is outside of the report")
        return weasyprint.default_url_fetcher(url, *args, **more)

    return fetch
