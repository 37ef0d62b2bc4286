"""One key, four spellings, one order of precedence."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest

from creditline.model.errors import SettingsError
from creditline.model.settings import KEYS, MIB, Settings, load

if TYPE_CHECKING:
    from pathlib import Path


def test_defaults_are_those_of_the_contract(tmp_path: Path) -> None:
    """Without a file, a variable or an option §1 holds."""
    found = load(tmp_path, environ={})

    assert Settings() == found
    assert (8744, 8080, "127.0.0.1", 256 * MIB, 90, False, True) == (
        found.port,
        found.proxy_port,
        found.host,
        found.max_body,
        found.retention_days,
        found.capture_private_hosts,
        found.passthrough,
    )


def test_option_beats_environment_beats_file(tmp_path: Path) -> None:
    """Each place overrides the one below it, key by key; an option that was not given overrides nothing."""
    (tmp_path / "config.toml").write_text('port = 1\nproxy_port = 2\nworkers = 3\nhost = "::1"\n')
    environ = {"CREDITLINE_PROXY_PORT": "20", "CREDITLINE_WORKERS": "30", "PATH": "/bin"}

    found = load(tmp_path, environ=environ, options={"workers": 300, "port": None})

    assert (1, 20, 300, "::1") == (found.port, found.proxy_port, found.workers, found.host)


def test_the_environment_of_the_process_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none is handed over, that of the process is read."""
    monkeypatch.setenv("CREDITLINE_RETENTION_DAYS", "7")

    assert 7 == load(tmp_path).retention_days


def test_names_that_are_no_settings_and_tables(tmp_path: Path) -> None:
    """CREDITLINE_HOME and the tests' switch are left alone; profile tables are somebody else's."""
    (tmp_path / "config.toml").write_text('[profile.x]\nname = "x"\n[sites]\na = 1\n')

    found = load(tmp_path, environ={"CREDITLINE_HOME": "/x", "CREDITLINE_REQUIRE": "all"})

    assert Settings() == found


def test_an_unknown_name_names_the_nearest(tmp_path: Path) -> None:
    """In the file, the environment and the options alike; the message says where it was."""
    (tmp_path / "good").mkdir()
    (tmp_path / "config.toml").write_text("proxy_prot = 1\n")

    with pytest.raises(SettingsError, match=r"proxy_prot in .*config\.toml; .*'proxy_port'"):
        load(tmp_path, environ={})
    with pytest.raises(SettingsError, match=r"CREDITLINE_MAXBODY; .*'max_body'"):
        load(tmp_path / "good", environ={"CREDITLINE_MAXBODY": "1"})
    with pytest.raises(SettingsError, match=r"--retention-day; .*'retention_days'"):
        load(tmp_path / "good", environ={}, options={"retention_day": 1})
    with pytest.raises(SettingsError):
        load(tmp_path / "good", environ={"CREDITLINE_": "1"})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("port", "eighty"),
        ("port", "8.5"),
        ("port", 8.5),
        ("port", True),
        ("port", [80]),
        ("port", -1),
        ("port", 65536),
        ("proxy_port", "70000"),
        ("max_body", "10 MiB"),
        ("max_body", 1 << 60),
        ("host", 127),
        ("host", ["a"]),
        ("database", {"url": "x"}),
        ("passthrough", "perhaps"),
        ("passthrough", 2.0),
        ("read_timeout", "soon"),
        ("read_timeout", "nan"),
        ("read_timeout", float("inf")),
        ("read_timeout", -0.5),
        ("read_timeout", False),
    ],
)
def test_wrong_kinds_are_refused(tmp_path: Path, key: str, value: Any) -> None:
    """What a key cannot take is an error that names the key, never a guess."""
    with pytest.raises(SettingsError, match=key):
        load(tmp_path, environ={}, options={key: value})


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("1", True),
        ("TRUE", True),
        (" yes ", True),
        ("on", True),
        ("0", False),
        ("No", False),
        (False, False),
        (1, True),
    ],
)
def test_words_for_true_and_false(tmp_path: Path, word: Any, expected: bool) -> None:
    """The usual words, in any case."""
    assert expected is load(tmp_path, environ={}, options={"passthrough": word}).passthrough


def test_numbers_come_as_text_from_the_environment(tmp_path: Path) -> None:
    """Text becomes the key's kind; a whole number is a number of seconds, too."""
    environ = {
        "CREDITLINE_READ_TIMEOUT": "2.5",
        "CREDITLINE_PORT": "0",
        "CREDITLINE_CAPTURE_PRIVATE_HOSTS": "true",
    }

    found = load(tmp_path, environ=environ)

    assert (2.5, 0, True) == (found.read_timeout, found.port, found.capture_private_hosts)
    assert 3.0 == load(tmp_path, environ={}, options={"read_timeout": 3}).read_timeout


@pytest.mark.parametrize("content", [b"port = ", b"\xff\xfe", b"port = 1\nport = 2"])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    """A file that is no TOML stops with its name, and is never taken for an empty one."""
    (tmp_path / "config.toml").write_bytes(content)

    with pytest.raises(SettingsError, match=r"config\.toml cannot be read"):
        load(tmp_path, environ={})


def test_every_setting_is_documented(tmp_path: Path) -> None:
    """Each field has its key and sentence, in order."""
    assert [item.name for item in fields(Settings)] == [key.name for key in KEYS]
    assert all(key.help.endswith(".") for key in KEYS)


def test_the_ledgers_address(tmp_path: Path) -> None:
    """SQLite in the data folder unless another database is set."""
    assert f"sqlite:///{tmp_path / 'ledger.sqlite'}" == Settings().database_url(tmp_path)
    assert "postgresql+psycopg://x" == Settings(database="postgresql+psycopg://x").database_url(tmp_path)
