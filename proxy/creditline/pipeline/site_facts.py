"""Everything but the pictures that an exchange tells about a site's ways, as plain JSON for the ledger's half."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creditline.pipeline import bind, generic, largest, noise
from creditline.pipeline.steps import steps
from creditline.pipeline.values import has, json_of, pointed, query_of, text_of
from creditline.vocab.sites import normal

if TYPE_CHECKING:
    from creditline.model.exchange import Exchange
    from creditline.vocab.site_profile import Profile
    from creditline.vocab.sites import Sites


def profile_of(exchange: Exchange, known: Sites) -> Profile | None:
    """The profile in force: the site's, or that of software whose request and answer this plainly is.

    Only hosts that are opened, and plain HTTP, are ever seen, so nothing is opened by this.
    """
    path = exchange.path.partition("?")[0]
    profile = known.profile_at(exchange.host, path)
    if profile is not None or exchange.method not in {"POST", "PUT"}:
        return profile
    host = normal(exchange.host)
    for software in known.software():
        if any(
            rule.match.method == exchange.method and rule.match.path.fullmatch(path) for rule in software.upload
        ) and _proves(exchange, software):
            return software.at(host)
    return None


def facts(exchange: Exchange, profile: Profile | None, known: Sites) -> dict[str, Any]:
    """`steps` with their ids; `keys`, the (rule, key) pairs that a served address asks for; `ids`, those that the
    answer of an unknown site leaves; `served`, what is declared of a copy; `account`; `foreign`."""
    profiles = known.profiles_for(exchange.host) or ((profile,) if profile is not None else ())
    return {
        "steps": [step.to_json() for step in steps(exchange, profile)],
        "keys": [list(key) for item in profiles for key in bind.served_keys(exchange, item)]
        + ([list(key) for key in generic.asked_keys(exchange)] if profile is None else []),
        "ids": [list(key) for key in generic.id_keys(exchange)] if profile is None else [],
        "served": _served(exchange, profile),
        "account": _account(exchange, profile),
        "foreign": noise.is_foreign(exchange) and (profile is None or not _takes(exchange, profile)),
    }


def _served(exchange: Exchange, profile: Profile | None) -> list[list[str]]:
    """Whether it was shown, which variant it is by its address, and whether that is the largest one."""
    said: list[list[str]] = []
    unseen = noise.unseen(exchange)
    if unseen is not None:
        said.append(["view", unseen])
    if profile is None:
        return said
    for rule, matched in profile.serving(normal(exchange.host), exchange.path.partition("?")[0]):
        named = {name: text for name, text in matched.groupdict().items() if name in _VARIANT and text}
        asked = {name: text for name, text in query_of(exchange) if name in rule.query and name in _VARIANT}
        if named or asked:
            said.append(["variant", " ".join(f"{name}={text[:64]}" for name, text in (named | asked).items())])
        break
    biggest = largest.is_largest(profile, exchange.url)
    if biggest is not None:
        said.append(["largest", "1" if biggest else "0"])
    return said


_VARIANT = frozenset(
    {
        "size",
        "preset",
        "recipe",
        "fmt",
        "name",
        "format",
        "width",
        "height",
        "w",
        "h",
        "quality",
        "stp",
        "thumbnail",
    }
)
"""Groups and query keys that say which of a picture's sizes or formats an address is; none of them tells who."""


def _account(exchange: Exchange, profile: Profile | None) -> str | None:
    """Whose picture it is, where the address or the answer to an upload says so."""
    if profile is None or profile.account is None:
        return None
    if profile.account.startswith("/"):
        found = pointed(json_of(text_of(exchange.response)), profile.account)
        return found[0] if found else None
    for _, matched in profile.serving(normal(exchange.host), exchange.path.partition("?")[0]):
        return matched.groupdict().get(profile.account)
    return None


def _takes(exchange: Exchange, profile: Profile) -> bool:
    path = exchange.path.partition("?")[0]
    return bool(
        profile.uploads_at(
            exchange.method, normal(exchange.host), path, query_of(exchange), exchange.request.headers
        )
    ) or profile.serves_at(normal(exchange.host), path)


def _proves(exchange: Exchange, software: Profile) -> bool:
    if exchange.status is None or not 200 <= exchange.status < 300:
        return False
    value = json_of(text_of(exchange.response))
    return all(has(value, pointer) for pointer in software.proof)
