"""What requests say of an upload adds up, in the order in which they said it."""

from __future__ import annotations

from creditline.model.upload_step import STEP_LINE, Said, Step


def test_later_words_count() -> None:
    """A number is replaced by a later one, zero too, and not by silence; a flag stays; declarations add up."""
    early = Said(first=1, total=5, image=True, order=(1, 2), filename="a.jpg", declared=(("a", "1"),))
    late = Said(first=0, finish=True, filename="", declared=(("a", "1"), ("b", "2")))

    both = Said(**early.then(late))

    assert (0, 5, None) == (both.first, both.total, both.count)
    assert (True, True, False) == (both.image, both.finish, both.abort)
    assert ((1, 2), "a.jpg") == (both.order, both.filename)
    assert (("a", "1"), ("b", "2")) == both.declared


def test_a_steps_data_is_not_in_its_line() -> None:
    """Everything else that a step says is."""
    assert {"form", "key", "first", "declared"} < set(STEP_LINE)
    assert {"data"} == {name for name in (*Step.__slots__, *Said.__slots__) if name not in STEP_LINE}
