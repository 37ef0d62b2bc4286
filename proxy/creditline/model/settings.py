"""Settings: one key, four spellings, one order of precedence (contract §1).

Key `a_b` in `config.toml` = `CREDITLINE_A_B` = `--a-b` = mitmproxy option `creditline_a_b`. A command-line option
beats the environment, that beats the file. `docs/reference/settings.md` is generated from `KEYS`.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditline.model.errors import PictureError, SettingsError
from creditline.model.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CONFIG_NAME = "config.toml"
MIB = 1024 * 1024
MAX_PORT = 65535
MAX_NUMBER = 1 << 50
"""More bytes, days or seconds than anything here will see; it keeps sums and clocks from overflowing."""

# Environment names that are no settings: where the data folder is, and a switch of the test suite.
_OTHER_NAMES = frozenset({"CREDITLINE_HOME", "CREDITLINE_REQUIRE"})
_TABLES = frozenset({"profile", "sites"})


@dataclass(frozen=True, slots=True)
class Key:
    """One setting and the sentence that documents it."""

    name: str
    help: str


KEYS = (
    Key("database", "Where the ledger lives: SQLite in the data folder, or `postgresql+psycopg://…`."),
    Key("host", "The address that the server and the proxy listen on."),
    Key("port", "The server's port; 0 takes any free one and prints it."),
    Key("proxy_port", "The proxy's port; 0 takes any free one and prints it."),
    Key("max_body", "The largest body that is kept, in bytes; past it the record says `not_examined`."),
    Key("stream_above", "Bodies over this many bytes are streamed to disk while they pass."),
    Key("buffer_total", "All bodies held in memory together stay under this many bytes; more are streamed."),
    Key("capture_private_hosts", "Also record pictures to and from loopback and private addresses."),
    Key("retention_days", "Days after which what is in no case is forgotten."),
    Key("passthrough", "Leave every host undecrypted that no profile names and you did not add."),
    Key(
        "index",
        "What searches fingerprints: `memory`, `faiss` (the extra) or `database` (PostgreSQL); `auto` is `database` for"
        " a ledger there, else `memory`.",
    ),
    Key("workers", "Processes that read and fingerprint pictures, at low priority."),
    Key("geometry", "Align pictures to recognise parts and compositions; takes the extra `geometry`."),
    Key(
        "reattach",
        "`served`: under `start` and `browser`, copies of known works get back what they lost before the browser has"
        " them; `off`: nothing is changed.",
    ),
    Key(
        "reattach_deadline",
        "Seconds that a served copy may wait for that after its last byte; then it goes on.",
    ),
    Key(
        "credit_uploads",
        "Pictures of your own works (`import --mine`) get their missing credit and consent before they leave, where a"
        " site's upload allows it.",
    ),
    Key("soft_binding_opaque", "The recovery API also takes manifest stores that it cannot read, as they are."),
    Key(
        "soft_binding_by_reference", "The recovery API may fetch pictures from public https addresses it is given."
    ),
    Key("read_timeout", "Seconds after which a worker that reads one picture is stopped."),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default; sizes in bytes."""

    database: str = ""
    host: str = "127.0.0.1"
    port: int = 8744
    proxy_port: int = 8080
    max_body: int = 256 * MIB
    stream_above: int = 8 * MIB
    buffer_total: int = 16 * MIB
    capture_private_hosts: bool = False
    retention_days: int = 90
    passthrough: bool = True
    index: str = "auto"
    workers: int = 2
    geometry: bool = True
    reattach: str = "off"
    reattach_deadline: float = 0.15
    credit_uploads: bool = False
    soft_binding_opaque: bool = False
    soft_binding_by_reference: bool = False
    read_timeout: float = 30.0

    def database_url(self, home: Path) -> str:
        """The ledger's SQLAlchemy URL: SQLite in the data folder unless another is set."""
        return self.database or f"sqlite:///{home / 'ledger.sqlite'}"


def load(
    home: Path, *, environ: Mapping[str, str] | None = None, options: Mapping[str, Any] | None = None
) -> Settings:
    """The settings in force for a data folder.

    Raises:
        SettingsError: an unknown key or `CREDITLINE_*` name, or a value of the wrong kind.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    values.update(_from_file(home / CONFIG_NAME))
    for name, text in environ.items():
        if name.startswith("CREDITLINE_") and name not in _OTHER_NAMES:
            key = name.removeprefix("CREDITLINE_").lower()
            values[_known(key, name)] = text
    for key, value in (options or {}).items():
        if value is not None:
            values[_known(key, f"--{key.replace('_', '-')}")] = value
    return replace(Settings(), **{key: _convert(key, value) for key, value in values.items()})


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    return {_known(k, f"{k} in {path}"): v for k, v in content.items() if k not in _TABLES}


def is_decided(home: Path, key: str, *, environ: Mapping[str, str] | None = None) -> bool:
    """Whether the file or the environment gives the setting a value, be it the default one.

    Raises:
        SettingsError: the file cannot be read.
    """
    environ = os.environ if environ is None else environ
    return f"CREDITLINE_{key.upper()}" in environ or key in _from_file(home / CONFIG_NAME)


def decide(home: Path, key: str, value: str, *, note: str) -> None:
    """Write a text setting that nobody has decided yet into the file, with a comment; all else in it stays.

    Raises:
        SettingsError: the setting has a value already, this one is none of its own, or the file cannot be written.
    """
    # A file that is linked to stays linked to.
    path = (home / CONFIG_NAME).resolve()
    if key in _from_file(path):
        raise SettingsError(f"{key} is set already in {path}")
    value = _convert(_known(key, key), value)
    try:
        before = path.read_bytes() if path.is_file() else b""
        # At the top: behind the first table it would be that table's.
        line = f'{key} = "{value}"  # {note}\n'
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, line.encode("utf-8") + before)
    except PictureError as error:
        raise SettingsError(str(error)) from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}") from error


def _known(key: str, shown: str) -> str:
    names = [item.name for item in KEYS]
    if key in names:
        return key
    near = difflib.get_close_matches(key, names, n=1, cutoff=0.0)
    raise SettingsError(f"unknown setting {shown}; the nearest known one is {near[0]!r}")


_CHOICES = {"reattach": ("off", "served")}


def _convert(key: str, value: Any) -> Any:
    if key in _CHOICES and value not in _CHOICES[key]:
        raise SettingsError(f"{key} takes {' or '.join(_CHOICES[key])}, not {value!r}")
    kind = str(next(f.type for f in fields(Settings) if f.name == key))
    taken, convert, words = _KINDS[kind]
    try:
        # Python's bool is an int, and `int` would cut a number: neither is what the file says.
        if not isinstance(value, taken) or (isinstance(value, bool) and kind != "bool"):
            raise ValueError
        converted = convert(value)
    except ValueError as error:
        raise SettingsError(f"{key} takes {words}, not {value!r}") from error
    if isinstance(converted, int | float) and not 0 <= converted <= MAX_NUMBER:
        raise SettingsError(f"{key} takes 0 to {MAX_NUMBER}, not {value!r}")
    if key in {"port", "proxy_port"} and converted > MAX_PORT:
        raise SettingsError(f"{key} takes 0 to {MAX_PORT}, not {value!r}")
    return converted


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    raise ValueError


_KINDS: dict[str, tuple[tuple[type, ...], Callable[[Any], Any], str]] = {
    "bool": ((bool, int, str), _boolean, "true or false"),
    "int": ((int, str), int, "a whole number"),
    "float": ((int, float, str), float, "a number"),
    "str": ((str,), str, "text"),
}
"""Kind → the Python types that may stand for it, how they become one, and what to call it."""
