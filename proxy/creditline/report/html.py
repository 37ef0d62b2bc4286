"""The report as one self-contained HTML file: no script, no link to anything outside, previews inside."""

from __future__ import annotations

import base64
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from creditline.report import words
from creditline.report.document import OUTCOMES
from creditline.vocab import messages

if TYPE_CHECKING:
    from creditline.report.document import Document


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("creditline.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        base64=lambda data: base64.b64encode(data).decode("ascii"),
        percent=words.percent,
        day=words.day,
        certain=words.certain,
        counted=messages.counted,
    )
    return environment


def markup(document: Document) -> str:
    """The file's text; every value in it is escaped."""
    template = _environment().get_template("report.html")
    return template.render(d=document, outcomes=messages.OUTCOMES, order=OUTCOMES, words=words)


def render(document: Document) -> bytes:
    """The file, in UTF-8; lone surrogates, which no UTF-8 has, as `�`."""
    return markup(document).encode("utf-8", "replace")
