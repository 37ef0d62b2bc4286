"""`creditline sites`."""

from __future__ import annotations

import pytest
from tests.cli.sample import home, lines, one_line, run

from creditline.vocab import sites

MEMBERS = {"schema", "id", "name", "last_verified", "age_days", "confidence", "software", "named_only", "opened"}


def test_json_lists_every_profile_with_age_and_patterns() -> None:
    """One line a site; together their patterns are all that is opened."""
    result = run("sites", "--json")

    found = lines(result)
    assert 0 == result.exit_code
    assert all(set(line) == MEMBERS and line["schema"] == "creditline/site/1" for line in found)
    assert {profile.id for profile in sites.load(None).profiles} == {line["id"] for line in found}
    assert all(line["age_days"] >= 0 for line in found)
    opened = {pattern for line in found for pattern in line["opened"]}
    assert set(sites.load(home()).patterns()) == opened


def test_software_says_that_it_opens_nothing() -> None:
    """What many run is listed with the command that opens a host for it."""
    line = next(line for line in lines(run("sites", "--json")) if line["id"] == "mastodon")

    assert (True, []) == (line["software"], line["opened"])
    assert "sites add HOST --profile mastodon" in run("sites").stdout


def test_where_direct_messages_look_alike_the_command_that_opens_is_shown() -> None:
    """Slack is listed as opening nothing until a host is named, and then no longer."""
    line = next(line for line in lines(run("sites", "--json")) if line["id"] == "slack")
    before = run("sites").stdout

    assert (True, []) == (line["named_only"], line["opened"])
    assert "sites add HOST --profile slack" in before
    assert 0 == run("sites", "add", "acme.slack.com", "--profile", "slack").exit_code
    assert "sites add HOST --profile slack" not in run("sites").stdout


@pytest.mark.parametrize("profile", [None, "mastodon.social", "mastodon"])
def test_an_added_host_is_opened(profile: str | None) -> None:
    """With and without a profile, and shown as the user's own."""
    options = () if profile is None else ("--profile", profile)

    result = run("sites", "add", "Social.Example.org", *options)

    assert 0 == result.exit_code
    assert "social.example.org" in result.stdout
    line = next(line for line in lines(run("sites", "--json")) if line["id"] == "social.example.org")
    assert (None, None) == (line["last_verified"], line["age_days"])
    assert sites.load(home()).opened("social.example.org")
    assert "added by you" in run("sites").stdout


@pytest.mark.parametrize("host", ["https://a.example/", "a b.example", "", "*.example", "a.example:443"])
def test_what_is_no_host_name_is_refused(host: str) -> None:
    """A whole address or a pattern opens nothing."""
    result = run("sites", "add", host)

    assert 2 == result.exit_code
    assert "host" in one_line(result)
    assert not (home() / "sites.toml").exists()


def test_an_unknown_profile_names_the_known() -> None:
    """The profile has to be one that is there."""
    result = run("sites", "add", "a.example", "--profile", "nope")

    assert 2 == result.exit_code
    assert "mastodon.social" in one_line(result)


def test_the_profile_in_the_help_exists() -> None:
    """The example can be typed as it stands."""
    words = " ".join(run("sites", "add", "--help").stdout.split())
    named = words.partition("runs there, as `")[2].partition("`")[0]

    assert named in {profile.id for profile in sites.load(None).profiles}


def test_the_largest_copy_is_named_and_not_fetched() -> None:
    """An address of a known site leads to that of the largest copy; another one is exit code 3."""
    result = run("sites", "largest", "https://pbs.twimg.com/media/ESIQ9H3pgRUabcd?format=jpg&name=small")

    assert 0 == result.exit_code
    assert (
        "free    https://pbs.twimg.com/media/ESIQ9H3pgRUabcd?format=jpg&name=orig" == result.stdout.splitlines()[0]
    )
    for url in ("https://example.org/a.jpg", "https://[", "x"):
        assert (3, "") == (run("sites", "largest", url).exit_code, run("sites", "largest", url).stdout)
