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
