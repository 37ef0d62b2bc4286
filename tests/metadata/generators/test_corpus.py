"""Who made the corpus' AI pictures, and how, per file. Skipped where the corpus is not at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from creditline.analysis.read import read

if TYPE_CHECKING:
    from creditline.model.reading import Ai

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"
if not (CORPUS / "MANIFEST.json").is_file():
    pytest.skip(
        "shared/corpus is absent (it is given to the team only): corpus tests not run", allow_module_level=True
    )

ENTRIES = [e for e in json.loads((CORPUS / "MANIFEST.json").read_text(encoding="utf-8")) if "role" not in e]
AI = {e["path"].removeprefix("ai-generators/"): e for e in ENTRIES if e["path"].startswith("ai-generators/")}


class Said(NamedTuple):
    """What a file says: generator, model, how the prompt begins, seed; None where its format does not hold it."""

    generator: str
    model: str | None
    prompt: str | None
    seed: str | None


EXPECTED = {
    "Lychee__dragon-lychee-50.png": Said("Google AI", None, None, None),
    "c2pa-js-legacy__composite-dst.jpg": Said("Adobe Firefly", None, None, None),
    "c2pa-js-legacy__firefly-1.jpg": Said("Adobe Firefly", "Adobe Firefly 1.0.0", None, None),
    "c2pa-js-legacy__genai-actions-v2.jpg": Said("Adobe Firefly", None, None, None),
    "c2pa-node__ingredient-with-data-types.jpg": Said("Adobe Firefly", None, None, None),
    "comfyui-examples__flux_depth_lora_example.png": Said(
        "ComfyUI", "flux1-dev.safetensors", "a photograph of ", "91050358797301"
    ),
    "comfyui-examples__hypernetwork_example_output.png": Said(
        "ComfyUI", "v1-5-pruned-emaonly.ckpt", "woman (fennec ea", "572636856966402"
    ),
    "comfyui-examples__lora_multiple.png": Said(
        "ComfyUI", "v1-5-pruned-emaonly.ckpt", "masterpiece best", "513173432917412"
    ),
    "comfyui-examples__sdxlturbo_example.png": Said(
        "ComfyUI", "sd_xl_turbo_1.0_fp16.safetensors", "beautiful landsc", "0"
    ),
    "example-assets__Firefly_tabby_cat.jpg": Said("Adobe Firefly", None, None, None),
    "image__iptc.png": Said("Google AI", None, None, None),
    "remove-ai-watermarks__ChatGPT_Image_May_31_2026_02_02_23_PM.png": Said("OpenAI", "gpt-image 2.0", None, None),
    "remove-ai-watermarks__doubao_gray_1x1_1.png": Said("Doubao (ByteDance)", None, None, None),
    "remove-ai-watermarks__firefly-1.png": Said("Adobe Firefly", None, None, None),
    "remove-ai-watermarks__flux-1.jpg": Said("Black Forest Labs FLUX", "Flux.2", None, None),
    "remove-ai-watermarks__grok-1.jpg": Said("xAI Grok", None, None, None),
    "remove-ai-watermarks__mj-1.png": Said("Midjourney", "Midjourney 5.2", "operating a cont", None),
    "remove-ai-watermarks__samsung_black_1.png": Said("Samsung Galaxy AI", None, None, None),
    "sd-metadata__civitai-upscale.jpg": Said("Civitai", None, "general, masterp", "1311178179"),
    "sd-metadata__civitai.jpeg": Said("Civitai", "WAI-illustrious-SDXL", "general, masterp", "1311178179"),
    "sd-metadata__comfyui-save-image-extended.jpeg": Said(
        "ComfyUI", "waiIllustriousSDXL_v160.safetensors", "general, masterp", "813617545434765"
    ),
    "sd-metadata__comfyui-save-image-extended.png": Said(
        "ComfyUI", "waiIllustriousSDXL_v160.safetensors", "general, masterp", "779742380066441"
    ),
    "sd-metadata__comfyui-save-image-extended.webp": Said(
        "ComfyUI", "waiIllustriousSDXL_v160.safetensors", "general, masterp", "602057552457611"
    ),
    "sd-metadata__comfyui-saveimage-plus.jpg": Said(
        "ComfyUI", "waiIllustriousSDXL_v160.safetensors", "general, masterp", "577723948579568"
    ),
    "sd-metadata__forge-classic.jpeg": Said(
        "Forge Classic", "waiIllustriousSDXL_v160", "general, masterp", "2547514258"
    ),
    "sd-metadata__forge-classic.webp": Said(
        "Forge Classic", "waiIllustriousSDXL_v160", "general, masterp", "2630661657"
    ),
    "sd-metadata__forge-neo.jpeg": Said("Forge Neo", "waiIllustriousSDXL_v160", "general, masterp", "2417156106"),
    "sd-metadata__forge-neo.webp": Said("Forge Neo", "waiIllustriousSDXL_v160", "general, masterp", "2056443400"),
    "sd-metadata__gemini_3.1pro.png": Said("Google AI", None, None, None),
    "sd-metadata__huggingface-space.png": Said(
        "Hugging Face Space", "WAI NSFW illustrious SDXL v16", "general, masterp", "443800072"
    ),
    "sd-metadata__invokeai.png": Said("InvokeAI", "waiIllustriousSDXL_v160", "general, masterp", "3951921344"),
    "sd-metadata__novelai-curated.png": Said(
        "NovelAI", "NovelAI Diffusion V4.5 C02D4F98", "1girl, solo, hat", "2156638429"
    ),
    "sd-metadata__novelai-curated.webp": Said(
        "NovelAI", "NovelAI Diffusion V4.5 C02D4F98", "1girl, solo, hat", "880673757"
    ),
    "sd-metadata__reforge-hires.webp": Said(
        "reForge", "waiIllustriousSDXL_v160", "general, masterp", "1010990389"
    ),
    "sd-metadata__reforge.jpeg": Said("reForge", "waiIllustriousSDXL_v160", "general, masterp", "584157617"),
    "sd-metadata__ruined-fooocus.png": Said(
        "RuinedFooocus", "waiNSFWIllustrious_v150.safetensors", "general, masterp", "2020047614"
    ),
    "sd-metadata__sd-next.jpg": Said("SD.Next", "waiIllustriousSDXL_v160", "general, masterp", "899700607"),
    "sd-metadata__sd-webui.jpg": Said(
        "AUTOMATIC1111", "waiIllustriousSDXL_v160", "general, masterp", "3623174757"
    ),
    "sd-metadata__sd-webui.webp": Said(
        "AUTOMATIC1111", "waiIllustriousSDXL_v160", "general, masterp", "1028435836"
    ),
    "sd-metadata__swarmui.jpg": Said("SwarmUI", "waiIllustriousSDXL_v160", "general, masterp", "697543491"),
    "sd-metadata__tensorart.png": Said("TensorArt", "WAI-Nsfw-Illustrious-16", "general, masterp", "3036459311"),
    "sd-parsers__automatic1111_cropped.jpg": Said(
        "AUTOMATIC1111", "realistic_realisticVisionV20_v20", "photo of a duck", "235284042"
    ),
    "sd-parsers__automatic1111_cropped.png": Said(
        "AUTOMATIC1111", "realistic_realisticVisionV20_v20", "photo of a duck", "235284042"
    ),
    "sd-parsers__automatic1111_stealth.png": Said(
        "AUTOMATIC1111", "realisticVisionV51_v51VAE", "a circle", "2015833630"
    ),
    "sd-parsers__fooocus1_cropped.png": Said(
        "Fooocus", "juggernautXL_v8Rundiffusion", "a smiling goldfi", "6952411511246973023"
    ),
    "sd-parsers__img2img_cropped.png": Said(
        "ComfyUI", "v1-5-pruned-emaonly.ckpt", "photograph of vi", "280823642470253"
    ),
    "sd-parsers__invokeai_dream1.png": Said("InvokeAI", None, "professional ful", "2980747362"),
    "sd-parsers__invokeai_imeta1.png": Said("InvokeAI", "juggernautXL", "digital artwork,", "3293022630"),
    "sd-parsers__invokeai_sdmeta1.png": Said(
        "InvokeAI", "deliberateForInvoke_v08", "professional ful", "2980747362"
    ),
    "sd-parsers__night_evening_day_morning_cropped.png": Said(
        "ComfyUI", "Anything-V3.0.ckpt", "(masterpiece) (b", "335608130539327"
    ),
    "sd-parsers__noisy_latents_3_subjects_cropped.png": Said(
        "ComfyUI", "Anything-V3.0.ckpt", "girl (flat chest", "200072334202574"
    ),
    "sd-parsers__novelai1_cropped.png": Said(
        "NovelAI", "Stable Diffusion 1D44365E", "masterpiece, bes", "2253955223"
    ),
    "sd-parsers__unclip_2pass_cropped.png": Said(
        "ComfyUI", "wd-1-5-beta2-aesthetic-unclip-h-fp32.safetensors", "\n(waifu, anime, ", "1106257833005336"
    ),
}
"""Checked against the bytes; files with neither prompt nor seed hold a signed or stamped name only."""

SILENT = {
    "c2pa-node__cloud-only-firefly.jpg": "only the address of a manifest elsewhere, which is not fetched",
    "comfyui-examples__sunset.png": "a camera's photo that was the input of a graph; it holds no graph",
    "sd-metadata__gimp.jpg": "saved anew by GIMP; only GIMP's own comment is left",
    "sd-metadata__gimp.webp": "saved anew by GIMP; only GIMP's own Exif is left",
}
"""The list of the corpus knows where these came from; the files do not say it, so no generator is right."""
EMPTY = {"remove-ai-watermarks__adobe-trustmark-p.png", "sd-metadata__empty.jpg", "sd-parsers__example_output.png"}
"""The list of the corpus names nobody, either."""

NAMES = {
    "Stable Diffusion WebUI (AUTOMATIC1111)": {"AUTOMATIC1111"},
    "Stable Diffusion WebUI Forge family": {"Forge Classic", "Forge Neo", "reForge"},
    # The files say "Made with Google AI", or are signed by Google; none of them says Gemini.
    "Google Gemini": {"Google AI"},
    "Google (IPTC credit only)": {"Google AI"},
    "OpenAI ChatGPT": {"OpenAI"},  # signed by OpenAI, made by gpt-image; ChatGPT stands in the file's name only
    "Hugging Face Space (Stable Diffusion)": {"Hugging Face Space"},
    # The list gives only its source type; the manifest's action names the program.
    None: {"Adobe Firefly"},
}
"""How the list of the corpus calls a generator → what its files say, where the two differ."""

UNRESOLVED = {
    "sd-metadata__civitai-upscale.jpg": "by number",
    "sd-parsers__night_evening_day_morning_cropped.png": "several pictures",
    "sd-parsers__noisy_latents_3_subjects_cropped.png": "several pictures",
    "sd-parsers__unclip_2pass_cropped.png": "several pictures",
}
"""What these records leave open."""


def ai(name: str) -> Ai:
    """The reading of one file."""
    return read((CORPUS / "ai-generators" / name).read_bytes()).ai


def test_each_file_is_listed_once() -> None:
    """60 files: 57 for which the list declares something, 3 for which it does not."""
    assert 60 == len(AI)
    assert AI.keys() == EXPECTED.keys() | SILENT.keys() | EMPTY
    assert {name for name, entry in AI.items() if not entry["ai"]} == EMPTY


@pytest.mark.parametrize("name", EXPECTED)
def test_generator_model_prompt_and_seed(name: str) -> None:
    """One generator is named, and what its record holds is read: nothing more, nothing less."""
    said, expected = ai(name), EXPECTED[name]

    print(f"{name}: {said.generators} {said.models} {(said.prompt or '')[:60]!r} {said.seed}")
    assert (expected.generator,) == said.generators
    assert (expected.model,) == (said.models[:1] or (None,))
    assert (expected.prompt or "") == (said.prompt or "")[: len(expected.prompt or "")]
    assert (expected.prompt is None) == (said.prompt is None)
    assert expected.seed == said.seed
    assert said.label in {"ai-generated", "ai-edited"}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_list_agrees(name: str) -> None:
    """The list of the corpus names the same generator, or one of the differences that are explained."""
    listed = AI[name]["ai"].get("generator")

    assert EXPECTED[name].generator in NAMES.get(listed, {listed})


@pytest.mark.parametrize("name", [*SILENT, *sorted(EMPTY)])
def test_nobody_is_named_where_the_file_names_nobody(name: str) -> None:
    """No record, no generator and no label."""
    said = ai(name)

    assert ("none", (), (), None) == (said.label, said.generators, said.models, said.seed)


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_left_open_is_said(name: str) -> None:
    """A record that cannot be resolved says so in the evidence; the others do not."""
    reasons = [evidence.value for evidence in ai(name).evidence if evidence.claim == "unresolved"]

    assert ([] if name not in UNRESOLVED else [True]) == [
        UNRESOLVED.get(name, "-") in reason for reason in reasons
    ]


@pytest.mark.parametrize("name", [name for name, said in EXPECTED.items() if said.seed])
def test_no_record_is_taken_for_a_caption_or_a_creator(name: str) -> None:
    """What a generator wrote for itself is no loss of anybody's words or name."""
    fields = read((CORPUS / "ai-generators" / name).read_bytes()).fields

    assert [] == [f for f in fields if f.id == "creator"]
    assert [] == [f for f in fields if f.id == "caption" and f.key != "Description"]


def test_no_generator_where_none_is_declared() -> None:
    """Not one of the photos and of the files about rights is taken for a generator's."""
    plain = [e for e in ENTRIES if e["path"].startswith(("photos/", "cmi/", "formats/")) and not _generator(e)]
    named = [e["path"] for e in plain if read((CORPUS / e["path"]).read_bytes()).ai.generators]

    assert 900 < len(plain)
    assert [] == named


def _generator(entry: dict[str, Any]) -> object:
    return entry["ai"].get("generator")
