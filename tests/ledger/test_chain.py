"""The chain notices what was done to it, and survives what may be done to it."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
import rfc8785

from creditline.ledger import chain
from creditline.ledger.chain import Sealed
from creditline.model.errors import LedgerError
from creditline.model.observation import PERSONAL, Observation


def seen(number: int) -> Observation:
    return Observation(
        id=f"id{number}", at="2026-11-24T13:00:00Z", stage="uploaded", via="proxy", account="ann",
        url=f"https://x.test/{number}", sha256="a" * 64, bytes=number, declared=(("size", "1"),),
    )  # fmt: skip


def rows(count: int = 5) -> list[Sealed]:
    made: list[Sealed] = []
    for number in range(1, count + 1):
        made.append(chain.seal(seen(number), number, made[-1].observation.chain if made else None))
    return made


def head(made: list[Sealed]) -> tuple[int, str | None]:
    return made[-1].seq, made[-1].observation.chain


def test_every_member_is_covered() -> None:
    """The chain covers exactly what `log --json` shows, `chain` aside: a new member needs a new schema."""
    assert set(seen(1).to_json()) - {"chain"} == set(chain.COVERED)


def test_the_hash_is_what_the_contract_says() -> None:
    """`chain` can be had with nothing but RFC 8785 and SHA-256 from the line, the salts and the contract."""
    row = rows(2)[1]
    line = row.observation.to_json()
    del line["chain"]
    for name in PERSONAL:
        if line.get(name) is not None:
            line[name] = hashlib.sha256(row.salts[name] + line[name].encode()).hexdigest()

    assert row.observation.chain == hashlib.sha256(rfc8785.dumps(line)).hexdigest()


def test_an_untouched_chain_holds() -> None:
    """Nothing done, nothing found; an empty chain holds too."""
    made = rows()

    assert chain.ChainReport(True, 5) == chain.verify(made, head(made))
    assert chain.ChainReport(True, 0) == chain.verify([], (0, None))


def test_purged_values_leave_it_standing() -> None:
    """Without value and salt the digest alone is enough."""
    made = rows()
    made[1] = replace(made[1], observation=replace(made[1].observation, url=None, account=None), salts={})

    assert chain.verify(made, head(made)).ok


@pytest.mark.parametrize(
    "change",
    [{"bytes": 9}, {"site": "y"}, {"url": "https://x.test/forged"}, {"declared": ()}, {"at": "2025-01-01"}],
)
def test_an_edit_is_found(change: dict[str, object]) -> None:
    """Any edited member gives the row away, personal ones included."""
    made = rows()
    made[2] = replace(made[2], observation=replace(made[2].observation, **change))  # type: ignore[arg-type]

    assert chain.ChainReport(False, 5, "id3", 0) == chain.verify(made, head(made))


def test_a_row_sealed_anew_is_found() -> None:
    """Who recomputes the edited row's own hash is given away by the next one, or by the head."""
    made = rows()
    middle = chain.seal(replace(seen(3), bytes=9), 3, made[1].observation.chain)
    last = chain.seal(replace(seen(5), bytes=9), 5, made[3].observation.chain)

    assert "id4" == chain.verify([*made[:2], middle, *made[3:]], head(made)).first_bad
    assert "id5" == chain.verify([*made[:4], last], head(made)).first_bad


def test_a_removed_row_is_found_and_counted() -> None:
    """A gap is reported with its size, at the beginning, in the middle and at the end."""
    made = rows()

    assert chain.ChainReport(False, 4, "id2", 1) == chain.verify(made[1:], head(made))
    assert chain.ChainReport(False, 3, "id5", 2) == chain.verify([*made[:2], made[4]], head(made))
    assert chain.ChainReport(False, 3, None, 2) == chain.verify(made[:3], head(made))


def test_a_swap_is_found() -> None:
    """Two rows that changed places, numbers and all, do not follow one another."""
    made = rows()
    swapped = [made[0], replace(made[2], seq=2), replace(made[1], seq=3), *made[3:]]

    assert "id3" == chain.verify(swapped, head(made)).first_bad


def test_an_inserted_row_is_found() -> None:
    """A row that was sealed properly but put in later breaks the link behind it, or passes the head."""
    made = rows()
    forged = chain.seal(seen(9), 3, made[1].observation.chain)
    inserted = [*made[:2], forged, *(replace(row, seq=row.seq + 1) for row in made[2:])]
    after = chain.seal(seen(9), 6, made[4].observation.chain)

    assert "id3" == chain.verify(inserted, (6, made[4].observation.chain)).first_bad
    assert "id9" == chain.verify([*made, after], head(made)).first_bad


def test_a_row_that_cannot_be_read_is_bad_not_fatal() -> None:
    """A damaged row is reported and the walk goes on."""
    made = rows()
    made[1] = replace(made[1], broken=True)
    made[3] = replace(made[3], observation=replace(made[3].observation, width=2**60))

    assert chain.ChainReport(False, 5, "id2", 0) == chain.verify(made, head(made))


def test_what_rfc_8785_cannot_write_is_refused() -> None:
    """A number past 2^53 is a LedgerError when it is appended, not a crash."""
    with pytest.raises(LedgerError):
        chain.seal(replace(seen(1), width=2**60), 1, None)


def test_salts_differ() -> None:
    """The same value twice has two digests, so that equal addresses cannot be told from the chain."""
    first, second = rows(2)

    assert first.digests["account"] != second.digests["account"]
    assert chain.SALT_BYTES == len(first.salts["account"])
