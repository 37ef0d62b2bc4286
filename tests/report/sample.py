"""A document with every part filled; `text` stands in every place that strangers can write to."""

from __future__ import annotations

from creditline.report import statutory
from creditline.report.document import Change, Document, Example, Line, Picture, SiteLine

HOSTILE = '=HYPERLINK("http://x.example","x")</style></table><script>alert(1)</script>|[a](javascript:1)`{{7*7}}`'
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
"""A PNG of one transparent pixel."""


def document(text: str = "Ann Example", *, site: str | None = "imageboard.example") -> Document:
    """One site, three lines, one example."""
    name = site or text
    lines = (
        Line(name, "judgement", "ai", "AI label", None, {"removed": 3}, (("by the site", 3),)),
        Line(name, "field", "creator", "Creator", 2, {"removed": 2, "kept": 1}, (("by the site", 2),)),
        Line(name, "field", "web_statement", "Rights statement on the web", 6, {"kept": 3}),
        Line(name, "field", text, text, 6, {"altered": 1, "not_examined": 2}, ((text, 1),)),
    )
    sites = (SiteLine(name, 3, 3, 4, 2, "2026-08-20T09:00:00.000Z", "2026-08-21T09:00:00.000Z", lines),)
    changes = (Change(text, (("original", text), ("served copy", "(not there)")), "removed", "by the site"),)
    pictures = (
        Picture("original", "a" * 64, f"JPEG, {text}", PIXEL, "image/png"),
        Picture("served copy", "b" * 64, text, None),
    )
    return Document(
        made="2026-08-22T10:00:00.000Z",
        version="1.2.3",
        title=text,
        scope=text,
        headline=text,
        answers=(("What was lost", text), ("Where", text), ("How sure", text)),
        figures=(("postings compared", 3), ("sites", 1)),
        sites=sites,
        examples=(Example(text, name, "2026-08-21T09:00:00.000Z", "W1", "V1", (text,), pictures, changes),),
        method=("How it was done.",),
        tools=(("creditline", "1.2.3"),),
        limits=(text,),
        exposure=statutory.exposure(3),
        site=site,
    )
