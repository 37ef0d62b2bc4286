"""The list of conforming products that comes with the package."""

from __future__ import annotations

from creditline.vocab import conforming
from creditline.vocab.source_types import classify


def test_a_listed_product() -> None:
    """A signer on the list has its level; one that is not, or under another organisation, has nothing."""
    camera = conforming.product("Pixel Camera", "Google LLC")

    assert camera is not None
    assert (2, ()) == (camera.assurance_level, camera.must_not_claim)
    assert conforming.product("Pixel Camera", "Somebody Else") is None


def test_what_a_product_must_not_claim() -> None:
    """Disallowed signals become source types of the vocabulary; some products have them."""
    restricted = [one for one in conforming._products().values() if one.must_not_claim]

    assert len(restricted) >= 10
    assert all(classify(term) is not None for one in restricted for term in one.must_not_claim)


def test_records_under_one_name() -> None:
    """Of several records only what all of them say holds."""
    records = [{"level": 2, "disallowed": ["capturedMedia"]}, {"level": 1, "disallowed": []}]
    one = conforming._product({"name": "n", "organisation": "o", "records": records})

    assert (1, ()) == (one.assurance_level, one.must_not_claim)
