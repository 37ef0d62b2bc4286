"""Requests are the steps that a profile says, and tell the ids that it points to."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.site_samples import exchange

from creditline.pipeline.steps import is_step, methods, steps
from creditline.vocab import sites

LEASE = "https://www.reddit.com/api/media/asset.json"
ANSWER = {
    "args": {"action": "//bucket.test", "fields": [{"name": "key", "value": "k"}]},
    "asset": {"asset_id": "abc"},
}
REDDIT = sites.load().profile("reddit")
X = sites.load().profile("x")


def test_a_lease_tells_the_address_and_the_ids() -> None:
    """An address without scheme gets one; the ids stand in one row."""
    seen = exchange("POST", LEASE, {}, b"", 200, json.dumps(ANSWER).encode())

    (step,) = steps(seen, REDDIT)

    assert ("lease", ("https://bucket.test",), 3600) == (step.step, step.handed, step.ttl)
    assert ({"asset_id": "abc", "key": "k", "action": "https://bucket.test"},) == step.rows
    assert step.to_json()["rows"] == list(step.rows)


@pytest.mark.parametrize("status", [400, 403, 500, 301, None])
def test_a_refused_step_is_none(status: int | None) -> None:
    """Only an answer of success hands out anything."""
    seen = exchange("POST", LEASE, {}, b"", 200, json.dumps(ANSWER).encode())

    assert () == steps(replace(seen, status=status), REDDIT)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"args": 5}', b"\xff" * 100])
def test_another_answer_tells_nothing(answer: bytes) -> None:
    """A site that changed gives a step without ids, never an error."""
    (step,) = steps(exchange("POST", LEASE, {}, b"", 200, answer), REDDIT)

    assert ((), ()) == (step.rows, step.handed)


def test_an_uploads_own_ids_are_told_before_any_answer() -> None:
    """What the request itself names is there without an answer."""
    url = "https://upload.x.com/i/media/upload.json?command=APPEND&media_id=5&segment_index=0"
    seen = replace(exchange("POST", url, {}, b"x", 200, b""), status=None, response=None)

    (step,) = steps(seen, X)

    assert ("upload", ({"id": "5"},)) == (step.step, step.rows)


def test_steps_without_pictures_are_known_from_the_request() -> None:
    """The wire asks this of every request to a known host; private messages are no step."""
    assert is_step(exchange("POST", LEASE, {}, b"", 200, b""), REDDIT)
    assert not is_step(exchange("GET", LEASE, {}, b"", 200, b""), REDDIT)
    assert not is_step(exchange("POST", "https://www.reddit.com/message/compose", {}, b"", 200, b""), REDDIT)
    assert not is_step(exchange("POST", LEASE, {}, b"", 200, b""), None)
    assert REDDIT is not None
    assert frozenset({"POST"}) == methods(REDDIT)
