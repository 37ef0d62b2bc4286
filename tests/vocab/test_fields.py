"""The crosswalk as data holds together."""

import pytest

from creditline.model.picture import CARRIERS
from creditline.vocab.cmi_1202 import BY_NUMBER
from creditline.vocab.fields import BY_ID, BY_PLACE, FIELDS, IIM_BYTES, carriers_of
from creditline.vocab.namespaces import URI_OF


def test_ids_and_places_are_unique() -> None:
    """No id twice, and no place that would have to serve two fields."""
    assert len(FIELDS) == len(BY_ID)
    assert sum(len(field.places) for field in FIELDS) == len(BY_PLACE)


def test_every_place_is_on_a_known_carrier_and_namespace() -> None:
    """Carriers are the model's; XMP prefixes have an address."""
    for carrier, key in BY_PLACE:
        assert carrier in CARRIERS
        if carrier.startswith("xmp"):
            assert all(part.split(":")[0] in URI_OF for part in key.split("/")), key


def test_a_primary_category_is_one_of_the_categories() -> None:
    """What a field counts under is among what it may be."""
    for field in FIELDS:
        assert field.primary is None or field.primary in field.categories
        assert set(field.categories) <= set(BY_NUMBER)


@pytest.mark.parametrize(
    ("field_id", "primary"),
    [("copyright_notice", 3), ("credit_line", 2), ("source", 3), ("identifier", 7), ("creator", 2), ("title", 1)],
)
def test_the_categories_that_the_contract_names(field_id: str, primary: int) -> None:
    """Contract §3 fixes the category where several fit."""
    assert primary == BY_ID[field_id].primary


@pytest.mark.parametrize("field_id", ["gps", "camera_serial", "lens_serial", "owner_name", "person_shown", "city"])
def test_private_fields_are_never_cmi(field_id: str) -> None:
    """Place, person and device are private and count under no category."""
    assert BY_ID[field_id].private
    assert BY_ID[field_id].primary is None


def test_extended_xmp_holds_what_xmp_holds() -> None:
    """A writer may move any property into the extension."""
    xmp = {key for carrier, key in BY_PLACE if carrier == "xmp"}

    assert xmp == {key for carrier, key in BY_PLACE if carrier == "xmp_extended"}


def test_carriers_of_a_field_come_strongest_first() -> None:
    """Each carrier once, Exif before XMP for the creator."""
    carriers = ("exif", "xmp", "xmp_extended", "iptc", "png_text", "mp4_metadata", "svg_metadata")

    assert carriers == carriers_of("creator")
    assert set(IIM_BYTES) <= {key for carrier, key in BY_PLACE if carrier == "iptc"}
