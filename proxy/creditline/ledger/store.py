"""The ledger, opened: one writer at a time, what it acknowledges is on the disk.

Queries are functions of `queries`, upkeep of `retention` and `backup`; all take a `Ledger`.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from creditline.ledger import chain, engine, migrate, moments, records, rows, scrub, writes
from creditline.ledger.blobs import Blobs
from creditline.ledger.schema import links, meta, observations, works
from creditline.ledger.version import VERSION
from creditline.model.errors import LedgerError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from sqlalchemy.engine import Connection, Engine

    from creditline.model.observation import Fingerprint, Observation
    from creditline.model.settings import Settings

PICTURES = "pictures"
"""The picture store's folder in the data folder."""

_PAGE = 1000  # rows of the chain held in memory at a time while it is verified


class Ledger:
    """An open ledger: a context manager, safe to share between threads; processes may share the data folder.

    Every method raises `LedgerError` when the database refuses (`ledger_busy`, `ledger_damaged`, `disk` …).
    """

    def __init__(self, home: Path, base: Engine, blobs: Blobs, clock: Callable[[], str]) -> None:
        self.home = home
        self.blobs = blobs
        self.engine = base
        self._clock = clock
        self._writer = threading.RLock()
        self.id = self._identity()

    @classmethod
    def open(cls, home: Path, settings: Settings, *, clock: Callable[[], str] = moments.now) -> Self:
        """Opens the ledger of a data folder, making or migrating it where needed.

        Raises:
            LedgerError: it cannot be opened; `ledger_newer` when a newer Creditline wrote it.
            SettingsError, MissingPartError: the `database` setting cannot be used.
        """
        base = engine.connect(engine.address(home, settings))
        try:
            migrate.upgrade(base)
            return cls(home, base, Blobs(home / PICTURES), clock)
        except BaseException:
            base.dispose()
            raise

    def close(self) -> None:
        """Gives every connection back; harmless when done twice."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def address(self) -> str:
        """Where the ledger lives, without a password: for `db status` and `doctor`."""
        return self.engine.url.render_as_string(hide_password=True)

    def now(self) -> str:
        """The ledger's clock."""
        return self._clock()

    @contextlib.contextmanager
    def reads(self) -> Iterator[Connection]:
        """A connection that sees one state of the ledger."""
        with engine.reading(self.engine) as connection:
            yield connection

    @contextlib.contextmanager
    def writes(self) -> Iterator[Connection]:
        """The writer's connection; threads of this process queue here, other processes at the database."""
        with self._writer, engine.writing(self.engine) as connection:
            yield connection

    def append(self, observation: Observation, *, part: str | None = None) -> Observation:
        """Adds an observation, scrubbed, and gives it back with `chain` and `prev`.

        What the same exchange already recorded (same stage, picture and `part`) is given back unchanged.

        Raises:
            NotFoundError: its work does not exist.
            LedgerError: a value that an observation cannot have (`ledger_value`), an id used before.
        """
        return self.record(rows.Batch(observation, part=part))

    def record(self, batch: rows.Batch) -> Observation:
        """Writes everything of a batch in one transaction, its bytes first; gives the observation back.

        Raises:
            NotFoundError: its work does not exist.
            LedgerError: as `append`; `blob_name` when the bytes do not have the observation's `sha256`.
        """
        sha256 = batch.observation.sha256
        self._put(batch)
        now = self._clock()
        with self.writes() as connection:
            writes.head(connection, lock=True)
            work = batch.observation.work
            known = writes.recorded(connection, batch.observation, batch.part)
            if batch.work is not None and work is None and known is None:
                work = writes.new_work(connection, batch.work, sha256, now)
            seen = writes.append(connection, replace(batch.observation, work=work), batch.part, now)
            if sha256 is not None:
                if self._put(batch):  # again, under the lock: a purge may have come in between
                    writes.keep(connection, sha256, self.blobs.path(sha256).stat().st_size)
                if batch.reading is not None:
                    writes.reading(connection, sha256, batch.reading, VERSION, now)
                for fingerprint in batch.fingerprints:
                    writes.fingerprint(connection, sha256, fingerprint, seen.work, now)
            for rule, key in batch.links:
                writes.link(connection, rule, key, seen.work, seen.id, now)
        return seen

    def _put(self, batch: rows.Batch) -> bool:
        sha256 = batch.observation.sha256
        if batch.data is None and batch.file is None:
            return False
        if sha256 is None:
            raise LedgerError("bytes are kept only with their SHA-256", code="blob_name")
        if not self.blobs.has(sha256):
            if batch.data is not None:
                self.blobs.put(batch.data, expected=sha256)
            elif batch.file is not None:
                self.blobs.put_file(batch.file, expected=sha256)
        return True

    def put_picture(self, sha256: str, data: bytes) -> None:
        """Keeps the bytes of a picture that was seen before without them."""
        self.blobs.put(data, expected=sha256)
        with self.writes() as connection:
            self.blobs.put(data, expected=sha256)  # again, under the lock: a purge may have come in between
            writes.picture(connection, sha256, self._clock(), len(data))
            writes.keep(connection, sha256, len(data))

    def put_reading(self, sha256: str, inspection: Mapping[str, Any], *, reader: str = VERSION) -> None:
        """Keeps what a picture says (contract §3); one per reader version, the newest put is what queries give."""
        with self.writes() as connection:
            writes.reading(connection, sha256, inspection, reader, self._clock())

    def put_fingerprint(self, sha256: str, fingerprint: Fingerprint, work: str | None = None) -> None:
        """Keeps a fingerprint; one per picture and kind."""
        with self.writes() as connection:
            writes.fingerprint(connection, sha256, fingerprint, work, self._clock())

    def new_work(self, title: str | None = None, sha256: str | None = None, mine: bool = False) -> str:
        """Makes a work and gives its id. `mine`: the user's own, which never expires."""
        with self.writes() as connection:
            return writes.new_work(connection, rows.NewWork(title, mine), sha256, self._clock())

    def hold(self, work: str) -> None:
        """Makes a case of a work: what is in a case never expires.

        Raises:
            NotFoundError: no such work.
        """
        with self.writes() as connection:
            if not connection.execute(works.update().where(works.c.id == work).values(state=rows.CASE)).rowcount:
                raise NotFoundError(f"there is no work {work!r:.80}")

    def claim(self, work: str) -> None:
        """Makes a known work the user's own, which never expires.

        Raises:
            NotFoundError: no such work.
        """
        with self.writes() as connection:
            if not connection.execute(works.update().where(works.c.id == work).values(mine=True)).rowcount:
                raise NotFoundError(f"there is no work {work!r:.80}")

    def put_link(self, rule: str, key: str, work: str | None, observation_id: str) -> None:
        """Remembers that what a site serves under `key` (an id, an address) is this upload; the newest wins."""
        with self.writes() as connection:
            writes.link(connection, rule, key, work, observation_id, self._clock())

    def link(self, rule: str, key: str) -> rows.LinkRow | None:
        """The upload that a served id or address leads to."""
        query = sa.select(links).where(links.c.rule == rule[:128], links.c.key == scrub.key(key))
        with self.reads() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else rows.LinkRow(**row)

    def put_verdict(
        self,
        audit: Mapping[str, Any],
        *,
        work: str | None = None,
        site: str | None = None,
        version: str = VERSION,
    ) -> str:
        """Adds a computed audit (contract §4) and gives its id.

        Which observations it rests on is read from `stages.<stage>.observation`, the variant from `stages.served`.
        """
        stages = {name: stage or {} for name, stage in (audit.get("stages") or {}).items()}
        facts = {name: stages.get(name, {}).get("observation") for name in ("original", "uploaded", "served")}
        facts |= {"variant": stages.get("served", {}).get("variant"), "version": version}
        facts |= {"work": work, "site": None if site is None else scrub.text(site)}
        with self.writes() as connection:
            return writes.verdict(connection, audit, facts, self._clock())

    def miss(self, code: str, message: str, site: str | None = None, exchange: str | None = None) -> None:
        """Counts something that was not recorded, so that `status` can say so."""
        with self.writes() as connection:
            writes.miss(connection, code, message, site, exchange, self._clock())

    def sealed(self) -> Iterator[chain.Sealed]:
        """Every observation with its digests and salts, first to last, a page in memory at a time."""
        with self.reads() as connection:
            yield from _sealed(connection)

    def verify(self) -> chain.ChainReport:
        """Walks the whole chain as it stands at this moment."""
        with self.reads() as connection:
            return chain.verify(_sealed(connection), writes.head(connection))

    def _identity(self) -> str:
        query = sa.select(meta.c.value).where(meta.c.key == "id")
        with self.reads() as connection:
            known = connection.execute(query).scalar()
        if known is None:
            with self.writes() as connection:
                writes.head(connection, lock=True)
                known = connection.execute(query).scalar()
                if known is None:
                    known = writes.new_id()
                    connection.execute(meta.insert().values(key="id", value=known))
        return str(known)


def _sealed(connection: Connection) -> Iterator[chain.Sealed]:
    last = 0
    while True:
        query = sa.select(observations).where(observations.c.seq > last).order_by(observations.c.seq)
        page = connection.execute(query.limit(_PAGE)).mappings().all()
        yield from map(records.sealed_of, page)
        if len(page) < _PAGE:
            return
        last = page[-1]["seq"]
