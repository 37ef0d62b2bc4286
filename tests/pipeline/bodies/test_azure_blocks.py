"""Azure's blocks are pieces by name; the list says which count, and in what order."""

from __future__ import annotations

from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import azure_blocks


def test_blocks_and_list() -> None:
    """Each block is a piece; the list that ends the upload names them in its own order."""
    *blocks, end = (azure_blocks.step(seen(turn)) for turn in wire.by_name("Azure blocks").talk(PICTURE, "a"))

    assert [data for _, data in wire.thirds(PICTURE)] == [block.data for block in blocks if block is not None]
    assert end is not None
    assert (True, [block.index for block in blocks if block is not None]) == (end.finish, list(end.order))


def test_a_block_without_a_name_is_none() -> None:
    """Nothing can be said of a block that has no name; other PUTs are not asked about."""
    assert azure_blocks.step(seen(Turn("PUT", "/a?comp=block", body=b"x"))) is None
    assert not azure_blocks.may_be(seen(Turn("PUT", "/a?comp=metadata")))
