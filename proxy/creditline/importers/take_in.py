"""From archives into the ledger: what is worth recording is handed to the recorder, everything else is counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from creditline.importers import IMPORTERS
from creditline.importers.found import Exported, Unusable, identity, moment
from creditline.ledger import queries
from creditline.model.settings import MIB
from creditline.pipeline import recognise, steps
from creditline.pipeline.bodies import SESSIONS
from creditline.services.record import Handed

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path
    from types import ModuleType

    from creditline.ledger.store import Ledger
    from creditline.model.exchange import Exchange
    from creditline.model.observation import Observation
    from creditline.services.recorder import Recorder
    from creditline.vocab.sites import Sites

HEAD = 512
"""Bytes that tell the kind of a file."""
MAX_PENDING = 64 * MIB
MAX_PENDING_ITEMS = 100
EXAMPLES = 3
PIECES = frozenset(form.CODE for form in SESSIONS)
"""Forms of uploads that take several requests."""


@dataclass(slots=True)
class Tally:
    """What became of a file: ids of the exchanges that were handed on or known already, and what was not used."""

    exchanges: list[str] = field(default_factory=list)
    read: int = 0
    known: int = 0
    unused: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def refuse(self, what: str, why: str) -> None:
        """Count something that was not used, and keep a few names of it."""
        self.unused[why] += 1
        named = self.examples.setdefault(why, [])
        if len(named) < EXAMPLES:
            named.append(what)


def importer_of(path: Path) -> ModuleType | None:
    """The importer for a file, or None for what is no archive.

    Raises:
        OSError: the file cannot be read.
    """
    if not path.is_file():
        return None
    with path.open("rb") as file:
        head = file.read(HEAD)
    return next((importer for importer in IMPORTERS if importer.recognises(path, head)), None)


class Intake:
    """Takes archives in, one after another, into one recorder."""

    def __init__(self, recorder: Recorder, ledger: Ledger, sites: Sites, cap: int) -> None:
        self._recorder = recorder
        self._ledger = ledger
        self._sites = sites
        self._cap = cap

    def read(self, path: Path, importer: ModuleType, progress: Callable[[Tally], None] = lambda _: None) -> Tally:
        """Take a file in; what an earlier import of it left is not written again.

        Raises:
            PictureError: the file is not what it seemed.
        """
        tally = Tally()
        waiting: list[tuple[str, Future[Observation]]] = []
        pending = 0
        for item in importer.read(path, self._cap):
            tally.read += 1
            if isinstance(item, Unusable):
                tally.refuse(item.what, item.why)
            elif isinstance(item, Exported):
                found = self._exported(item, tally)
                if found is not None:
                    waiting.append((item.name, found))
                    pending += len(item.data)
            elif self._exchange(item, tally):
                pending += sum(m.body.length for m in (item.request, item.response) if m is not None)
            if pending > MAX_PENDING or tally.read % MAX_PENDING_ITEMS == 0:
                self._recorder.drain()
                pending = 0
            progress(tally)
        self._recorder.drain()
        self._recorder.report_unfinished()
        self._recorder.drain()
        for name, done in waiting:
            error = done.exception()
            if error is not None:
                tally.refuse(name, f"no picture that can be read: {error}")
        return tally

    def _exchange(self, seen: Exchange, tally: Tally) -> bool:
        profile = self._sites.profile_at(seen.host, seen.path.partition("?")[0])
        if not (
            recognise.may_hold_upload(seen, profile)
            or recognise.may_be_served(seen, profile)
            or steps.is_step(seen, profile)
        ):
            return False
        tally.exchanges.append(seen.id)
        known = queries.by_exchange(self._ledger, [seen.id])
        tally.known += bool(known)
        # One request of an upload in pieces has the whole's name: without it the others would be half an upload.
        if known and not any(one.form in PIECES for one in known):
            return False
        self._recorder.submit(seen)
        return True

    def _exported(self, item: Exported, tally: Tally) -> Future[Observation] | None:
        handed = Handed(
            stage="exported",
            site=item.site,
            at=item.at,
            filename=item.name,
            exchange=identity(moment(item.at), item.site, item.name, str(len(item.data))),
            keys=item.keys,
        )
        tally.exchanges.append(handed.exchange)
        if queries.by_exchange(self._ledger, [handed.exchange]):
            tally.known += 1
            return None
        return self._recorder.submit_handed(item.data, handed)
