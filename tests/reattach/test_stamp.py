"""A profile written into a picture."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.analysis.pictures import encoded, painting, stamped

from creditline.analysis.read import read
from creditline.containers import coded
from creditline.model.errors import UsageError
from creditline.model.stamp_profile import StampProfile
from creditline.reattach.material import material
from creditline.reattach.stamp import Stamped, stamp

NOW = datetime(2027, 1, 2, tzinfo=UTC)
PROFILE = StampProfile(
    creator=("Ann Example", "Bob; Co"),
    copyright="© {year} Example Studio",
    copyright_owner="Example Studio",
    licensor="Example Studio",
    ai_training="constrained: ask before training",
    ai_training_until="2030-12-31",
    stipulations=("no crops",),
)


def done(data: bytes, profile: StampProfile = PROFILE, *, replacing: frozenset[str] = frozenset()) -> Stamped:
    """The file stamped."""
    return stamp(data, material(data), profile, replacing=replacing, at=NOW)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF"])
def test_every_format_gets_what_it_can_hold(kind: str) -> None:
    """Creator and owner may differ; what is said of training comes with its words and its end; no pixel changes."""
    plain = encoded(painting(1), kind)

    result = done(plain)

    found = read(result.data)
    resolved = dict(found.resolved)
    assert coded.same(plain, result.data)
    assert ["Example Studio"] == resolved["copyright_owner"]
    assert "© 2027 Example Studio" == resolved["copyright_notice"]
    assert ("constrained", "2030-12-31") == (found.consent.ai_training, found.consent.until)
    assert "no crops" in str(resolved["other_constraints"])
    assert "creditline stamped" in str(resolved["edit_history"])


def test_carriers_are_in_step() -> None:
    """XMP, IIM and Exif say the same of creator and notice (MWG 2.0)."""
    found = read(done(encoded(painting(1))).data)

    for field_id in ("creator", "copyright_notice"):
        values = {f.carrier: f.value for f in found.fields if f.id == field_id}
        assert {"exif", "xmp", "iptc"} == set(values)
        assert 1 == len({str(value) for value in values.values()}), values


def test_the_year_is_the_pictures() -> None:
    """Not the day of the stamping."""
    data = stamped(encoded(painting(1)), xmp={"photoshop:DateCreated": "2019-05-01"})

    assert "© 2019 Example Studio" == dict(read(done(data).data).resolved)["copyright_notice"]


def test_another_value_is_a_conflict_unless_it_may_be_replaced() -> None:
    """Nothing is written then, and the option is named."""
    data = stamped(encoded(painting(1)), xmp={"dc:creator": ["Somebody"]}, tags={"IFD0:Artist": "Somebody"})

    with pytest.raises(UsageError, match="creator says 'Somebody'") as refused:
        done(data)
    replaced = read(done(data, replacing=frozenset({"creator"})).data)

    assert "--replace creator" in str(refused.value.next_step)
    assert {str(["Ann Example", "Bob; Co"])} == {str(f.value) for f in replaced.fields if f.id == "creator"}


def test_stamping_twice_is_stamping_once() -> None:
    """The second time everything is there."""
    once = done(encoded(painting(1)))

    twice = done(once.data)

    assert once.data == twice.data
    assert () == twice.written
    assert set(once.written) == set(twice.kept)


def test_a_broken_picture_is_an_error() -> None:
    """Never half a file."""
    data = encoded(painting(1), "PNG")[:200]

    with pytest.raises(UsageError):
        done(data)
