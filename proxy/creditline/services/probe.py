"""The probe pack: six reference pictures to upload by hand, each with a known value in every field.

JPEG, PNG and WebP as a camera would leave them, a PNG and a JPEG that declare themselves AI-generated, and a JPEG
signed with Content Credentials by an authority that nobody trusts. The ledger takes them as works of the user's own, so
a copy is recognised by its pixels, or by any one value that it kept (`probe_values`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from creditline.model.errors import UsageError
from creditline.services import probe_fields
from creditline.services.probe_values import ALPHABET, RULE, TOKEN_LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from creditline.pixels import Written
    from creditline.services.context import Context

SCHEMA = "creditline/probe/1"
MANIFEST = "probe.json"
WIDTH, HEIGHT = 1200, 800
_QUALITY = 92
PACK: Final[tuple[tuple[str, str, Written], ...]] = (
    ("camera.jpg", "camera", "jpeg"),
    ("camera.png", "camera", "png"),
    ("camera.webp", "camera", "webp"),
    ("ai.png", "ai", "png"),
    ("ai.jpg", "ai", "jpeg"),
    ("signed.jpg", "c2pa", "jpeg"),
)
"""File name, kind and format of each picture."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One picture of the pack; `values` are field id → what it says."""

    name: str
    kind: str
    data: bytes
    token: str
    values: dict[str, str]

    def to_json(self, work: str | None = None) -> dict[str, Any]:
        """One entry of `probe.json`."""
        sha256 = hashlib.sha256(self.data).hexdigest()
        return {
            "file": self.name,
            "kind": self.kind,
            "sha256": sha256,
            "token": self.token,
            "work": work,
            "values": self.values,
        }


def make_token() -> str:
    """Six characters that stand in every free-text value of a pack."""
    import secrets

    return "".join(secrets.choice(ALPHABET) for _ in range(TOKEN_LENGTH))


def pack(token: str) -> Iterator[Probe]:
    """The six pictures of a pack, one at a time."""
    for number, (name, kind, form) in enumerate(PACK, start=1):
        said = probe_fields.values(token, number, kind)
        yield Probe(name, kind, _stamped(number, kind, form, token, said), f"{token}-{number}", said)


def write(context: Context, folder: Path, *, force: bool = False) -> list[tuple[Probe, str]]:
    """Makes a pack in a folder and has the ledger know it; gives each picture with its work.

    Raises:
        UsageError: a file of the pack is there already.
    """
    from creditline.ledger.moments import now
    from creditline.services.record import Original
    from creditline.services.recorder import Recorder

    folder.mkdir(parents=True, exist_ok=True)
    there = [name for name in (*(name for name, _, _ in PACK), MANIFEST) if (folder / name).exists()]
    if there and not force:
        raise UsageError(f"{folder / there[0]} is there already", next_step="--force overwrites it")
    token = make_token()
    recorder = Recorder(context.ledger, context.settings, waited_for=True)
    done: list[tuple[Probe, str]] = []
    try:
        for probe in pack(token):
            path = folder / probe.name
            path.write_bytes(probe.data)
            handed = Original(via="cli", at=now(), filename=probe.name, mine=True)
            seen = recorder.submit_original(probe.data, handed).result()
            work = seen.work or ""
            for key in (probe.token, probe.values["digital_image_guid"]):
                context.ledger.put_link(RULE, key, seen.work, seen.id)
            done.append((probe, work))
    finally:
        recorder.close()
    return done


def manifest(done: list[tuple[Probe, str]]) -> dict[str, Any]:
    """`probe.json`: what each picture says, for whoever checks a copy by other means."""
    return {"schema": SCHEMA, "pictures": [probe.to_json(work) for probe, work in done]}


def _stamped(number: int, kind: str, form: Written, token: str, said: dict[str, str]) -> bytes:
    from creditline.containers import sniff
    from creditline.metadata import exif, iptc_iim
    from creditline.metadata.xmp_packet import packet
    from creditline.pixels import Raster, encode

    raster = Raster(WIDTH, HEIGHT, picture(number).tobytes())
    plain = encode(raster, form, quality=_QUALITY)
    changes = {"xmp": [packet(probe_fields.xmp(said))]}
    tags = probe_fields.exif(said, number)
    if kind == "ai" and form == "jpeg":
        tags["ExifIFD:UserComment"] = probe_fields.parameters(token, number)
    changes["exif"] = [exif.build(tags)]
    if form == "jpeg":
        changes["iptc"] = [iptc_iim.encode(probe_fields.iim(said))]
    if form == "png":
        texts = probe_fields.png_texts(said)
        if kind == "ai":
            texts["parameters"] = probe_fields.parameters(token, number)
        changes["png_text"] = [b"tEXt" + key.encode() + b"\0" + text.encode() for key, text in texts.items()]
    data = sniff.replace(plain, changes)
    return _signed(data, said) if kind == "c2pa" else data


def _signed(data: bytes, said: dict[str, str]) -> bytes:
    from creditline.reattach import resign

    return resign.sign(
        data,
        "jpeg",
        resign.make_authority("Creditline probe", "Creditline probe"),
        title=said["title"],
        digital_source_type=said["digital_source_type"],
        metadata={"dc:creator": [said["creator"]], "dc:rights": said["copyright_notice"]},
        training={"ai_training": "notAllowed", "ai_generative_training": "notAllowed"},
        claim_generator="Creditline probe",
    )


def picture(number: int) -> NDArray[np.uint8]:
    """Hills under a sky, other ones for each number; RGBA, height × width × 4, the same bytes on every run."""
    random = np.random.default_rng(4200 + number)
    x = np.linspace(0, 1, WIDTH, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None]
    top, horizon = random.uniform(0.15, 0.9, 3), random.uniform(0.55, 1.0, 3)
    canvas = (1 - y)[..., None] * top + y[..., None] * horizon + np.zeros((HEIGHT, WIDTH, 1), np.float32)
    sun_x, sun_y, sun = random.uniform(0.15, 0.85), random.uniform(0.12, 0.4), random.uniform(0.05, 0.13)
    far = np.hypot((x - sun_x) * 1.5, y - sun_y)
    canvas += 0.35 * np.exp(-((far / (3 * sun)) ** 2))[..., None]
    canvas = np.where((far < sun)[..., None], np.array([1.0, 0.96, 0.84]), canvas)
    for depth in range(5):
        base, colour = 0.42 + 0.12 * depth, random.uniform(0.1, 0.75, 3) * (1 - 0.13 * depth)
        line = base + sum(
            random.uniform(0.2, 1.0) * 0.09 / wave * np.sin(6.283 * (wave * x + random.uniform()))
            for wave in (1, 2, 3, 5, 8, 13)
        )
        inside = y > line
        shade = 0.75 + 0.35 * np.sin(random.uniform(20, 60) * (y - line) + random.uniform(4, 14) * x)
        canvas = np.where(inside[..., None], colour * shade[..., None], canvas)
    canvas += random.normal(0, 0.012, canvas.shape)
    pixels = np.full((HEIGHT, WIDTH, 4), 255, np.uint8)
    pixels[..., :3] = np.clip(canvas * 255, 0, 255).astype(np.uint8)
    return pixels
