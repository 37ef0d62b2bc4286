"""Words as masks."""

from __future__ import annotations

from creditline.lettering import mask


def test_capitals_have_the_height_that_was_asked_for() -> None:
    """Within a pixel or so, at every size; the mask is cut close to the ink."""
    for height in (18, 40, 90):
        assert abs(mask("H", height).shape[0] - height) <= max(1, 0.05 * height)


def test_what_the_font_lacks_is_left_out() -> None:
    """A model's name in another script leaves no boxes, and no text at all no error."""
    assert mask("AI", 20).shape == mask("AI模\u202e\n", 20).shape
    assert mask("模", 20).size > 0
