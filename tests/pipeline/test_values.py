"""Values are found where a profile points, and hostile answers have none."""

from __future__ import annotations

import json
import re
import time

import pytest
from tests.site_samples import exchange

from creditline.pipeline.values import MAX_ANSWER, MAX_VALUES, answered, pointed, requested, rows
from creditline.vocab.site_profile import Answer, Source

TREE = {
    "a": [{"id": 1, "n": "x"}, {"id": 2}, "s"],
    "f": [{"name": "key", "value": "v"}],
    "$l": "c",
    "x/y": {"~": True},
}


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("/a/*/id", ["1", "2"]),
        ("/a/0/n", ["x"]),
        ("/a/9/n", []),
        ("/f/[name=key]/value", ["v"]),
        ("/f/[name=other]/value", []),
        ("/$l", ["c"]),
        ("/x~1y/~0", []),
        ("/missing/*", []),
        ("/a", []),
    ],
)
def test_pointers(pointer: str, expected: list[str]) -> None:
    """Texts and numbers, through lists and by a member's value; truth values and trees are none."""
    assert expected == pointed(TREE, pointer)


def test_every_place_of_a_request() -> None:
    """Query, path, headers, form fields, JSON inside a field, and the address itself."""
    body = b"upload_id=5&children=%5B%7B%22id%22%3A%227%22%7D%2C%7B%22id%22%3A%228%22%7D%5D"
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Params": '{"id": 9}'}
    seen = exchange("POST", "https://a.test/up/1?q=2", headers, body, 200, b"")
    sources = tuple(
        {
            "query": Source("query", "q"),
            "path": Source("path", "n"),
            "header": Source("header", "x-params", "/id"),
            "field": Source("field", "upload_id"),
            "inside": Source("field", "children", "/*/id"),
            "url": Source("url"),
            "absent": Source("query", "z"),
        }.items()
    )

    found = requested(seen, sources, {"n": "1"})

    assert {
        "query": ["2"],
        "path": ["1"],
        "header": ["9"],
        "field": ["5"],
        "inside": ["7", "8"],
        "url": ["https://a.test/up/1?q=2"],
        "absent": [],
    } == found


@pytest.mark.parametrize(
    ("answer", "body", "expected"),
    [
        (Answer("upload", take=(("id", "/id"),)), b'{"id": 5}', ["5"]),
        (
            Answer("upload", strip=re.compile(r"^for \(;;\);"), take=(("id", "/id"),)),
            b'for (;;);{"id": "5"}',
            ["5"],
        ),
        (Answer("upload", "xml", take=(("id", "/R/Key"),)), b"<R><Key>a&amp;b</Key></R>", ["a&b"]),
        (Answer("upload", "xml", take=(("id", "/rsp/id"),)), b'<rsp><x:id a="1">5</x:id></rsp>', ["5"]),
        (Answer("upload", "text", take=(("id", r"^(?P<value>\w{3,9})$"),)), b"token1\n", ["token1"]),
        (Answer("upload", "header", take=(("id", "ETag"),)), b"", ["e"]),
        (Answer("upload", take=(("id", "/id"),)), b"<html>", []),
        (Answer("upload", take=(("id", "/id"),)), b"[" * 100_000, []),
        (Answer("upload", take=(("id", "/id"),)), b'{"id": "' + b"x" * MAX_ANSWER + b'"}', []),
    ],
)
def test_answers(answer: Answer, body: bytes, expected: list[str]) -> None:
    """JSON behind a guard, flat XML, text and headers; another shape says nothing."""
    seen = exchange("POST", "https://a.test/", {}, b"", 200, body, {"etag": "e"})

    assert expected == answered(seen, answer).get("id", [])


def test_rows() -> None:
    """Lists of one length stand side by side, single values beside each; what fits nowhere is left out."""
    assert ({"a": "1", "b": "x"}, {"a": "2", "b": "x"}) == rows({"a": ["1", "2"], "b": ["x"], "c": []})
    assert ({"a": "1"}, {"a": "2"}, {"a": "3"}) == rows({"a": ["1", "2", "3"], "b": ["x", "y"]})
    assert () == rows({})


def test_bounds() -> None:
    """Many values and hostile markup end at caps, quickly."""
    many = json.dumps({"a": [{"id": n} for n in range(5000)]}).encode()
    started = time.perf_counter()

    seen = exchange("POST", "https://a.test/", {}, b"", 200, many)
    assert MAX_VALUES == len(answered(seen, Answer("upload", take=(("id", "/a/*/id"),)))["id"])
    for body in (b"<Key " * 200_000, b"<a:" * 300_000, b"<Key>" * 200_000):
        hostile = exchange("POST", "https://a.test/", {}, b"", 200, body)
        answered(hostile, Answer("upload", "xml", take=(("id", "/Key"),)))
    assert time.perf_counter() - started < 3.0
