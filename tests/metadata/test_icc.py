"""A colour profile is there, or something else is in its place."""

from __future__ import annotations

import pytest
from PIL import ImageCms

from creditline.metadata import icc
from creditline.model.errors import CarrierError


def test_a_profile() -> None:
    """A real one is accepted, and says nothing that is a field."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    assert ((), ()) == icc.read_with_problems(profile)


@pytest.mark.parametrize("payload", [b"", b"profile", bytes(128), b"acsp" * 40, bytes(36) + b"acsp"])
def test_no_profile(payload: bytes) -> None:
    """Anything else is told by a stable code."""
    with pytest.raises(CarrierError) as error:
        icc.read_with_problems(payload if payload != b"acsp" * 40 else b"x" + payload)

    assert "icc_broken" == error.value.code
