"""GraphQL multipart: the files that the map names, nothing else."""

from __future__ import annotations

from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import graphql


def test_files_only() -> None:
    """`operations` and `map` hold no picture; the file does."""
    (turn,) = wire.by_name("GraphQL multipart").talk(PICTURE, "a")

    (piece,) = graphql.cut(seen(turn)).pieces

    assert graphql.recognises(seen(turn))
    assert ("0", PICTURE) == (piece.part, piece.data)


def test_other_forms_are_not() -> None:
    """A form with a field of one of those names is a form."""
    body = wire.multipart(("map", None, None, b"{}"), ("file", "a.jpg", None, PICTURE))

    assert not graphql.recognises(seen(Turn("POST", "/a", (("Content-Type", wire.FORM),), body)))
