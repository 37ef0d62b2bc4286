"""What the finished pipeline recognises of what sites make of a picture, and what it takes for another picture.

Over the photographs of ../shared/corpus, or over pictures drawn here where that is absent. Every picture is recorded
as an original in a data folder of its own; then each derivative of every one is looked up as a served copy
is. `--sample 8` takes each eighth: sooner, and one miss weighs more. With `--keep FILE` what was measured of each
picture stands in FILE, and the next run goes on from there; `--minutes` stops a run early; `--write` puts the table
into docs/reference/recognition-measured.md.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw

from _derivatives import DERIVATIVES, Derivative, saved
from _ratio import Amount
from _recognition_table import page
from creditline.fingerprints import geometry
from creditline.fingerprints.digest import digests
from creditline.fingerprints.perceptual import KIND
from creditline.fingerprints.variants import codes
from creditline.ledger import queries
from creditline.ledger.index.linear import LinearIndex
from creditline.ledger.store import Ledger
from creditline.model.settings import Settings
from creditline.pipeline.match import Known
from creditline.services import examine, second_stage
from creditline.services.lookup import Lookup
from creditline.services.recognition import hits
from creditline.services.record import Original, Recording
from creditline.vocab.thresholds import ALONE, MINIMUM_QUALITY, VARIANT

if TYPE_CHECKING:
    from collections.abc import Iterator

PHOTOS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "photos"
PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "recognition-measured.md"
DRAWN = 120
STAGES = ("original", "uploaded")
PAIRED = (
    "JPEG q50",
    "25 % cut off",
    "50 % cut off",
    "framed 4:5, blurred",
    "caption bar",
    "text over it",
    "screenshot",
)
"""Derivatives that are also aligned with originals which they do not come from."""
RANDOM_PAIRS = 100_000
HARDEST = 2_000
HARD_EACH = 200
"""Pairs of one picture that may be among the hardest."""
TWINS = (
    # One drawing in two states (with and without the sun), seen by hand: each is rightly found for the other.
    {"debian-wesnoth__landscape-bridge.jpg", "debian-wesnoth__landscape-bridge_sun.jpg"},
    # One pattern in two colours.
    {"debian-gnome-backgrounds__grid-d.jpg", "debian-gnome-backgrounds__grid-l.jpg"},
)


@dataclass(slots=True)
class Row:
    """What became of one derivative: how many were looked up, found, found as another picture, and by what."""

    asked: int = 0
    right: int = 0
    wrong: list[str] = field(default_factory=list)
    by: dict[str, int] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    flat: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(slots=True)
class Part:
    """What was measured of one picture, or of several together."""

    rows: dict[str, Row]
    pictures: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    pairs: int = 0
    false_pairs: list[str] = field(default_factory=list)
    code_pairs: int = 0
    false_codes: list[str] = field(default_factory=list)
    hardest: list[tuple[int, str, str, int]] = field(default_factory=list)
    hard: int = 0
    nearest: int = 256
    highest: float = 0.0
    finest: float = 0.0

    @classmethod
    def from_json(cls, line: dict[str, Any]) -> Part:
        """What `asdict` gave, read from a file."""
        rows = {name: Row(**row) for name, row in line["rows"].items()}
        return cls(**line | {"rows": rows, "hardest": [tuple(pair) for pair in line["hardest"]]})


def drawn(seed: int) -> Image.Image:
    """A picture of overlapping shapes with grain, another one for each seed."""
    chance = np.random.default_rng(seed)
    width, height = ((720, 480), (480, 720), (640, 640))[seed % 3]
    image = Image.fromarray(chance.integers(30, 226, (4, 5, 3), np.uint8)).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = int(chance.integers(-60, width)), int(chance.integers(-60, height))
        w, h = (int(n) for n in chance.integers(12, 200, 2))
        shape = (draw.ellipse, draw.rectangle)[int(chance.integers(0, 2))]
        shape((x, y, x + w, y + h), fill=tuple(int(c) for c in chance.integers(0, 256, 3)))
    grain = chance.integers(-9, 10, (height, width, 3), np.int16)
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))


def pictures(folder: Path) -> list[Path]:
    """The originals: the corpus, or what is drawn into `folder`."""
    if PHOTOS.is_dir():
        return sorted(PHOTOS.glob("*.jpg"))
    for seed in range(DRAWN):
        (folder / f"drawn-{seed:03}.jpg").write_bytes(saved(drawn(seed), quality=92))
    return sorted(folder.glob("drawn-*.jpg"))


def record(home: Path, originals: list[Path]) -> dict[str, str]:
    """Record every original as an import does; gives their names by SHA-256."""
    names = {}
    with Ledger.open(home, Settings()) as ledger:
        recording = Recording(ledger, LinearIndex.load(ledger, KIND))
        for path in originals:
            given = Original(via="import", at="2026-11-24T12:00:00.000Z", filename=path.name)
            names[str(recording.original(given, examine.original(path, home)).sha256)] = path.name
    return names


def digest(name: str) -> bytes:
    """What stands for a name where chance is wanted that is the same in every run."""
    return hashlib.sha256(name.encode()).digest()


def twins(one: str, other: str) -> bool:
    """Whether two originals are, seen by hand, one picture."""
    return any({one, other} <= pair for pair in TWINS)


def begin(home: Path, names: dict[str, str], each: int) -> None:
    """Make ready this process, once, for `work` and `harden`."""
    globals()["HERE"] = _Bench(home, names, each)


def work(path: Path) -> Part:
    """Recall of one original's derivatives, and pairs with others that must not match."""
    bench: _Bench = globals()["HERE"]
    return bench.picture(path)


def harden(pairs: list[tuple[int, str, str, int]]) -> Part:
    """Align some of the pairs that are nearest by their codes: distance, name, derivative, number of the other."""
    bench: _Bench = globals()["HERE"]
    return bench.harden(pairs)


def nothing() -> Part:
    """A part in which nothing was measured."""
    return Part({derivative.name: Row() for derivative in DERIVATIVES})


class _Bench:
    """One process's ledger, and what it measures with it."""

    def __init__(self, home: Path, names: dict[str, str], each: int) -> None:
        self.ledger, self.names, self.each, self.part = Ledger.open(home, Settings()), names, each, nothing()
        ledger = self.ledger
        self.shas = list(names)
        self.lookup = Lookup.load(ledger, second_stage.Here(home))
        self.file = home / f"copy-{multiprocessing.current_process().pid}"
        self.features = {sha: geometry.original_features(ledger.blobs.get(sha)) for sha in self.shas}
        stored = {sha: [] for sha in self.shas}
        self.quality = {}
        for row in queries.fingerprints(ledger, self.shas):
            if row.fingerprint.kind.partition("/")[0] != KIND:
                continue
            stored[row.sha256].append(
                (row.fingerprint.kind != KIND, row.fingerprint.code, row.fingerprint.quality)
            )
            if row.fingerprint.kind == KIND:
                self.quality[names[row.sha256]] = row.fingerprint.quality
        ordered = [sorted(stored[sha], key=lambda item: item[0]) for sha in self.shas]
        self.codes = np.array([[np.frombuffer(c, np.uint64) for _, c, _ in s] for s in ordered])
        self.qualities = np.array([[q for _, _, q in s] for s in ordered])
        self.warm()

    def picture(self, path: Path) -> Part:
        """Everything of one original; the same whatever was measured before."""
        self.part = nothing()
        self.part.pictures.append(path.name)
        self.chance = np.random.default_rng(list(digest(path.name)))
        with Image.open(path) as image:
            shown = image.convert("RGB")
        for derivative in DERIVATIVES:
            data = derivative.make(shown, np.random.default_rng(len(path.name)))
            self.look_up(path, derivative, data, self.each)
        self.part.hardest = sorted(self.part.hardest)[:HARD_EACH]
        return self.part

    def warm(self) -> None:
        """Have the gallery make its features, as it would over the first questions."""
        self.file.write_bytes(saved(drawn(9999)))
        for _ in range(1 + len(self.shas) // 100):
            self.lookup.second.place(self.file, (), self.shas)

    def look_up(self, path: Path, derivative: Derivative, data: bytes, each: int) -> None:
        """Look one derivative up, and compare it with what it does not come from."""
        row = self.part.rows[derivative.name]
        every = codes(data, with_pixels=True)
        if self.quality[path.name] < MINIMUM_QUALITY:
            self.part.undecided.append(path.name)
        else:
            self.file.write_bytes(data)
            start = time.perf_counter()
            copy = Known(digests(data).sha256, every.plain, forms=every.forms)
            found = hits(self.ledger, self.lookup, copy, stages=STAGES, file=self.file)
            row.seconds += time.perf_counter() - start
            found_names = {self.names[str(hit.observation.sha256)] for hit in found}
            if path.name in found_names:
                row.right += 1
                method = str(found[0].match.method)
                row.by[method] = row.by.get(method, 0) + 1
            elif derivative.whole and every.plain.quality is not None and every.plain.quality < MINIMUM_QUALITY:
                row.flat.append(path.name)
            else:
                row.missed.append(path.name)
            row.asked = row.right + len(row.missed)
            row.wrong += [f"{path.name} → {n}" for n in found_names if n != path.name and not twins(n, path.name)]
        self._codes(path.name, derivative.name, every)
        if any(derivative.name.startswith(name) for name in PAIRED):
            # A page is looked at four times over, at three times the points: it gets fewer of the pairs.
            self._pairs(
                path.name, derivative.name, data, each // 8 if derivative.name.startswith("screen") else each
            )

    def _codes(self, name: str, derivative: str, every: object) -> None:
        """Every pair of codes with every other original: how near the nearest is, and whether it would match."""
        forms = [(every.plain.code, every.plain.quality), *((f.code, f.quality) for f in every.forms)]
        asked = np.array([np.frombuffer(code, np.uint64) for code, _ in forms])
        quality = np.array([quality for _, quality in forms])
        far = np.bitwise_count(asked[:, None, None, :] ^ self.codes[None]).sum(axis=-1).astype(int)
        good = np.minimum(quality[:, None, None], self.qualities[None]) >= MINIMUM_QUALITY
        limit = np.full(far.shape, VARIANT.distance)
        limit[0, :, 0] = ALONE.distance
        matched = ((far <= limit) & good).any(axis=(0, 2))
        other = np.array([self.names[sha] != name and not twins(self.names[sha], name) for sha in self.shas])
        self.part.code_pairs += int(other.sum())
        self.part.false_codes += [
            f"{name}, {derivative} → {self.names[self.shas[n]]}" for n in np.flatnonzero(matched & other)
        ]
        nearest = np.where(good, far, 256).min(axis=(0, 2))
        self.part.nearest = min(self.part.nearest, int(nearest[other].min()))
        for n in np.flatnonzero(other)[np.argsort(nearest[other])[:40]]:
            self.part.hardest.append((int(nearest[n]), name, derivative, int(n)))

    def _pairs(self, name: str, derivative: str, data: bytes, each: int) -> None:
        looks = list(geometry.copy_of(data).looks())
        for n in self.chance.choice(len(self.shas), min(each + 4, len(self.shas)), replace=False)[:each]:
            other = self.names[self.shas[int(n)]]
            if other != name and not twins(other, name):
                self.part.pairs += 1
                self._compare(name, derivative, looks, int(n))

    def _compare(self, name: str, derivative: str, looks: list[geometry.Features], n: int) -> None:
        laid = geometry.whole(self.features[self.shas[n]], looks[0])
        if laid is not None:
            self.part.false_pairs.append(
                f"{name}, {derivative} → {self.names[self.shas[n]]}, whole on whole: {laid}"
            )
        for look in looks:
            found = geometry.measured(self.features[self.shas[n]], look)
            if found is not None:
                self.part.highest = max(self.part.highest, found.correlation)
                self.part.finest = max(self.part.finest, found.detail)
            if geometry.placed(self.features[self.shas[n]], look) is not None:
                self.part.false_pairs.append(f"{name}, {derivative} → {self.names[self.shas[n]]}: {found}")

    def harden(self, pairs: list[tuple[int, str, str, int]]) -> Part:
        """Align pairs that are near by their codes."""
        self.part = nothing()
        make = {derivative.name: derivative for derivative in DERIVATIVES}
        paths = {self.names[sha]: sha for sha in self.shas}
        looks: dict[tuple[str, str], list[geometry.Features]] = {}
        for _, name, derivative, n in pairs:
            if (name, derivative) not in looks:
                with Image.open(io.BytesIO(self.ledger.blobs.get(paths[name]))) as image:
                    data = make[derivative].make(image.convert("RGB"), np.random.default_rng(len(name)))
                looks[name, derivative] = list(geometry.copy_of(data).looks())
            self._compare(name, derivative, looks[name, derivative], n)
            self.part.hard += 1
        return self.part


def together(parts: list[Part]) -> Part:
    """The shares of all pictures as one."""
    first = nothing()
    for part in parts:
        for name, row in part.rows.items():
            whole = first.rows[name]
            whole.asked, whole.right = whole.asked + row.asked, whole.right + row.right
            whole.seconds += row.seconds
            whole.wrong += row.wrong
            whole.missed += row.missed
            whole.flat += row.flat
            whole.by = dict(Counter(whole.by) + Counter(row.by))
        first.pictures += part.pictures
        first.undecided += sorted(set(part.undecided))
        first.pairs, first.code_pairs = first.pairs + part.pairs, first.code_pairs + part.code_pairs
        first.hard += part.hard
        first.hardest += part.hardest
        first.false_pairs += part.false_pairs
        first.false_codes += part.false_codes
        first.nearest = min(first.nearest, part.nearest)
        first.highest, first.finest = max(first.highest, part.highest), max(first.finest, part.finest)
    return first


def kept(file: Path | None, each: int) -> list[Part]:
    """What earlier runs measured."""
    if file is None or not file.exists():
        return []
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    if any(line["each"] != each for line in lines):
        raise SystemExit(f"{file} is of a run with other pairs; name another file")
    return [Part.from_json(line["part"]) for line in lines]


def measured(pool: Any, mine: list[Path], file: Path | None, each: int, minutes: float) -> Iterator[Part]:
    """A part a picture, each written down as soon as it is there; none begun after so many minutes."""
    end = time.monotonic() + 60 * minutes
    # One at a time: whoever stops the run loses what is under way, and no more.
    waiting = iter(mine)
    under_way = [pool.apply_async(work, (path,)) for path in islice(waiting, 2 * multiprocessing.cpu_count())]
    while under_way:
        part = under_way.pop(0).get()
        if file is not None:
            with file.open("a") as lines:
                lines.write(json.dumps({"each": each, "part": asdict(part)}) + "\n")
        yield part
        if time.monotonic() < end and (path := next(waiting, None)) is not None:
            under_way.append(pool.apply_async(work, (path,)))


def amounts(whole: Part) -> list[Amount]:
    """The lines that have goals: what is missed in percent of each derivative, and false matches."""
    lines = []
    for derivative in DERIVATIVES:
        row = whole.rows[derivative.name]
        ways = ", ".join(f"{way} {count}" for way, count in Counter(row.by).most_common())
        lost = 100 * (1 - row.right / row.asked) if row.asked else 0.0
        lines.append(Amount(f"missed: {derivative.name}", lost, "%", round(100 - derivative.goal, 2), ways))
    wrong = sum(len(row.wrong) for row in whole.rows.values())
    asked = sum(row.asked for row in whole.rows.values())
    lines.append(Amount("another picture found", wrong, "", 0, f"{asked} looked up"))
    lines.append(Amount("false matches by codes", len(whole.false_codes), "", 0, f"{whole.code_pairs} pairs"))
    pairs = f"{whole.pairs:,} random pairs and the hardest {whole.hard:,}"
    lines.append(Amount("false matches by aligning", len(whole.false_pairs), "", 0, pairs))
    return lines


def show(whole: Part, lines: list[Amount]) -> None:
    """The table for people, and after it each miss of a goal with its number."""
    print(f"{'derivative':<26} {'n':>4} {'recall':>7} {'goal':>6}  by what; ms each")
    for derivative in DERIVATIVES:
        row = whole.rows[derivative.name]
        recall = 100 * row.right / row.asked if row.asked else 0.0
        ways = ", ".join(f"{way} {count}" for way, count in Counter(row.by).most_common())
        ms = 1000 * row.seconds / max(1, row.asked)
        print(f"{derivative.name:<26} {row.asked:>4} {recall:>7.1f} {derivative.goal:>6.1f}  {ways}; {ms:.0f}")
    for line in lines[-3:]:
        print(f"{line.name}: {line.amount:g} ({line.note})")
    print(
        f"nearest code of another picture: {whole.nearest} of 256; most alike where aligned with one:"
        f" {whole.highest:.3f}, in the detail {whole.finest:.3f}"
    )
    for name, row in whole.rows.items():
        if row.missed or row.flat:
            flat = f"; too flat as a copy, so undecided: {', '.join(row.flat)}" if row.flat else ""
            print(f"not found, {name}: {', '.join(row.missed) or 'none'}{flat}")
    print(f"undecided, too flat for a fingerprint: {', '.join(sorted(whole.undecided)) or 'none'}")
    for found in [*whole.false_codes, *whole.false_pairs, *(w for row in whole.rows.values() for w in row.wrong)]:
        print(f"FALSE: {found}")
    for line in lines:
        if not line.met:
            print(f"MISSED {line.name}: {line.amount:.2f} {line.unit}, goal ≤ {line.goal:g}")


def main() -> int:
    """Measure, print, and give 1 where a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="look up every Nth original")
    parser.add_argument("--pairs", type=int, default=RANDOM_PAIRS, metavar="N", help="random pairs to align")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="go on from what FILE has, and add to it")
    parser.add_argument("--minutes", type=float, default=1e9, metavar="N", help="begin no picture after so long")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--line", action="append", metavar="PART", help="only lines whose name has this in it")
    options = parser.parse_args()
    if not geometry.available():
        print("the extra `geometry` is not installed: there is no second stage to measure", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        originals = pictures(Path(folder))
        names = record(home, originals)
        # In an order that has nothing to do with their names, so that a part of a run is a fair sample.
        mine = sorted(
            originals[:: max(1, options.sample)], key=lambda path: hashlib.sha256(path.name.encode()).digest()
        )
        each = 1 + int(options.pairs * 1.03 / (len(mine) * (len(PAIRED) - 0.9)))
        parts = kept(options.keep, each)
        done = {name for part in parts for name in part.pictures}
        rest = [path for path in mine if path.name not in done]
        count = min(multiprocessing.cpu_count(), max(1, len(mine)))
        # Spawned, not forked: OpenCV and numpy keep threads and locks that a fork would copy half.
        with multiprocessing.get_context("spawn").Pool(count, begin, (home, names, each)) as pool:
            parts += measured(pool, rest, options.keep, each, options.minutes)
            hardest = sorted(pair for part in parts for pair in part.hardest)[:HARDEST]
            parts += pool.map(harden, [hardest[number::count] for number in range(count)], chunksize=1)
        whole = together(parts)
    lines = [
        line for line in amounts(whole) if not options.line or any(part in line.name for part in options.line)
    ]
    if options.json:
        for line in lines:
            print(json.dumps({"kind": "Amount", **asdict(line), "met": line.met}), flush=True)
    else:
        show(whole, lines if not options.line else amounts(whole))
    if options.write:
        PAGE.write_text(page(whole, DERIVATIVES, PHOTOS.is_dir(), len(originals)))
    return int(any(not line.met for line in lines))


if __name__ == "__main__":
    sys.exit(main())
