"""Labels for the pictures of a page: what the original says, although the copy was stripped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.sample import Running, fill, running
from ulid import ULID

from creditline.ledger import queries

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://cdn.example/Ann Example"


async def _asked(run: Running, body: Any, scope: str = "api") -> tuple[int, Any]:
    async with run.client.post("/api/v1/labels", json=body, headers=run.bearer(scope)) as response:
        return response.status, await response.json(content_type=None)


SIGNED = {"label": "ai-generated", "generators": [], "models": []}


def _reads(run: Running, sha256: str, **said: Any) -> None:
    """A newer reading of a picture."""
    reading = {"schema": "creditline/inspection/1", "format": "jpeg", "fields": [], "resolved": {}, **said}
    run.context.ledger.put_reading(sha256, reading)


async def test_a_known_copy_says_what_it_holds_itself(tmp_path: Path) -> None:
    """By its address, fragment or not: the copy's own label, credentials and consent, whatever its original says."""
    async with running(tmp_path) as run:
        filled = fill(run.context.ledger)
        files = {
            seen.stage: str(seen.sha256) for seen in queries.observations(run.context.ledger, work=filled.work)
        }
        original, served = files["original"], files["served"]
        _reads(
            run,
            original,
            ai=SIGNED,
            c2pa={"state": "trusted", "signer": "Example CA"},
            consent={"ai_training": "prohibited"},
            resolved={"creator": ["Ann Example"]},
        )
        _reads(
            run,
            served,
            ai={**SIGNED, "label": "none"},
            c2pa={"state": "none"},
            consent={"ai_training": "unspecified"},
        )

        status, answer = await _asked(
            run, {"page": "https://a.example", "pictures": [{"url": URL + "#x", "ref": "r"}]}
        )

    assert 200 == status
    (label,) = answer["labels"]
    assert (URL + "#x", "r", True, filled.work) == (label["url"], label["ref"], label["known"], label["work"])
    assert ("none", {"state": "none", "signer": None}, "unspecified", None, False) == (
        label["ai"]["label"],
        label["c2pa"],
        label["consent"],
        label["creator"],
        label["restored"],
    )
    assert ("ai-generated", "trusted", "prohibited", ["Ann Example"]) == (
        label["original"]["ai"]["label"],
        label["original"]["c2pa"]["state"],
        label["original"]["consent"],
        label["original"]["creator"],
    )


async def test_what_the_audit_found_removed_is_listed(tmp_path: Path) -> None:
    """Fields and the three judgements that were removed; not what was kept or altered."""
    async with running(tmp_path) as run:
        fill(run.context.ledger)

        _, answer = await _asked(run, {"pictures": [{"url": URL}]})

    (label,) = answer["labels"]
    assert {"ai", "c2pa", "consent", "creator"} <= set(label["removed"])
    assert {"title", "web_statement"}.isdisjoint(label["removed"])


@pytest.mark.parametrize(("said", "restored"), [("restored", True), ("late", False), (None, False)])
async def test_a_copy_restored_on_its_way_is_called_that(tmp_path: Path, said: str | None, restored: bool) -> None:
    """Only what was put in before the viewer had it; a copy that came too late was seen as the site sent it."""
    async with running(tmp_path) as run:
        ledger, filled = run.context.ledger, fill(run.context.ledger)
        served = next(seen for seen in queries.observations(ledger, work=filled.work) if seen.stage == "served")
        declared = () if said is None else (("reattached", said),)
        again = replace(served, id=str(ULID()), url=URL + "/again", declared=declared, chain=None, prev=None)
        ledger.append(again, part="again")

        _, answer = await _asked(run, {"pictures": [{"url": URL + "/again"}]})

    assert (True, restored) == (answer["labels"][0]["known"], answer["labels"][0]["restored"])


async def test_a_ref_says_where_the_copy_came_from(tmp_path: Path) -> None:
    """Also where the page has another address for it; one that is not known is passed over."""
    async with running(tmp_path) as run:
        filled = fill(run.context.ledger)
        ref = run.context.refs.fresh(URL)
        pictures = [{"url": "https://short.example/1", "ref": ref}, {"url": URL, "ref": "long-gone"}]

        _, answer = await _asked(run, {"pictures": pictures})

    assert [filled.work] * 2 == [label["work"] for label in answer["labels"]]
    assert pictures == [{"url": label["url"], "ref": label["ref"]} for label in answer["labels"]]


async def test_strangers_are_unknown(tmp_path: Path) -> None:
    """Each picture has its line, in the order of the question, and nothing is claimed of it."""
    async with running(tmp_path) as run:
        fill(run.context.ledger)
        pictures = [{"url": "https://b.example/1.jpg"}, {"url": "", "ref": None}, {"url": "data:image/png,xx"}]

        status, answer = await _asked(run, {"pictures": pictures})

    assert 200 == status
    assert [item["url"] for item in pictures] == [label["url"] for label in answer["labels"]]
    assert not any(label["known"] or label["work"] or label["removed"] for label in answer["labels"])


async def test_what_is_no_question(tmp_path: Path) -> None:
    """400 for other shapes and too many pictures, 403 under another scope."""
    bad: list[Any] = [[], {}, {"pictures": 1}, {"pictures": [1]}, {"pictures": [{"url": 1}]}, {"pictures": [{}]}]
    bad += [
        {"pictures": [{"url": "a"}] * 501},
        {"pictures": [{"url": "a", "ref": 1}]},
        {"page": 1, "pictures": []},
    ]
    async with running(tmp_path) as run:
        for body in bad:
            assert 400 == (await _asked(run, body))[0]
        assert 403 == (await _asked(run, {"pictures": []}, "fetch:manifests"))[0]
