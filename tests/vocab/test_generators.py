"""One name per generator."""

from __future__ import annotations

import time

import pytest

from creditline.vocab.generators import (
    AGENTS,
    aigc_producer,
    credit_mark,
    find_agent,
    generator_name,
    model_name,
    signer_name,
)


@pytest.mark.parametrize(
    ("name", "signer", "generator", "model"),
    [
        ("Adobe Firefly", None, "Adobe Firefly", None),
        ("Adobe_Firefly 1.0", None, "Adobe Firefly", "Adobe_Firefly 1.0"),
        ("gpt-image 2.0", None, "OpenAI", "gpt-image 2.0"),
        ("gpt-image-1", None, "OpenAI", "gpt-image-1"),
        ("DALL·E 3", None, "OpenAI", "DALL·E 3"),
        ("OpenAI-API", None, "OpenAI", None),
        ("Azure OpenAI DALL-E", None, "Microsoft", None),
        ("Bing Image Creator", None, "Microsoft", None),
        ("Flux.2", None, "Black Forest Labs FLUX", "Flux.2"),
        ("Imagen 4", None, "Google AI", "Imagen 4"),
        ("Stable Diffusion 3.5", None, "Stability AI", "Stable Diffusion 3.5"),
        ("Photo assist", "Samsung Galaxy", "Samsung Galaxy AI", None),
        ("Photo assist", "Ann Example", "Photo assist", None),
        ("Photo assist", None, "Photo assist", None),
        ("Imagenary 2", None, "Imagenary 2", None),
        ("Fluxbox 1.3", None, "Fluxbox 1.3", None),
        ("not made with Midjourney", None, "not made with Midjourney", None),
        ("Make Test Images 0.26.0", None, "Make Test Images 0.26.0", None),
    ],
)
def test_names(name: str, signer: str | None, generator: str, model: str | None) -> None:
    """A known beginning gives the one name; everything else stays as it is."""
    assert generator == generator_name(name, signer)
    assert model == model_name(name, signer)


def test_the_table_names_each_generator_once() -> None:
    """One row per service."""
    assert len(AGENTS) == len({agent.generator for agent in AGENTS})


def test_signers() -> None:
    """Companies stand for their service; others for themselves."""
    assert "OpenAI" == signer_name("OpenAI OpCo, LLC")
    assert "Google AI" == signer_name("Google LLC")
    assert "Ann Example" == signer_name("Ann Example")


def test_credit_marks_are_whole_lines() -> None:
    """Case and padding don't matter, other words do."""
    mark = credit_mark(" EDITED with Google AI\0")

    assert mark is not None
    assert ("Google AI", "edited") == (mark.generator, mark.extent)
    assert credit_mark("Photo: Ann, edited with Google AI") is None


def test_producers() -> None:
    """A code of a known producer gives the name; names and other codes stay, cut where they are no name."""
    assert "Doubao (ByteDance)" == aigc_producer("001191110102MACQD9K64010000")
    assert "001100000000000000000000000" == aigc_producer("001100000000000000000000000")
    assert 200 == len(aigc_producer("x" * 10_000))


def test_long_names_cost_no_time() -> None:
    """A megabyte is no name."""
    start = time.monotonic()

    assert find_agent("gpt-image " * 100_000) is None
    assert time.monotonic() - start < 1
