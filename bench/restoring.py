"""What it costs to put metadata back into a JPEG of 3 MB, and to sign it.

The original is read once and used for many copies, as the proxy does; proof of sameness is no part of it. From file to
file against a plain copy of the same file, and against ExifTool, kept running, copying the tags from the original.
"""

from __future__ import annotations

import functools
import io
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from _ratio import Skipped, compare, main
from creditline.containers import sniff
from creditline.demo import stamps
from creditline.metadata import exif, iptc_iim
from creditline.metadata.xmp_packet import packet
from creditline.reattach import resign
from creditline.reattach.material import Material, material
from creditline.reattach.plan import make_plan
from creditline.reattach.statement import statement
from creditline.reattach.write import write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _ratio import Line

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NO_EXIFTOOL = "exiftool is not installed: apt-get install libimage-exiftool-perl"
SIZE = 3_000_000
AUTHORITY = resign.make_authority()


def picture() -> bytes:
    """A JPEG of about 3 MB."""
    noise = np.random.default_rng(7).integers(0, 256, (1500, 2000, 3), np.uint8)
    image = Image.fromarray(noise).resize((3000, 2250), Image.Resampling.BILINEAR)
    out = b""
    for quality in range(60, 99, 3):
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=quality)
        out = stream.getvalue()
        if len(out) >= SIZE:
            break
    return out


def restored(original: Material, source: Path, target: Path) -> bytes:
    """The copy read, planned, written and checked."""
    data = source.read_bytes()
    copy = material(data)
    made = write(data, make_plan(original, copy), original, copy, at=NOW).data
    target.write_bytes(made)
    return made


def signed(original: Material, parent: bytes, source: Path, target: Path) -> None:
    """The same, and signed as a restoration."""
    made = restored(original, source, target)
    said = statement((), original.reading, same_pixels=True)
    target.write_bytes(
        resign.sign_restored(
            made, "jpeg", AUTHORITY, resign.Parent(parent, "jpeg"), said, claim_generator=("Creditline", "0")
        )
    )


def barely_signed(source: Path, target: Path) -> None:
    """What the SDK does with the copy alone, without a thumbnail."""
    target.write_bytes(resign.sign(source.read_bytes(), "jpeg", AUTHORITY))


class ExifTool:
    """One process that stays, as who uses it on many files has it."""

    def __init__(self, program: str) -> None:
        self._process = subprocess.Popen(
            [program, "-stay_open", "True", "-@", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def restore(self, original: Path, source: Path, target: Path) -> None:
        """All tags of the original copied into the copy's file."""
        target.unlink(missing_ok=True)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        words = ["-TagsFromFile", str(original), "-all:all", "-o", str(target), str(source), "-execute"]
        self._process.stdin.write("\n".join(words) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("{ready"):
                break

    def stop(self) -> None:
        """End the process."""
        self._process.communicate("-stay_open\nFalse\n", timeout=10)


def lines() -> Iterator[Line]:
    """Every line of this bench."""
    plain = picture()
    parent = sniff.replace(
        plain,
        {
            "xmp": [packet(stamps.ARTWORK_XMP)],
            "iptc": [iptc_iim.encode(stamps.ARTWORK_IIM)],
            "exif": [exif.build(stamps.ARTWORK_EXIF)],
        },
    )
    original = material(parent)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, target, first = folder / "copy.jpg", folder / "out.jpg", folder / "original.jpg"
        source.write_bytes(plain)
        first.write_bytes(parent)
        ours = functools.partial(restored, original, source, target)
        copying = functools.partial(shutil.copyfile, source, target)
        yield compare("restore, 3 MB JPEG, file to file", ours, copying, against="copying the file", goal=1.25)
        program = shutil.which("exiftool")
        if program is None:
            yield Skipped("restore, 3 MB JPEG, against ExifTool", NO_EXIFTOOL)
        else:
            tool = ExifTool(program)
            theirs = functools.partial(tool.restore, first, source, folder / "theirs.jpg")
            yield compare(
                "restore, 3 MB JPEG, against ExifTool", ours, theirs, against="exiftool -stay_open", goal=1 / 8
            )
            tool.stop()
        yield compare(
            "restore and sign, 3 MB JPEG",
            functools.partial(signed, original, parent, source, target),
            functools.partial(barely_signed, source, target),
            against="a bare signature",
            goal=1.2,
        )


if __name__ == "__main__":
    sys.exit(main(lines))
