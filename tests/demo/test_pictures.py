"""The sample pictures carry what they claim, read back by the project's own readers."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from creditline.containers import sniff
from creditline.demo import artwork, pictures, stamps
from creditline.fingerprints import perceptual
from creditline.metadata import exif, iptc_iim, xmp
from creditline.metadata.c2pa_store import read as read_c2pa


@pytest.fixture(scope="module")
def samples() -> dict[str, pictures.Sample]:
    """All samples by name, painted once."""
    return {sample.name: sample for sample in pictures.samples()}


def _read(data: bytes, carrier: str, read: Any) -> dict[str, Any]:
    payload = next(block.payload for block in sniff.find(data).blocks if block.carrier == carrier)
    return {found.key: found.value for found in read(payload)}


def test_names_and_formats(samples: dict[str, pictures.Sample]) -> None:
    """Three samples, each in the format that its name says, each with a sentence."""
    assert {name: sniff.sniff(sample.data) for name, sample in samples.items()} == {
        "artwork.jpg": "jpeg",
        "ai.png": "png",
        "signed.jpg": "jpeg",
    }
    assert all(sample.title.endswith(".") for sample in samples.values())


def test_the_artwork_says_the_same_in_three_carriers(samples: dict[str, pictures.Sample]) -> None:
    """EXIF, IIM and XMP read back as they were written."""
    data = samples["artwork.jpg"].data

    assert _read(data, "xmp", xmp.read) == stamps.ARTWORK_XMP
    iim, tags = _read(data, "iptc", iptc_iim.read), _read(data, "exif", exif.read)
    assert {key: iim.get(key) for key in stamps.ARTWORK_IIM} == stamps.ARTWORK_IIM
    assert {key: tags.get(key) for key in stamps.ARTWORK_EXIF} == stamps.ARTWORK_EXIF


def test_the_generated_picture_has_graph_and_declaration(samples: dict[str, pictures.Sample]) -> None:
    """Both ComfyUI graphs parse, the sampler's seed is there, XMP declares the source type."""
    data = samples["ai.png"].data
    texts = {
        block.payload[4:].split(b"\0", 1)[0].decode(): block.payload[4:].split(b"\0", 1)[1]
        for block in sniff.find(data).blocks
        if block.carrier == "png_text"
    }

    graph, workflow = json.loads(texts["prompt"]), json.loads(texts["workflow"])
    assert graph["3"]["inputs"]["seed"] == stamps.SEED
    assert {node["class_type"] for node in graph.values()} == {node["type"] for node in workflow["nodes"]}
    assert _read(data, "xmp", xmp.read) == stamps.AI_XMP


def test_the_signed_picture_holds_but_nobody_vouches(samples: dict[str, pictures.Sample]) -> None:
    """Its manifest validates, the signer is on no list, training is refused, the creation is declared."""
    reading = read_c2pa(samples["signed.jpg"].data, "jpeg")

    assert reading.state == "valid"
    assert not reading.tampered
    assert dict(reading.training)["ai_training"] == "notAllowed"
    assert [action.digital_source_type for action in reading.actions if action.action == "c2pa.created"] == [
        stamps.SOURCE_TYPE + "digitalCreation"
    ]


def test_pictures_are_good_for_fingerprints(samples: dict[str, pictures.Sample]) -> None:
    """Each has enough detail for a perceptual fingerprint, and they are far apart."""
    prints = [perceptual.pdq(sample.data, with_pixels=False) for sample in samples.values()]
    codes = [found.code for found in prints if found.code is not None]

    assert len(codes) == 3
    assert all((found.quality or 0) >= 50 for found in prints)
    assert all(perceptual.distance(a, b) > 90 for a, b in itertools.combinations(codes, 2))


@pytest.mark.parametrize("paint", [artwork.evening_lake, artwork.desert_planets, artwork.harbour_light])
def test_painting_is_the_same_on_every_run(paint: Any) -> None:
    """A painting has its size, uses the whole range of light, and comes out the same twice."""
    first, second = paint(300, 200), paint(300, 200)

    assert first.shape == (200, 300, 3)
    assert hashlib.sha256(first.tobytes()).digest() == hashlib.sha256(second.tobytes()).digest()
    assert int(first.min()) < 40
    assert int(first.max()) > 220
    assert float(np.std(first)) > 30


def test_samples_are_of_the_promised_size(samples: dict[str, pictures.Sample]) -> None:
    """The pictures are large enough for every variant of a site to differ, and decode."""
    sizes = {name: Image.open(io.BytesIO(sample.data)).size for name, sample in samples.items()}

    assert sizes == {"artwork.jpg": (1600, 1067), "ai.png": (1216, 832), "signed.jpg": (1600, 1067)}
