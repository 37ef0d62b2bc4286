"""Points in time: ISO 8601 outside, microseconds since 1970 inside, so that they sort and compare."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from creditline.model.errors import UsageError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def now() -> str:
    """The present as ISO 8601 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def microseconds(text: str) -> int:
    """Microseconds since 1970 of an ISO 8601 time or date; one without an offset is taken as UTC.

    Raises:
        UsageError: no ISO 8601 time.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - _EPOCH) // _MICROSECOND
    except (ValueError, TypeError, OverflowError) as error:
        raise UsageError(
            f"{text!r} is no ISO 8601 time", next_step="write it as 2026-11-24 or 2026-11-24T13:00:00Z"
        ) from error


def iso(moment: int) -> str:
    """ISO 8601 in UTC, to the millisecond, of microseconds since 1970."""
    return (_EPOCH + timedelta(microseconds=moment)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
