"""Account exports: the right pictures, the right site, nothing private."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from tests.importers.archives import CAP, PICTURE

from creditline.importers.export_zip import OTHER_ROLE, PRIVATE, read, recognises
from creditline.importers.found import Exported, Unusable
from creditline.model.errors import PictureError

if TYPE_CHECKING:
    from pathlib import Path

EXPORTS = {
    "x": (
        "data/manifest.js",
        "data/tweets_media/123-ESIQ9H3pgRUabcd.jpg",
        "data/direct_messages_media/1-a.jpg",
        "data/profile_media/1-b.jpg",
    ),
    "instagram": (
        "your_instagram_activity/media/posts_1.json",
        "media/posts/202601/5_n.jpg",
        "your_instagram_activity/messages/inbox/ann_1/photos/7.jpg",
        "media/profile/202001/1.jpg",
    ),
    "facebook": (
        "your_facebook_activity/posts/your_posts_1.json",
        "your_facebook_activity/posts/media/Photos_1/5_n.jpg",
        "your_facebook_activity/messages/inbox/ann_1/photos/7.jpg",
        "your_facebook_activity/groups/1.jpg",
    ),
    "tumblr": ("payload-0.json", "media/123456.png", "conversations/media/1.jpg", "avatars/a.png"),
}


def export(path: Path, site: str, root: str = "") -> Path:
    sign, picture, private, other = EXPORTS[site]
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(root + sign, "{}")
        for name in (picture, private, other, "notes.txt"):
            package.writestr(zipfile.ZipInfo(root + name, (2026, 1, 2, 3, 4, 6)), PICTURE)
    return path


@pytest.mark.parametrize("root", ["", "instagram-ann-2026/"])
@pytest.mark.parametrize("site", EXPORTS)
def test_layouts(tmp_path: Path, site: str, root: str) -> None:
    """Posts' pictures come with site, name and time; private messages and portraits are left out and said."""
    path = export(tmp_path / "a.zip", site, root)

    found = list(read(path, CAP))

    assert recognises(path, path.read_bytes()[:64])
    (picture,) = [item for item in found if isinstance(item, Exported)]
    assert (site, root + EXPORTS[site][1], PICTURE, "2026-01-02T03:04:06.000Z") == (
        picture.site,
        picture.name,
        picture.data,
        picture.at,
    )
    assert {PRIVATE, OTHER_ROLE} == {item.why for item in found if isinstance(item, Unusable)}


def test_a_media_key_leads_to_the_upload(tmp_path: Path) -> None:
    """X names the file by the key of its address, which the upload's id gives."""
    (picture,) = [item for item in read(export(tmp_path / "a.zip", "x"), CAP) if isinstance(item, Exported)]

    assert (("x:b64url_u64be:id", "ESIQ9H3pgR"),) == picture.keys


def test_bombs_are_refused(tmp_path: Path) -> None:
    """A member over the cap is never unpacked whole."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("payload-0.json", "{}")
        package.writestr("media/1.png", b"\0" * (CAP + 1))

    (refused,) = read(path, CAP)

    assert isinstance(refused, Unusable)


@pytest.mark.parametrize("name", ["a.txt", "word/document.xml"])
def test_other_zips(tmp_path: Path, name: str) -> None:
    """A ZIP of another kind is not recognised, and refused with its name."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(name, "x")

    assert not recognises(path, path.read_bytes()[:64])
    with pytest.raises(PictureError, match=r"a\.zip"):
        list(read(path, CAP))
