"""Formats, carriers and the four presences are those of the contract."""

from __future__ import annotations

from creditline.model.picture import CARRIERS, FORMATS, MEDIA_TYPES, Presence, Problem


def test_the_words_of_the_contract() -> None:
    """§3 names the formats, the carriers and the states; nothing more, nothing else."""
    assert [
        "jpeg",
        "png",
        "webp",
        "gif",
        "tiff",
        "dng",
        "heic",
        "avif",
        "jxl",
        "svg",
        "mp4",
        "mov",
        "webm",
        "unknown",
    ] == list(FORMATS)
    assert [
        "exif",
        "xmp",
        "xmp_extended",
        "iptc",
        "photoshop",
        "c2pa",
        "icc",
        "mpf",
        "png_text",
        "comment",
        "stealth",
        "svg_metadata",
        "mp4_metadata",
    ] == list(CARRIERS)
    assert ["present", "absent", "unreadable", "not_examined"] == [str(state) for state in Presence]


def test_every_known_format_has_a_media_type() -> None:
    """One each, and none for what is unknown."""
    assert set(FORMATS) - {"unknown"} == set(MEDIA_TYPES)
    assert len(MEDIA_TYPES) == len(set(MEDIA_TYPES.values()))


def test_a_problem_as_json() -> None:
    """The three keys of `errors[]`."""
    assert {"code": "c", "carrier": None, "message": "m"} == Problem("c", "m").to_json()
