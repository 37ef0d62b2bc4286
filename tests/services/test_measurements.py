"""Files of counts that are handed from one person to another."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from creditline.ledger.store import Ledger
from creditline.model.errors import LimitError, UsageError
from creditline.model.observation import Observation
from creditline.model.settings import Settings
from creditline.services import measurements
from creditline.services.scoreboard import scoreboard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRETS = ("https://cdn.example/secret", "private-name.jpg", "ann-account")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "one", Settings()) as opened:
        yield opened


def posted(ledger: Ledger, count: int, site: str, *, profile: str | None = "2026-08-21", lost: int = 0) -> None:
    """So many uploads to a site, of which `lost` lose their creator."""
    work = ledger.new_work("Secret title")
    for number in range(count):
        ids = []
        for stage in ("uploaded", "served"):
            seen = Observation(
                f"{site}-{stage}-{number}",
                f"2026-08-{number + 1:02}T10:00:00Z",
                stage,
                "proxy",
                site=site,
                work=work,
                profile=profile,
                url=SECRETS[0],
                filename=SECRETS[1],
                account=SECRETS[2],
            )
            ids.append(ledger.append(seen, part=seen.id).id)
        outcome = "removed" if number < lost else "kept"
        audit = {
            "stages": {"uploaded": {"observation": ids[0]}, "served": {"observation": ids[1]}},
            "match": {"verdict": "same-work"},
            "fields": [{"id": "creator", "outcome": outcome, "uploaded": ["Ann Secret"]}],
            "ai": {"outcome": "kept"},
            "summary": {"cmi_lost": outcome == "removed"},
        }
        ledger.put_verdict(audit, work=work, site=site)


def signed(document: dict[str, Any]) -> bytes:
    """A document with a key and a good signature, whatever it says."""
    key = Ed25519PrivateKey.generate()
    document = {**document, "key": measurements._text(key.public_key().public_bytes_raw())}
    document.pop("signature", None)
    return json.dumps({**document, "signature": measurements._text(key.sign(rfc8785.dumps(document)))}).encode()


def test_only_counts_leave_the_machine(ledger: Ledger) -> None:
    """No address, name, account, title or value; few postings and hosts without a profile are left out."""
    posted(ledger, 6, "flickr", lost=2)
    posted(ledger, 4, "tumblr")
    posted(ledger, 9, "home.example", profile=None)
    data = measurements.export(ledger)
    read = measurements.read(data)

    for secret in (*SECRETS, "Secret title", "Ann Secret", "home.example", "tumblr", ledger.id):
        assert secret.encode() not in data
    assert {"flickr"} == set(read.sites)
    assert {("column", "credit"), ("column", "ai_label"), ("field", "creator"), ("judgement", "ai")} == {
        (row.kind, row.name) for row in read.rows
    }
    creator = next(row for row in read.rows if row.name == "creator")
    assert ("2026-08-21", {"kept": 4, "removed": 2}) == (creator.profile, creator.outcomes)


def test_two_files_cannot_be_tied_together(ledger: Ledger) -> None:
    """Each file has a key of its own."""
    posted(ledger, 5, "flickr")

    assert measurements.read(measurements.export(ledger)).key != measurements.read(measurements.export(ledger)).key


def test_nothing_is_exported_from_little(ledger: Ledger) -> None:
    """Under five postings there is no file."""
    posted(ledger, 4, "flickr")

    with pytest.raises(UsageError):
        measurements.export(ledger)


def test_files_of_many_are_put_together_once(ledger: Ledger, tmp_path: Path) -> None:
    """Another ledger counts a file once, its maker's own never takes it in."""
    posted(ledger, 6, "flickr", lost=2)
    data = measurements.export(ledger)
    with Ledger.open(tmp_path / "two", Settings()) as other:
        posted(other, 5, "flickr", lost=5)
        for _ in range(2):
            measurements.take_in(other.home, data)
        (score,) = scoreboard(other)

        assert (11, 5, 1) == (score.postings, score.own, score.files)
        assert (11, 7, "sometimes") == (
            score.columns["credit"].n,
            score.columns["credit"].lost,
            score.columns["credit"].level,
        )
        assert "not_measured" == score.columns["c2pa"].level
    with pytest.raises(UsageError, match="exported here"):
        measurements.take_in(ledger.home, data)


def test_a_changed_file_is_refused(ledger: Ledger) -> None:
    """One count more, and the signature does not hold."""
    posted(ledger, 6, "flickr")
    document = json.loads(measurements.export(ledger))
    document["sites"]["flickr"]["postings"] += 1

    with pytest.raises(UsageError, match="signature"):
        measurements.read(json.dumps(document).encode())


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "creditline/measurement/9"},
        {"rows": [{}]},
        {"rows": {}},
        {"sites": {"<script>": {"postings": 9, "last": "2026-01-01"}}},
        {"sites": {"flickr": {"postings": 4, "last": "2026-01-01"}}},
        {"sites": {"flickr": {"postings": True, "last": "2026-01-01"}}},
        {"sites": []},
    ],
)
def test_a_signed_file_is_still_not_trusted(ledger: Ledger, change: dict[str, Any]) -> None:
    """Whoever signs, what no measurement can hold is refused, and nothing is kept."""
    posted(ledger, 6, "flickr")
    document = {**json.loads(measurements.export(ledger)), **change}

    with pytest.raises(UsageError):
        measurements.take_in(ledger.home, signed(document))
    assert [] == list(measurements.imported(ledger.home))


@pytest.mark.parametrize(
    "row",
    [
        {"name": "=1+1"},
        {"kind": "column", "name": "creator"},
        {"outcomes": {"kept": 4}, "n": 4},
        {"outcomes": {"kept": 7}},
        {"outcomes": {"stolen": 6}},
        {"outcomes": {"kept": -1, "removed": 7}},
        {"profile": "yesterday"},
        {"site": "elsewhere"},
    ],
)
def test_rows_must_add_up(ledger: Ledger, row: dict[str, Any]) -> None:
    """A row with an unknown name, too few postings, or counts that do not add up spoils its file."""
    posted(ledger, 6, "flickr")
    document = json.loads(measurements.export(ledger))
    document["rows"][0] |= row

    with pytest.raises(UsageError):
        measurements.read(signed(document))


def test_size_is_capped() -> None:
    """A file past the cap is not parsed; neither is deep nesting."""
    with pytest.raises(LimitError):
        measurements.read(b" " * (measurements.MAX_FILE + 1))
    with pytest.raises(UsageError):
        measurements.read(b"[" * 200_000)
