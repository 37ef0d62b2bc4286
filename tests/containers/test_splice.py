import pytest

from creditline.containers.splice import Found, Plan, check, growth, place, render
from creditline.model.errors import ContainerError
from creditline.model.picture import Block, Problem

SPANS = [(0, 2), (2, 4), (4, 6), (6, 8)]


def found(payload: bytes, *units: int, problem: Problem | None = None) -> Found:
    return Found(Block("xmp", "somewhere", payload, problem), units)


def test_right_payloads_stay() -> None:
    """Blocks that hold what is wanted need no edit."""
    assert not place([found(b"a", 1), found(b"b", 2)], [b"a", b"b"], bytes, before=0, rank=0)


def test_broken_block_is_written_anew() -> None:
    """A block with a problem gives way even if its bytes are the wanted ones."""
    plan = place([found(b"a", 1, problem=Problem("x", "y"))], [b"a"], bytes, before=0, rank=0)

    assert {1: b"a"} == plan.replaced


def test_replace_remove_and_add() -> None:
    """The first unit takes the new bytes, the others go; newcomers follow the last block."""
    blocks = [found(b"a", 1, 2), found(b"b", 3)]

    assert {1: b"A", 2: b""} == place(blocks, [b"A", b"b"], bytes, before=0, rank=0).replaced
    assert {3: b""} == place(blocks, [b"a"], bytes, before=0, rank=0).replaced
    assert ((4, 7, b"c"),) == place(blocks, [b"a", b"b", b"c"], bytes, before=0, rank=7).inserted
    assert ((2, 7, b"c"),) == place([], [b"c"], bytes, before=2, rank=7).inserted


def test_render_and_growth() -> None:
    """Newcomers come before the unit they name, by rank; growth tells where a unit then begins."""
    plan = Plan({1: b"XXX", 2: b""}, ((1, 5, b"late"), (1, 2, b"early"), (4, 0, b"end")))

    assert b"00earlylateXXX33end" == render(b"00112233", SPANS, plan)
    assert [0, 9, 10, 8] == [growth(plan, SPANS, n) for n in range(4)]
    assert b"00112233" == render(b"00112233", SPANS, Plan())


def test_unknown_carrier() -> None:
    """The error names what could be written instead."""
    with pytest.raises(ContainerError) as caught:
        check({"mpf": []}, "png", ("exif", "xmp"))

    assert "exif, xmp" in str(caught.value.next_step)
