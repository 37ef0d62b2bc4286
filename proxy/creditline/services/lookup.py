"""Everything that a copy is looked up with: the codes of whole pictures and of crops, and the second stage.

It is itself an index of whole pictures' codes, and stands wherever one does; `recognition` asks it for the rest.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Self

from creditline.fingerprints.perceptual import KIND
from creditline.fingerprints.variants import CROP_KINDS
from creditline.ledger.index.choose import AUTO, engine_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from creditline.ledger.index.interface import CandidateIndex
    from creditline.ledger.store import Ledger
    from creditline.model.observation import Placement
    from creditline.pipeline.match import Known
    from creditline.services.second_stage import SecondStage

REMEMBERED = 256
"""Copies whose forms, and pairs whose placement, are remembered: the ledger keeps neither, and a copy is judged again
in the moment after it was recognised."""


class Lookup:
    """A `CandidateIndex` of whole pictures with everything beside it. `second` None: stage one only."""

    def __init__(
        self,
        whole: CandidateIndex,
        crops: Mapping[str, CandidateIndex] | None = None,
        second: SecondStage | None = None,
    ) -> None:
        self.whole = whole
        self.crops: Mapping[str, CandidateIndex] = crops or {}
        self.second = second
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._placed: OrderedDict[tuple[str, str], Placement | None] = OrderedDict()

    @classmethod
    def load(cls, ledger: Ledger, second: SecondStage | None = None, *, engine: str = AUTO) -> Self:
        """All codes of known works' pictures in the ledger, searched by the engine that the setting `index` names.

        Raises:
            LedgerError: the ledger cannot be read.
            SettingsError, MissingPartError: there is no such engine here.
        """
        chosen = engine_of(ledger, engine)
        crops = {kind: chosen.load(ledger, kind) for kind in CROP_KINDS}
        return cls(chosen.load(ledger, KIND), crops, second)

    @classmethod
    def of(cls, index: CandidateIndex) -> Lookup:
        """The index itself if it is one of these, otherwise one with nothing beside the index."""
        return index if isinstance(index, Lookup) else cls(index)

    def candidates(self, copy: Known, radius: int) -> Iterator[str]:
        """Originals with a crop near the copy, or near one of its forms, the nearest first."""
        plain = copy.fingerprint
        if plain is None or plain.code is None:
            return
        forms = [form.code for form in copy.forms]
        found: dict[str, int] = {}
        asked = [(self.whole, forms), *((index, [plain.code, *forms]) for index in self.crops.values())]
        for index, codes in asked:
            for hits in index.within_each(codes, radius) if codes else ():
                for sha256, far in hits:
                    found[sha256] = min(far, found.get(sha256, far))
        yield from sorted(found, key=lambda sha256: (found[sha256], sha256))

    def remember(self, copy: Known) -> None:
        """Keep a copy's forms for a while."""
        _put(self._known, copy.sha256, copy)

    def forms_of(self, known: Known) -> Known:
        """The same picture with its forms, if they are still remembered."""
        return self._known.get(known.sha256, known)

    def remember_placed(self, original: str, copy: str, placement: Placement | None) -> None:
        """Keep for a while where an original lies in a copy, or that it does not."""
        _put(self._placed, (original, copy), placement)

    def placed(self, original: str, copy: str) -> tuple[bool, Placement | None]:
        """Whether that is remembered, and what."""
        return (original, copy) in self._placed, self._placed.get((original, copy))

    # The index of whole pictures, for whoever takes this for one

    def add(self, id: str, code: bytes) -> None:  # noqa: A002 - the interface's word
        """Adds a whole picture's code."""
        self.whole.add(id, code)

    def remove(self, id: str) -> bool:  # noqa: A002 - the interface's word
        """Forgets a picture, crops and all; False when it was not there."""
        for index in self.crops.values():
            index.remove(id)
        return self.whole.remove(id)

    def within(self, code: bytes, radius: int) -> list[tuple[str, int]]:
        """Whole pictures near a code."""
        return self.whole.within(code, radius)

    def within_each(self, codes: Sequence[bytes], radius: int) -> list[list[tuple[str, int]]]:
        """Whole pictures near each code."""
        return self.whole.within_each(codes, radius)

    def bulk_load(self, items: Iterable[tuple[str, bytes]]) -> None:
        """Adds many whole pictures' codes."""
        self.whole.bulk_load(items)

    def __len__(self) -> int:
        """How many whole pictures are held."""
        return len(self.whole)


def _put[K, V](kept: OrderedDict[K, V], key: K, value: V) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > REMEMBERED:
        kept.popitem(last=False)
