"""The categories of § 1202(c)."""

from creditline.vocab.cmi_1202 import BY_NUMBER, CMI


def test_numbers_follow_the_statute() -> None:
    """`CMI[n - 1]` is paragraph n, with a name and a description of its own."""
    assert list(range(1, 9)) == [category.number for category in CMI]
    assert 8 == len({category.name for category in CMI})
    assert all(BY_NUMBER[category.number] is category and category.covers for category in CMI)
