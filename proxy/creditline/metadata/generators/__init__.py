"""Readers of image generators' own records: what is declared, never what the pixels look like."""

from creditline.metadata.generators.places import COMMENTS, PLACES, STEALTH, Reader

GENERATORS = (
    Reader("tc260", None, needs="{"),
    Reader(
        "invokeai",
        frozenset({"invokeai_graph", "invokeai_workflow", "invokeai_metadata", "sd-metadata", "Dream"}),
    ),
    Reader("tensorart", frozenset({"generation_data"}), needs="{"),
    Reader("stabilitymatrix", frozenset({"parameters-json", "smproj"}), needs="{"),
    Reader("civitai", COMMENTS | {"prompt"}, needs="{"),
    Reader(
        "comfyui",
        COMMENTS
        | STEALTH.keys()
        | {"IFD0:Make", "IFD0:Model", "IFD0:ImageDescription", "prompt", "workflow", "comment"},
        needs="{",
    ),
    Reader("swarmui", PLACES, needs="{"),
    Reader(
        "novelai",
        COMMENTS | STEALTH.keys() | {"Comment", "Software", "IFD0:Software"},
        marks={"Software": "NovelAI", "IFD0:Software": "NovelAI"},
    ),
    Reader("fooocus", PLACES, needs="{"),
    Reader("huggingface", PLACES, needs="{"),
    Reader("drawthings", COMMENTS | {"xmp:CreatorTool"}, marks={"xmp:CreatorTool": "Draw Things"}),
    Reader("easydiffusion", COMMENTS | {"use_stable_diffusion_model"}),
    Reader("a1111", PLACES, needs="Steps:"),
    Reader(
        "midjourney",
        frozenset({"Description", "dc:description", "IFD0:ImageDescription", "2:120"}),
        needs="Job ID:",
    ),
    Reader("grok", COMMENTS | {"IFD0:ImageDescription"}, needs="Signature: "),
    Reader("credit_mark", frozenset({"photoshop:Credit", "2:110"}), longest=24),
)
"""Asked in this order; each module offers `KEYS`, `recognises(property)` and `read(property, others)`, which gives
the reading, or None where a second look at the other properties shows that the record is nobody's.
"""
