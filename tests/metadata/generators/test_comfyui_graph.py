"""Walking a graph stays bounded."""

import time

from creditline.metadata.generators.comfyui_graph import MAX_NODES, Node, trace


def test_a_dense_graph_ends_soon() -> None:
    """Every node is visited once per question, cycles included."""
    count = MAX_NODES - 1
    graph = {
        str(n): Node(
            "KSampler", {"a": [str(n * 7 % count), 0], "seed": [str(n + 1), 0], "cfg": [str(n * 3 % count), 0]}
        )
        for n in range(count)
    }
    graph["save"] = Node("SaveImage", {"images": ["0", 0]})
    begun = time.monotonic()

    result = trace(graph)

    assert result.unresolved
    assert time.monotonic() - begun < 5


def test_too_many_nodes_are_not_followed() -> None:
    """Past the cap nothing is read, and that is said."""
    graph = {str(n): Node("X", {}) for n in range(MAX_NODES + 1)}

    assert str(MAX_NODES) in str(trace(graph).unresolved)


def two_passes(*, saves: int) -> dict[str, Node]:
    """A base sampler, a refiner that adds no noise, and one or two places where a picture is saved."""
    return {
        "model": Node("CheckpointLoaderSimple", {"ckpt_name": "xl"}),
        "text": Node("CLIPTextEncode", {"text": "a sea"}),
        "base": Node(
            "KSamplerAdvanced",
            {"noise_seed": 42, "model": ["model", 0], "positive": ["text", 0], "add_noise": "enable"},
        ),
        "refiner": Node(
            "KSamplerAdvanced",
            {
                "noise_seed": 0,
                "model": ["model", 0],
                "positive": ["text", 0],
                "latent_image": ["base", 0],
                "add_noise": "disable",
            },
        ),
        **{
            f"save{n}": Node("SaveImage", {"images": [sampler, 0]})
            for n, sampler in enumerate(("refiner", "base")[:saves])
        },
    }


def test_the_seed_is_that_of_the_noise() -> None:
    """A sampler that adds no noise has a seed without meaning."""
    result = trace(two_passes(saves=1))

    assert ("42", ("xl",), "a sea", None) == (result.seed, result.models, result.prompt, result.unresolved)


def test_several_pictures_are_said() -> None:
    """A graph that saves two pictures does not know which one this is."""
    assert "several pictures" in str(trace(two_passes(saves=2)).unresolved)


def test_other_samplers_seeds_are_kept() -> None:
    """A picture that passed through two noisy samplers keeps the second seed among the settings."""
    graph = two_passes(saves=1)
    graph["refiner"] = Node("KSamplerAdvanced", {**graph["refiner"].inputs, "add_noise": "enable"})
    result = trace(graph)

    assert "0" == result.seed
    assert ("seed of another sampler", "42") in result.settings
