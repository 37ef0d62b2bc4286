"""From a document to bytes in the format that was asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple

from creditline.model.errors import UsageError
from creditline.report import RENDERERS

if TYPE_CHECKING:
    from creditline.report.document import Document


class Kind(NamedTuple):
    """How a format goes over HTTP and what its files are called."""

    media_type: str
    suffix: str


FORMATS: Final = {
    "html": Kind("text/html", ".html"),
    "pdf": Kind("application/pdf", ".pdf"),
    "csv": Kind("text/csv", ".csv"),
    "json": Kind("application/json", ".json"),
    "markdown": Kind("text/markdown", ".md"),
    "letter": Kind("text/plain", ".txt"),
}
"""Every format of `RENDERERS`."""


def render(document: Document, form: str) -> bytes:
    """The document in a format.

    Raises:
        UsageError: there is no such format, or the document is not about what the format is for.
        MissingPartError: the package for it is not installed.
    """
    module = dict(RENDERERS).get(form)
    if module is None:
        raise UsageError(f"there is no report format {form!r}", next_step=f"one of {', '.join(FORMATS)}")
    made: bytes = import_module(module).render(document)
    return made
