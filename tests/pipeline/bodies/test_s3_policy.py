"""A form with a signed policy; the store reads up to `file`."""

from __future__ import annotations

from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import s3_policy


def test_file_is_the_last_field() -> None:
    """What follows the file was never uploaded."""
    (turn,) = wire.by_name("S3 policy POST").talk(PICTURE, "a")
    late = turn.body.replace(b"--b0undary--", b"--b0undary") + wire.multipart(
        ("late", "b.jpg", "image/jpeg", PICTURE)
    )

    found = [piece.part for piece in s3_policy.cut(seen(Turn("POST", "/a", turn.headers, late))).pieces]

    assert s3_policy.recognises(seen(turn))
    assert "file" == found[-1]


def test_a_plain_form_is_not() -> None:
    """A form with a key and no policy is a form."""
    body = wire.multipart(("key", None, None, b"k"), ("file", "a.jpg", None, PICTURE))

    assert not s3_policy.recognises(seen(Turn("POST", "/a", (("Content-Type", wire.FORM),), body)))
