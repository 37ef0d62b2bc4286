"""`creditline import`: files as originals, and archives of traffic or of an account."""

from __future__ import annotations

import os
import sys
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from creditline.cli._options import load_picture, open_context, plain, print_json
from creditline.cli.main import EXIT_FAILED, complain
from creditline.model.errors import CreditlineError, PictureError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from types import ModuleType

    from creditline.importers.take_in import Tally
    from creditline.model.observation import Observation
    from creditline.services.context import Context
    from creditline.services.recorder import Recorder

SCHEMA = "creditline/import/1"
AHEAD = 4
"""Originals under way for each core: a slow one does not keep the others waiting, and memory stays flat."""


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@click.option("--mine", is_flag=True, help="Register originals as your own works, which never expire.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a work and file.")
@click.pass_context
def command(ctx: click.Context, paths: tuple[Path, ...], mine: bool, as_json: bool) -> None:
    """Take in pictures, folders, and archives: HAR, WARC, WACZ, mitmproxy flows, account exports.

    A picture becomes an original that copies can be recognised by; so does each picture in a folder. A folder with
    `original/` and `served/` (`uploaded/` too) gives audits: the same stem is the same work. Archives of traffic are
    recorded as the proxy does; a HAR damages what was uploaded, and says so. Account exports (ZIP) of Instagram, X,
    Facebook and Tumblr are one more stage of your works; pictures of private messages are left out.

    Doing it again leaves nothing twice. At the end stands what could not be used, and why. The exit code is 2 only
    when nothing was taken in.
    """
    from creditline.services.recorder import Recorder

    context = open_context(ctx)
    recorder = Recorder(context.ledger, context.settings, waited_for=True)
    ctx.call_on_close(recorder.close)
    taking = _Taking(context, recorder, mine=mine, as_json=as_json)
    for path in paths:
        taking.path(path)
    taking.finish()
    if not taking.done:
        sys.exit(EXIT_FAILED)


class _Taking:
    """One run of the command."""

    def __init__(self, context: Context, recorder: Recorder, *, mine: bool, as_json: bool) -> None:
        self._context = context
        self._recorder = recorder
        self._mine = mine
        self._as_json = as_json
        self._tallies: list[tuple[Path, Tally]] = []
        self._under_way: deque[tuple[Path, Future[Observation] | Observation]] = deque()
        self._sent: dict[tuple[str, str], Future[Observation]] = {}
        self.done = 0

    def path(self, path: Path) -> None:
        from creditline.importers import folder, take_in

        if path.is_dir() and folder.is_pairs(path):
            self._pairs(path)
            return
        with _counted(_files(path), path) as files:
            for file in files:
                try:
                    importer = take_in.importer_of(file)
                    if importer is not None:
                        self._receive(0)
                        self._archive(file, importer)
                    else:
                        self._under_way.append((file, self._begun(file)))
                except OSError as error:
                    self._receive(0)
                    complain(PictureError(f"{file}: {error.strerror or error}"))
                except CreditlineError as error:
                    self._receive(0)
                    self._refuse(file, error)
                self._receive(AHEAD * (os.process_cpu_count() or 1))
            self._receive(0)

    def finish(self) -> None:
        """Say what was not used, and why."""
        for path, tally in self._tallies:
            for why, times in tally.unused.most_common():
                named = ", ".join(plain(what) for what in tally.examples[why])
                click.echo(f"{plain(str(path))}: not used, {times} ×: {why} ({named})", err=True)
            if tally.known:
                click.echo(f"{plain(str(path))}: {tally.known} were known already", err=True)

    def _receive(self, left: int) -> None:
        """Say what became of originals under way, in their order, until no more than `left` are."""
        while len(self._under_way) > left:
            path, begun = self._under_way.popleft()
            try:
                self._say(path, [_ended(begun)])
            except CreditlineError as error:
                self._refuse(path, error)
        if not self._under_way:
            self._sent.clear()

    def _original(self, path: Path) -> Observation:
        """The original's observation, when it is there."""
        return _ended(self._begun(path))

    def _begun(self, path: Path) -> Future[Observation] | Observation:
        """The original's observation, now or later; one of the same file that is there already is not written twice."""
        import hashlib

        from creditline.ledger import queries, scrub
        from creditline.ledger.moments import now
        from creditline.services.record import Original

        data = load_picture(path)
        name = scrub.text(path.name)  # the ledger keeps no folders
        sha256 = hashlib.sha256(data).hexdigest()
        if (sha256, name) in self._sent:  # under way, so not there yet
            return self._sent[sha256, name]
        for seen in queries.by_sha256(self._context.ledger, sha256, limit=None):
            if (seen.stage, seen.via, seen.filename) == ("original", "import", name):
                if self._mine and seen.work is not None:
                    self._context.ledger.claim(seen.work)
                return seen
        original = Original(via="import", at=now(), filename=str(path), mine=self._mine)
        begun = self._sent[sha256, name] = self._recorder.submit_original(data, original)
        return begun

    def _archive(self, path: Path, importer: ModuleType) -> None:
        from creditline.importers.take_in import Intake
        from creditline.ledger import queries
        from creditline.vocab import sites

        context = self._context
        intake = Intake(self._recorder, context.ledger, sites.load(context.home), context.settings.max_body)
        tally = intake.read(path, importer, _progress(path))
        self._tallies.append((path, tally))
        found = queries.by_exchange(context.ledger, dict.fromkeys(tally.exchanges))
        works: dict[str | None, list[Observation]] = {}
        for seen in found:
            works.setdefault(seen.work, []).append(seen)
        for work, every in works.items():
            if work is not None:
                self._say(path, every)
        strangers = [seen for seen in works.get(None, []) if seen.state == "present"]
        if strangers:
            self.done += 1
            click.echo(f"{plain(str(path))}: {len(strangers)} pictures of nobody's known work", err=True)
        if not found:
            complain(PictureError(f"{path} ({importer.NAME}): nothing in it is an upload or a copy"))

    def _pairs(self, path: Path) -> None:
        from creditline.importers import folder

        found, alone = folder.pairs(path)
        for pair in found:
            try:
                self._pair(path, pair)
            except (CreditlineError, OSError) as error:
                self._refuse(pair.original, error)
        for file in alone:
            complain(PictureError(f"{file}: no original has this name"))

    def _pair(self, path: Path, pair: Any) -> None:
        first = self._original(pair.original)
        seen = [first]
        sent = None
        if pair.uploaded is not None:
            sent = self._handed("uploaded", path, pair.uploaded, first, None)
            seen.append(sent)
        seen += [self._handed("served", path, served, first, sent) for served in pair.served]
        self._say(pair.original, seen)

    def _handed(
        self, stage: str, folder: Path, file: Path, original: Observation, sent: Observation | None
    ) -> Observation:
        import hashlib

        from creditline.importers.found import identity, moment
        from creditline.ledger import queries
        from creditline.ledger.moments import now
        from creditline.services.record import Handed

        data = load_picture(file)
        told = (stage, str(file.absolute()), hashlib.sha256(data).hexdigest(), original.work or "")
        exchange = identity(moment(None), *told)
        known = queries.by_exchange(self._context.ledger, [exchange])
        if known:
            return known[0]
        handed = Handed(
            stage, folder.absolute().name, now(), str(file), exchange, work=original.work, uploaded=sent
        )
        return self._recorder.submit_handed(data, handed).result()

    def _say(self, path: Path, seen: list[Observation]) -> None:
        self.done += 1
        work = seen[0].work
        if self._as_json:
            print_json([{"schema": SCHEMA, "work": work, "path": str(path), "observations": [o.id for o in seen]}])
            return
        stages = [o.stage for o in seen]
        counted = ", ".join(f"{stages.count(stage)} {stage}" for stage in dict.fromkeys(stages))
        click.echo(f"{plain(str(path))}  {work}" + (f"  {counted}" if stages != ["original"] else ""))

    def _refuse(self, path: Path, error: CreditlineError | OSError) -> None:
        if isinstance(error, CreditlineError):
            complain(error if str(path) in str(error) else PictureError(f"{path}: {error}", code=error.code))
        else:
            complain(PictureError(f"{path}: {error.strerror or error}"))


def _progress(path: Path) -> Any:
    """What shows how far an archive is read; nothing where nobody looks on."""
    if not sys.stderr.isatty():
        return lambda _: None

    def show(tally: Tally) -> None:
        if tally.read % 20 == 0:
            click.echo(f"\r{plain(path.name)}: {tally.read} read, {len(tally.exchanges)} used", nl=False, err=True)

    return show


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    from creditline.services.many import files_in

    empty = True
    for file in files_in(str(path)):
        empty = False
        yield Path(file)
    if empty:
        complain(PictureError(f"there is no file in {path}"))


def _ended(begun: Future[Observation] | Observation) -> Observation:
    from concurrent.futures import Future

    return begun.result() if isinstance(begun, Future) else begun


def _counted(files: Iterator[Path], path: Path) -> Any:
    """A bar on standard error for a folder, where a person looks on and the lines themselves do not show it."""
    hidden = not path.is_dir() or not sys.stderr.isatty() or sys.stdout.isatty()
    every = list(files) if not hidden else files
    return click.progressbar(every, label="Importing", file=sys.stderr, hidden=hidden)
