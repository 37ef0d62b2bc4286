"""HAR: answers are exact, a damaged request body is left out and said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.importers.archives import CAP, PICTURE, har

from creditline.importers.found import Unusable
from creditline.importers.har import DAMAGED, NOT_BYTE_EXACT, read, recognises
from creditline.model.errors import PictureError
from creditline.model.exchange import Exchange

if TYPE_CHECKING:
    from pathlib import Path


def test_a_damaged_upload_is_not_used(tmp_path: Path) -> None:
    """The picture's bytes are no text: its body is not byte-exact and left out; the copy's bytes are whole."""
    upload, page, copy = [item for item in read(har(tmp_path / "a.har"), CAP) if isinstance(item, Exchange)]
    (refused,) = [item for item in read(tmp_path / "a.har", CAP) if isinstance(item, Unusable)]

    assert (None, NOT_BYTE_EXACT) == (upload.request.body.data, upload.request.body.missed)
    assert DAMAGED == refused.why
    assert ("GET", b"<html>") == (page.method, page.response.body.data if page.response else None)
    assert copy.response is not None
    assert PICTURE == copy.response.body.data
    assert ("import", "2026-01-01T00:00:00.000Z") == (copy.via, copy.at)


def test_an_exact_upload_is_used(tmp_path: Path) -> None:
    """Writers that save bodies as base64 lose nothing."""
    upload = next(item for item in read(har(tmp_path / "a.har", exact=True), CAP) if isinstance(item, Exchange))

    assert upload.request.body.data is not None
    assert PICTURE in upload.request.body.data


@pytest.mark.parametrize(
    ("text", "length", "exact"),
    [
        ('{"a": "é"}', "11", True),
        ('{"a": "é"}', "10", False),
        ('{"a": "é"}', None, False),
        ("a=1", None, True),
        ("a=1", "3", True),
        ("a=1", "300", False),
        ("a\ufffd", "4", False),
    ],
)
def test_what_counts_as_exact(tmp_path: Path, text: str, length: str | None, exact: bool) -> None:
    """Text is its bytes where their number says so, or where it is ASCII; a replacement character never is."""
    headers = [{"name": "Content-Length", "value": length}] if length is not None else []
    entry = {
        "startedDateTime": "2026-01-01T00:00:00Z",
        "request": {"method": "POST", "url": "https://a.test/", "headers": headers, "postData": {"text": text}},
        "response": {"status": 200, "headers": [], "content": {}},
    }
    (tmp_path / "a.har").write_text(json.dumps({"log": {"entries": [entry]}}))

    (seen,) = [item for item in read(tmp_path / "a.har", CAP) if isinstance(item, Exchange)]

    assert exact == (seen.request.body.data == text.encode())


def test_ids_stay(tmp_path: Path) -> None:
    """The same file read again gives the same ids."""
    first, second = (
        [i.id for i in read(har(tmp_path / "a.har"), CAP) if isinstance(i, Exchange)] for _ in range(2)
    )

    assert first == second
    assert 3 == len(set(first))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"log": 5}', '{"log": {}}', "{" * 5000])
def test_no_har(tmp_path: Path, text: str) -> None:
    """Another document is refused with its name."""
    path = tmp_path / "a.har"
    path.write_text(text)

    with pytest.raises(PictureError, match=r"a\.har"):
        list(read(path, CAP))


@pytest.mark.parametrize("entry", [5, {}, {"request": []}, {"request": {"url": 5}, "response": {"status": "x"}}])
def test_broken_entries_are_counted(tmp_path: Path, entry: object) -> None:
    """One bad entry never stops the rest."""
    path = tmp_path / "a.har"
    path.write_text(json.dumps({"log": {"entries": [entry]}}))

    (item,) = read(path, CAP)

    assert isinstance(item, Unusable)


def test_recognised_by_content(tmp_path: Path) -> None:
    """A JSON document with a log; a picture or another document is none."""
    assert recognises(tmp_path / "a.json", b' \n{"log": {')
    assert not recognises(tmp_path / "a.json", b'{"posts": 1}')
    assert not recognises(tmp_path / "a.jpg", b"\xff\xd8\xff")
