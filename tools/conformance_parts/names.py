"""Which of our names for a generator are right for the name that the corpus gives it; reviewed by hand."""

from __future__ import annotations

import re

RIGHT = {
    "Adobe Firefly": r"Firefly",
    "Black Forest Labs FLUX": r"flux|Black Forest Labs",
    "Civitai": r"Civitai",
    "ComfyUI": r"ComfyUI",
    "Doubao (ByteDance)": r"Doubao|ByteDance",
    "Fooocus": r"Fooocus",
    "Google (IPTC credit only)": r"Google",
    "Google Gemini": r"Google|Gemini",
    "Hugging Face Space (Stable Diffusion)": r"Hugging Face",
    "InvokeAI": r"InvokeAI",
    "Midjourney": r"Midjourney",
    "NovelAI": r"NovelAI",
    "OpenAI ChatGPT": r"OpenAI|ChatGPT|gpt-image|DALL",
    "RuinedFooocus": r"RuinedFooocus",
    "SD.Next": r"SD\.Next",
    "Samsung Galaxy AI": r"Samsung|Photo assist",
    "Stable Diffusion WebUI (AUTOMATIC1111)": r"AUTOMATIC1111|Stable Diffusion WebUI",
    "Stable Diffusion WebUI (AUTOMATIC1111), re-saved by GIMP": r"AUTOMATIC1111|Stable Diffusion WebUI",
    "Stable Diffusion WebUI Forge family": r"Forge",
    "SwarmUI": r"SwarmUI",
    "TensorArt": r"TensorArt",
    "xAI Grok": r"Grok|xAI",
}
"""A hosted service is right by its own name, its maker's or its model's: files name any of the three."""


def named_right(theirs: str, ours: tuple[str, ...]) -> bool:
    """Whether one of our names is right; a name that the table lacks must be ours letter for letter."""
    pattern = RIGHT.get(theirs)
    if pattern is None:
        return theirs.casefold() in {name.casefold() for name in ours}
    return any(re.search(pattern, name, re.IGNORECASE) for name in ours)
