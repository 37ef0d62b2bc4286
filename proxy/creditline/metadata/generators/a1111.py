"""The parameter text that Stable Diffusion WebUI introduced and its family kept.

`prompt` LF `Negative prompt: …` LF `Steps: 20, Sampler: Euler a, …`; in PNG under `parameters`, in JPEG and
WebP as UserComment. Forks are told apart by the `Version` and `App` settings.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from creditline.metadata.generators.places import PLACES, text_of
from creditline.metadata.generators.record import MAX_TEXT, parse_json
from creditline.model.reading import Generation

if TYPE_CHECKING:
    from creditline.model.reading import Property

KEYS = PLACES
MIN_SETTINGS = 3
"""Fewer `Key: value` pairs are a sentence of the prompt."""
MAX_LINES = 40
"""Lines searched from the end; some forks append a few after the settings."""
MAX_SETTINGS = 500

_KEY = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9 _/().-]{0,63}?)\s*:\s*")
_STRING = re.compile(r'"(?:\\.|[^"\\])*"')
_STEPS = re.compile(r"(?:^|\n|, )Steps: ?\d")
_NEGATIVE = "Negative prompt:"
_FORKS = (
    (re.compile(r"neo\b", re.IGNORECASE), "Forge Neo"),
    (re.compile(r"classic\b", re.IGNORECASE), "Forge Classic"),
    (re.compile(r"f\d+\.\d+\.\d+v2-"), "reForge"),
    (re.compile(r"f[\w.]*-v"), "reForge"),
    (re.compile(r"f\d"), "Forge"),
    (re.compile(r"ComfyUI", re.IGNORECASE), "ComfyUI"),
    (re.compile(r"Fooocus", re.IGNORECASE), "Fooocus"),
)


def recognises(item: Property) -> bool:
    """Whether this is a parameter text: the key is one of its places and a settings line stands in it."""
    if item.key not in KEYS:
        return False
    text = text_of(item)
    return _STEPS.search(text, max(0, len(text) - MAX_TEXT)) is not None and not text.lstrip().startswith("{")


def read(item: Property, others: tuple[Property, ...]) -> Generation:
    """The record in its parts; `others` tell Fooocus, which writes the same text under a scheme name."""
    text = text_of(item)
    if len(text) > MAX_TEXT:
        reason = f"The record is longer than {MAX_TEXT} characters."
        return Generation(
            "AUTOMATIC1111", raw=text[:MAX_TEXT], carrier=item.carrier, key=item.key, unresolved=reason
        )
    lines = text.replace("\r\n", "\n").split("\n")
    position, settings = _settings_line(lines)
    prompt, negative = _prompts(lines[:position] if position is not None else lines)
    values = dict(settings)
    model = values.get("Model") or values.get("Model hash")
    return Generation(
        generator=_generator(values, others),
        models=(model,) if model else _civitai_models(values),
        prompt=prompt or None,
        negative_prompt=negative or None,
        seed=values.get("Seed"),
        settings=settings,
        raw=text,
        carrier=item.carrier,
        key=item.key,
        unresolved=None if settings else "The record has no line of settings.",
    )


def _settings_line(lines: list[str]) -> tuple[int | None, tuple[tuple[str, str], ...]]:
    """The last line with enough pairs, `Steps` among them: prompts may hold `Steps:` too."""
    for position in range(len(lines) - 1, max(-1, len(lines) - 1 - MAX_LINES), -1):
        settings = _pairs(lines[position])
        if len(settings) >= MIN_SETTINGS and any(key == "Steps" for key, _ in settings):
            return position, settings
    return None, ()


def _prompts(lines: list[str]) -> tuple[str, str]:
    for position in range(len(lines) - 1, -1, -1):
        if lines[position].startswith(_NEGATIVE):
            first = lines[position][len(_NEGATIVE) :]
            return _joined(lines[:position]), _joined([first, *lines[position + 1 :]])
    return _joined(lines), ""


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip()


def _pairs(line: str) -> tuple[tuple[str, str], ...]:
    """`Key: value` pairs; a value is a JSON string, a bracketed JSON value, or runs to the next `, Key:`."""
    pairs: list[tuple[str, str]] = []
    pos = 0
    while pos < len(line) and len(pairs) < MAX_SETTINGS:
        match = _KEY.match(line, pos)
        if match is None:
            break
        end = _value_end(line, match.end())
        value = line[match.end() : end].strip()
        if _STRING.fullmatch(value):
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        pairs.append((match[1], value))
        pos = end + 1
    return tuple(pairs)


def _value_end(line: str, start: int) -> int:
    if line.startswith('"', start):
        match = _STRING.match(line, start)
        if match is not None:
            return _comma(line, match.end())
    if line[start : start + 1] in ("[", "{"):
        end = _bracket_end(line, start)
        if end is not None:
            return _comma(line, end)
    return _comma(line, start)


def _comma(line: str, start: int) -> int:
    """The next comma that a key follows, or the line's end."""
    pos = line.find(",", start)
    while pos >= 0:
        if _KEY.match(line, pos + 1) is not None:
            return pos
        pos = line.find(",", pos + 1)
    return len(line)


def _bracket_end(line: str, start: int) -> int | None:
    depth, pos = 0, start
    while pos < len(line):
        character = line[pos]
        if character == '"':
            match = _STRING.match(line, pos)
            if match is None:
                return None
            pos = match.end()
            continue
        depth += (character in "[{") - (character in "]}")
        pos += 1
        if depth == 0:
            return pos
    return None


def _generator(values: dict[str, str], others: tuple[Property, ...]) -> str:
    if any(other.key == "fooocus_scheme" for other in others):
        return "Fooocus"
    app = values.get("App", "")
    if app:
        return "SD.Next" if app.lower().replace(".", "") == "sdnext" else app
    if "Civitai resources" in values:
        return "Civitai"
    version = values.get("Version", "")
    return next((name for pattern, name in _FORKS if pattern.match(version)), "AUTOMATIC1111")


def _civitai_models(values: dict[str, str]) -> tuple[str, ...]:
    """Names of the checkpoints among Civitai's resources, which stand in for `Model`."""
    resources = parse_json(values.get("Civitai resources", ""))
    if not isinstance(resources, list):
        return ()
    names = [r.get("modelName") for r in resources if isinstance(r, dict) and r.get("type") == "checkpoint"]
    return tuple(name for name in names if isinstance(name, str))
