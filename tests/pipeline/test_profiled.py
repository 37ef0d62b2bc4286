"""A profile's own word joins the pieces of an upload and tells what its page declares."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import pytest
from tests.site_samples import exchange
from tests.wire import FORM, PICTURE, multipart

from creditline.pipeline import profiled, recognise, sessions
from creditline.pipeline.bodies.view import View
from creditline.pipeline.sessions import Upload
from creditline.vocab import sites

if TYPE_CHECKING:
    from pathlib import Path

    from creditline.model.exchange import Exchange
    from creditline.vocab.site_profile import Profile

HEAD = """
id = "own"
name = "Own"
last_verified = 2026-01-01
confidence = "high"
evidence = ["tests"]
hosts = ['^own\\.example$']
"""
BY_INDEX = """
[session]
from = "query:upload"
with = "path:album"
[chunk]
index = "query:part"
base = 1
total = "query:parts"
[finish]
when = "covered"
[[upload]]
match = { method = "PUT", path = '^/put/(?P<album>\\w+)$' }
form = "F13"
"""
BY_OFFSET = """
[session]
from = "field:upload"
[chunk]
offset = "field:at"
[finish]
match = { method = "POST", path = '^/done$' }
ok = [204]
[[upload]]
match = { method = "POST", path = '^/put$' }
form = "F13"
"""
DECLARES = """
declares = [{ size = "query:size" }, { md5 = "header:content-md5" }, { sha256 = "query:hash" }, { crc32 = "query:crc" }]
[[upload]]
match = { method = "PUT", path = '^/whole$' }
form = "F3"
"""


def profile_of(home: Path, rules: str) -> Profile:
    """The profile that a user wrote with these rules."""
    folder = home / "sites"
    folder.mkdir(exist_ok=True)
    (folder / "own.toml").write_text(HEAD + rules)
    return sites.load(home).profile("own")


def sent(method: str, path: str, body: bytes = b"", status: int = 200, **headers: str) -> Exchange:
    """A request to the site."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return exchange(method, f"https://own.example{path}", named, body, status, b"")


def joined(exchanges: list[Exchange], profile: Profile) -> bytes | None:
    """What the pieces make, or None while some are missing; they are all of one upload."""
    upload, pieces, keys = Upload("F13"), [], set()
    for seen in exchanges:
        step = recognise.step(seen, profile)
        assert step is not None
        keys.add(step.key)
        upload = sessions.after(upload, step, None if step.data is None else len(step.data))
        pieces.append(step.data or b"")
    assert 1 == len(keys)
    plan = sessions.whole(upload)
    if plan is None:
        return None
    ordered = sorted(plan, key=lambda place: place.offset or 0)
    return b"".join(pieces[place.number] for place in ordered)


def test_numbered_pieces(tmp_path: Path) -> None:
    """They come in any order, and twice; the upload is whole when as many are there as were announced."""
    profile = profile_of(tmp_path, BY_INDEX)
    parts = [PICTURE[at : at + 1000] for at in range(0, len(PICTURE), 1000)]
    turns = [
        sent("PUT", f"/put/a?upload=u7&part={number}&parts={len(parts)}", part)
        for number, part in enumerate(parts, 1)
    ]

    assert PICTURE == joined([*reversed(turns), turns[0]], profile)
    assert None is joined(turns[:-1], profile)


def test_pieces_with_an_offset(tmp_path: Path) -> None:
    """They may stand in forms; the request that finishes them must have been accepted."""
    profile = profile_of(tmp_path, BY_OFFSET)

    def piece(start: int, end: int) -> Exchange:
        body = multipart(
            ("upload", None, None, b"u7"),
            ("at", None, None, str(start).encode()),
            ("file", "blob", None, PICTURE[start:end]),
        )
        return sent("POST", "/put", body, Content_Type=FORM)

    def end(status: int) -> Exchange:
        body = multipart(("upload", None, None, b"u7"))
        return sent("POST", "/done", body, status, Content_Type=FORM)

    turns = [piece(1000, len(PICTURE)), piece(0, 1000)]

    assert PICTURE == joined([*turns, end(204)], profile)
    assert None is joined([*turns, end(200)], profile)


@pytest.mark.parametrize("path", ["/put/a", "/put/a?upload=u7", "/put/a?part=1", "/other?upload=u7&part=1"])
def test_what_lacks_its_name_or_number_is_no_piece(tmp_path: Path, path: str) -> None:
    """Such a request is looked at as any other."""
    assert None is profiled.step(View(sent("PUT", path, PICTURE)), profile_of(tmp_path, BY_INDEX))


def test_what_a_page_declares(tmp_path: Path) -> None:
    """Each is told as it was said; one that does not hold of the picture is told to differ."""
    profile = profile_of(tmp_path, DECLARES)
    md5 = base64.b64encode(hashlib.md5(PICTURE, usedforsecurity=False).digest()).decode()
    path = f"/whole?size={len(PICTURE)}&hash={hashlib.sha256(PICTURE).hexdigest().upper()}&crc=00000000"

    said = profiled.declared(sent("PUT", path, PICTURE, Content_MD5=md5), profile, PICTURE)

    assert ["declared_size", "declared_md5", "declared_sha256", "declared_crc32", "declared_crc32"] == [
        name for name, _ in said
    ]
    assert ("declared_crc32", "differs") == said[-1]
    assert (("declared_size", "5"), ("declared_size", "differs")) == profiled.declared(
        sent("PUT", "/whole?size=5", PICTURE), profile, PICTURE
    )
    assert () == profiled.declared(sent("PUT", "/elsewhere?size=5", PICTURE), profile, PICTURE)
