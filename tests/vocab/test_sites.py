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


def test_shipped_profiles_have_samples() -> None:
    """Every shipped profile is known by its id; tests/pipeline/test_site_samples.py tries each one."""
    known = sites.load()

    assert sorted({profile.id for profile in known.profiles}) == sorted(profile.id for profile in known.profiles)
    assert 40 <= len(known.profiles)


def test_software_opens_nothing_by_itself() -> None:
    """What many run counts at the hosts that the user names, and nowhere else."""
    known = sites.load()

    assert {"mastodon", "pixelfed", "wordpress", "atproto"} <= {profile.id for profile in known.software()}
    assert all(not profile.hosts for profile in known.software())
    assert known.profile_for("social.example.org") is None
    assert all(
        "social" not in pattern or "mastodon" in pattern for pattern in known.patterns() if "example" in pattern
    )


def test_where_direct_messages_look_alike_nothing_is_opened_unnamed() -> None:
    """Slack, Discord, WhatsApp and Telegram stay encrypted until the user says otherwise."""
    known = sites.load()

    hosts = (
        "slack.com",
        "acme.slack.com",
        "files.slack.com",
        "discord.com",
        "cdn.discordapp.com",
        "mmg.whatsapp.net",
    )
    assert [] == [host for host in (*hosts, "t.me", "cdn4.telesco.pe") if known.opened(host)]
    assert {"slack", "discord", "whatsapp", "telegram"} == {p.id for p in known.profiles if p.named_only}
    assert [] == [pattern for pattern in known.patterns() if "slack" in pattern or "discord" in pattern]


def test_a_named_workspace_opens_no_other(tmp_path: Path) -> None:
    """Naming one host opens it and where the site's rules send uploads and copies, not the next workspace."""
    known = sites.add_host(tmp_path, "acme.slack.com", profile="slack")

    profile = known.profile_for("acme.slack.com")
    assert profile is not None
    assert "slack" == profile.id
    assert known.opened("acme.slack.com")
    assert known.opened("files.slack.com")
    assert not known.opened("other.slack.com")
    assert not known.opened("discord.com")


def test_software_at_a_users_host_is_a_site_of_its_own(tmp_path: Path) -> None:
    """Two servers with the same software are two sites; a server's other hosts belong to it."""
    for host in ("a.example", "files.a.example", "b.example"):
        sites.add_host(tmp_path, host, profile="mastodon")
    known = sites.load(tmp_path)

    found = [known.profile_for(host) for host in ("a.example", "files.a.example", "b.example")]

    assert ["a.example", "a.example", "b.example"] == [profile.id for profile in found if profile is not None]
    assert all(profile is not None and profile.serves_at("files.a.example", COPY) for profile in found[1:2])


COPY = "/media_attachments/files/022/348/641/original/e96382f26c72a29c.png"


def test_shared_hosts_follow_the_path() -> None:
    """Where several sites share a host the one that serves this path is taken."""
    known = sites.load()
    path = "/v/t39.30808-6/1_2_3_n.jpg"

    assert {"facebook", "instagram"} <= {p.id for p in known.profiles_for("scontent.xx.fbcdn.net")}
    found = known.profile_at("scontent.xx.fbcdn.net", path)
    assert found is not None
    assert found.serves_at("scontent.xx.fbcdn.net", path)


def test_unknown_software_is_named(tmp_path: Path) -> None:
    """A user's profile that runs on software that nobody knows is refused."""
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "a.toml").write_text(OWN.format(id="a", host="a") + 'software = "nope"\n')

    with pytest.raises(SettingsError, match="nope"):
        sites.load(tmp_path)


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


def test_pages_are_those_of_opened_profiles(tmp_path: Path) -> None:
    """Files are kept on pages of sites that are opened, and on the user's own hosts; of chats only when named."""
    known = sites.add_host(tmp_path, "forum.example")

    assert {"x.com", "www.artstation.com", "forum.example"} <= set(known.pages())
    assert not {name for name in known.pages() if "slack" in name or "discord" in name or "whatsapp" in name}
    assert "x" == getattr(known.profile_of_page("X.com"), "id", None)
    assert known.profile_of_page("elsewhere.example") is None


@pytest.mark.parametrize("name", ["^x$", "X.com", "localhost", "a/b.example", ""])
def test_a_page_is_a_plain_host_name(tmp_path: Path, name: str) -> None:
    """Patterns and addresses are refused, with file and key."""
    folder = tmp_path / "sites"
    folder.mkdir()
    (folder / "mine.toml").write_text(OWN.format(id="mine", host="mine[.]example") + f"pages = [{name!r}]\n")

    with pytest.raises(SettingsError, match="pages"):
        sites.load(tmp_path)
