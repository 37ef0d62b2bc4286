"""Rewrites lead to the largest copy's address and touch nothing else."""

from __future__ import annotations

import pytest

from creditline.pipeline.largest import candidates, is_largest
from creditline.vocab import sites

PIN = "https://i.pinimg.com/236x/01/23/45/0123456789abcdef0123456789abcdef.jpg"


def test_extensions_are_tried_in_order() -> None:
    """The extension that is there comes first."""
    profile = sites.load().profile("pinterest")
    assert profile is not None

    found = [candidate.url.rpartition(".")[2] for candidate in candidates(profile, PIN)]

    assert ["jpg", "png", "gif", "webp"] == found
    assert is_largest(profile, PIN.replace("236x", "originals"))


@pytest.mark.parametrize(
    "url", ["https://i.pinimg.com/", "https://[", "", "x", "https://evil.test/236x/01/23/45/a.jpg"]
)
def test_no_copy_has_no_larger_one(url: str) -> None:
    """What is no served address has no candidates, and nobody knows its size."""
    profile = sites.load().profile("pinterest")
    assert profile is not None

    assert () == candidates(profile, url)
    assert is_largest(profile, url) is None


def test_signed_and_free_are_told_apart() -> None:
    """A rewrite that needs no signature says so."""
    known = sites.load()
    mastodon, discord = known.profile("mastodon.social"), known.profile("discord")
    assert mastodon is not None
    assert discord is not None
    small = "https://files.mastodon.social/media_attachments/files/022/348/641/small/e96382f26c72a29c.png"

    assert not candidates(mastodon, small)[0].free
    assert not candidates(discord, "https://media.discordapp.net/attachments/1/2/a.png?ex=1&width=5")[0].free
