"""Dates become ISO 8601, as precise as the source."""

import pytest

from creditline.analysis.dates import exif_date, iim_date, png_date


@pytest.mark.parametrize(
    ("text", "subsec", "offset", "expected"),
    [
        ("2026:03:01 10:15:00", "", "", "2026-03-01T10:15:00"),
        ("2026:03:01 10:15:00", "12", "+01:00", "2026-03-01T10:15:00.12+01:00"),
        ("2026:03:01 10:15:00", "junk", "junk", "2026-03-01T10:15:00"),
        ("2026:03:01   :  :  ", "", "", "2026-03-01"),
        ("2026:03:  ", "", "", "2026-03"),
        ("2026:00:00 00:00:00", "", "", "2026"),
        ("0000:00:00 00:00:00", "", "", ""),
        ("    :  :     :  :  ", "", "", ""),
        ("2026-03-01T10:15:00.5Z", "", "", "2026-03-01T10:15:00.5Z"),
        ("2026", "", "", "2026"),
        ("2026-03", "", "", "2026-03"),
        ("last summer", "", "", "last summer"),
    ],
)
def test_exif(text: str, subsec: str, offset: str, expected: str) -> None:
    """Unknown parts are left out, unreadable text stays."""
    assert expected == exif_date(text, subsec, offset)


@pytest.mark.parametrize(
    ("date", "time", "expected"),
    [
        ("20260301", "", "2026-03-01"),
        ("20260301", "101500+0100", "2026-03-01T10:15:00+01:00"),
        ("20260301", "101500", "2026-03-01T10:15:00"),
        ("20260301", "junk", "2026-03-01"),
        ("20260300", "101500", "2026-03"),
        ("20260000", "", "2026"),
        ("00000000", "", ""),
        ("spring", "101500", "spring"),
    ],
)
def test_iim(date: str, time: str, expected: str) -> None:
    """2:55 and 2:60 together; zeros are unknown parts."""
    assert expected == iim_date(date, time)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sat, 09 Aug 2025 10:11:12 GMT", "2025-08-09T10:11:12Z"),
        ("Sat, 09 Aug 2025 10:11:12 +0200", "2025-08-09T10:11:12+02:00"),
        ("9 Aug 2025 10:11:12 -0000", "2025-08-09T10:11:12"),
        ("2025-08-09T10:11:12Z", "2025-08-09T10:11:12Z"),
        ("2025:08:09 10:11:12", "2025-08-09T10:11:12"),
        ("Sat, 99 Aug 2025 10:11:12 GMT", "Sat, 99 Aug 2025 10:11:12 GMT"),
        ("whenever", "whenever"),
    ],
)
def test_png(text: str, expected: str) -> None:
    """RFC 1123 and RFC 3339."""
    assert expected == png_date(text)
