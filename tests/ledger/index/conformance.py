"""The conformance run of every engine: whatever is added, replaced and removed, it finds what brute force finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from creditline.ledger.index.interface import CandidateIndex

CODES = st.one_of(
    st.binary(min_size=32, max_size=32),
    st.sampled_from([bytes(32), b"\xff" * 32, bytes(31) + b"\x01", b"\x80" + bytes(31)]),
)
STEPS = st.lists(st.tuples(st.sampled_from(["add", "remove", "load"]), st.integers(0, 9), CODES), max_size=40)
RADII = st.integers(0, 300)


def name(number: int) -> str:
    """An id as the ledger has them."""
    return f"{number:064x}"


def brute(held: dict[str, bytes], code: bytes, radius: int) -> list[tuple[str, int]]:
    """What is within the radius, nearest first, then by id."""
    query = int.from_bytes(code)
    near = [(id_, (int.from_bytes(other) ^ query).bit_count()) for id_, other in held.items()]
    return sorted((hit for hit in near if hit[1] <= radius), key=lambda hit: (hit[1], hit[0]))


def agrees(index: CandidateIndex, steps: list[tuple[str, int, bytes]], query: bytes, radius: int) -> None:
    """An empty engine, after these steps, gives exact answers; the complement at 256 bits included."""
    held: dict[str, bytes] = {}
    for step, number, code in steps:
        id_ = name(number)
        if step == "add":
            index.add(id_, code)
            held[id_] = code
        elif step == "remove":
            assert (held.pop(id_, None) is not None) == index.remove(id_)
        else:
            batch = [(id_, bytes(32)), (name(number + 10), code), (id_, code)]
            index.bulk_load(batch)
            held.update(batch)

    assert len(held) == len(index)
    assert brute(held, query, radius) == index.within(query, radius)
    both = [brute(held, code, radius) for code in (query, bytes(32))]
    assert both == index.within_each([query, bytes(32)], radius)
    assert [] == index.within_each([], radius)
