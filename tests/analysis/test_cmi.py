"""The crosswalk and the reconciliation."""

import json
from pathlib import Path

import pytest

from creditline.analysis import cmi
from creditline.model.reading import Generation, Property, Value

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
ABSENT = "shared/corpus is absent (it is given to the team only): corpus tests not run"


def of(carrier: str, **keys: Value) -> list[Property]:
    """Properties of one carrier; `__` in a name stands for `:`."""
    return [Property(carrier, key.replace("__", ":"), value) for key, value in keys.items()]


def found(properties: list[Property]) -> dict[tuple[str, str], Value]:
    """(id, key) → value."""
    return {(field.id, field.key): field.value for field in cmi.crosswalk(properties)}


def test_a_field_says_where_it_stood_and_what_it_counts_as() -> None:
    """Id, carrier, key and category are the vocabulary's."""
    (field,) = cmi.crosswalk([Property("iptc", "2:080", "Ann Example")])

    assert {
        "id": "creator",
        "value": ["Ann Example"],
        "carrier": "iptc",
        "key": "2:080",
        "category": 2,
        "categories": [2],
    } == field.to_json()


@pytest.mark.parametrize("blank", ["", "   ", "\0\0", " \n\t", [], [" ", ""], {"x-default": " "}])
def test_blank_is_absent(blank: Value) -> None:
    """A field that says nothing is not there."""
    assert () == cmi.crosswalk([Property("xmp", "dc:rights", blank), Property("xmp", "dc:creator", blank)])


@pytest.mark.parametrize(
    ("artist", "expected"),
    [
        ("Ann Example", ["Ann Example"]),
        ("Ann; Bob", ["Ann", "Bob"]),
        ('"Ann; Co"; Bob', ["Ann; Co", "Bob"]),
        ('"Ann ""A"" Ex"', ['Ann "A" Ex']),
        ('Ann "A" Ex; Bob', ['Ann "A" Ex', "Bob"]),
        (";;", [";;"]),
    ],
)
def test_artists_are_split_as_mwg_joins_them(artist: str, expected: list[str]) -> None:
    """`; ` parts names, quotes keep a name whole."""
    assert {("creator", "IFD0:Artist"): expected} == found([Property("exif", "IFD0:Artist", artist)])


def test_lists_of_windows_tags_and_single_items() -> None:
    """XP tags split at `;`; a single IIM keyword is a list; alternatives of a list field are its items."""
    properties = [
        Property("exif", "IFD0:XPAuthor", "Ann;Bob"),
        Property("exif", "IFD0:XPKeywords", "sea; sand;"),
        Property("iptc", "2:025", "sea"),
        Property("xmp", "dc:creator", {"x-default": "Ann", "de": "Ann"}),
    ]

    expected = {
        ("creator", "IFD0:XPAuthor"): ["Ann", "Bob"],
        ("creator", "dc:creator"): ["Ann"],
        ("keywords", "IFD0:XPKeywords"): ["sea", "sand"],
        ("keywords", "2:025"): ["sea"],
    }
    assert expected == found(properties)


def test_languages_stay_apart() -> None:
    """The value of a language alternative keeps its languages."""
    value: Value = {"x-default": "Sea", "de": "Meer"}

    assert {("title", "dc:title"): value} == found([Property("xmp", "dc:title", value)])


def test_dates_of_each_carrier() -> None:
    """Exif with its parts, IIM date and time, XMP and PNG all read as ISO 8601."""
    properties = [
        *of(
            "exif",
            ExifIFD__DateTimeOriginal="2026:03:01 10:15:00",
            ExifIFD__SubSecTimeOriginal="5",
            ExifIFD__OffsetTimeOriginal="+01:00",
        ),
        Property("iptc", "2:055", "20260301"),
        Property("iptc", "2:060", "101500+0100"),
        Property("xmp", "photoshop:DateCreated", "2026-03-01"),
        Property("png_text", "Creation Time", "Sun, 01 Mar 2026 10:15:00 GMT"),
    ]

    expected = {
        ("date_created", "ExifIFD:DateTimeOriginal"): "2026-03-01T10:15:00.5+01:00",
        ("date_created", "2:055"): "2026-03-01T10:15:00+01:00",
        ("date_created", "photoshop:DateCreated"): "2026-03-01",
        ("date_created", "Creation Time"): "2026-03-01T10:15:00Z",
    }
    assert expected == found(properties)


@pytest.mark.parametrize(("text", "expected"), [("TRUE", "True"), ("1", "True"), ("false", "False"), ("?", "?")])
def test_rights_marked_is_true_or_false(text: str, expected: str) -> None:
    """Every spelling of the flag reads alike."""
    assert {("rights_marked", "xmpRights:Marked"): expected} == found([Property("xmp", "xmpRights:Marked", text)])


@pytest.mark.parametrize(
    ("carrier", "keys", "expected"),
    [
        (
            "exif",
            {
                "GPS__GPSLatitude": "51/1, 30/1, 0/1",
                "GPS__GPSLatitudeRef": "N",
                "GPS__GPSLongitude": "0/1, 7/1, 1200/100",
                "GPS__GPSLongitudeRef": "W",
            },
            "51.5, -0.12",
        ),
        ("xmp", {"exif__GPSLatitude": "51,30.0N", "exif__GPSLongitude": "0,7.2W"}, "51.5, -0.12"),
        ("exif", {"GPS__GPSLatitude": "0/1, 0/1, 0/1", "GPS__GPSLongitude": "0/1, 0/1, 0/1"}, "0, 0"),
        ("exif", {"GPS__GPSLatitude": "0/0, 0/0, 0/0", "GPS__GPSLongitude": "0/0, 0/0, 0/0"}, None),
        ("exif", {"GPS__GPSLatitude": "51/1, 30/1, 0/1"}, None),
        ("exif", {"GPS__GPSLatitude": "999/1", "GPS__GPSLongitude": "1/1"}, None),
    ],
)
def test_positions(carrier: str, keys: dict[str, str], expected: str | None) -> None:
    """Latitude and longitude in decimal degrees; half a position or none is absent."""
    assert ([expected] if expected else []) == list(found(of(carrier, **keys)).values())


def test_private_fields() -> None:
    """Each private id once, credit never among them."""
    properties = [
        *of("exif", GPS__GPSLatitude="1/1", GPS__GPSLongitude="1/1", ExifIFD__BodySerialNumber="7"),
        Property("xmp", "aux:SerialNumber", "7"),
        Property("xmp", "photoshop:City", "Ghent"),
        Property("xmp", "photoshop:Credit", "Ann"),
    ]

    assert ("city", "gps", "camera_serial") == cmi.private_fields(cmi.crosswalk(properties))


@pytest.mark.parametrize(
    ("iim_in_sync", "expected"),
    [(None, "by XMP"), (True, "by XMP"), (False, "by IIM")],
)
def test_the_digest_decides_between_xmp_and_iim(iim_in_sync: bool | None, expected: str) -> None:
    """IIM that was edited since its last synchronisation is newer than XMP."""
    fields = cmi.crosswalk([Property("xmp", "photoshop:Credit", "by XMP"), Property("iptc", "2:110", "by IIM")])

    assert (("credit_line", expected),) == cmi.resolve(fields, iim_in_sync=iim_in_sync)


def test_exif_comes_first() -> None:
    """MWG puts Exif before both for creator, notice, caption and date."""
    fields = cmi.crosswalk(
        [
            Property("xmp", "dc:creator", ["XMP"]),
            Property("iptc", "2:080", "IIM"),
            Property("exif", "IFD0:Artist", "Exif"),
            Property("exif", "IFD0:XPTitle", "Windows"),
            Property("xmp", "dc:title", {"x-default": "Sea", "de": "Meer"}),
        ]
    )

    assert {"creator": ["Exif"], "title": "Sea"} == dict(cmi.resolve(fields, iim_in_sync=False))


def test_text_cut_to_the_limit_of_iim_gives_way() -> None:
    """Edited or not, IIM that only holds the XMP text cut at 32 bytes is not the better value."""
    whole = "A credit line that is longer than IIM allows"
    fields = cmi.crosswalk([Property("xmp", "photoshop:Credit", whole), Property("iptc", "2:110", whole[:32])])

    assert (("credit_line", whole),) == cmi.resolve(fields, iim_in_sync=False)


READ_OUT = {
    "IFD0:Artist": ("exif", "creator"),
    "IFD0:Copyright": ("exif", "copyright_notice"),
    "IPTC:By-line": ("iptc", "creator"),
    "IPTC:CopyrightNotice": ("iptc", "copyright_notice"),
    "IPTC:Credit": ("iptc", "credit_line"),
    "IPTC:Source": ("iptc", "source"),
    "IPTC:Headline": ("iptc", "headline"),
    "IPTC:ObjectName": ("iptc", "title"),
    "XMP-dc:Creator": ("xmp", "creator"),
    "XMP-dc:Rights": ("xmp", "copyright_notice"),
    "XMP-photoshop:Credit": ("xmp", "credit_line"),
    "XMP-photoshop:Source": ("xmp", "source"),
    "XMP-photoshop:Headline": ("xmp", "headline"),
    "XMP-dc:Title": ("xmp", "title"),
    "XMP-xmpRights:UsageTerms": ("xmp", "usage_terms"),
    "XMP-xmpRights:WebStatement": ("xmp", "web_statement"),
    "Photoshop:URL": ("photoshop", "web_statement"),
    "PNG:Author": ("png_text", "creator"),
}
"""Tags of the corpus' read-outs → carrier and canonical id."""

ODD = {"cmi/exiv2__exiv2-bug1026.jpg", "cmi/pillow__multiple_exif.jpg"}
"""XMP with an element name that XML forbids, Exif cut in two: unreadable here, guessed at there."""


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        value = value.get("x-default", next(iter(value.values()), ""))
    items = value if isinstance(value, list) else [value]
    return [str(item).strip() for item in items]


def test_canonical_values_match_the_read_outs_of_the_corpus() -> None:
    """In JPEG, PNG and WebP each creator, notice, credit and title is found as another reader found it."""
    if not (CORPUS / "MANIFEST.json").is_file():
        pytest.skip(ABSENT)
    from creditline.containers.sniff import find
    from creditline.metadata import exif, iptc_iim, photoshop, png_text, xmp

    readers = {
        "exif": exif.read_with_problems,
        "xmp": xmp.read_with_problems,
        "xmp_extended": xmp.read_with_problems,
        "iptc": iptc_iim.read_with_problems,
        "photoshop": photoshop.read_with_problems,
        "png_text": png_text.read_with_problems,
    }
    compared = 0
    for entry in json.loads((CORPUS / "MANIFEST.json").read_text(encoding="utf-8")):
        path = entry["path"]
        if not path.startswith("cmi/") or entry["format"] not in {"JPEG", "PNG", "WEBP", "WebP"} or path in ODD:
            continue
        expected = json.loads((CORPUS / entry["expected"]).read_text(encoding="utf-8"))["exiftool"]
        properties = [
            Property(block.carrier, item.key, item.value)
            for block in find((CORPUS / path).read_bytes()).blocks
            if block.problem is None and block.carrier in readers
            for item in readers[block.carrier](block.payload)[0]
        ]
        fields = cmi.crosswalk(properties)
        for tag, (carrier, field_id) in READ_OUT.items():
            wanted = _texts(expected.get(tag, ""))
            if not "".join(wanted) or (carrier == "exif" and ";" in wanted[0]):
                continue
            got = [_texts(f.value) for f in fields if f.id == field_id and f.carrier.startswith(carrier)]
            assert wanted in got, (path, tag)
            compared += 1
    assert compared > 300


@pytest.mark.parametrize(
    ("carrier", "key", "text"),
    [
        ("exif", "ExifIFD:UserComment", "a sea\nSteps: 20, Sampler: Euler a, Seed: 42"),
        ("png_text", "Comment", '{"v4_prompt": {}, "seed": 1}'),
        ("exif", "IFD0:ImageDescription", 'Workflow: {"nodes": [{"id": 1, "type": "X"}], "links": []}'),
    ],
)
def test_a_generators_record_is_no_caption(carrier: str, key: str, text: str) -> None:
    """What a program wrote for programs is nobody's caption; a person's JSON, and words about a generator, are."""
    assert () == cmi.crosswalk([Property(carrier, key, text)])
    for words in ('{"caption": "a sea"}', "made with NovelAI in 20 Steps: a sea"):
        assert {("caption", key): words} == found([Property(carrier, key, words)])


def test_a_generators_placeholder_is_no_creator() -> None:
    """`ai` names nobody where Civitai's record stands; without the record it is what the field says."""
    artist = Property("exif", "IFD0:Artist", "ai")

    assert () == cmi.crosswalk([artist], (Generation("Civitai", carrier="exif"),))
    assert ["ai"] == cmi.crosswalk([artist])[0].value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+27.5916+086.5640+8850/", "27.5916, 86.564"),
        ("-33.8568+151.2153/", "-33.8568, 151.2153"),
        ("+5130-00007/", "51.5, -0.116667"),
        ("+513000.5-0000730CRSWGS_84/", "51.500139, -0.125"),
        ("+91.0+000.0/", None),
        ("somewhere", None),
    ],
)
def test_a_movies_place(text: str, expected: str | None) -> None:
    """ISO 6709 in its three precisions becomes degrees, and is private; what is no place is none."""
    for key in ("udta:©xyz", "mdta:com.apple.quicktime.location.ISO6709"):
        fields = cmi.crosswalk([Property("mp4_metadata", key, text)])

        assert ([expected] if expected else []) == [item.value for item in fields]
        assert (("gps",) if expected else ()) == cmi.private_fields(fields)
