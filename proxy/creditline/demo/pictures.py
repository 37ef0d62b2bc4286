"""The demonstration's pictures: painted by code, stamped as an artist would, none of anyone's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from creditline.containers import sniff
from creditline.demo import artwork, stamps
from creditline.metadata import exif, iptc_iim
from creditline.metadata.xmp_packet import packet
from creditline.pixels import Raster, encode
from creditline.reattach import resign

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from creditline.pixels import Written

_QUALITY = 92


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture with its file name and one sentence on what it carries."""

    name: str
    data: bytes
    title: str


def samples() -> tuple[Sample, ...]:
    """All of them, in the order in which they are shown; painting takes some seconds.

    The first two are the same bytes on every run; the third is signed anew, by an authority nobody trusts.
    """
    return (painted_artwork(), generated_picture(), signed_picture())


def painted_artwork() -> Sample:
    """A JPEG with the artist's rights in EXIF, IPTC-IIM and XMP, and training reserved."""
    changes = {
        "exif": [exif.build(stamps.ARTWORK_EXIF)],
        "xmp": [packet(stamps.ARTWORK_XMP)],
        "iptc": [iptc_iim.encode(stamps.ARTWORK_IIM)],
    }
    data = sniff.replace(_file(artwork.evening_lake(), "jpeg"), changes)
    return Sample("artwork.jpg", data, "A digital painting with its maker's rights in EXIF, IPTC and XMP.")


def generated_picture() -> Sample:
    """A PNG with a ComfyUI graph and XMP that declares it AI-generated; painted by code like the others."""
    changes = {
        "xmp": [packet(stamps.AI_XMP)],
        "png_text": [
            b"tEXt" + keyword.encode() + b"\0" + text.encode() for keyword, text in stamps.comfy_texts().items()
        ],
    }
    data = sniff.replace(_file(artwork.desert_planets(), "png"), changes)
    return Sample("ai.png", data, "Declared AI-generated in XMP, with the generator's own record beside it.")


def signed_picture() -> Sample:
    """A JPEG with XMP and a C2PA manifest, signed by an authority that was made for it and thrown away."""
    plain = sniff.replace(_file(artwork.harbour_light(), "jpeg"), {"xmp": [packet(stamps.SIGNED_XMP)]})
    data = resign.sign(
        plain,
        "jpeg",
        resign.make_authority("Example Studio", "Creditline demonstration"),
        title="Harbour Light",
        digital_source_type=stamps.SOURCE_TYPE + "digitalCreation",
        metadata={"dc:creator": [stamps.CREATOR], "dc:rights": stamps.COPYRIGHT},
        training={"ai_training": "notAllowed", "ai_generative_training": "notAllowed"},
        claim_generator="Creditline demonstration",
    )
    return Sample("signed.jpg", data, "Signed with Content Credentials by a throw-away certificate.")


def _file(painted: NDArray[np.uint8], kind: Written) -> bytes:
    height, width, _ = painted.shape
    rgba = np.dstack((painted, np.full((height, width, 1), 255, dtype=np.uint8)))
    return encode(Raster(width, height, rgba.tobytes()), kind, quality=_QUALITY)
