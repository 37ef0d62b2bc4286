"""Every shipped profile against its sample exchanges: steps, ids, proofs, and where the largest copy is."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from tests import site_samples
from tests.site_samples import IDS

from creditline.pipeline import bind, largest
from creditline.pipeline.journey import Leases, join_keys, row_of
from creditline.pipeline.recognise import may_be_served, uploads
from creditline.pipeline.steps import is_step, steps
from creditline.vocab import sites

if TYPE_CHECKING:
    from creditline.model.exchange import Exchange
    from creditline.vocab.site_profile import Profile
    from creditline.vocab.sites import Sites

CUT_HERE = frozenset({"F1", "F2", "F3", "F6", "F7", "F15", "F16"})
PICTURE = site_samples.picture()


def opened(sample: site_samples.Sample, home: Path) -> Sites:
    """The sites in force, with the sample's host added where its software runs on any or the user has to name it."""
    if sample.host is not None:
        return sites.add_host(home, sample.host, sample.id)
    known = sites.load()
    profile = known.profile(sample.id)
    assert profile is not None
    if profile.named_only:
        hosts = [site_samples.step(line, PICTURE).host for line in sample.steps]
        hosts = [host for host in hosts if any(pattern.fullmatch(host) for pattern in profile.hosts)]
        for host in hosts or [urlsplit(sample.served[0]["url"]).hostname or ""]:
            known = sites.add_host(home, host, sample.id)
    return known


def told(sample: site_samples.Sample, known: Sites) -> dict[tuple[str, str], str]:
    """The links that the sample's steps leave, each to the upload's address; the services keep them in the ledger."""
    leases, links = Leases(), dict[tuple[str, str], str]()
    for line in sample.steps:
        seen = site_samples.step(line, PICTURE)
        profile = known.profile_for(seen.host)
        assert profile is not None
        for step in steps(seen, profile):
            if step.step == "lease":
                leases.remember(profile.id, step.rows, step.ttl)
            elif step.step == "upload" and line.get("role", "image") == "image":
                row = leases.complete(profile.id, row_of(step.rows, 0, 1))
                links |= dict.fromkeys(keys(profile, row, seen), seen.url)
            else:
                for asked, row in zip(step.asked, step.rows, strict=False):
                    found = next((links[key] for key in join_keys(profile, asked) if key in links), None)
                    if found is not None:
                        links |= dict.fromkeys(keys(profile, row, seen), found)
        if line["step"] == "upload" and bind.names_addresses(profile):
            links |= {(bind.URL_RULE, url): seen.url for url in bind.urls_in_answer(seen)}
    return links


def keys(profile: Profile, row: dict[str, str], seen: Exchange) -> tuple[tuple[str, str], ...]:
    sha256 = hashlib.sha256(PICTURE).hexdigest()
    md5 = hashlib.md5(PICTURE).hexdigest()  # noqa: S324 - what stores give
    found = bind.uploaded_keys(profile, row, sha256=sha256, md5=md5, base=seen.url)
    return (*found, *join_keys(profile, row))


def asked(url: str, headers: dict[str, str], known: Sites) -> list[tuple[str, str]]:
    seen = site_samples.copy(url, PICTURE, headers)
    profiles = known.profiles_for(seen.host)
    return [
        *(key for profile in profiles for key in bind.served_keys(seen, profile)),
        (bind.URL_RULE, seen.url),
    ]


def test_every_profile_has_samples() -> None:
    """No profile ships without exchanges that it was tried on, and at least thirty sites are known."""
    assert {profile.id for profile in sites.load().profiles} == set(IDS)
    assert 30 <= sum(not profile.any_host for profile in sites.load().profiles)


@pytest.mark.parametrize("name", IDS)
def test_steps_are_recognised(name: str, tmp_path: Path) -> None:
    """Each request is the step that the sample says, on an opened host; an upload's picture is cut out whole, and
    has its role and form."""
    sample = site_samples.load(name, PICTURE)
    known = opened(sample, tmp_path)
    for line in sample.steps:
        seen = site_samples.step(line, PICTURE)
        profile = known.profile_for(seen.host)
        assert profile is not None
        assert (sample.host or name) == profile.id
        assert known.opened(seen.host)
        found = {step.step: step for step in steps(seen, profile)}
        assert line["step"] in found
        assert (line["step"] != "upload") == is_step(seen, profile)
        assert line.get("handed", []) == list(found[line["step"]].handed)
        if line["step"] == "upload":
            path, query = seen.path.partition("?")[0], bind.query_of(seen)
            rules = profile.uploads_at(seen.method, seen.host, path, query, seen.request.headers)
            assert line["form"] in {rule.form for rule in rules}
            assert line.get("role", "image") in {rule.role for rule in rules}
            if line["form"] in CUT_HERE and line.get("cut", True):
                (cut,) = uploads(seen, profile)
                assert (PICTURE, line.get("role", "image")) == (cut.data, cut.role)


@pytest.mark.parametrize("name", IDS)
def test_copies_are_known_and_proved(name: str, tmp_path: Path) -> None:
    """Each served address is one of the site's; where the sample says so the ids lead from it to the upload, and from
    no other address."""
    sample = site_samples.load(name, PICTURE)
    known = opened(sample, tmp_path)
    links = told(sample, known)
    for line in sample.served:
        parts = urlsplit(line["url"])
        host = parts.hostname or ""
        assert known.opened(host)
        assert any(profile.serves_at(host, parts.path) for profile in known.profiles_for(host)), line["url"]
        assert may_be_served(site_samples.copy(line["url"], PICTURE), known.profile_at(host, parts.path))
        found = [key[0] for key in asked(line["url"], line.get("headers", {}), known) if key in links]
        assert line["bound"] == bool(found), line["url"]
        assert line.get("rule") in {None, *found}
    for url in sample.strangers:
        assert [] == [key for key in asked(url, {}, known) if key in links], url


@pytest.mark.parametrize("name", IDS)
def test_the_largest_copy_is_named(name: str, tmp_path: Path) -> None:
    """Where the sample knows the largest copy's address the profile's rewrites lead there, and rest there."""
    sample = site_samples.load(name, PICTURE)
    known = opened(sample, tmp_path)
    for line in sample.served:
        if "largest" in line:
            parts = urlsplit(line["url"])
            profile = known.profile_at(parts.hostname or "", parts.path)
            assert profile is not None
            assert line["largest"] == largest.candidates(profile, line["url"])[0].url
            assert (line["url"] == line["largest"]) == largest.is_largest(profile, line["url"])


def test_sites_proved_by_ids() -> None:
    """At least six sites are proved by an id alone, without looking at a picture."""
    proved = {
        name
        for name in IDS
        for line in site_samples.load(name, PICTURE).served
        if line["bound"] and line.get("rule") not in {None, "url_equal"}
    }

    assert 6 <= len(proved)
