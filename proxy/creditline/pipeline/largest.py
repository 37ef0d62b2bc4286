"""Where a site keeps the largest copy of a picture, by the rewrites of its profile. Asks nobody.

A rewrite that is not free leads to an address that the site may refuse without a signature of its own.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from creditline.vocab.site_profile import MAX_PATH
from creditline.vocab.sites import normal

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator
    from urllib.parse import SplitResult

    from creditline.vocab.site_profile import Original, Profile

MAX_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that the largest copy may have; `free` says that it needs no signature."""

    url: str
    free: bool


def candidates(profile: Profile, url: str) -> tuple[Candidate, ...]:
    """Addresses of larger copies, the largest first; empty for an address that is none of the site's copies."""
    try:
        parts = urlsplit(url)
        host = normal(parts.hostname or "")
    except ValueError:
        return ()
    served = profile.serving(host, parts.path)
    if not served:
        return ()
    found = (
        Candidate(address, rule.free)
        for rule in profile.original
        for address in _rewritten(rule, parts, served[0][1])
    )
    unique = {candidate.url: candidate for candidate in itertools.islice(found, MAX_CANDIDATES)}
    return tuple(unique.values())


def is_largest(profile: Profile, url: str) -> bool | None:
    """Whether an address already is that of the largest copy; None where nobody knows."""
    found = candidates(profile, url)
    return found[0].url == url if found else None


def _rewritten(rule: Original, parts: SplitResult, matched: re.Match[str]) -> Iterator[str]:
    paths = [parts.path]
    for name, value in rule.steps:
        match name:
            case "host":
                parts = parts._replace(netloc=str(value))
            case "query_set":
                parts = parts._replace(query=_set(parts.query, dict(value)))  # type: ignore[call-overload]
            case "query_keep":
                parts = parts._replace(query=_filtered(parts.query, keep=_names(value)))
            case "query_drop":
                parts = parts._replace(query=_filtered(parts.query, drop=_names(value)))
            case "segment":
                paths = _segments(paths[0], matched, dict(value))  # type: ignore[call-overload]
            case "suffix_drop":
                paths = _without(paths[0], value)  # type: ignore[arg-type]
            case "ext_try":
                stem, _, extension = paths[0].rpartition(".")
                tried = dict.fromkeys([extension, *value])  # type: ignore[misc]
                paths = [f"{stem}.{tail}" for tail in tried] if stem else []
            case _:
                inside = _inside(paths[0])
                if inside is not None:
                    yield inside
                return
    yield from (parts._replace(path=path, fragment="").geturl() for path in paths)


def _segments(path: str, matched: re.Match[str], values: dict[str, str]) -> list[str]:
    named = matched.groupdict()
    spans = sorted((matched.span(name), text) for name, text in values.items() if named.get(name) is not None)
    for (start, end), text in reversed(spans):
        path = path[:start] + text + path[end:]
    return [path] if spans else []


def _without(path: str, pattern: re.Pattern[str]) -> list[str]:
    """The path without what the pattern's first group holds; as it is where there is no such thing."""
    found = pattern.fullmatch(path[:MAX_PATH])
    if found is None or found.start(1) < 0:
        return [path]
    return [path[: found.start(1)] + path[found.end(1) :]]


def _set(query: str, values: dict[str, str]) -> str:
    """The query with these values, each where the name stood or else at the end; nothing else is touched."""
    pieces = [piece for piece in query.split("&") if piece]
    names = [piece.partition("=")[0] for piece in pieces]
    kept = [f"{n}={values[n]}" if n in values else piece for n, piece in zip(names, pieces, strict=True)]
    return "&".join([*kept, *(f"{n}={text}" for n, text in values.items() if n not in names)])


def _filtered(query: str, keep: frozenset[str] | None = None, drop: frozenset[str] = frozenset()) -> str:
    """The query's pieces by their names; `*` among `drop` is every name."""
    named = [(piece.partition("=")[0], piece) for piece in query.split("&") if piece]
    gone = "*" in drop
    return "&".join(p for name, p in named if not gone and name not in drop and (keep is None or name in keep))


def _names(value: object) -> frozenset[str]:
    return frozenset(value) if isinstance(value, tuple) else frozenset()


def _inside(path: str) -> str | None:
    """The whole address that stands, percent-encoded, at the end of a path."""
    at = max(path.lower().rfind("/https%3a"), path.lower().rfind("/http%3a"))
    return unquote(path[at + 1 :]) if at >= 0 else None
