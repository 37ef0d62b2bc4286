"""Many originals' features in memory: which of them a copy shows a part of, when no code of the whole is near.

A copy's points vote: each finds stored points whose descriptors share a sixteenth of their bits exactly and nearly
all others, and the originals with the most votes are then aligned one by one. Who has no votes is not looked at, so
the answer takes time in the number of votes and hardly in that of the originals.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np

from creditline.fingerprints.geometry import original_features, placed, whole
from creditline.model.errors import LimitError, PictureError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from creditline.fingerprints.geometry import Copy, Features
    from creditline.model.observation import Placement

HELD = 1000
"""Originals held: up to 100 kB each, and 34 kB more while they are voted on."""
CHOSEN = 8
"""Originals that are aligned after a vote, at 3 ms each."""
BUDGET = 8.0
"""Seconds of making features that one question may cost; what was not reached is reached by the next."""

_VOTING = 500  # points of an original that may be voted for
_BANDS = slice(0, 16, 2)  # of 16 bits; at 25 of 256 bits off, 80 of 100 pairs of points share one of these eight
_VALUES = 1 << 16
_NEAR = 56  # bits; random ORB descriptors lie around 100 apart
_CROWDED = 64  # points that share a band: more are no landmark but a plain edge, and would cost the time
_LEAST_VOTES = 4


class Gallery:
    """Features by id, the least recently asked for forgotten first. One thread at a time."""

    def __init__(self, held: int = HELD) -> None:
        self._held = held
        self._features: OrderedDict[str, Features | None] = OrderedDict()
        self._ballot: _Ballot | None = None

    def __len__(self) -> int:
        return len(self._features)

    @property
    def nbytes(self) -> int:
        """Bytes of memory that features and ballot take."""
        ballot = 0 if self._ballot is None else self._ballot.nbytes
        return ballot + sum(item.nbytes for item in self._features.values() if item is not None)

    def features(self, id: str, load: Callable[[str], bytes]) -> Features | None:  # noqa: A002 - the ledger's word
        """An original's features, from its bytes where they are not held; None where it cannot be decoded."""
        if id in self._features:
            self._features.move_to_end(id)
            return self._features[id]
        try:
            found: Features | None = original_features(load(id))
        except (PictureError, LimitError):
            found = None
        self._features[id] = found
        while len(self._features) > self._held:
            self._features.popitem(last=False)
        return found

    def place(
        self, copy: Copy, ids: Iterable[tuple[str, bool]], load: Callable[[str], bytes]
    ) -> list[tuple[str, Placement]]:
        """Those originals that the copy shows, each asked about with whether it is mirrored; best first.

        An original that is asked about both ways is mirrored only where it is not there as it is.

        Raises:
            PictureError: the copy cannot be compared.
            MissingPartError: the extra `geometry` is not installed.
        """
        seen: dict[bool, _Looks] = {}
        found: list[tuple[str, Placement]] = []
        for name, mirrored in ids:
            original = self.features(name, load)
            if original is None or any(name == before for before, _ in found):
                continue
            if mirrored not in seen:
                seen[mirrored] = _Looks(copy.mirrored() if mirrored else copy)
            for look in seen[mirrored]:
                placement = placed(original, look, mirrored=mirrored)
                if placement is not None:
                    break
            else:
                # Asked about because a code of the whole is near: so it may be the whole, with no points to find it by.
                placement = whole(original, seen[mirrored].first, mirrored=mirrored)
            if placement is not None:
                found.append((name, placement))
        return sorted(found, key=_best)

    def vote(self, copy: Copy, ids: Sequence[str], load: Callable[[str], bytes]) -> list[tuple[str, Placement]]:
        """Those of many originals, likeliest first and at most `HELD`, that the copy shows; best first.

        The copy is looked at in every way as it is, then mirrored, until one look finds something.

        Raises:
            PictureError: the copy cannot be compared.
            MissingPartError: the extra `geometry` is not installed.
        """
        ballot = self._balloted(ids[: self._held], load)
        for mirrored in (False, True):
            for look in (copy.mirrored() if mirrored else copy).looks():
                found = []
                for name in ballot.chosen(look.descriptors):
                    original = self._features.get(name)
                    placement = None if original is None else placed(original, look, mirrored=mirrored)
                    if placement is not None:
                        found.append((name, placement))
                if found:
                    return sorted(found, key=_best)
        return []

    def _balloted(self, ids: Sequence[str], load: Callable[[str], bytes]) -> _Ballot:
        end = time.monotonic() + BUDGET
        known: dict[str, NDArray[np.uint8]] = {}
        # From the last on, so that the likeliest are the last to be forgotten; but made from the first on.
        for name in ids:
            if name not in self._features and time.monotonic() > end:
                continue
            features = self.features(name, load)
            if features is not None and len(features.descriptors):
                known[name] = features.descriptors[:_VOTING]
        if self._ballot is None or self._ballot.ids != tuple(known):
            self._ballot = _Ballot(known)
        return self._ballot


class _Looks:
    """A copy's looks, each taken when it is first needed and kept."""

    def __init__(self, copy: Copy) -> None:
        self._coming = copy.looks()
        self._taken: list[Features] = []

    @property
    def first(self) -> Features:
        """The copy as it is."""
        return next(iter(self))

    def __iter__(self) -> Iterator[Features]:
        number = 0
        while True:
            if number == len(self._taken):
                following = next(self._coming, None)
                if following is None:
                    return
                self._taken.append(following)
            yield self._taken[number]
            number += 1


class _Ballot:
    """Descriptors of many originals, to be found by any sixteenth of their bits."""

    def __init__(self, known: dict[str, NDArray[np.uint8]]) -> None:
        self.ids = tuple(known)
        every = np.concatenate([*known.values(), np.empty((0, 32), np.uint8)])
        self._codes = np.ascontiguousarray(every).view(np.uint64)
        self._owners = np.repeat(np.arange(len(known), dtype=np.int32), [len(d) for d in known.values()])
        bands = np.ascontiguousarray(every).view(np.uint16).T[_BANDS]
        self._orders = [np.argsort(column, kind="stable").astype(np.int32) for column in bands]
        self._starts = [np.concatenate([[0], np.bincount(column, minlength=_VALUES).cumsum()]) for column in bands]

    @property
    def nbytes(self) -> int:
        """Bytes of memory that it takes."""
        return int(
            self._codes.nbytes + self._owners.nbytes + sum(a.nbytes for a in (*self._orders, *self._starts))
        )

    def chosen(self, descriptors: NDArray[np.uint8]) -> list[str]:
        """The originals with the most votes, most first: one vote for each point that has a near one there."""
        if not len(descriptors) or not self.ids:
            return []
        codes = descriptors.view(np.uint64)
        voters, found = [], []
        bands = descriptors.view(np.uint16).T[_BANDS]
        for column, order, starts in zip(bands, self._orders, self._starts, strict=True):
            first, last = starts[column], starts[column.astype(np.intp) + 1]
            counts = np.where(last - first <= _CROWDED, last - first, 0)
            voter = np.repeat(np.arange(len(column)), counts)
            step = np.arange(len(voter)) - np.repeat(np.cumsum(counts) - counts, counts)
            voters.append(voter)
            found.append(order[first[voter] + step])
        voter, point = np.concatenate(voters), np.concatenate(found)
        near = np.bitwise_count(codes[voter] ^ self._codes[point]).sum(axis=1) <= _NEAR
        votes = np.unique(np.stack([voter[near], self._owners[point[near]]]), axis=1)
        counts = np.bincount(votes[1].astype(np.intp), minlength=len(self.ids))
        best = np.argsort(-counts, kind="stable")[:CHOSEN]
        return [self.ids[number] for number in best if counts[number] >= _LEAST_VOTES]


def _best(item: tuple[str, Placement]) -> tuple[int, str]:
    return -item[1].inliers, item[0]
