"""Account exports as ZIP files: Instagram, X, Facebook and Tumblr, by the folders that each one uses.

A site's export is one more stage: what the site kept, or what it hands back. Pictures of private messages are left out,
portraits and banners too.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from creditline.importers.found import Exported, Unusable
from creditline.model.errors import PictureError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from creditline.importers.found import Item

NAME = "account export"
MAX_MEMBERS = 200_000
MAX_NAME = 1024
PRIVATE = "a picture of private messages"
OTHER_ROLE = "a portrait, banner or thumbnail"
_PICTURE = r"[^/]+\.(?:jpe?g|png|webp|heic|heif|gif|avif|tiff?)"


@dataclass(frozen=True, slots=True)
class _Layout:
    """One site's export: a name that is in no other, and where its pictures are."""

    site: str
    sign: re.Pattern[str]
    pictures: re.Pattern[str]
    private: re.Pattern[str]
    other: re.Pattern[str]


def _layout(site: str, sign: str, pictures: str, private: str, other: str) -> _Layout:
    root = r"(?:[^/]+/)?"
    patterns = [re.compile(root + text, re.IGNORECASE) for text in (sign, pictures, private, other)]
    return _Layout(site, *patterns)


LAYOUTS = (
    _layout(
        "x",
        r"data/(manifest|account)\.js",
        rf"data/tweets?_media/(?P<post>\d+)-(?P<key>[\w-]{{15}})\.\w+|data/(community_tweet|moments_tweets)_media/{_PICTURE}",
        rf"data/direct_messages(_group)?(_headers)?_media/{_PICTURE}",
        rf"data/profile_media/{_PICTURE}",
    ),
    _layout(
        "instagram",
        r"(your_instagram_activity/.*|content/posts_1\.json|(your_instagram_activity/)?media/posts_1\.(json|html))",
        rf"media/(posts|stories|reels|archived_posts|other|recently_deleted)/(.*/)?{_PICTURE}",
        rf"(your_instagram_activity/)?messages/.*{_PICTURE}",
        rf"media/profile/(.*/)?{_PICTURE}",
    ),
    _layout(
        "facebook",
        r"(your_facebook_activity/.*|posts/your_posts(_\d+)?\.(json|html)|posts/album/\d+\.(json|html))",
        rf"(your_facebook_activity/)?(posts|stories|albums|photos_and_videos)/(.*/)?{_PICTURE}",
        rf"(your_facebook_activity/)?messages/.*{_PICTURE}",
        rf"(your_facebook_activity/)?(profile_information|groups|events)/.*{_PICTURE}",
    ),
    _layout(
        "tumblr",
        r"(posts/(html/)?\d+\.html|payload-\d+\.json|posts\.zip)",
        rf"(posts/)?media/(?P<post>\d+)(_\d+)?\.(jpe?g|png|webp|gif)|media/{_PICTURE}",
        rf"(conversations|messaging)/.*{_PICTURE}",
        rf"(avatars?|headers?)/.*{_PICTURE}",
    ),
)


def recognises(path: Path, head: bytes) -> bool:
    """A ZIP that has one of the sites' folders."""
    return head.startswith(b"PK\x03\x04") and path.suffix.lower() != ".wacz" and _site(path) is not None


def read(path: Path, cap: int) -> Iterator[Item]:
    """Every picture of a post, story or album, with the site and the time in the ZIP's directory.

    Raises:
        PictureError: no export of a known layout, or no ZIP.
    """
    layout = _site(path)
    if layout is None:
        raise PictureError(f"{path} is no account export of a known layout")
    try:
        with zipfile.ZipFile(path) as package:
            for member in package.infolist()[:MAX_MEMBERS]:
                yield from _member(package, member, layout, cap)
    except (zipfile.BadZipFile, OSError) as error:
        raise PictureError(f"{path} is damaged: {error}") from error


def _site(path: Path) -> _Layout | None:
    try:
        with zipfile.ZipFile(path) as package:
            names = [name[:MAX_NAME] for name in package.namelist()[:MAX_MEMBERS]]
    except (zipfile.BadZipFile, OSError, ValueError):
        return None
    return next((known for known in LAYOUTS if any(known.sign.fullmatch(name) for name in names)), None)


def _member(package: zipfile.ZipFile, member: zipfile.ZipInfo, layout: _Layout, cap: int) -> Iterator[Item]:
    name = member.filename[:MAX_NAME]
    if layout.private.fullmatch(name):
        yield Unusable(name, PRIVATE)
        return
    if layout.other.fullmatch(name):
        yield Unusable(name, OTHER_ROLE)
        return
    matched = layout.pictures.fullmatch(name)
    if matched is None or member.is_dir():
        return
    if member.file_size > cap:
        yield Unusable(name, "over the cap on kept bodies")
        return
    try:
        with package.open(member) as file:
            data = file.read(cap + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        yield Unusable(name, f"cannot be unpacked: {type(error).__name__}")
        return
    if len(data) > cap:
        yield Unusable(name, "over the cap on kept bodies")
        return
    key = matched.groupdict().get("key") if layout.site == "x" else None
    keys = (("x:b64url_u64be:id", key[:10]),) if key else ()
    yield Exported(layout.site, name, _at(member), data, keys)


def _at(member: zipfile.ZipInfo) -> str:
    try:
        found = datetime(*member.date_time, tzinfo=UTC)
    except ValueError:
        found = datetime(1980, 1, 1, tzinfo=UTC)
    return found.isoformat(timespec="milliseconds").replace("+00:00", "Z")
