"""Which sites are known and which hosts are opened: shipped profiles, the user's own, and the hosts they added.

What is decrypted follows from here and nowhere else (contract §1).
"""

from __future__ import annotations

import functools
import ipaddress
import json
import re
import tomllib
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditline.model.errors import PictureError, SettingsError
from creditline.model.whole_file import write_whole
from creditline.vocab.site_profile import CONFIDENCE
from creditline.vocab.site_reader import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creditline.vocab.site_profile import Profile

HOSTS_NAME = "sites.toml"
"""In the data folder: `[[host]]` tables with `name` and, when the host is one of a known site, `profile`."""
PROFILES_NAME = "sites"
"""In the data folder: the user's own profiles; one with a shipped id takes its place."""

_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_MAX_HOST = 253
MAX_REMEMBERED = 4096
"""Hosts whose profiles are remembered: every connection asks, and a browser meets a few hundred a day."""


@dataclass(frozen=True, slots=True)
class Sites:
    """Every profile in force, and the user's hosts with the profile each one uses (None: no profile).

    Profiles of software that many run have no hosts of their own; they count at the user's hosts that name them.
    """

    profiles: tuple[Profile, ...]
    hosts: tuple[tuple[str, str | None], ...] = ()
    _known: dict[str, tuple[Profile, ...]] = field(default_factory=dict, compare=False, repr=False)
    _opened: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)

    def profile(self, name: str) -> Profile | None:
        """The profile with that id."""
        return next((profile for profile in self.profiles if profile.id == name), None)

    def profile_for(self, host: str) -> Profile | None:
        """The profile of the site that a host belongs to; what the user said of a host comes first."""
        return next(iter(self.profiles_for(host)), None)

    def profile_of_page(self, host: str) -> Profile | None:
        """The profile of the site whose page this is; pages may stand on a host that takes no uploads."""
        found = self.profile_for(host)
        return found or next((profile for profile in self.profiles if normal(host) in profile.pages), None)

    def profiles_for(self, host: str) -> tuple[Profile, ...]:
        """Every profile that has a host: some sites share theirs. What the user said of a host comes first."""
        found = self._known.get(host)
        if found is None:
            found = self._find(normal(host))
            if len(self._known) < MAX_REMEMBERED:
                self._known[host] = found
        return found

    def profile_at(self, host: str, path: str) -> Profile | None:
        """Of the profiles that have a host, the one that knows this path; else the first."""
        found = self.profiles_for(host)
        if len(found) > 1:
            host = normal(host)
            return next((profile for profile in found if profile.serves_at(host, path)), found[0])
        return next(iter(found), None)

    def software(self) -> tuple[Profile, ...]:
        """The profiles of software that many run, the best known first: some speak each other's language."""
        found = [profile for profile in self.profiles if profile.any_host]
        return tuple(sorted(found, key=lambda profile: CONFIDENCE.index(profile.confidence)))

    def opened(self, host: str) -> bool:
        """Whether TLS to a host is decrypted: hosts of profiles and hosts that the user added, nothing else."""
        found = self._opened.get(host)
        if found is None:
            name = normal(host)
            found = any(name == added for added, _ in self.hosts) or any(
                pattern.fullmatch(name) for profile in self.profiles for pattern in self.opened_for(profile)
            )
            if len(self._opened) < MAX_REMEMBERED:
                self._opened[host] = found
        return found

    def opened_for(self, profile: Profile) -> tuple[re.Pattern[str], ...]:
        """The hosts that are decrypted because of a profile, besides those that the user added.

        Where direct messages cannot be told apart that is nothing until the user names a host of the site; then it is
        the hosts that the rules name, and never the site's other hosts (another workspace, say).
        """
        if profile.any_host:
            return ()
        if profile.named_only:
            named = any(chosen == profile.id for _, chosen in self.hosts)
            return profile.rule_patterns() if named else ()
        return profile.host_patterns()

    def patterns(self) -> tuple[str, ...]:
        """The anchored patterns of all opened hosts, as a PAC file and `doctor` list them."""
        known = [pattern.pattern for profile in self.profiles for pattern in self.opened_for(profile)]
        added = [f"^{re.escape(name)}$" for name, _ in self.hosts]
        return tuple(dict.fromkeys([*known, *added]))

    def pages(self) -> tuple[str, ...]:
        """The hosts on whose pages picked files are kept as originals: those of opened profiles, and the user's own."""
        known = [name for profile in self.profiles if self.opened_for(profile) for name in profile.pages]
        return tuple(dict.fromkeys([*known, *(name for name, _ in self.hosts)]))

    def _find(self, host: str) -> tuple[Profile, ...]:
        for name, chosen in self.hosts:
            if name == host and chosen is not None:
                profile = self.profile(chosen)
                return () if profile is None else (profile.at(host, self._site(host, chosen)),)
        return tuple(profile for profile in self.profiles if not profile.any_host and profile.is_host(host))

    def _site(self, host: str, chosen: str) -> str:
        """The user's host that a host of theirs is a part of: files.a.example belongs to a.example."""
        above = [name for name, profile in self.hosts if profile == chosen and host.endswith(f".{name}")]
        return min(above, key=len, default=host)


def normal(host: str) -> str:
    """A host's one spelling: lower case, no final dot, no brackets around an IPv6 address."""
    return host.strip().lower().rstrip(".").removeprefix("[").removesuffix("]")


def load(home: Path | None = None) -> Sites:
    """The shipped profiles, and those and the hosts in a data folder.

    Raises:
        SettingsError: a file that is broken; the message names file and key.
    """
    profiles = {profile.id: profile for profile in _shipped()}
    hosts: tuple[tuple[str, str | None], ...] = ()
    if home is not None:
        for path in sorted((home / PROFILES_NAME).glob("*.toml")):
            profile = parse(_read(path), str(path))
            profiles[profile.id] = profile
        hosts = _hosts(home / HOSTS_NAME, profiles)
    return Sites(tuple(_with_software(profile, profiles) for profile in profiles.values()), hosts)


def _with_software(profile: Profile, profiles: Mapping[str, Profile]) -> Profile:
    if profile.software is None:
        return profile
    software = profiles.get(profile.software)
    if software is None or not software.any_host:
        raise SettingsError(f"the profile {profile.id}: software {profile.software!r} is no profile of software")
    return profile.on(software)


def add_host(home: Path, host: str, profile: str | None = None) -> Sites:
    """Open one more host, or say anew which profile it uses; the file is replaced in one step.

    Raises:
        SettingsError: no host name, no such profile, or a file that cannot be read or written.
    """
    name = normal(host)
    if not _is_host(name):
        raise SettingsError(f"{host!r} is no host name; give it without scheme, port and path")
    known = load(home)
    if profile is not None and known.profile(profile) is None:
        names = ", ".join(item.id for item in known.profiles)
        raise SettingsError(f"there is no site profile {profile!r}; known are {names}")
    hosts = dict(known.hosts) | {name: profile}
    _write(home / HOSTS_NAME, hosts)
    return load(home)


@functools.cache
def _shipped() -> tuple[Profile, ...]:
    folder = resources.files("creditline.vocab").joinpath("site_profiles")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(parse(tomllib.loads(file.read_text(encoding="utf-8")), file.name) for file in files)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error


def _hosts(path: Path, profiles: Mapping[str, Profile]) -> tuple[tuple[str, str | None], ...]:
    if not path.exists():
        return ()
    content = _read(path)
    tables = content.pop("host", [])
    for key in content:
        raise SettingsError(f"{path}: {key} is no key here; [[host]] is the only one")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise SettingsError(f"{path}: host takes [[host]] tables")
    return tuple(_host(table, path, n, profiles) for n, table in enumerate(tables))


def _host(
    table: dict[str, Any], path: Path, number: int, profiles: Mapping[str, Profile]
) -> tuple[str, str | None]:
    for key in table.keys() - {"name", "profile"}:
        raise SettingsError(f"{path}: host[{number}].{key} is no key here; name and profile are")
    name, profile = table.get("name"), table.get("profile")
    if not isinstance(name, str) or not _is_host(normal(name)):
        raise SettingsError(f"{path}: host[{number}].name takes a host name, not {name!r}")
    if profile is not None and (not isinstance(profile, str) or profile not in profiles):
        raise SettingsError(f"{path}: host[{number}].profile {profile!r} is no known profile")
    return normal(name), profile


def _is_host(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return len(name) <= _MAX_HOST and _HOST.fullmatch(name) is not None
    return True


def _write(path: Path, hosts: Mapping[str, str | None]) -> None:
    lines = [
        "# Hosts that Creditline opens besides those of its profiles, as `creditline sites add HOST` wrote them."
    ]
    for name, profile in hosts.items():
        # A JSON string of plain ASCII is a TOML string.
        lines += ["", "[[host]]", f"name = {json.dumps(name)}"]
        lines += [f"profile = {json.dumps(profile)}"] if profile is not None else []
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, ("\n".join(lines) + "\n").encode())
    except (OSError, PictureError) as error:
        raise SettingsError(f"{path} cannot be written: {error}") from error
