"""Which hosts are opened follows from profiles and the user's own list, nothing else."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from creditline.model.errors import SettingsError
from creditline.vocab import sites

if TYPE_CHECKING:
    from pathlib import Path

OWN = """
id = "{id}"
name = "Mine"
last_verified = 2026-01-01
confidence = "low"
evidence = ["me"]
hosts = ['^{host}$']
"""

# An upload's address, the address of a copy, and the profile that must know both.
SAMPLES = [
    ("bluesky", "https://morel.us-east.host.bsky.network/xrpc/com.atproto.repo.uploadBlob", "cdn.bsky.app",
     "/img/feed_fullsize/plain/did:plc:abc/bafkreiabc@jpeg"),
    ("reddit", "https://reddit-uploaded-media.s3-accelerate.amazonaws.com/", "i.redd.it", "/abc123xyz.jpg"),
    ("reddit", "https://reddit-uploaded-media.s3-accelerate.amazonaws.com/", "preview.redd.it", "/my-abc12.jpg"),
    ("mastodon.social", "https://mastodon.social/api/v2/media", "files.mastodon.social",
     "/media_attachments/files/022/348/641/original/e96382f26c72a29c.jpeg"),
    ("imgur", "https://api.imgur.com/3/image", "i.imgur.com", "/abcdefgh.jpg"),
    ("tumblr", "https://www.tumblr.com/api/v2/media/image", "64.media.tumblr.com",
     "/0123456789abcdef0123456789abcdef/0123456789abcdef-01/s1280x1920/abc.jpg"),
    ("pixelfed.social", "https://pixelfed.social/api/compose/v0/media/upload", "pixelfed.social",
     "/storage/m/_v2/1/012345678-abcdef/abcdefghijkl/x.jpg"),
    ("flickr", "https://up.flickr.com/services/upload/", "live.staticflickr.com", "/65535/5_ab12_b.jpg"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "upload", "host", "path"), SAMPLES)
def test_shipped_profiles(name: str, upload: str, host: str, path: str) -> None:
    """Every shipped profile knows its site's upload address and the address of a copy, and opens both hosts."""
    known = sites.load()
    where, _, rest = upload.partition("://")[2].partition("/")
    profile = known.profile_for(where)

    assert profile is not None
    assert name == profile.id
    assert profile.uploads_at("POST", where, f"/{rest}", [])
    assert profile.serves_at(host, path)
    assert known.opened(where)
    assert known.opened(host)


def test_every_shipped_profile_has_a_sample() -> None:
    """No profile ships without an address that it was tried on."""
    assert {profile.id for profile in sites.load().profiles} == {name for name, *_ in SAMPLES}


@pytest.mark.parametrize(
    "host", ["example.org", "", "reddit.com.evil.test", "evilreddit.com", "x.mastodon.social", "creditline.test"]
)
def test_nothing_else_is_opened(host: str) -> None:
    """Hosts that merely look like a site's stay closed and have no profile."""
    assert not sites.load().opened(host)
    assert sites.load().profile_for(host) is None


def test_spelling_of_hosts() -> None:
    """Letter case and a final dot make no other host."""
    assert sites.load().opened("I.Redd.IT.")


def test_added_hosts(tmp_path: Path) -> None:
    """An added host is opened, stays so, and uses the profile that was said, which can be changed."""
    sites.add_host(tmp_path, "Pictures.Example.org.")
    sites.add_host(tmp_path, "own.example", profile="mastodon.social")
    known = sites.load(tmp_path)

    assert known.opened("pictures.example.org")
    assert not known.opened("www.pictures.example.org")
    assert known.profile_for("pictures.example.org") is None
    profile = known.profile_for("own.example")
    assert profile is not None
    assert "mastodon.social" == profile.id
    assert r"^pictures\.example\.org$" in known.patterns()
    assert sites.add_host(tmp_path, "own.example").profile_for("own.example") is None
    written = tomllib.loads((tmp_path / "sites.toml").read_text())
    assert [{"name": "pictures.example.org"}, {"name": "own.example"}] == written["host"]
    assert ["sites.toml"] == [path.name for path in tmp_path.iterdir()]


def test_added_host_with_a_profile_matches_its_uploads(tmp_path: Path) -> None:
    """A user's host that runs a known site's software is recognised by that site's rules."""
    known = sites.add_host(tmp_path, "own.example", profile="mastodon.social")
    profile = known.profile_for("own.example")

    assert profile is not None
    assert profile.uploads_at("POST", "own.example", "/api/v2/media", [])


@pytest.mark.parametrize("host", ["", "https://a.test", "a.test/x", "a b", "*.test", "a..b", "-a.test", "x" * 300])
def test_bad_hosts(tmp_path: Path, host: str) -> None:
    """What is no host name is refused and nothing is written."""
    with pytest.raises(SettingsError):
        sites.add_host(tmp_path, host)

    assert not (tmp_path / "sites.toml").exists()


def test_unknown_profile(tmp_path: Path) -> None:
    """A profile that nobody knows is refused, with those that are known."""
    with pytest.raises(SettingsError, match="bluesky"):
        sites.add_host(tmp_path, "a.test", profile="nope")


def test_own_profiles_take_the_place_of_shipped_ones(tmp_path: Path) -> None:
    """A user's profile joins the shipped ones, or replaces the one with its id."""
    folder = tmp_path / "sites"
    folder.mkdir()
    (folder / "a.toml").write_text(OWN.format(id="imgur", host=r"my\.imgur\.test"))
    (folder / "b.toml").write_text(OWN.format(id="mine", host=r"mine\.test"))

    known = sites.load(tmp_path)

    assert known.opened("my.imgur.test")
    assert known.opened("mine.test")
    assert not known.opened("api.imgur.com")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sites.toml", "[[host]]\nnam = 'a.test'"),
        ("sites.toml", "[[host]]\nname = 'a b'"),
        ("sites.toml", "[[host]]\nname = 'a.test'\nprofile = 'nope'"),
        ("sites.toml", "hosts = []"),
        ("sites.toml", "host = 'a.test'"),
        ("sites.toml", "broken ="),
        ("sites/x.toml", "broken ="),
        ("sites/x.toml", "id = 'x'"),
    ],
)
def test_broken_files_are_named(tmp_path: Path, name: str, text: str) -> None:
    """A mistake in the user's files is an error that names the file."""
    (tmp_path / "sites").mkdir()
    (tmp_path / name).write_text(text)

    with pytest.raises(SettingsError, match=name):
        sites.load(tmp_path)
