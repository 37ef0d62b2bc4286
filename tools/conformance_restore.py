"""Strips every picture of the corpus, restores it from its original, and lets ExifTool read what is there again.

Two ways of stripping: `exiftool -all=`, which leaves the picture alone, and Pillow, which decodes and encodes it anew,
as sites do. Prints one line a number, and each value that did not come back; exit 1 when a goal is missed. `--sample N`
takes a spread of N files, `--json` prints one object a line.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance_parts import expected, tags, values
from PIL import Image

from creditline.analysis.read import read
from creditline.containers import coded
from creditline.model.errors import CreditlineError
from creditline.reattach.material import material
from creditline.reattach.plan import AI_RECORD, make_plan
from creditline.reattach.write import write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from creditline.model.reading import Value

ABSENT = "shared/corpus is absent (it is given to the team only): restoring not measured"
NO_REFEREE = "exiftool is absent: apt-get install libimage-exiftool-perl"
EXIFTOOL = shutil.which("exiftool")
GOAL = 0.995
ENCODERS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF", "tiff": "TIFF", "avif": "AVIF"}
"""What Pillow saves; a file of another format is stripped in one way only."""
STRIPPED = frozenset({*ENCODERS, "dng", "heic", "jxl"})
PRIVATE = r"GPS(?!Version)|SerialNumber|OwnerName"
"""Tags that must not be in a restored file unless the stripped one still had them."""
CAP = 32 << 20
PIXELS = 60_000_000


@dataclass(frozen=True, slots=True)
class Job:
    """One copy of one original; `out` is where the restored file goes."""

    name: str
    original: Path
    copy: Path
    out: Path


@dataclass(slots=True)
class Outcome:
    """What became of one copy: planned values by place, and how the picture was compared."""

    name: str
    original: str
    copy: str
    out: str
    planned: dict[str, Value] = field(default_factory=dict)
    records: int = 0
    records_back: int = 0
    compared: str = ""
    equal: bool = False
    refused: str | None = None
    problems: list[str] = field(default_factory=list)


def main() -> int:
    """Strip, restore, read back, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=expected.CORPUS, help="the corpus's folder")
    parser.add_argument("--sample", type=int, metavar="N", help="take a spread of N files")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    if not (arguments.corpus / "MANIFEST.json").is_file():
        print(ABSENT, file=sys.stderr)
        return 0
    if EXIFTOOL is None:
        print(NO_REFEREE, file=sys.stderr)
        return 0
    entries = [e for e in expected.entries(arguments.corpus) if not e.hostile]
    if arguments.sample:
        entries = entries[:: max(1, len(entries) // arguments.sample)]
    with tempfile.TemporaryDirectory() as name:
        jobs = list(_jobs(arguments.corpus, entries, Path(name)))
        with get_context("spawn").Pool(2) as pool:
            outcomes = pool.map(_restore, jobs, chunksize=8)
        lines, lost = _judge(outcomes)
    for line in lines:
        print(json.dumps(line) if arguments.json else _text(line))
    for item in lost:
        print(json.dumps({"lost": item}) if arguments.json else f"not back: {item}")
    return 0 if all(line["met"] for line in lines) else 1


def _text(line: dict[str, Any]) -> str:
    goal = "" if line["goal"] is None else f" (goal {line['goal']:.1%}, {'met' if line['met'] else 'MISSED'})"
    share = f" = {line['value'] / line['of']:.3%}" if line["of"] else ""
    return f"{line['name']}: {line['value']} of {line['of']}{share}{goal}"


def _jobs(corpus: Path, entries: Sequence[expected.Entry], folder: Path) -> Iterator[Job]:
    """Every readable picture with each of its stripped copies."""
    arguments: list[str] = []
    by_referee: list[tuple[str, Path, Path]] = []
    for number, entry in enumerate(entries):
        original = corpus / entry.path
        if original.stat().st_size > CAP:
            continue
        kind = read(original.read_bytes(), pixels=False).format
        if kind not in STRIPPED:
            continue
        stem = f"{number:04}"
        bare = folder / f"{stem}-bare{original.suffix}"
        arguments += ["-all=", "-q", "-q", "-o", str(bare), str(original), "-execute"]
        by_referee.append((entry.path, original, bare))
        saved = folder / f"{stem}-saved"
        if kind in ENCODERS and _save(original, saved, ENCODERS[kind]):
            yield Job(
                f"{entry.path} (saved anew)", original, saved, folder / f"{stem}-saved-restored{original.suffix}"
            )
    listed = folder / "arguments"
    listed.write_text("\n".join(arguments), encoding="utf-8")
    subprocess.run([str(EXIFTOOL), "-@", str(listed)], capture_output=True, check=False)
    for path, original, bare in by_referee:
        if bare.is_file():
            restored = bare.with_name(f"{bare.stem}-restored{original.suffix}")
            yield Job(f"{path} (stripped)", original, bare, restored)


def _save(original: Path, target: Path, kind: str) -> bool:
    """Decoded and encoded anew, with nothing but pixels; False where Pillow cannot."""
    try:
        with warnings.catch_warnings(), Image.open(original) as image:
            warnings.simplefilter("ignore")
            if image.width * image.height > PIXELS:
                return False
            image.load()
            image.info.clear()
            image.save(target, kind)
    except Exception:  # noqa: BLE001 - whatever a decoder raises, this way of stripping is left out
        target.unlink(missing_ok=True)
        return False
    return True


def _restore(job: Job) -> Outcome:
    """One copy restored, and its picture compared with what it was."""
    first, data = material(job.original.read_bytes()), job.copy.read_bytes()
    served = material(data)
    result = Outcome(job.name, str(job.original), str(job.copy), str(job.out))
    if served.reading.c2pa.state in {"trusted", "valid"}:
        result.refused = "its Content Credentials hold"
        return result
    plan = make_plan(first, served)
    written = write(data, plan, first, served, at=datetime.now(UTC))
    result.problems = [f"{p.carrier}: {p.message}" for p in written.problems]
    if plan.steps and not written.steps:
        result.refused = result.problems[-1] if result.problems else "nothing was written"
        return result
    job.out.write_bytes(written.data)
    result.planned = {"\0".join(s.target): s.value for s in plan.steps if s.id != AI_RECORD}
    back = {(p.carrier, p.key) for p in read(written.data, pixels=False).properties}
    records = [s.target for s in plan.steps if s.id == AI_RECORD]
    result.records, result.records_back = len(records), sum(place in back for place in records)
    result.compared, result.equal = _compared(data, written.data)
    return result


def _compared(before: bytes, after: bytes) -> tuple[str, bool]:
    """By decoded pixels where there is a decoder, and by the coded bytes in any case."""
    try:
        same = coded.same(before, after)
    except CreditlineError:
        return "not compared", before == after
    pixels = [_pixels(data) for data in (before, after)]
    if None in pixels:
        return "coded bytes", same
    return "pixels", same and pixels[0] == pixels[1]


def _pixels(data: bytes) -> str | None:
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data)) as image:
            warnings.simplefilter("ignore")
            if image.width * image.height > PIXELS:
                return None
            return hashlib.sha256(image.convert("RGBA").tobytes()).hexdigest()
    except Exception:  # noqa: BLE001 - no decoder for it
        return None


def _judge(outcomes: Sequence[Outcome]) -> tuple[list[dict[str, Any]], list[str]]:
    done = [one for one in outcomes if one.refused is None]
    seen = _read_outs([one.out for one in done])
    stripped = _read_outs([one.copy for one in done])
    originals = _read_outs(list(dict.fromkeys(one.original for one in done)))
    planned = back = leaks = alike = 0
    lost: list[str] = []
    for one in done:
        entry = expected.Entry(one.out, "", {}, {}, None, None, *seen.get(one.out, ({}, {})))
        fields = {tuple(place.split("\0")): value for place, value in one.planned.items()}
        good = _back(entry, fields)  # type: ignore[arg-type]
        for place, tag in ((p, tags.tag_of(*p)) for p in fields):
            if tag is None:
                continue
            planned += 1
            before = originals.get(one.original, ({}, {}))[0].get(tag)
            if tag in good:
                back += 1
            elif before is not None and before == entry.tags.get(tag):
                back += 1
                alike += 1
            else:
                lost.append(f"{one.name}: {tag} {values.shown([fields[place]], 60)!r}")
        private = {t for t in entry.tags if re.search(PRIVATE, t)} - set(stripped.get(one.copy, ({}, {}))[0])
        leaks += bool(private)
        lost += [f"{one.name}: LEAKED {tag}" for tag in private]
        lost += [f"{one.name}: {problem}" for problem in one.problems]
        if not one.equal:
            lost.append(f"{one.name}: THE PICTURE CHANGED ({one.compared})")
    refused = [one for one in outcomes if one.refused is not None]
    lost += [f"{one.name}: refused, {one.refused}" for one in refused]

    def line(name: str, value: int, of: int, goal: float | None) -> dict[str, Any]:
        return {"name": name, "value": value, "of": of, "goal": goal, "met": goal is None or value >= goal * of}

    by_way = {
        way: [one for one in done if one.compared == way] for way in ("pixels", "coded bytes", "not compared")
    }
    records = sum(one.records for one in done)
    return [
        line("copies written to", len(done), len(outcomes), None),
        line("planned values that ExifTool reads back", back, planned, GOAL),
        line(
            "of these, values that ExifTool reads otherwise than planned, but as in the original",
            alike,
            back,
            None,
        ),
        line("generators' records that are back", sum(one.records_back for one in done), records, GOAL),
        *(
            line(f"pictures unchanged, by {way}", sum(one.equal for one in found), len(found), 1.0)
            for way, found in by_way.items()
            if found
        ),
        line("copies without a leaked place, serial number or owner", len(done) - leaks, len(done), 1.0),
    ], lost


def _back(entry: expected.Entry, fields: dict[tuple[str, str], Value]) -> set[str]:
    """Tags whose value ExifTool reads as it was planned, with a vocabulary's term named whole or short."""
    good = {one.tag for one in values.compare(entry, fields) if one.equal}
    for (carrier, key), value in fields.items():
        tag = tags.tag_of(carrier, key)
        if (
            tag is not None
            and key in tags.CALLED_BY_ID
            and str(value) in [str(v) for v in entry.tags.get(tag, [])]
        ):
            good.add(tag)  # an older ExifTool prints the whole address
        if carrier == "png_text":  # of an iTXt with a language, that is part of the tag's name
            said = [str(v) for name, found in entry.tags.items() if name.startswith(f"{tag}-") for v in found]
            if tag is not None and values.shown(value if isinstance(value, list) else [value], 1 << 20) in said:
                good.add(tag)
    return good


def _read_outs(paths: Sequence[str]) -> dict[str, tuple[dict[str, list[Any]], dict[str, list[Any]]]]:
    """Path → ExifTool's tags, as printed and as numbers."""
    found: list[dict[str, dict[str, Any]]] = []
    for options in ([], ["-n"]):
        with tempfile.NamedTemporaryFile("w", suffix=".args", encoding="utf-8") as listed:
            listed.write("\n".join(["-j", "-G1:4", "-struct", "-a", "-m", *options, *paths]))
            listed.flush()
            text = subprocess.run([str(EXIFTOOL), "-@", listed.name], capture_output=True, check=False).stdout
        items = json.loads(text.decode("utf-8", "replace") or "[]", parse_float=str, parse_int=str)
        found.append({item["SourceFile"]: expected.by_tag(item) for item in items})
    return {path: (found[0].get(path, {}), found[1].get(path, {})) for path in paths}


if __name__ == "__main__":
    sys.exit(main())
