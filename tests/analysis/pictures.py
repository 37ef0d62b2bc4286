"""Pictures that the tests draw themselves, stamped with the project's own writers."""

from __future__ import annotations

import io
import random
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw

from creditline.containers import sniff
from creditline.metadata import exif, iptc_iim
from creditline.metadata.xmp_packet import packet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creditline.model.reading import Value

TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
NO_TRAINING = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING"
RIGHTS: dict[str, Value] = {
    "dc:creator": ["Ann Example"],
    "dc:rights": "© 2026 Ann Example",
    "photoshop:Credit": "Ann Example / Studio",
    "Iptc4xmpExt:DigitalSourceType": TRAINED,
    "plus:DataMining": NO_TRAINING,
}
"""XMP that an artist would write."""


@lru_cache
def painting(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A picture with enough in it to be recognised; another seed gives another picture."""
    chance = random.Random(seed)
    image = Image.new("RGB", size, (chance.randrange(256), chance.randrange(256), chance.randrange(256)))
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y, side = chance.randrange(size[0]), chance.randrange(size[1]), chance.randrange(10, 120)
        shape = chance.choice([draw.ellipse, draw.rectangle])
        fill = (chance.randrange(256), chance.randrange(256), chance.randrange(256))
        shape((x, y, x + side, y + side), fill=fill)
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The picture as a file without metadata."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def stamped(
    data: bytes,
    *,
    xmp: Mapping[str, Value] | None = None,
    iim: Mapping[str, Value] | None = None,
    tags: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
) -> bytes:
    """The file with these properties in XMP, IIM, Exif and PNG text."""
    changes: dict[str, list[bytes]] = {}
    if xmp is not None:
        changes["xmp"] = [packet(xmp)]
    if iim is not None:
        changes["iptc"] = [iptc_iim.encode(iim)]
    if tags is not None:
        changes["exif"] = [exif.build(tags)]
    if texts is not None:
        changes["png_text"] = [f"tEXt{key}\0{text}".encode("latin-1") for key, text in texts.items()]
    return sniff.replace(data, changes)
