"""Who lost it: the narrowest pair of stages."""

from __future__ import annotations

import pytest

from creditline.analysis.hops import lost_between


@pytest.mark.parametrize(
    ("at_upload", "original", "uploaded", "pair"),
    [
        (True, True, True, ("original", "uploaded")),
        (False, True, True, ("uploaded", "served")),
        (None, True, True, ("original", "served")),
        (None, True, False, ("original", "served")),
        (True, False, True, ("uploaded", "served")),
        (None, False, True, ("uploaded", "served")),
    ],
)
def test_the_narrowest_pair(at_upload: bool | None, original: bool, uploaded: bool, pair: tuple[str, str]) -> None:
    """An upload that cannot be seen leaves the widest pair; without an original the site is all there is."""
    assert pair == lost_between(at_upload=at_upload, original=original, uploaded=uploaded)
