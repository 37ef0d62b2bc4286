"""The IIM reader: encodings by the 1:90 rule, extended lengths, breaks named."""

import pytest

from creditline.metadata import iptc_iim
from creditline.model.errors import CarrierError, UsageError


def dataset(record: int, number: int, data: bytes) -> bytes:
    """One standard dataset."""
    return bytes((0x1C, record, number)) + len(data).to_bytes(2) + data


def values(payload: bytes) -> dict[str, object]:
    """Key → value of what the reader found."""
    return {item.key: item.value for item in iptc_iim.read(payload)}


def test_what_is_encoded_reads_back() -> None:
    """Repeated datasets are lists; the block says that it is UTF-8 and version 4."""
    datasets = {"2:080": ["Zoë", "Bob"], "2:116": "© 2026", "2:120": "x" * 40_000}

    expected = {"1:090": "UTF-8", "2:000": "4", **datasets}
    assert expected == values(iptc_iim.encode(datasets))


def test_without_a_flag_the_bytes_decide() -> None:
    """Unmarked text is UTF-8 when all of it is, else Windows-1252."""
    utf8 = dataset(2, 80, "Zoë".encode()) + dataset(2, 116, b"plain")
    western = dataset(2, 80, b"Zo\xeb \x93A\x94") + dataset(2, 116, "é".encode())

    assert {"2:080": "Zoë", "2:116": "plain"} == values(utf8)
    assert {"2:080": "Zoë “A”", "2:116": "Ã©"} == values(western)


def test_a_character_cut_at_the_limit_is_no_error() -> None:
    """IIM limits are bytes, so a name may end in half a character."""
    cut = ("é" * 20).encode()[:31]

    assert {"1:090": "UTF-8", "2:080": "é" * 15} == values(dataset(1, 90, b"\x1b%G") + dataset(2, 80, cut))


def test_a_false_flag_is_said() -> None:
    """Text that is not the UTF-8 it claims is read as Windows-1252 with a problem."""
    payload = dataset(1, 90, b"\x1b%G") + dataset(2, 80, b"Zo\xeb Example")

    properties, problems = iptc_iim.read_with_problems(payload)

    assert "Zoë Example" == properties[1].value
    assert ["iim_encoding"] == [problem.code for problem in problems]


def test_padding_is_no_break_but_junk_is() -> None:
    """Trailing NULs are padding; other bytes are a break, and what stood before is kept."""
    good = dataset(2, 80, b"Ann")

    properties, problems = iptc_iim.read_with_problems(good + b"junk")

    assert {"2:080": "Ann"} == values(good + b"\0\0\0")
    assert "Ann" == properties[0].value
    assert ["iim_marker"] == [problem.code for problem in problems]


@pytest.mark.parametrize(
    "payload",
    [
        b"junk",
        b"\x1c\x02\x50\0\x09Ann",
        b"\x1c\x02\x50\xff\xff" + b"\xff" * 99,
        b"\x1c\x02",
        b"\x1c\x02\x50\x80\x04",
    ],
)
def test_broken_records_are_unreadable(payload: bytes) -> None:
    """Lengths past the end give an error, not a guess."""
    with pytest.raises(CarrierError):
        iptc_iim.read_with_problems(payload)


def test_the_number_of_datasets_is_bounded() -> None:
    """Millions of empty datasets end at the cap."""
    properties, problems = iptc_iim.read_with_problems(b"\x1c\x02\x19\0\0" * 200_000)

    assert iptc_iim.MAX_DATASETS == len(properties[0].value)
    assert ["limit"] == [problem.code for problem in problems]


def test_a_key_that_is_none_is_refused() -> None:
    """Only record:dataset can be encoded."""
    with pytest.raises(UsageError):
        iptc_iim.encode({"By-line": "Ann"})
