"""Reading what a picture says is many times faster than ExifTool, in a batch and for one file from a cold start.

The batch is every file of the team's corpus, hostile ones included, from path to JSON, one after the other in one
process on each side; ExifTool is asked with `-json -G1`, its usual way to give all tags by group. One
file is a JPEG of the demonstration with Exif, IPTC and XMP, read by a new process each time.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from _ratio import NOT_ASKED, Skipped, asked, compare, main, ratio
from creditline.analysis.read import read
from creditline.demo.pictures import painted_artwork
from creditline.model.reading import C2paReading
from creditline.reattach.resign import make_authority, sign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from _ratio import Line

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
ABSENT = "shared/corpus is absent (it is given to the team only)"
NO_EXIFTOOL = "exiftool is not installed (Debian: apt install libimage-exiftool-perl)"
NO_PYEXIV2 = "pyexiv2 is not installed (pip install pyexiv2)"
ROUNDS = 5
"""Turns of the whole batch; ExifTool takes some ten seconds for one."""


def files() -> list[Path]:
    """Every file of the corpus that is no trust list."""
    entries = json.loads((CORPUS / "MANIFEST.json").read_text(encoding="utf-8"))
    return [CORPUS / entry["path"] for entry in entries if "role" not in entry]


def inspect_all(paths: Sequence[Path], *, pixels: bool, credentials: bool) -> int:
    """From path to JSON line, in this process. Without `credentials` the SDK that validates them is left out."""
    skipped = C2paReading(state="not_examined")
    left_out = mock.patch("creditline.metadata.c2pa_store.read", lambda *_args, **_options: skipped)
    size = 0
    with left_out if not credentials else mock.MagicMock():
        for path in paths:
            with path.open("rb", buffering=0) as file:
                data = file.read()
            size += len(json.dumps(read(data, path=str(path), pixels=pixels).to_json()))
    return size


def exiftool_all(arguments: Path) -> None:
    """One ExifTool process over the same files."""
    subprocess.run(
        ["exiftool", "-json", "-G1", "-@", arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,  # it exits 1 where a file is broken, as many here are
    )


def pyexiv2_all(paths: Sequence[Path]) -> None:
    """Exif, IPTC and XMP of the same files by pyexiv2, from path to JSON line."""
    pyexiv2 = importlib.import_module("pyexiv2")
    for path in paths:
        try:
            with pyexiv2.Image(str(path)) as image:
                json.dumps([image.read_exif(), image.read_iptc(), image.read_xmp()], default=str)
        except (RuntimeError, UnicodeDecodeError):
            continue  # it refuses what it cannot read


def batch() -> Iterator[Line]:
    """The lines over the corpus, all from the same turns."""
    names = (
        "batch, --no-pixels, without C2PA",
        "batch, --no-pixels, C2PA validated",
        "batch, pixels on, C2PA validated",
    )
    if not any(asked(name) for name in names):
        yield Skipped(names[0], NOT_ASKED)
        return
    if not (CORPUS / "MANIFEST.json").is_file():
        yield Skipped(names[0], ABSENT)
        return
    if shutil.which("exiftool") is None:
        yield Skipped(names[0], NO_EXIFTOOL)
        return
    paths = files()
    with tempfile.TemporaryDirectory() as folder:
        arguments = Path(folder, "files.txt")
        arguments.write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
        runs: dict[str, Callable[[], object]] = {
            names[0]: functools.partial(inspect_all, paths, pixels=False, credentials=False),
            names[1]: functools.partial(inspect_all, paths, pixels=False, credentials=True),
            names[2]: functools.partial(inspect_all, paths, pixels=True, credentials=True),
            "exiftool": functools.partial(exiftool_all, arguments),
        }
        if importlib.util.find_spec("pyexiv2") is not None:
            runs["pyexiv2"] = functools.partial(pyexiv2_all, paths)
        times = _by_turns(runs, len(paths))
    exiftool = times["exiftool"]
    yield ratio(names[0], times[names[0]], exiftool, against=f"exiftool, ms a file of {len(paths)}", goal=1 / 20)
    if "pyexiv2" in times:
        yield ratio(f"{names[0]} ", times[names[0]], times["pyexiv2"], against="pyexiv2, ms a file", goal=2.0)
    else:
        yield Skipped(f"{names[0]}, against pyexiv2", NO_PYEXIV2)
    yield ratio(names[1], times[names[1]], exiftool, against="exiftool, which validates nothing", goal=1 / 8)
    yield ratio(names[2], times[names[2]], exiftool, against="exiftool, which decodes nothing")


def _by_turns(runs: dict[str, Callable[[], object]], files_each: int) -> dict[str, list[float]]:
    """Milliseconds a file of each run, after one turn to warm up."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(ROUNDS + 1):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            if turn:
                times[name].append((time.perf_counter() - start) * 1000 / files_each)
    return times


def cold() -> Iterator[Line]:
    """One file in a new process, as somebody types it."""
    if shutil.which("exiftool") is None:
        yield Skipped("creditline inspect ONE, cold", NO_EXIFTOOL)
        return
    with tempfile.TemporaryDirectory() as folder:
        plain, signed = Path(folder, "plain.jpg"), Path(folder, "signed.jpg")
        picture = painted_artwork().data
        plain.write_bytes(picture)
        signed.write_bytes(sign(picture, "jpeg", make_authority(), digital_source_type="digitalCreation"))
        # Compiled as an installed program is, whatever this environment says of that.
        environ = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        environ["PYTHONPYCACHEPREFIX"] = str(Path(folder, "compiled"))
        command = str(Path(sys.executable).with_name("creditline"))
        for name, file, goal in (
            ("creditline inspect ONE, cold", plain, 0.6),
            ("creditline inspect ONE, cold, with a manifest", signed, 1.6),
        ):
            yield compare(
                name,
                functools.partial(_quietly, [command, "inspect", str(file)], environ),
                functools.partial(_quietly, ["exiftool", str(file)], environ),
                against="exiftool ONE",
                goal=goal,
                rounds=31,
            )


def _quietly(command: list[str], environ: dict[str, str]) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, env=environ, check=True)


def lines() -> Iterator[Line]:
    """Every line of this bench."""
    yield from batch()
    yield from cold()


if __name__ == "__main__":
    sys.exit(main(lines))
