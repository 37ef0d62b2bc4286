"""Labels for the pictures of a page: what the original says, although the copy was stripped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.server.sample import Running, fill, running

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://cdn.example/Ann Example"


async def _asked(run: Running, body: Any, scope: str = "api") -> tuple[int, Any]:
    async with run.client.post("/api/v1/labels", json=body, headers=run.bearer(scope)) as response:
        return response.status, await response.json(content_type=None)


async def test_a_known_copy_has_its_originals_label(tmp_path: Path) -> None:
    """By its address, fragment or not: the work, the original's fields, and what the site removed."""
    async with running(tmp_path) as run:
        filled = fill(run.context.ledger)

        status, answer = await _asked(
            run, {"page": "https://a.example", "pictures": [{"url": URL + "#x", "ref": "r"}]}
        )

    assert 200 == status
    (label,) = answer["labels"]
    assert (URL + "#x", "r", True, filled.work) == (label["url"], label["ref"], label["known"], label["work"])
    assert ["Ann Example"] == label["creator"]
    assert "creator" in label["removed"]
    assert "title" not in label["removed"]


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
