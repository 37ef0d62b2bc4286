"""Which units of a file give way to which bytes: the part that all containers splice alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from creditline.model.errors import ContainerError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from creditline.model.picture import Block

type Changes = Mapping[str, Sequence[bytes]]
"""Carrier → the payloads it shall have afterwards; none takes it out. Carriers not named stay as they are."""


@dataclass(frozen=True, slots=True)
class Found:
    """A block and the units (by index, in file order) that hold it; `shown` is False for a part nobody names."""

    block: Block
    units: tuple[int, ...]
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """`replaced`: unit → its new bytes, none to take it out. `inserted`: (before unit, rank, bytes)."""

    replaced: Mapping[int, bytes] = field(default_factory=dict)
    inserted: tuple[tuple[int, int, bytes], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.replaced or self.inserted)

    def __or__(self, other: Plan) -> Plan:
        return Plan({**self.replaced, **other.replaced}, self.inserted + other.inserted)


def check(changes: Changes, name: str, writable: Collection[str]) -> None:
    """ContainerError if `changes` names a carrier that cannot be written into this format."""
    for carrier in changes:
        if carrier not in writable:
            raise ContainerError(
                f"{carrier} cannot be written into a {name} file",
                next_step=f"Leave {carrier} out, or use one of: {', '.join(writable)}.",
            )


def place(
    found: Sequence[Found],
    wanted: Sequence[bytes],
    write: Callable[[bytes], bytes],
    *,
    before: int,
    rank: int,
) -> Plan:
    """The edits that leave exactly `wanted`: blocks already right stay, others give way in place.

    More payloads than blocks go behind the last block, or before unit `before`; `rank` orders newcomers there.
    """
    replaced: dict[int, bytes] = {}
    for number, one in enumerate(found):
        payload = wanted[number] if number < len(wanted) else None
        if payload is not None and one.block.payload == payload and one.block.problem is None:
            continue
        replaced.update(dict.fromkeys(one.units, b""))
        if payload is not None:
            replaced[one.units[0]] = write(payload)
    at = found[-1].units[-1] + 1 if found else before
    return Plan(replaced, tuple((at, rank, write(payload)) for payload in wanted[len(found) :]))


def growth(plan: Plan, spans: Sequence[tuple[int, int]], before: int) -> int:
    """By how many bytes the start of unit `before` moves."""
    grown = sum(len(new) - (spans[n][1] - spans[n][0]) for n, new in plan.replaced.items() if n < before)
    return grown + sum(len(new) for at, _, new in plan.inserted if at <= before)


def render(data: bytes, spans: Sequence[tuple[int, int]], plan: Plan) -> bytes:
    """`data` with the plan carried out. `spans` are the units' (start, end), gapless over the whole file."""
    if not plan:
        return data
    arrivals: dict[int, list[tuple[int, bytes]]] = {}
    for at, rank, new in plan.inserted:
        arrivals.setdefault(at, []).append((rank, new))
    view = memoryview(data)
    out: list[bytes | memoryview] = []
    kept = 0
    for number in sorted({*plan.replaced, *arrivals}):
        start = spans[number][0] if number < len(spans) else len(data)
        out.append(view[kept:start])
        kept = start
        out += [new for _, new in sorted(arrivals.get(number, ()), key=lambda arrival: arrival[0])]
        if number in plan.replaced:
            out.append(plan.replaced[number])
            kept = spans[number][1]
    out.append(view[kept:])
    return b"".join(out)
