"""Text that is a picture is told from text that is not."""

from __future__ import annotations

import base64
from urllib.parse import quote

from tests.wire import PICTURE

from creditline.pipeline.bodies import base64_text


def test_data_url_without_base64() -> None:
    """A percent-encoded data URL is a picture, too."""
    drawing = "<svg xmlns='http://www.w3.org/2000/svg'>" + " " * 300

    found = base64_text.piece("data:image/svg+xml," + quote(drawing), "a")

    assert found is not None
    assert ("image/svg+xml", b"<svg") == (found.content_type, (found.data or b"")[:4])


def test_broken() -> None:
    """A data URL that cannot be decoded says so; plain text that cannot is no picture."""
    broken = base64_text.piece("data:image/png;base64," + "!" * 400, "a")

    assert broken is not None
    assert (None, "base64_broken") == (broken.data, broken.missed)
    assert base64_text.piece("iVBORw0KGgo" + "!" * 400, "a") is None
    assert base64_text.piece("data:image/png" + "x" * 400, "a") is None


def test_line_ends_are_left_out() -> None:
    """Lines of 76 characters, as mail writers break them, are one text."""
    found = base64_text.piece(base64.encodebytes(PICTURE).decode(), "a")

    assert found is not None
    assert PICTURE == found.data
