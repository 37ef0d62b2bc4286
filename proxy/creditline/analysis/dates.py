"""Dates as carriers write them → ISO 8601, no more precise than the source; unreadable text stays as it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_EXIF = re.compile(
    r"(\d{4})[:/.-](\d\d|\s{0,2})(?:[:/.-](\d\d|\s{0,2}))?"
    r"(?:[ T](\d\d|\s{0,3}):(\d\d|\s{0,2})(?::(\d\d(?:\.\d{1,9})?|\s{0,2}))?)?\s{0,2}(Z|[+-]\d\d?:\d\d|[+-]\d{4})?"
)
_IIM_DATE = r"(\d{4})[:-]?(\d\d)[:-]?(\d\d)"
_IIM_TIME = r"(\d\d):?(\d\d):?(\d\d)([+-]\d\d):?(\d\d)|(\d\d):?(\d\d):?(\d\d)"
_MAX = 64
"""No form of a date is longer."""


def _day(year: str, month: str, day: str | None) -> str:
    """`YYYY`, `YYYY-MM` or `YYYY-MM-DD`; empty for year 0. Zeros and blanks mean that the part is unknown."""
    if year == "0000":
        return ""
    if month.strip() in ("", "00"):
        return year
    return f"{year}-{month}" if (day or "").strip() in ("", "00") else f"{year}-{month}-{day}"


def exif_date(text: str, subsec: str, offset: str) -> str:
    """`YYYY:MM:DD HH:MM:SS` with SubSecTime and OffsetTime (Exif 3.0, 4.6.6); ISO 8601 passes unchanged.

    Empty for a date that is all zeros or blanks, which Exif defines as unknown.
    """
    text = text.strip()
    if not text.strip("0: -"):
        return ""
    match = _EXIF.fullmatch(text[:_MAX])
    if match is None:
        return text
    year, month, day, hour, minute, second, zone = match.groups()
    date = _day(year, month, day)
    if len(date) < 10 or hour is None or not hour.strip() or not (minute or "").strip():
        return date
    clock = f"{hour}:{minute}"
    if second and second.strip():
        clock += f":{second}"
        if subsec.isdecimal() and len(subsec) <= 9 and "." not in second:
            clock += f".{subsec}"
    zone = zone or (offset if re.fullmatch(r"Z|[+-]\d\d:\d\d", offset) else "")
    return f"{date}T{clock}{_zone(zone)}"


def _zone(zone: str) -> str:
    """`+HH:MM` from `+HHMM`, and from `+H:MM`, which some programs write."""
    if len(zone) != 5:
        return zone
    return f"{zone[0]}0{zone[1:]}" if zone[2] == ":" else f"{zone[:3]}:{zone[3:]}"


def iim_date(date: str, time: str) -> str:
    """CCYYMMDD with HHMMSS±HHMM (IIM 4.2, 2:55 and 2:60); the date alone when the time is not readable."""
    match = re.fullmatch(_IIM_DATE, date.strip()[:_MAX])
    if match is None:
        return date
    day = _day(match[1], match[2], match[3])
    clock = re.fullmatch(_IIM_TIME, time.strip()[:_MAX])
    if len(day) < 10 or clock is None:
        return day
    if clock[1] is not None:
        return f"{day}T{clock[1]}:{clock[2]}:{clock[3]}{clock[4]}:{clock[5]}"
    return f"{day}T{clock[6]}:{clock[7]}:{clock[8]}"


def png_date(text: str) -> str:
    """Creation Time (PNG third edition: RFC 3339, earlier RFC 1123)."""
    short = text.strip()[:_MAX]
    if short[:1].isalpha() or re.match(r"\d{1,2} [A-Za-z]{3} ", short):
        from email.utils import parsedate_to_datetime  # a tenth of a cold start, for one date in a thousand

        try:
            moment = parsedate_to_datetime(short)
        except (ValueError, TypeError, IndexError, OverflowError):
            return text
        return _utc(moment) if short.upper().endswith(("GMT", "UTC", "UT", "Z")) else moment.isoformat()
    return exif_date(text, "", "")


def _utc(moment: datetime) -> str:
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return aware.isoformat().replace("+00:00", "Z")
