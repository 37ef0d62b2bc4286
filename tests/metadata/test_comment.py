"""The comment reader."""

import pytest

from creditline.metadata import comment
from creditline.model.errors import LimitError
from creditline.model.reading import Property


@pytest.mark.parametrize("payload", ["© Zoë".encode(), b"\xa9 Zo\xeb", b"\xa9 Zo\xeb\0\0"])
def test_comments_have_no_declared_encoding(payload: bytes) -> None:
    """UTF-8 first, Latin-1 else, NULs at the end dropped."""
    assert (Property("comment", "comment", "© Zoë"),) == comment.read(payload)
    assert () == comment.read_with_problems(payload)[1]


def test_length_is_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the cap nothing is read."""
    monkeypatch.setattr(comment, "MAX_BYTES", 3)

    with pytest.raises(LimitError):
        comment.read(b"four")
