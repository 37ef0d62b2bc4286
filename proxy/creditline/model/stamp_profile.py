"""What a user stamps into their own pictures: a `[profile.NAME]` table of `config.toml` (contract §2, `stamp`)."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from creditline.model.errors import NotFoundError, SettingsError
from creditline.model.settings import CONFIG_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TABLE, DEFAULT = "profile", "default"
TRAINING = ("prohibited", "allowed", "constrained")
YEAR = "{year}"
"""Stands in a copyright notice for the year in which the picture was made, or else for the present one."""
_LISTS = frozenset({"creator", "stipulations"})
_CONSTRAINED = r"constrained\s*:\s*(\S.*)"


@dataclass(frozen=True, slots=True)
class StampProfile:
    """Values to write; an empty one is not written.

    `creator` and `copyright_owner` may differ. `ai_training` is `prohibited`, `allowed` or `constrained: TEXT`;
    `ai_training_until` (ISO 8601) is the last day of what it says. `stipulations` are further conditions on one item.
    """

    creator: tuple[str, ...] = ()
    creator_title: str = ""
    contact_email: str = ""
    contact_url: str = ""
    copyright: str = ""
    copyright_owner: str = ""
    credit_line: str = ""
    source: str = ""
    usage_terms: str = ""
    web_statement: str = ""
    license_url: str = ""
    licensor: str = ""
    licensor_url: str = ""
    licensor_email: str = ""
    instructions: str = ""
    ai_training: str = ""
    ai_training_until: str = ""
    stipulations: tuple[str, ...] = ()

    def training(self) -> tuple[str, str]:
        """What `ai_training` says, one of `TRAINING` or empty, and its text."""
        found = re.fullmatch(_CONSTRAINED, self.ai_training, re.DOTALL)
        return ("constrained", found[1]) if found is not None else (self.ai_training, "")


KEYS = tuple(field.name for field in fields(StampProfile))


def profile(home: Path, name: str | None, overrides: Mapping[str, Any]) -> StampProfile:
    """The named profile of the data folder's `config.toml`, with these values in place of its own.

    Without a name it is `default`, which need not be there.

    Raises:
        SettingsError: the file cannot be read, an unknown key, a value of the wrong kind.
        NotFoundError: there is no profile of that name.
    """
    tables = _tables(home / CONFIG_NAME)
    if name is not None and name not in tables:
        known = ", ".join(sorted(tables)) or "none"
        raise NotFoundError(
            f"there is no profile {name!r} in {home / CONFIG_NAME}; there are: {known}",
            next_step=f"add a table [{TABLE}.{name}]",
        )
    given = {**tables.get(name or DEFAULT, {}), **{k: v for k, v in overrides.items() if v not in (None, (), "")}}
    return _checked(replace(StampProfile(), **{key: _converted(key, value) for key, value in given.items()}))


def overriding(values: Mapping[str, Any]) -> StampProfile:
    """A profile of these values alone, whatever `config.toml` says; SettingsError as `profile`."""
    given = {key: value for key, value in values.items() if value not in (None, (), "")}
    return _checked(replace(StampProfile(), **{key: _converted(key, value) for key, value in given.items()}))


def _tables(path: Path) -> dict[str, dict[str, Any]]:
    if not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    tables = content.get(TABLE, {})
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise SettingsError(f"{path}: profiles are tables, such as [{TABLE}.{DEFAULT}]")
    return tables


def _converted(key: str, value: Any) -> Any:
    if key not in KEYS:
        near = difflib.get_close_matches(key, KEYS, n=1, cutoff=0.0)[0]
        raise SettingsError(f"unknown key {key!r} in a profile; the nearest known one is {near!r}")
    if isinstance(value, date):
        value = value.isoformat()[:10]
    if key in _LISTS:
        items = [value] if isinstance(value, str) else value
        if isinstance(items, list | tuple) and all(isinstance(item, str) for item in items):
            return tuple(item.strip() for item in items if item.strip())
    elif isinstance(value, str):
        return value.strip()
    raise SettingsError(f"{key} in a profile takes {'texts' if key in _LISTS else 'a text'}, not {value!r}")


def _checked(made: StampProfile) -> StampProfile:
    word, _ = made.training()
    if (word and word not in TRAINING) or (word == "constrained" and not made.training()[1]):
        raise SettingsError(
            f"ai_training takes prohibited, allowed or 'constrained: TEXT', not {made.ai_training!r}"
        )
    if made.ai_training_until:
        if not word:
            raise SettingsError("ai_training_until needs ai_training")
        try:
            date.fromisoformat(made.ai_training_until)
        except ValueError:
            raise SettingsError(
                f"ai_training_until takes a day such as 2030-12-31, not {made.ai_training_until!r}"
            ) from None
    return made
