"""Pictures with and without credit, the command line in this process and in its own, a data folder."""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner
from PIL import Image, ImageDraw

from creditline.cli.main import cli
from creditline.fingerprints.perceptual import KIND
from creditline.ledger.index.linear import LinearIndex
from creditline.ledger.moments import now
from creditline.ledger.store import Ledger
from creditline.model.settings import Settings
from creditline.services import examine
from creditline.services.record import Original, Recording

if TYPE_CHECKING:
    from click.testing import Result

    from creditline.model.observation import Observation

ARTIST, COPYRIGHT = 0x013B, 0x8298

XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 photoshop:Credit="Ann Example / Studio"
 plus:DataMining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING"
 Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"/>
</rdf:RDF></x:xmpmeta>"""


def scene(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A picture with enough in it for the fingerprint; another seed is another work."""
    chance = random.Random(seed)
    image = Image.new("RGB", (320, 240), (chance.randrange(256),) * 3)
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = chance.randrange(300), chance.randrange(220)
        colour = (chance.randrange(256), chance.randrange(256), chance.randrange(256))
        draw.ellipse((x, y, x + chance.randrange(10, 90), y + chance.randrange(10, 90)), fill=colour)
    return image.resize(size)


def jpeg(seed: int = 1, size: tuple[int, int] = (320, 240)) -> bytes:
    """A JPEG that says nothing about its origin."""
    stream = io.BytesIO()
    scene(seed, size).save(stream, "JPEG")
    return stream.getvalue()


def credited(seed: int = 1, *, artist: str = "Ann Example", notice: str = "(c) 2026 Ann Example") -> bytes:
    """A JPEG with creator, notice, credit line, a ban on AI training and a declared AI origin."""
    stream = io.BytesIO()
    image = scene(seed)
    exif = image.getexif()
    exif[ARTIST], exif[COPYRIGHT] = artist, notice
    image.save(stream, "JPEG", exif=exif, xmp=XMP.encode())
    return stream.getvalue()


def write(path: Path, data: bytes) -> Path:
    """The path, with these bytes in it and the folders that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def run(*args: str | Path, stdin: bytes | None = None) -> Result:
    """The command line in this process; a traceback is a failed test."""
    result = CliRunner().invoke(cli, [str(arg) for arg in args], input=stdin, prog_name="creditline")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def process(
    *args: str | Path, stdin: bytes = b"", environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """The command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "creditline", *map(str, args)],
        input=stdin,
        env=os.environ | (environ or {}),
        capture_output=True,
        check=False,
        timeout=120,
    )


def lines(result: Result) -> list[dict[str, Any]]:
    """Standard output as JSON Lines; anything else there is a failed test."""
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert all(isinstance(line, dict) and line["schema"].startswith("creditline/") for line in found)
    return found


def one_line(result: Result) -> str:
    """What standard error says, which must be one line that begins with the program's name."""
    text = result.stderr
    assert 1 == text.count("\n"), text
    assert text.startswith("creditline: "), text
    return text


def home() -> Path:
    """The data folder of this test."""
    return Path(os.environ["CREDITLINE_HOME"])


def remember(path: Path) -> Observation:
    """Register a file as an original, as `import` does, without a process of its own for it."""
    ledger = Ledger.open(home(), Settings())
    try:
        recording = Recording(ledger, LinearIndex.load(ledger, KIND))
        given = Original(via="import", at=now(), filename=str(path))
        return recording.original(given, examine.original(path, home()))
    finally:
        ledger.close()
