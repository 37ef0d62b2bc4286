"""A loss that a larger size does not show is the smaller size's own."""

from __future__ import annotations

import pytest
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped

from creditline.analysis.compare import compare
from creditline.analysis.read import read
from creditline.analysis.variants import narrow
from creditline.model.audit import Audit, Match, Stage

ORIGINAL = read(stamped(encoded(painting(1)), xmp=RIGHTS))
RICH = read(stamped(encoded(painting(1), quality=70), xmp=RIGHTS))
POOR = read(stamped(encoded(painting(1), quality=60), xmp={"dc:creator": ["Ann Example"]}))
BARE = read(encoded(painting(1).resize((80, 60)), quality=60))


def audit(variant: str | None = "small", *, upload_bare: bool = False, served: bool = True) -> Audit:
    """The audit of a bare copy."""
    uploaded = BARE if upload_bare else ORIGINAL
    stage = Stage(ORIGINAL.sha256, "proxy")
    return compare(
        ORIGINAL,
        uploaded,
        BARE if served else None,
        stages=(stage, stage, Stage(BARE.sha256, "proxy", variant=variant) if served else None),
        match=Match("same-work", "fingerprint"),
    )


def pairs(narrowed: Audit) -> dict[str, tuple[str, str] | None]:
    """Field or judgement → between which stages it was lost."""
    judged = {"ai": narrowed.ai.lost_between, "consent": narrowed.consent.lost_between}
    return {item.id: item.lost_between for item in narrowed.fields} | judged


def test_the_nearest_larger_size_that_has_it() -> None:
    """Each field names the first larger copy that still has it; labels and consent do, too."""
    found = pairs(narrow(audit(), [("medium", POOR), ("large", RICH)]))

    assert ("served:medium", "served:small") == found["creator"]
    assert ("served:large", "served:small") == found["copyright_notice"]
    assert ("served:large", "served:small") == found["ai"] == found["consent"]


@pytest.mark.parametrize("larger", [[], [("large", BARE)]])
def test_a_loss_that_all_sizes_show_is_the_sites(larger: list[tuple[str, object]]) -> None:
    """Where no larger copy has it either, the audit stays as it is."""
    assert audit() == narrow(audit(), larger)  # type: ignore[arg-type]


def test_what_the_page_lost_stays_the_pages() -> None:
    """A field that the upload lacked already is not laid at a size's door."""
    found = narrow(audit(upload_bare=True), [("large", RICH)])

    assert {("original", "uploaded")} == set(pairs(found).values())


def test_without_a_name_or_a_copy_there_is_nothing_to_name() -> None:
    """A copy of unknown size, or no copy at all, leaves the audit as it is."""
    for one in (audit(variant=None), audit(served=False)):
        assert one == narrow(one, [("large", RICH)])


def test_narrowing_changes_nothing_else() -> None:
    """Outcomes, values and the summary are those of the audit, and narrowing again changes nothing."""
    once = narrow(audit(), [("large", RICH)])

    assert audit().summary() == once.summary()
    assert [(f.id, f.outcome, f.values) for f in audit().fields] == [
        (f.id, f.outcome, f.values) for f in once.fields
    ]
    assert once == narrow(once, [("medium", RICH)])
