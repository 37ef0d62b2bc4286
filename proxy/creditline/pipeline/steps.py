"""Which steps of an upload's way an exchange is: lease, upload, finish, link; and the ids it tells.

An id handed out by one request is named again by a later one; that is how they are put together (by
`services.journeys`). Nothing here looks at pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from creditline.pipeline import values
from creditline.vocab.sites import normal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creditline.model.exchange import Exchange
    from creditline.pipeline.values import Row
    from creditline.vocab.site_profile import Answer, Match, Profile, Sources, Upload


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `asked` are the ids that its request named, `rows` those and what the answer said.

    `handed` are addresses that the answer handed out for the upload; `ttl` says how many seconds they count.
    """

    step: str
    asked: tuple[Row, ...]
    rows: tuple[Row, ...]
    handed: tuple[str, ...] = ()
    ttl: int = 0

    def to_json(self) -> dict[str, Any]:
        """As the workers hand it on."""
        return {
            "step": self.step,
            "asked": list(self.asked),
            "rows": list(self.rows),
            "handed": list(self.handed),
            "ttl": self.ttl,
        }


def is_step(exchange: Exchange, profile: Profile | None) -> bool:
    """Whether a request is a step that holds no picture: cheap, for it looks at method, host, path and query."""
    if profile is None or profile.is_private_message(_path(exchange)):
        return False
    return any(matched(exchange, profile, match) is not None for match in _matches(profile))


def methods(profile: Profile) -> frozenset[str]:
    """The methods that a profile's steps without pictures use."""
    return frozenset(match.method for match in _matches(profile))


def steps(exchange: Exchange, profile: Profile | None) -> tuple[Step, ...]:
    """Every step that an exchange is, with its ids. Never raises."""
    if profile is None or profile.is_private_message(_path(exchange)):
        return ()
    return tuple(_steps(exchange, profile))


def _steps(exchange: Exchange, profile: Profile) -> Iterator[Step]:
    done = exchange.status is not None and 200 <= exchange.status < 300
    for lease in profile.lease:
        groups = matched(exchange, profile, lease.match)
        if groups is not None and done:
            found = _step("lease", exchange, lease.request, groups, (lease.answer,))
            handed = tuple(_address(row[lease.url]) for row in found.rows if lease.url in row) if lease.url else ()
            rows = tuple(_with_address(row, lease.url) for row in found.rows)
            yield Step("lease", found.asked, rows, handed, lease.ttl)
    uploads = uploads_of(exchange, profile)
    if uploads:
        sources: Sources = tuple(dict(pair for rule in reversed(uploads) for pair in rule.request).items())
        place = uploads[0].match.path.fullmatch(_path(exchange))
        groups = place.groupdict() if place is not None else {}
        yield _step("upload", exchange, sources, groups, _answers(profile, "upload") if done else ())
    if profile.finish is not None and profile.finish.match is not None and done:
        groups = matched(exchange, profile, profile.finish.match)
        if groups is not None:
            yield _step("finish", exchange, profile.finish.request, groups, _answers(profile, "finish"))
    for link in profile.link:
        groups = matched(exchange, profile, link.match)
        if groups is not None and done:
            yield _step("link", exchange, link.request, groups, (link.answer,))


def uploads_of(exchange: Exchange, profile: Profile) -> tuple[Upload, ...]:
    """The profile's upload rules that are about a request, in its order."""
    return profile.uploads_at(
        exchange.method,
        normal(exchange.host),
        _path(exchange),
        values.query_of(exchange),
        exchange.request.headers,
    )


def _step(
    name: str,
    exchange: Exchange,
    sources: Sources,
    groups: dict[str, str | None],
    answers: tuple[Answer, ...],
) -> Step:
    asked = values.requested(exchange, sources, groups)
    said: dict[str, list[str]] = {}
    for answer in answers:
        said |= {key: found for key, found in values.answered(exchange, answer).items() if found}
    return Step(name, values.rows(asked), values.rows(said | asked))


def _answers(profile: Profile, step: str) -> tuple[Answer, ...]:
    return tuple(answer for answer in profile.answer if answer.step == step)


def _matches(profile: Profile) -> Iterator[Match]:
    yield from (lease.match for lease in profile.lease)
    yield from (link.match for link in profile.link)
    if profile.finish is not None and profile.finish.match is not None:
        yield profile.finish.match


def matched(exchange: Exchange, profile: Profile, match: Match) -> dict[str, str | None] | None:
    """The groups of the path where a rule is about an exchange."""
    path, sent = _path(exchange), set(values.query_of(exchange)) if match.query else set()
    if match.method != exchange.method or not profile.matches(
        match, exchange.method, normal(exchange.host), path, sent, exchange.request.headers
    ):
        return None
    found = match.path.fullmatch(path)
    return found.groupdict() if found is not None else None


def _with_address(row: Row, name: str | None) -> Row:
    return row | {name: _address(row[name])} if name is not None and name in row else row


def _address(text: str) -> str:
    """An address that was handed out, with the scheme that it may lack."""
    return f"https:{text}" if text.startswith("//") else text


def _path(exchange: Exchange) -> str:
    return exchange.path.partition("?")[0]
