"""The trust lists in the package."""

from __future__ import annotations

from datetime import date

import pytest

from creditline.model.errors import MissingPartError, UsageError
from creditline.vocab import trust

DER = b"\x30\x81\x80" + b"\x05" * 128


def pem(der: bytes) -> str:
    """A PEM envelope around any bytes."""
    import base64

    body = base64.b64encode(der).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("name", "count"), [("c2pa", 30), ("c2pa-tsa", 22), ("interim", 18), ("interim-allowed", 86)]
)
def test_every_list_loads_whole(name: str, count: int) -> None:
    """Each list in the package holds as many certificates as its README says."""
    loaded = trust.load(name)

    assert count == loaded.certificates
    assert name == loaded.source.name


def test_lists_are_dated() -> None:
    """Every list says of which day it is, who published it, and under which licence."""
    loaded = trust.lists()

    assert len(trust.SOURCES) == len(loaded)
    for item in loaded:
        assert item.source.issued == date.fromisoformat(item.source.issued).isoformat()
        assert item.source.publisher
        assert item.source.licence


def test_key_usages_are_complete() -> None:
    """The usages without which good signatures read as invalid are all there."""
    usages = trust.extended_key_usages()

    assert {"1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.62558.2.1"} <= set(usages)
    assert all(line.strip() == line for line in usages)


def test_unknown_list() -> None:
    """A list that is not there is named in the refusal."""
    with pytest.raises(UsageError, match="no trust list is called 'mine'"):
        trust.load("mine")


def test_damaged_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged list in the package is said to be that, never taken for an empty one."""
    monkeypatch.setattr(trust, "_text", lambda _file: "nothing here")
    trust.load.cache_clear()

    with pytest.raises(MissingPartError, match=r"c2pa\.pem"):
        trust.load("c2pa")

    trust.load.cache_clear()


def test_absent_file() -> None:
    """A file that is not in the package is a missing part."""
    with pytest.raises(MissingPartError, match=r"none\.pem"):
        trust._text("none.pem")


def test_text_between_certificates_is_allowed() -> None:
    """The published lists carry names between certificates."""
    assert 2 == trust.count_certificates(f"# one\n{pem(DER)}Subject\tCN=two\n{pem(DER)}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no certificate at all",
        "/etc/ssl/certs/ca.pem",
        "-----BEGIN CERTIFICATE-----\nAAAA",
        "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----",
        pem(b"\x30\x03abc"),
        pem(DER + b"more"),
        pem(DER) + "-----BEGIN CERTIFICATE-----\n",
        "x" * (trust.MAX_PEM + 1),
    ],
)
def test_junk_is_refused(text: str) -> None:
    """What the SDK would silently ignore is refused out loud."""
    with pytest.raises(UsageError):
        trust.count_certificates(text)
