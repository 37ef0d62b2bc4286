"""What became of a picture: only what was seen to be there and seen to be gone is a loss."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped

from creditline.analysis.compare import compare, declared, field_presence
from creditline.analysis.read import read
from creditline.containers import sniff
from creditline.metadata import exif
from creditline.model.audit import Audit, CarrierOutcome, FieldOutcome, Match, Stage
from creditline.model.picture import Presence, Problem
from creditline.model.reading import Ai, C2paReading, Carrier, Consent, Field, Inspection, Value
from creditline.reattach.resign import make_authority, sign

SAME = Match("same-work", "fingerprint", distance=4, threshold=58, quality=90, false_match_rate=1e-9)
P, A, U, N = Presence.PRESENT, Presence.ABSENT, Presence.UNREADABLE, Presence.NOT_EXAMINED
PLAIN = encoded(painting(1))
JPEG = ("exif", "xmp", "xmp_extended", "iptc", "photoshop", "c2pa", "icc", "mpf", "comment")


def saying(
    *found: tuple[str, Value, str, str],
    format: str = "jpeg",  # noqa: A002
    size: tuple[int, int] = (320, 240),
    errors: tuple[Problem, ...] = (),
    c2pa: str = "none",
    ai: str = "none",
    consent: str = "unspecified",
    **states: Presence,
) -> Inspection:
    """A reading with fields (id, value, carrier, key); carriers hold them, are absent, or as `states` says."""
    held = {carrier for _, _, carrier, _ in found}
    carriers = JPEG if format != "unknown" else ()
    states = {"c2pa": {"none": A, "remote": A, "unreadable": U, "not_examined": N}.get(c2pa, P)} | states
    return Inspection(
        path=None,
        sha256="0" * 64,
        bytes=1,
        format=format,
        width=size[0],
        height=size[1],
        orientation=None,
        frames=1,
        carriers=tuple(
            Carrier(c, states.get(c, P if c in held else A), sha256=str(found) if c in held else None)
            for c in carriers
        ),
        fields=tuple(
            Field(name, value, carrier, key, 2 if name != "caption" else None, (2,))
            for name, value, carrier, key in found
        ),
        resolved=tuple({name: _text(value) for name, value, _, _ in reversed(found)}.items()),
        c2pa=C2paReading(c2pa),
        ai=Ai(ai),
        consent=Consent(consent),
        errors=errors,
    )


def _text(value: Value) -> Value:
    return value.get("x-default") or next(iter(value.values())) if isinstance(value, dict) else value


def audited(
    original: Inspection | None,
    served: Inspection | None,
    uploaded: Inspection | None = None,
    match: Match = SAME,
) -> Audit:
    """The audit of readings, each stage named after the place it came from."""
    three = (original, uploaded, served)
    stages = tuple(None if item is None else Stage(item.sha256, "cli") for item in three)
    return compare(*three, stages=stages, match=match)  # type: ignore[arg-type]


def outcome(audit: Audit, name: str = "creator") -> FieldOutcome:
    """What became of one field."""
    return next(item for item in audit.fields if item.id == name)


def creator(value: Value = "Ann", carrier: str = "xmp", key: str = "dc:creator") -> tuple[str, Value, str, str]:
    """A creator in one place."""
    return ("creator", value, carrier, key)


def creatorless(presence: Presence) -> Inspection:
    """A reading in which the creator has this presence."""
    return saying(creator()) if presence is P else saying(xmp=presence)


TABLE = {
    (P, P): "kept",
    (P, A): "removed",
    (A, P): "added",
    **{(first, U): "unreadable" for first in (P, A, U, N)},
    **{(U, last): "unreadable" for last in (P, A, N)},
    **{(first, N): "not_examined" for first in (P, A, N)},
    **{(N, last): "not_examined" for last in (P, A)},
}


@pytest.mark.parametrize(("first", "last"), [pair for pair in product((P, A, U, N), repeat=2) if P in pair])
def test_the_table_of_fields(first: Presence, last: Presence) -> None:
    """Of all pairs of presences only present → absent is a removal, and only it is lost."""
    audit = audited(creatorless(first), creatorless(last))

    found = outcome(audit)
    assert TABLE[first, last] == found.outcome
    assert (first, None, last) == found.presence
    assert ((first, last) == (P, A)) == audit.summary()["cmi_lost"] == audit.lost
    assert (("original", "served") if (first, last) == (P, A) else None) == found.lost_between


@pytest.mark.parametrize(("first", "last"), list(product((P, A, U, N), repeat=2)))
def test_the_table_of_carriers(first: Presence, last: Presence) -> None:
    """Carriers go by the same table; one that is at no stage is not listed."""
    audit = audited(saying(icc=first), saying(icc=last))

    listed = [item for item in audit.carriers if item.carrier == "icc"]
    if (first, last) == (A, A):
        assert [] == listed
    else:
        assert [CarrierOutcome("icc", (first, None, last), TABLE[first, last])] == listed  # type: ignore[arg-type]
    assert not audit.lost


def test_a_carrier_whose_bytes_differ_is_altered() -> None:
    """The same carrier with other bytes is altered, which is no loss by itself."""
    audit = audited(saying(creator()), saying(creator(), ("caption", "x", "xmp", "dc:description")))

    assert "altered" == next(item.outcome for item in audit.carriers if item.carrier == "xmp")
    assert not audit.lost


def test_nothing_there_is_nothing_to_tell() -> None:
    """Two pictures that say nothing have no fields, no carriers and no loss."""
    audit = audited(saying(), saying())

    assert ((), (), None, None, None, False) == (
        audit.fields,
        audit.carriers,
        audit.c2pa.outcome,
        audit.ai.outcome,
        audit.consent.outcome,
        audit.lost,
    )


def test_what_a_format_cannot_hold_is_absent_and_unknown_bytes_are_not_examined() -> None:
    """A WebP holds no IIM, so IIM is gone there; of bytes that nobody knows nothing is claimed."""
    first = saying(creator(carrier="iptc", key="2:080"))
    webp = replace(saying(), format="webp", carriers=(Carrier("exif", A), Carrier("xmp", A), Carrier("c2pa", A)))

    assert "removed" == outcome(audited(first, webp)).outcome
    assert "not_examined" == outcome(audited(first, saying(format="unknown"))).outcome


def test_a_block_that_was_read_in_part_makes_nobody_guilty() -> None:
    """What a half-broken block lacks may have been in its broken half; a harmless quirk leaves no doubt."""
    cut = saying(exif=P, errors=(Problem("exif_truncated", "", "exif"),))
    odd = saying(xmp=P, errors=(Problem("xmp_encoding", "", "xmp"),))

    assert "unreadable" == outcome(audited(saying(creator()), cut)).outcome
    assert "removed" == outcome(audited(saying(creator()), odd)).outcome


def test_a_real_half_broken_block() -> None:
    """As above, with bytes: the copyright entry points outside the Exif block."""
    block = bytearray(exif.build({"IFD0:Artist": "Ann", "IFD0:Copyright": "© somebody with a long name"}))
    whole = sniff.replace(PLAIN, {"exif": [bytes(block)]})
    entry = block.index(b"\x82\x98" if block[:2] == b"MM" else b"\x98\x82")
    block[entry + 8 : entry + 12] = b"\x7f\xff\xff\xff"

    audit = audited(read(whole), read(sniff.replace(PLAIN, {"exif": [bytes(block)]})))

    assert ("kept", "unreadable") == (outcome(audit).outcome, outcome(audit, "copyright_notice").outcome)
    assert not audit.lost


@pytest.mark.parametrize(
    ("before", "after", "detail"),
    [
        ("Ann Example, Studio", "Ann Example", "truncated"),
        ("© Jörg", "Â© JÃ¶rg", "character set"),
        ("Ann  Example", "Ann Example", "white space"),
        (["Ann", "Bob"], ["Ann"], "entries lost"),
        ({"x-default": "by Ann", "de": "von Ann"}, "by Ann", "languages lost"),
        ("Ann", "Bob", "changed"),
    ],
)
def test_damage_is_altered_with_detail(before: Value, after: Value, detail: str) -> None:
    """A value that came through damaged is altered, with the damage named, and counts as lost."""
    audit = audited(saying(creator(before)), saying(creator(after)))

    assert ("altered", detail) == (outcome(audit).outcome, outcome(audit).detail)
    assert ("original", "served") == outcome(audit).lost_between
    assert audit.summary()["cmi_lost"]


def test_language_alternatives_are_shown_whole() -> None:
    """Where more than x-default is there, the audit shows all languages; kept ones in another order are kept."""
    both: Value = {"x-default": "by Ann", "de": "von Ann"}
    turned: Value = {"de": "von Ann", "x-default": "by Ann"}

    kept = outcome(audited(saying(creator(both)), saying(creator(turned))))
    lost = outcome(audited(saying(creator(both)), saying(creator({"x-default": "by Ann"}))))

    assert ("kept", both) == (kept.outcome, kept.values[0])
    assert ("altered", "languages lost", both) == (lost.outcome, lost.detail, lost.values[0])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("xmp dc:creator", "xmp dc:creator", "kept"),
        ("xmp dc:creator", "xmp_extended dc:creator", "kept"),
        ("iptc 2:080", "xmp dc:creator", "kept"),
        ("iptc 2:080", "exif IFD0:Artist", "kept"),
        ("png_text Author", "exif IFD0:Artist", "kept"),
        ("xmp dc:creator", "iptc 2:080", "moved"),
        ("exif IFD0:Artist", "png_text Author", "moved"),
    ],
)
def test_a_value_that_climbs_is_kept_and_one_that_sinks_has_moved(before: str, after: str, expected: str) -> None:
    """The same value in the same or a stronger carrier is kept, only in a weaker one moved; neither is lost."""
    first, last = (saying(creator("Ann", *place.split())) for place in (before, after))

    audit = audited(first, last)

    assert (expected, None) == (outcome(audit).outcome, outcome(audit).detail)
    assert not audit.lost


def test_conflicting_originals_accuse_nobody() -> None:
    """Carriers that disagreed before: dropping one changes the reconciled value, but the site altered nothing."""
    both = saying(creator("Ann", "exif", "IFD0:Artist"), creator("Ann Example", "xmp", "dc:creator"))

    kept = audited(both, saying(creator("Ann Example", "xmp", "dc:creator")))
    moved = audited(both, saying(creator("Ann Example", "iptc", "2:080")))

    assert ("kept", "moved") == (outcome(kept).outcome, outcome(moved).outcome)
    assert "different values" in str(outcome(kept).detail)
    assert not kept.lost
    assert not moved.lost


def test_a_value_of_the_sites_own_is_altered_even_beside_the_old_one() -> None:
    """A site that puts its name over the creator in XMP and forgets IIM has altered the field."""
    before = saying(creator("Ann"), creator("Ann", "iptc", "2:080"))
    after = saying(creator("Site Inc."), creator("Ann", "iptc", "2:080"))

    audit = audited(before, after)

    assert ("altered", "changed") == (outcome(audit).outcome, outcome(audit).detail)
    assert audit.lost


def test_fields_outside_the_statute_are_compared_and_not_counted() -> None:
    """A caption that went is removed, but no CMI."""
    audit = audited(saying(("caption", "x", "xmp", "dc:description")), saying())

    assert "removed" == outcome(audit, "caption").outcome
    assert 0 == audit.counts()["removed"]
    assert not audit.lost


# Who lost it

FULL, BARE, BROKEN = saying(creator()), saying(), saying(xmp=U)
OTHER, SHORT = saying(creator("An")), saying(creator("A"))


@pytest.mark.parametrize(
    ("original", "uploaded", "served", "expected", "pair"),
    [
        (FULL, FULL, BARE, "removed", ("uploaded", "served")),
        (FULL, BARE, BARE, "removed", ("original", "uploaded")),
        (FULL, BROKEN, BARE, "removed", ("original", "served")),
        (FULL, None, BARE, "removed", ("original", "served")),
        (None, FULL, BARE, "removed", ("uploaded", "served")),
        (FULL, OTHER, BARE, "removed", ("uploaded", "served")),
        (FULL, OTHER, OTHER, "altered", ("original", "uploaded")),
        (FULL, FULL, OTHER, "altered", ("uploaded", "served")),
        (FULL, BARE, OTHER, "altered", ("original", "uploaded")),
        (FULL, BROKEN, OTHER, "altered", ("original", "served")),
        (FULL, BARE, FULL, "kept", None),
        (FULL, BARE, BROKEN, "unreadable", None),
        (FULL, BARE, None, "removed", ("original", "uploaded")),
        (FULL, FULL, None, "kept", None),
        (None, FULL, FULL, "kept", None),
        (None, BARE, FULL, "added", None),
    ],
)
def test_between_which_stages(
    original: Inspection | None,
    uploaded: Inspection | None,
    served: Inspection | None,
    expected: str,
    pair: tuple[str, str] | None,
) -> None:
    """The narrowest pair that was seen; an upload that cannot be read leaves the widest."""
    found = outcome(audited(original, served, uploaded))

    assert (expected, pair) == (found.outcome, found.lost_between)
    assert [item is None for item in (original, uploaded, served)] == [p is None for p in found.presence]


JUDGED: dict[str, dict[str, str]] = {
    "c2pa": {"there": "trusted", "gone": "none", "other": "invalid"},
    "ai": {"there": "ai-generated", "gone": "none", "other": "ai-edited"},
    "consent": {"there": "prohibited", "gone": "unspecified", "other": "allowed"},
}


@pytest.mark.parametrize("name", JUDGED)
@pytest.mark.parametrize(
    ("stages", "expected", "pair"),
    [
        (("there", None, "there"), "kept", None),
        (("there", None, "gone"), "removed", ("original", "served")),
        (("there", "there", "gone"), "removed", ("uploaded", "served")),
        (("there", "gone", "gone"), "removed", ("original", "uploaded")),
        (("there", "other", "gone"), "removed", ("uploaded", "served")),
        (("there", "other", "other"), "altered", ("original", "uploaded")),
        (("there", None, "other"), "altered", ("original", "served")),
        ((None, "there", "gone"), "removed", ("uploaded", "served")),
        (("gone", None, "there"), "added", None),
        (("gone", None, "gone"), None, None),
    ],
)
def test_judgements_of_one_word(
    name: str, stages: tuple[str | None, str | None, str | None], expected: str | None, pair: Any
) -> None:
    """Content Credentials, AI label and consent follow the fields' rules; removed or altered is lost."""
    words = JUDGED[name]
    given: list[Any] = [None if s is None else saying(**{name: words[s]}) for s in stages]  # type: ignore[arg-type]

    audit = audited(given[0], given[2], given[1])

    found = getattr(audit, name)
    assert (expected, pair) == (found.outcome, found.lost_between)
    lost = {key for key, value in audit.summary().items() if key.endswith("_lost") and value}
    key = {"c2pa": "c2pa_lost", "ai": "ai_label_lost", "consent": "consent_lost"}[name]
    assert ({key} if expected in {"removed", "altered"} else set()) == lost
    assert bool(lost) == audit.lost


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("valid", "trusted", "kept"),
        ("remote", "valid", "kept"),
        ("invalid", "invalid", "kept"),
        ("trusted", "valid", "altered"),
        ("valid", "remote", "altered"),
        ("invalid", "remote", "altered"),
        ("valid", "unreadable", "unreadable"),
        ("valid", "not_examined", "not_examined"),
        ("unreadable", "none", "unreadable"),
    ],
)
def test_content_credentials_that_climb_are_kept(before: str, after: str, expected: str) -> None:
    """A better state is no loss, a worse one is, a broken or unread one is neither."""
    audit = audited(saying(c2pa=before), saying(c2pa=after))

    assert expected == audit.c2pa.outcome


@pytest.mark.parametrize("name", ["ai", "consent"])
def test_a_declaration_is_gone_only_where_all_its_carriers_were_read(name: str) -> None:
    """A broken, an unread, a half-read carrier, and a manifest stored elsewhere: each leaves it open."""
    first: Any = saying(**{name: JUDGED[name]["there"]})  # type: ignore[arg-type]
    doubts = {
        "unreadable": [saying(xmp=U), saying(errors=(Problem("limit", "", "xmp"),))],
        "not_examined": [saying(xmp=N), saying(c2pa="remote"), saying(format="unknown")],
    }
    for expected, copies in doubts.items():
        for copy in copies:
            audit = audited(first, copy)

            assert expected == getattr(audit, name).outcome
            assert not audit.lost


def test_contradictory_labels_accuse_nobody() -> None:
    """Of two declarations that contradicted each other one is left: the site altered nothing."""
    assert "kept" == audited(saying(ai="conflicting"), saying(ai="ai-edited")).ai.outcome
    assert "removed" == audited(saying(ai="conflicting"), saying()).ai.outcome


def test_presence_and_declaration_by_themselves() -> None:
    """What `variants` asks: is the field, or any declaration, there."""
    assert [P, A, U, N] == [field_presence(creatorless(state), "creator") for state in (P, A, U, N)]
    assert [True, False, False, True] == [
        declared(saying(c2pa=state), "c2pa") for state in ("invalid", "none", "unreadable", "remote")
    ]
    assert [True, False] == [declared(saying(ai=label), "ai") for label in ("human-made", "none")]


# Verdicts and pixels


def test_another_picture_is_not_compared() -> None:
    """`different` says nothing of fields, and loses nothing."""
    audit = audited(FULL, BARE, match=Match("different", "fingerprint", distance=120, threshold=80))

    assert ((), (), None, False) == (audit.fields, audit.carriers, audit.c2pa.outcome, audit.lost)
    assert audit.pixels.identical is False


@pytest.mark.parametrize(
    ("match", "size", "expected"),
    [
        (Match("identical", "bytes"), (320, 240), True),
        (Match("same-pixels", "pixels"), (320, 240), True),
        (Match("same-work", "fingerprint"), (320, 240), False),
        (Match("same-work", "binding"), (320, 240), None),
        (Match("same-work", "binding"), (160, 120), False),
        (Match("undecided", None), (320, 240), None),
    ],
)
def test_pixels(match: Match, size: tuple[int, int], expected: bool | None) -> None:
    """Identical only where that was proved, different only where it was, else unknown."""
    pixels = audited(FULL, replace(saying(size=size), format="webp"), match=match).pixels

    assert (expected, (320, 240), size, True) == (
        pixels.identical,
        pixels.original,
        pixels.served,
        pixels.format_changed,
    )


def test_sizes_that_nobody_knows() -> None:
    """Without a size on one side none is claimed."""
    pixels = audited(FULL, replace(BARE, width=None)).pixels

    assert ((320, 240), None) == (pixels.original, pixels.served)


# The whole way, with files


@pytest.fixture(scope="module")
def files() -> dict[str, Inspection]:
    """Readings of one signed picture and of what sites make of it."""
    rich = stamped(PLAIN, xmp=RIGHTS, iim={"2:080": "Ann Example", "2:110": "Ann Example / Studio"})
    signed = sign(rich, "jpeg", make_authority(), digital_source_type="trainedAlgorithmicMedia")
    small = painting(1).resize((160, 120))
    made = {
        "signed": signed,
        "stripped": encoded(small, quality=70),
        "webp": encoded(small, "WEBP", quality=70),
        "png": encoded(small, "PNG"),
        "iim only": stamped(encoded(small), iim={"2:080": "Ann Example", "2:110": "Ann Example / Studio"}),
        "cut png": stamped(encoded(small, "PNG"), xmp=RIGHTS)[:900],
    }
    return {name: read(data) for name, data in made.items()}


@pytest.mark.parametrize("copy", ["stripped", "webp", "png"])
def test_a_site_that_strips(copy: str, files: dict[str, Inspection]) -> None:
    """Everything is removed, whatever format the site serves."""
    audit = audited(files["signed"], files[copy])

    assert {"cmi_lost": True, "ai_label_lost": True, "c2pa_lost": True, "consent_lost": True} == {
        key: value for key, value in audit.summary().items() if key != "cmi"
    }
    assert {"removed"} == {item.outcome for item in audit.fields}
    assert 4 == audit.counts()["removed"]
    assert {"removed"} == {item.outcome for item in audit.carriers if item.presence[0] is P}


def test_a_site_that_keeps_iim(files: dict[str, Inspection]) -> None:
    """Creator and credit stay in IIM, where they were; the notice was in XMP alone and went."""
    audit = audited(files["signed"], files["iim only"])

    assert ["kept", "kept", "removed"] == [
        outcome(audit, name).outcome for name in ("creator", "credit_line", "copyright_notice")
    ]


def test_a_copy_that_broke_off_lost_nothing(files: dict[str, Inspection]) -> None:
    """A file that ends in the middle may have had everything."""
    audit = audited(files["signed"], files["cut png"])

    assert not audit.lost
    assert {"not_examined", "unreadable"} >= {item.outcome for item in audit.fields}


def test_the_line_goes_through_json(files: dict[str, Inspection]) -> None:
    """A stored audit is read back as it was."""
    audit = audited(files["signed"], files["iim only"], files["webp"])

    assert audit == Audit.from_json(json.loads(json.dumps(audit.to_json())))
