"""What the sample pictures say of themselves: a made-up artist's rights, and a generator's record.

Ann Example is nobody, `.example` addresses reach no one (RFC 2606), and the graph is one that ComfyUI would write.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from creditline.model.reading import Value

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_CONTACT = "Iptc4xmpCore:CreatorContactInfo/Iptc4xmpCore:"
_NO_TRAINING = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING"

CREATOR = "Ann Example"
COPYRIGHT = "© 2026 Ann Example. All rights reserved."
CREDIT = "Ann Example / Example Studio"
_TERMS = "Editorial use with credit; no derivative works, no training of AI models."
_CAPTION = "Evening light over a mountain lake, firs on both banks, five birds above."

ARTWORK_XMP: dict[str, Value] = {
    "dc:creator": [CREATOR],
    "dc:rights": COPYRIGHT,
    "dc:title": "Evening Lake",
    "dc:description": _CAPTION,
    "dc:subject": ["lake", "mountains", "evening", "digital painting"],
    "photoshop:AuthorsPosition": "Illustrator",
    "photoshop:Credit": CREDIT,
    "photoshop:Source": "Example Studio",
    "photoshop:Headline": "The lake at nightfall",
    "photoshop:CaptionWriter": "AE",
    "photoshop:Instructions": "Credit line required beside the picture.",
    "photoshop:TransmissionReference": "EX-2026-0314",
    "photoshop:DateCreated": "2026-03-14T18:15:00+01:00",
    "xmp:CreatorTool": "Creditline demonstration",
    "xmpRights:Marked": "True",
    "xmpRights:Owner": [CREATOR],
    "xmpRights:UsageTerms": _TERMS,
    "xmpRights:WebStatement": "https://studio.example/licence",
    "plus:Licensor/plus:LicensorName": CREATOR,
    "plus:Licensor/plus:LicensorURL": "https://studio.example/licence/evening-lake",
    "plus:Licensor/plus:LicensorEmail": "rights@studio.example",
    "plus:LicensorImageID": "ES-000314",
    "plus:CopyrightOwner/plus:CopyrightOwnerName": CREATOR,
    "plus:DataMining": _NO_TRAINING,
    "Iptc4xmpExt:DigitalSourceType": SOURCE_TYPE + "digitalCreation",
    "Iptc4xmpExt:DigImageGUID": "6f1c2a5e03144d269a3b5e1f0c7d2026",
    f"{_CONTACT}CiEmailWork": "ann@studio.example",
    f"{_CONTACT}CiUrlWork": "https://studio.example/",
}
"""XMP of the artwork, keyed as the XMP reader gives it."""

ARTWORK_IIM: dict[str, Value] = {
    "2:005": "Evening Lake",
    "2:025": ["lake", "mountains", "evening", "digital painting"],
    "2:040": "Credit line required beside the picture.",
    "2:055": "20260314",
    "2:060": "181500+0100",
    "2:080": CREATOR,
    "2:085": "Illustrator",
    "2:103": "EX-2026-0314",
    "2:105": "The lake at nightfall",
    "2:110": CREDIT,
    "2:115": "Example Studio",
    "2:116": COPYRIGHT,
    "2:118": "ann@studio.example",
    "2:120": _CAPTION,
    "2:122": "AE",
}
"""The same in IPTC-IIM, as far as IIM has fields for it."""

ARTWORK_EXIF: dict[str, str] = {
    "IFD0:Artist": CREATOR,
    "IFD0:Copyright": COPYRIGHT,
    "IFD0:ImageDescription": _CAPTION,
    "IFD0:Software": "Creditline demonstration",
    "ExifIFD:DateTimeOriginal": "2026:03:14 18:15:00",
    "ExifIFD:OffsetTimeOriginal": "+01:00",
    "ExifIFD:ImageUniqueID": "6f1c2a5e03144d269a3b5e1f0c7d2026",
}
"""The same in EXIF."""

PROMPT = "a ringed gas giant over orange dunes at dusk, nebula, stars, matte painting, highly detailed"
NEGATIVE = "text, watermark, signature, people, blurry"
MODEL = "sd_xl_base_1.0.safetensors"
SEED = 8675309420260314

AI_XMP: dict[str, Value] = {
    "dc:creator": [CREATOR],
    "dc:title": "Desert Planets",
    "dc:rights": "© 2026 Ann Example",
    "photoshop:Credit": "Ann Example, made with AI",
    "plus:DataMining": _NO_TRAINING,
    "Iptc4xmpExt:DigitalSourceType": SOURCE_TYPE + "trainedAlgorithmicMedia",
    "Iptc4xmpExt:AISystemUsed": "ComfyUI, Stable Diffusion XL 1.0",
    "Iptc4xmpExt:AIPromptInformation": PROMPT,
    "Iptc4xmpExt:AIPromptWriterName": CREATOR,
}
"""XMP of the picture that stands for a generated one."""

SIGNED_XMP: dict[str, Value] = {
    "dc:creator": [CREATOR],
    "dc:title": "Harbour Light",
    "dc:rights": COPYRIGHT,
    "photoshop:Credit": CREDIT,
    "xmpRights:UsageTerms": _TERMS,
    "xmpRights:WebStatement": "https://studio.example/licence",
    "plus:DataMining": _NO_TRAINING,
    "Iptc4xmpExt:DigitalSourceType": SOURCE_TYPE + "digitalCreation",
}
"""XMP of the signed picture."""


def comfy_texts() -> dict[str, str]:
    """PNG keyword → text, as ComfyUI saves an SDXL picture: the graph that ran and the editor's `workflow`."""
    return {"prompt": json.dumps(_PROMPT_GRAPH), "workflow": json.dumps(_workflow())}


_PROMPT_GRAPH: dict[str, dict[str, Any]] = {
    "4": {
        "inputs": {"ckpt_name": MODEL},
        "class_type": "CheckpointLoaderSimple",
        "_meta": {"title": "Load Checkpoint"},
    },
    "5": {
        "inputs": {"width": 1216, "height": 832, "batch_size": 1},
        "class_type": "EmptyLatentImage",
        "_meta": {"title": "Empty Latent Image"},
    },
    "6": {
        "inputs": {"text": PROMPT, "clip": ["4", 1]},
        "class_type": "CLIPTextEncode",
        "_meta": {"title": "CLIP Text Encode (Positive)"},
    },
    "7": {
        "inputs": {"text": NEGATIVE, "clip": ["4", 1]},
        "class_type": "CLIPTextEncode",
        "_meta": {"title": "CLIP Text Encode (Negative)"},
    },
    "3": {
        "inputs": {
            "seed": SEED,
            "steps": 30,
            "cfg": 6.5,
            "sampler_name": "dpmpp_2m",
            "scheduler": "karras",
            "denoise": 1.0,
            "model": ["4", 0],
            "positive": ["6", 0],
            "negative": ["7", 0],
            "latent_image": ["5", 0],
        },
        "class_type": "KSampler",
        "_meta": {"title": "KSampler"},
    },
    "8": {
        "inputs": {"samples": ["3", 0], "vae": ["4", 2]},
        "class_type": "VAEDecode",
        "_meta": {"title": "VAE Decode"},
    },
    "9": {
        "inputs": {"filename_prefix": "desert_planets", "images": ["8", 0]},
        "class_type": "SaveImage",
        "_meta": {"title": "Save Image"},
    },
}

# (link, from node, its output, to node, its input, kind)
_LINKS: tuple[tuple[int, int, int, int, int, str], ...] = (
    (1, 4, 0, 3, 0, "MODEL"),
    (2, 5, 0, 3, 3, "LATENT"),
    (3, 4, 1, 6, 0, "CLIP"),
    (4, 6, 0, 3, 1, "CONDITIONING"),
    (5, 4, 1, 7, 0, "CLIP"),
    (6, 7, 0, 3, 2, "CONDITIONING"),
    (7, 3, 0, 8, 0, "LATENT"),
    (8, 4, 2, 8, 1, "VAE"),
    (9, 8, 0, 9, 0, "IMAGE"),
)


def _workflow() -> dict[str, Any]:
    nodes = []
    for order, (name, node) in enumerate(_PROMPT_GRAPH.items()):
        number = int(name)
        wired = [key for key, value in node["inputs"].items() if isinstance(value, list)]
        widgets = [value for value in node["inputs"].values() if not isinstance(value, list)]
        if "seed" in node["inputs"]:
            widgets.insert(1, "fixed")  # the editor keeps what happens to the seed after a run
        nodes.append(
            {
                "id": number,
                "type": node["class_type"],
                "pos": [60 + 330 * order, 120],
                "mode": 0,
                "order": order,
                "inputs": [
                    {"name": wired[slot], "type": kind, "link": link}
                    for link, _, _, to, slot, kind in sorted(_LINKS, key=lambda item: item[4])
                    if to == number
                ],
                "widgets_values": widgets,
            }
        )
    return {
        "last_node_id": 9,
        "last_link_id": len(_LINKS),
        "nodes": nodes,
        "links": [list(link) for link in _LINKS],
        "groups": [],
        "config": {},
        "version": 0.4,
    }
