"""Finding the generators' records among a picture's properties."""

import json
import time
from pathlib import Path

import pytest

from creditline.metadata.generators.detect import detect, is_placeholder, is_record
from creditline.model.reading import Generation, Property

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


def test_a_services_record_takes_in_the_graph_it_ran() -> None:
    """One reading under the service's name: its own words, and the graph's for what it leaves open."""
    graph = {"1": {"class_type": "KSampler", "inputs": {"seed": 7, "steps": 9}}, "2": GRAPH["2"]}
    record = {"prompt": "a sea", "negativePrompt": "", "seed": "-1", "baseModel": {"modelFileName": "xl"}}
    (found,) = detect(
        [
            Property("png_text", "prompt", json.dumps(graph)),
            Property("png_text", "generation_data", json.dumps(record)),
        ]
    )

    assert ("TensorArt", ("xl",), "a sea", "7") == (found.generator, found.models, found.prompt, found.seed)
    assert found.unresolved is None
    assert json.dumps(record) == found.raw


def test_a_graph_in_another_carrier_is_its_own_reading() -> None:
    """Only what stands in the same carrier belongs together."""
    found = detect(
        [
            Property("exif", "ExifIFD:UserComment", json.dumps({"prompt": GRAPH})),
            Property("png_text", "smproj", "{}"),
        ]
    )

    assert ["ComfyUI", "Stability Matrix"] == [item.generator for item in found]


def test_a_second_look_may_find_nothing() -> None:
    """A reader that recognised a property may still say that it is nobody's record."""
    assert () == detect([Property("exif", "ExifIFD:UserComment", "Signature: " + "A" * 300)])


def test_records_are_no_words_for_people() -> None:
    """Parameters, graphs and signatures are records; a prompt with a job's number is a description as well."""
    job = "a sea Job ID: 2b6e053b-9a65-4ca9-9e13-b6f4465164d4"

    assert is_record(Property("exif", "ExifIFD:UserComment", PARAMETERS))
    assert is_record(Property("exif", "IFD0:ImageDescription", "Signature: " + "A" * 300))
    assert not is_record(Property("png_text", "Description", job))
    assert not is_record(Property("exif", "ExifIFD:UserComment", "a sea"))


@pytest.mark.parametrize(
    ("generator", "carrier", "artist", "expected"),
    [
        ("Civitai", "exif", "ai", True),
        ("xAI Grok", "exif", "4800156b-8880-4786-9056-7ca3da449d8c", True),
        ("Civitai", "exif", "ai weiwei", False),
        ("Civitai", "xmp", "ai", False),
        ("xAI Grok", "exif", "ai", False),
        ("ComfyUI", "exif", "ai", False),
    ],
)
def test_placeholders(generator: str, carrier: str, artist: str, *, expected: bool) -> None:
    """Only the generator that writes it makes it a placeholder, and only in its own carrier."""
    item = Property("exif", "IFD0:Artist", artist)

    assert expected == is_placeholder(item, (Generation(generator, carrier=carrier),))


def test_hostile_records_end_in_time() -> None:
    """A megabyte that every reader has to look at, deep JSON and cyclic graphs are read in bounded time."""
    marks = '"class_type" "uc" "Model" "extra" "AIGC" "Comment" "software" "sui_image_params" "prompt" Steps: 1 '
    loop = {
        str(n): {"class_type": "X", "inputs": {"images": [str(n ^ 1), 0], "samples": ["0", 0]}}
        for n in range(4000)
    }
    texts = (
        "{" + marks * 11_000,
        '{"uc": "' + marks.replace('"', "'") * 11_000 + '"}',
        '{"extra": ' * 100_000,
        json.dumps(loop),
        json.dumps(
            {"nodes": [{"id": n, "type": "KSampler"} for n in range(9000)], "links": [[1, 2, 0, 2, 0, "X"]] * 9}
        ),
        "Signature: " + "A" * 1_000_000,
        "Steps: 1, " * 100_000,
    )
    keys = (
        "ExifIFD:UserComment",
        "parameters",
        "prompt",
        "comment",
        "Comment",
        "Dream",
        "AIGC",
        "stealth_pnginfo",
    )
    start = time.monotonic()
    for text in texts:
        detect([Property("png_text", key, text) for key in keys])

    assert time.monotonic() - start < 20


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
