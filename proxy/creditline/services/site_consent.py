"""What a website of one's own says of AI training: the files and lines of the conventions that there are.

TDM Reservation Protocol (W3C community group report, 2024-05-10), robots.txt groups for crawlers that train models, and
DeviantArt's `noai`, which is no standard. Silence is what a site says without them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from creditline.model.stamp_profile import StampProfile

CRAWLERS = (
    "GPTBot",
    "Google-Extended",
    "CCBot",
    "ClaudeBot",
    "anthropic-ai",
    "Applebot-Extended",
    "Bytespider",
    "meta-externalagent",
)
"""Names that the operators publish for crawling towards training; search engines' own crawlers are not among them."""


def files(profile: StampProfile) -> list[tuple[str, str]]:
    """Path or place → content, for the root of a site that holds the user's pictures.

    What is said is the profile's `ai_training`, or without one that it is prohibited; `web_statement` is the policy
    that conditions are to be read at.
    """
    word = profile.training()[0] or "prohibited"
    reserved = word != "allowed"
    policy = {"tdm-policy": profile.web_statement} if reserved and profile.web_statement else {}
    location = {"location": "/", "tdm-reservation": int(reserved)} | policy
    groups = "".join(f"User-agent: {name}\n" for name in CRAWLERS)
    metas = [f'<meta name="tdm-reservation" content="{int(reserved)}">']
    headers = [f"tdm-reservation: {int(reserved)}"]
    if policy:
        metas.append(f'<meta name="tdm-policy" content="{_attribute(profile.web_statement)}">')
        headers.append(f"tdm-policy: {_line(profile.web_statement)}")
    if word == "prohibited":
        metas.append('<meta name="robots" content="noai, noimageai">')
        headers.append("X-Robots-Tag: noai, noimageai")
    return [
        ("/.well-known/tdmrep.json", json.dumps([location], indent=2, ensure_ascii=False) + "\n"),
        ("/robots.txt (add these lines)", f"{groups}{'Disallow' if reserved else 'Allow'}: /\n"),
        ("in the <head> of every page", "\n".join(metas) + "\n"),
        ("as headers of every answer, pictures included", "\n".join(headers) + "\n"),
    ]


def _attribute(text: str) -> str:
    return _line(text).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _line(text: str) -> str:
    return " ".join(text.split())
