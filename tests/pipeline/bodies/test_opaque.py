"""What is encrypted before it is sent is said to be, and never guessed at."""

from __future__ import annotations

from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import opaque


def test_whatsapp() -> None:
    """The address proves that all of the ciphertext was seen; a body that was changed is told."""
    (turn,) = wire.by_name("encrypted (WhatsApp)").talk(PICTURE, "a")

    (piece,) = opaque.cut(seen(turn)).pieces
    (other,) = opaque.cut(seen(Turn("POST", turn.path, turn.headers, turn.body + b"x"))).pieces

    assert (None, "encrypted", (("ciphertext_sha256", "matches"),)) == (piece.data, piece.missed, piece.declared)
    assert (("ciphertext_sha256", "differs"),) == other.declared


def test_other_addresses() -> None:
    """Only addresses known to take encrypted pictures are, on the host that they belong to."""
    assert opaque.may_be("POST", "ton.x.com", "/i/ton/data/dm/1")
    assert not opaque.may_be("POST", "example.org", "/i/ton/data/dm/1")
    assert not opaque.may_be("POST", "mmg.whatsapp.net", "/mms/audio/" + "a" * 43)
    assert not opaque.may_be("POST", "mmg.whatsapp.net", "/newsletter/newsletter-image/" + "a" * 43)
