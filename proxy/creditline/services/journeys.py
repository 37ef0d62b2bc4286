"""From steps to links: what leases, answers and later requests tell is kept until a served address asks for it.

Leases live in memory, for their time to live; everything that an upload leaves is in the ledger's links, so that a
restart forgets no upload.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from creditline.ledger import queries
from creditline.pipeline import bind, generic
from creditline.pipeline.journey import Leases, join_keys, row_of
from creditline.vocab.sites import normal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from creditline.ledger.store import Ledger
    from creditline.model.exchange import Exchange
    from creditline.model.observation import Observation
    from creditline.pipeline.values import Row
    from creditline.vocab.site_profile import Profile
    from creditline.vocab.sites import Sites

NOT_OPENED = "not_opened"
"""The upload went to an address that was handed out for it, on a host that is not decrypted."""


LATER_SECONDS = 900.0
"""So long a later request's ids wait for their upload: as long as an upload in pieces may rest."""


class Journeys:
    """One recorder's knowledge of uploads under way; used on the one thread that writes."""

    def __init__(self, ledger: Ledger, sites: Sites) -> None:
        self._ledger = ledger
        self._sites = sites
        self._leases = Leases()

    def lease(self, exchange: Exchange, answer: dict[str, Any]) -> tuple[str, ...]:
        """Remember what an answer handed out; gives the addresses on hosts that are not opened."""
        profile = self._profile(exchange, answer)
        closed: list[str] = []
        for step in _steps(answer, "lease"):
            if profile is not None:
                self._leases.remember(profile.id, step["rows"], step["ttl"])
                closed += [url for url in step["handed"] if not self._is_opened(url)]
        return tuple(dict.fromkeys(closed))

    def keys(
        self, exchange: Exchange, answer: dict[str, Any], line: dict[str, Any]
    ) -> tuple[tuple[str, str], ...]:
        """Everything under which one uploaded picture, `line`, can be found again."""
        profile = self._profile(exchange, answer)
        if profile is None:
            ids = [tuple(key) for key in answer.get("ids", ())] if _alone(answer) else []
            return (*generic.hash_keys(line["sha256"], line["md5"]), *ids)
        uploaded = [item for item in answer["found"] if item["stage"] == "uploaded"]
        row: Row = dict(answer.get("row", {}))
        for step in (*_steps(answer, "finish"), *_steps(answer, "upload")):
            row |= row_of(step["rows"], uploaded.index(line), len(uploaded))
        return self._keys(profile, self._leases.complete(profile.id, row), exchange, line)

    def later(self, exchange: Exchange, answer: dict[str, Any]) -> None:
        """Tie what a finish or a later request tells to the upload that it names."""
        profile = self._profile(exchange, answer)
        if profile is None:
            return
        for step in (*_steps(answer, "finish"), *_steps(answer, "link")):
            for asked, row in zip(step["asked"], step["rows"], strict=False):
                seen = self._uploaded(profile, asked)
                if seen is None:
                    # An upload in several requests may still be on its way into the ledger.
                    self._leases.remember(profile.id, [row], LATER_SECONDS)
                    continue
                for rule, key in self._keys(profile, row, exchange, None):
                    self._ledger.put_link(rule, key, seen.work, seen.id)

    def bound(self, exchange: Exchange, answer: dict[str, Any]) -> tuple[Observation, str] | None:
        """The upload that a served address leads to by an id, and the rule that says so."""
        for rule, key in answer.get("keys", ()):
            link = self._ledger.link(rule, key)
            if link is None or (rule == generic.ID_RULE and not _fresh(link.at, exchange.at)):
                continue
            found = queries.observation(self._ledger, link.observation)
            if found.sha256 is not None and found.work is not None:
                return found, rule
        return None

    def _keys(
        self, profile: Profile, row: Row, exchange: Exchange, line: dict[str, Any] | None
    ) -> tuple[tuple[str, str], ...]:
        sha256, md5 = (line["sha256"], line["md5"]) if line is not None else (None, None)
        found = bind.uploaded_keys(profile, row, sha256=sha256, md5=md5, base=exchange.url)
        return (*found, *join_keys(profile, row))

    def _uploaded(self, profile: Profile, asked: Row) -> Observation | None:
        for rule, key in join_keys(profile, asked):
            link = self._ledger.link(rule, key)
            if link is not None:
                return queries.observation(self._ledger, link.observation)
        return None

    def _profile(self, exchange: Exchange, answer: dict[str, Any]) -> Profile | None:
        """The profile that the worker found, also that of software at a host that nobody named."""
        if answer.get("software") is not None:
            software = self._sites.profile(answer["software"])
            return None if software is None else software.at(normal(exchange.host))
        return self._sites.profile_at(exchange.host, exchange.path.partition("?")[0])

    def _is_opened(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            return False
        return bool(parts.scheme == "http" or self._sites.opened(host))


def _steps(answer: dict[str, Any], name: str) -> Iterable[dict[str, Any]]:
    return [step for step in answer.get("steps", ()) if step["step"] == name]


def _alone(answer: dict[str, Any]) -> bool:
    return len([item for item in answer["found"] if item["stage"] == "uploaded"]) == 1


def _fresh(linked: str, seen: str) -> bool:
    apart = datetime.fromisoformat(seen) - datetime.fromisoformat(linked)
    return abs(apart.total_seconds()) <= generic.ID_SECONDS
