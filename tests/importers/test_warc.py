"""WARC and WACZ: bodies byte for byte, pairs put together, broken archives said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.importers.archives import CAP, COPY, PICTURE, UPLOAD, http, record, wacz, warc, warc_bytes

from creditline.importers.found import Unusable
from creditline.importers.warc import read, recognises
from creditline.model.errors import PictureError
from creditline.model.exchange import Exchange

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("kind", ["plain", "gzip", "wacz"])
def test_pairs_are_exact(tmp_path: Path, kind: str) -> None:
    """Request and answer of each address become one exchange, every byte kept."""
    path = wacz(tmp_path / "a.wacz") if kind == "wacz" else warc(tmp_path / "a.warc.gz", gzip=kind == "gzip")

    upload, _, copy = [item for item in read(path, CAP) if isinstance(item, Exchange)]

    with path.open("rb") as file:
        assert recognises(path, file.read(64))
    assert ("POST", UPLOAD, 200, "import") == (upload.method, upload.url, upload.status, upload.via)
    assert PICTURE in (upload.request.body.data or b"")
    assert (COPY, PICTURE) == (copy.url, copy.response.body.data if copy.response else None)
    assert "image/png" == (copy.response.header("content-type") if copy.response else None)


def test_an_answer_alone_is_a_get(tmp_path: Path) -> None:
    """Crawlers write answers only; chunked bodies are put together; a resource is an answer, too."""
    headers = (("Content-Type", "image/png"), ("Transfer-Encoding", "chunked"))
    chunked = b"5;x=1\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    answered = record("response", COPY, http("HTTP/1.1 200 OK", headers, chunked))
    (tmp_path / "a.warc").write_bytes(answered + record("resource", UPLOAD, PICTURE, "image/png"))

    found = {item.url: item for item in read(tmp_path / "a.warc", CAP) if isinstance(item, Exchange)}

    assert ("GET", b"hello world") == (found[COPY].method, found[COPY].response.body.data)  # type: ignore[union-attr]
    assert PICTURE == found[UPLOAD].response.body.data  # type: ignore[union-attr]


def test_large_bodies_are_left_out(tmp_path: Path) -> None:
    """Over the cap there is a reason in the body's place."""
    path = warc(tmp_path / "a.warc.gz")

    found = [item for item in read(path, 100) if isinstance(item, Exchange)]

    assert "too_large" == found[-1].response.body.missed  # type: ignore[union-attr]


@pytest.mark.parametrize("cut", [100, 1500, 5000])
def test_a_cut_archive_gives_what_it_has(tmp_path: Path, cut: int) -> None:
    """An archive that breaks off never raises."""
    path = tmp_path / "a.warc.gz"
    path.write_bytes(warc_bytes()[:cut])

    for item in read(path, CAP):
        assert isinstance(item, Exchange | Unusable)


def test_no_wacz(tmp_path: Path) -> None:
    """A broken package is refused with its name."""
    path = tmp_path / "a.wacz"
    path.write_bytes(b"PK\x03\x04" + b"\0" * 50)

    with pytest.raises(PictureError, match=r"a\.wacz"):
        list(read(path, CAP))
