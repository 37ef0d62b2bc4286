"""What an exchange tells beside its pictures."""

from __future__ import annotations

import json

import pytest
from tests.site_samples import exchange

from creditline.pipeline.site_facts import facts, profile_of
from creditline.vocab import sites

SITES = sites.load()
URL = "https://cdn.bsky.app/img/feed_thumbnail/plain/did:plc:abc/bafkrei" + "a" * 52 + "@jpeg"


def test_a_copy_tells_its_variant_and_account() -> None:
    """The preset is the variant, the DID the account; a thumbnail is not the largest copy."""
    seen = exchange("GET", URL, {}, b"", 200, b"x")
    told = facts(seen, profile_of(seen, SITES), SITES)

    assert "did:plc:abc" == told["account"]
    assert [["variant", "preset=feed_thumbnail fmt=jpeg"], ["largest", "0"]] == told["served"]
    assert [["atproto:cid_raw_sha256:bytes", "bafkrei" + "a" * 52]] == told["keys"]


@pytest.mark.parametrize(
    ("path", "answer", "software"),
    [
        ("/api/v2/media", {"id": "1", "preview_url": None}, "mastodon"),
        ("/api/v2/media", {"id": "1"}, None),
        ("/api/drive/files/create", {"id": "1", "md5": "x", "thumbnailUrl": None}, "misskey"),
        ("/xrpc/com.atproto.repo.uploadBlob", {"blob": {"$type": "blob", "ref": {"$link": "b"}}}, "atproto"),
        ("/other", {"id": "1", "preview_url": None}, None),
    ],
)
def test_software_is_known_by_path_and_answer(path: str, answer: dict[str, object], software: str | None) -> None:
    """At a host without a profile both have to fit; the host is the site."""
    seen = exchange("POST", f"https://own.example{path}", {}, b"x", 200, json.dumps(answer).encode())

    found = profile_of(seen, SITES)

    assert software == (found.software if found is not None else None)
    assert found is None or "own.example" == found.id


def test_an_upload_that_a_profile_takes_is_not_foreign() -> None:
    """A site's own upload address is never taken for telemetry."""
    seen = exchange("POST", "https://mastodon.social/api/v2/media", {}, b"x", 200, b"")
    odd = exchange("POST", "https://unknown.example/collect", {}, b"x", 200, b"")

    assert not facts(seen, profile_of(seen, SITES), SITES)["foreign"]
    assert facts(odd, None, SITES)["foreign"]
