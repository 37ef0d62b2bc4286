"""Finding the generators' records among a picture's properties."""

import json
from pathlib import Path

import pytest

from creditline.metadata.generators.detect import detect
from creditline.model.reading import Property

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"
ABSENT = "shared/corpus is absent (it is given to the team only): corpus tests not run"
GRAPH = {
    "1": {"class_type": "KSampler", "inputs": {"seed": 1}},
    "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}},
}
PARAMETERS = "a sea\nSteps: 20, Sampler: Euler a, Seed: 42, Model: sd_xl"


def test_one_reading_per_generator_and_carrier() -> None:
    """Graph and workflow are one record; another carrier's copy is its own evidence."""
    properties = [
        Property("png_text", "prompt", json.dumps(GRAPH)),
        Property("png_text", "workflow", json.dumps({"nodes": [{"id": 1, "type": "X"}], "links": []})),
        Property("png_text", "parameters", PARAMETERS),
        Property("exif", "ExifIFD:UserComment", PARAMETERS),
    ]

    found = [(item.generator, item.carrier) for item in detect(properties)]

    assert [("ComfyUI", "png_text"), ("AUTOMATIC1111", "png_text"), ("AUTOMATIC1111", "exif")] == found


def test_captions_are_no_records() -> None:
    """Text about a generator is not its record."""
    assert () == detect(
        [Property("xmp", "dc:description", "made with ComfyUI"), Property("exif", "IFD0:Make", "Canon")]
    )


@pytest.mark.parametrize(
    ("path", "generator", "model", "seed"),
    [
        ("sd-metadata__sd-webui.jpg", "AUTOMATIC1111", "waiIllustriousSDXL_v160", "3623174757"),
        ("sd-metadata__forge-neo.webp", "Forge Neo", "waiIllustriousSDXL_v160", "2056443400"),
        ("sd-metadata__reforge.jpeg", "reForge", "waiIllustriousSDXL_v160", "584157617"),
        ("sd-metadata__sd-next.jpg", "SD.Next", "waiIllustriousSDXL_v160", "899700607"),
        (
            "sd-metadata__comfyui-save-image-extended.webp",
            "ComfyUI",
            "waiIllustriousSDXL_v160.safetensors",
            "602057552457611",
        ),
        (
            "sd-metadata__comfyui-saveimage-plus.jpg",
            "ComfyUI",
            "waiIllustriousSDXL_v160.safetensors",
            "577723948579568",
        ),
        ("comfyui-examples__flux_depth_lora_example.png", "ComfyUI", "flux1-dev.safetensors", "91050358797301"),
        (
            "sd-parsers__automatic1111_cropped.png",
            "AUTOMATIC1111",
            "realistic_realisticVisionV20_v20",
            "235284042",
        ),
    ],
)
def test_real_records(path: str, generator: str, model: str, seed: str) -> None:
    """Real files of each family give generator, model, prompt and seed."""
    file = CORPUS / "ai-generators" / path
    if not file.is_file():
        pytest.skip(ABSENT)
    from creditline.containers.sniff import find
    from creditline.metadata import exif, png_text

    readers = {"exif": exif.read_with_problems, "png_text": png_text.read_with_problems}
    properties = [
        item
        for block in find(file.read_bytes()).blocks
        if block.carrier in readers
        for item in readers[block.carrier](block.payload)[0]
    ]

    (result,) = detect(properties)

    assert (generator, (model,), seed) == (result.generator, result.models, result.seed)
    assert result.prompt
    assert result.unresolved is None
