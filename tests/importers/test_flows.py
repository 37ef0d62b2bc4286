"""Flow files of mitmproxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.importers.archives import CAP, COPY, PICTURE, UPLOAD, flows

from creditline.importers.flows import read, recognises
from creditline.importers.found import Unusable
from creditline.model.exchange import Exchange

if TYPE_CHECKING:
    from pathlib import Path


def test_flows_are_exact(tmp_path: Path) -> None:
    """Every flow becomes an exchange, every byte kept."""
    path = flows(tmp_path / "a.flows")

    upload, _, copy = [item for item in read(path, CAP) if isinstance(item, Exchange)]

    assert recognises(path, path.read_bytes()[:64])
    assert ("POST", UPLOAD) == (upload.method, upload.url)
    assert PICTURE in (upload.request.body.data or b"")
    assert (COPY, PICTURE) == (copy.url, copy.response.body.data if copy.response else None)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
def test_a_cut_file_gives_what_it_has(tmp_path: Path, share: float) -> None:
    """A file that breaks off is said, and never raises."""
    path = flows(tmp_path / "a.flows")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])

    found = list(read(path, CAP))

    assert any(isinstance(item, Unusable) for item in found)


@pytest.mark.parametrize("head", [b"", b"12", b"abc:", b"\xff\xd8\xff\xe0", b'{"log"', b"12:x"])
def test_other_files_are_none(tmp_path: Path, head: bytes) -> None:
    """What does not begin as a flow is not taken for one."""
    assert not recognises(tmp_path / "a", head)
