"""The test sites' pages: one template, filled per site; script and style are files of their own, as CSP wants."""

from __future__ import annotations

import html
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATIC = Path(__file__).with_name("static")

ASSETS = {"site.js": "text/javascript", "site.css": "text/css"}
"""What a page loads besides pictures, with its media type."""

SECURITY_POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"
"""The sites' Content-Security-Policy: strict, as that of the sites they stand for."""


def asset(name: str) -> str:
    """The text of one of `ASSETS`."""
    return (_STATIC / name).read_text(encoding="utf-8")


def page(name: str, behaviour: str, *, needs_script: bool, served: Mapping[str, str] | None = None) -> str:
    """A site's page; `served` (variant → URL) shows pictures without a script, after a plain form was sent."""
    figures = [
        f'<figure><img src="{html.escape(url)}" alt="the picture as served, {html.escape(variant)}">'
        f"<figcaption>{html.escape(variant)}</figcaption></figure>"
        for variant, url in (served or {}).items()
    ]
    return Template((_STATIC / "page.html").read_text(encoding="utf-8")).substitute(
        name=html.escape(name),
        behaviour=html.escape(behaviour),
        encode="page" if needs_script else "server",
        form="" if needs_script else ' method="post" action="/upload" enctype="multipart/form-data"',
        without_script="<noscript><p>This site sends nothing without scripts.</p></noscript>"
        if needs_script
        else "",
        served="".join(figures),
    )
