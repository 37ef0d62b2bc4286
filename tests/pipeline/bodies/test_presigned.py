"""A picture PUT to a signed address."""

from __future__ import annotations

import pytest
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import presigned


@pytest.mark.parametrize(
    "query", ["X-Amz-Signature=0", "x-goog-signature=0", "upload_id=0", "sig=0&se=1", "Signature=0&Expires=1"]
)
def test_signatures(query: str) -> None:
    """S3's, GCS' and Azure's queries are known."""
    view = seen(Turn("PUT", f"/a?{query}", (), PICTURE))

    assert presigned.recognises(view)
    assert [PICTURE] == [piece.data for piece in presigned.cut(view).pieces]


def test_others() -> None:
    """A PUT without a signature, a POST with one, and a body that is no picture are not."""
    assert not presigned.recognises(seen(Turn("PUT", "/a?sig=0", (), PICTURE)))
    assert not presigned.recognises(seen(Turn("POST", "/a?X-Amz-Signature=0", (), PICTURE)))
    assert not presigned.recognises(seen(Turn("PUT", "/a?X-Amz-Signature=0", (), b"text")))
