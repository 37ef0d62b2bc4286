"""IPTC behind the picture: found from the end, swapped, moved; what cannot be followed is not examined."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analysis.pictures import encoded, painting

from creditline.analysis.read import read
from creditline.containers import jpeg, jpeg_trailers
from creditline.metadata import iptc_iim

PICTURE = encoded(painting(1, (16, 12)))
RECORDS = iptc_iim.encode({"2:080": ["Ann Example"], "2:116": "© Ann"})
OTHER = iptc_iim.encode({"2:080": ["Somebody Else Entirely"]})


def afcp(at: int, records: bytes = RECORDS, *, mark: bytes = b"AXS!", text: bytes = b"text") -> bytes:
    """A trailer with IPTC and one other entry, standing at `at`."""
    order = "big" if mark == b"AXS!" else "little"
    first = at + 12 + 24
    entries = ((b"IPTC", len(records), first), (b"TEXT", len(text), first + len(records)))
    out = mark + (1).to_bytes(2, order) + len(entries).to_bytes(2, order) + bytes(4)
    for tag, size, place in entries:
        out += tag + size.to_bytes(4, order) + place.to_bytes(4, order)
    return out + records + text + mark + at.to_bytes(4, order) + bytes(4)


def fotostation(records: bytes = RECORDS, *, tag: int = 1) -> bytes:
    """One block with its footer."""
    return records + tag.to_bytes(2) + (len(records) + 10).to_bytes(4) + jpeg_trailers.FOTOSTATION


FILES = {
    "afcp": PICTURE + afcp(len(PICTURE)),
    "little": PICTURE + afcp(len(PICTURE), mark=b"AXS*"),
    "fotostation": PICTURE + fotostation() + fotostation(b"settings", tag=2),
    "both": PICTURE + fotostation(OTHER) + afcp(len(PICTURE + fotostation(OTHER))),
}


def records(data: bytes) -> list[bytes]:
    return [block.payload for block in jpeg.find(data).blocks if block.carrier == "iptc"]


@pytest.mark.parametrize("name", FILES)
def test_records_are_read(name: str) -> None:
    """IPTC in a trailer gives fields as any other does."""
    found = read(FILES[name])
    states = {item.carrier: str(item.state) for item in found.carriers}

    assert RECORDS in records(FILES[name])
    assert "present" == states["iptc"]
    assert "© Ann" == dict(found.resolved)["copyright_notice"]


@pytest.mark.parametrize("name", FILES)
def test_splice_back_is_byte_identical(name: str) -> None:
    """The payloads that are there leave the file as it is, and so does another carrier that came and went."""
    data = FILES[name]

    assert data == jpeg.replace(data, {})
    assert data == jpeg.replace(data, {"iptc": records(data)})
    assert data == jpeg.replace(jpeg.replace(data, {"comment": [b"hello"]}), {"comment": []})


@pytest.mark.parametrize("name", FILES)
def test_records_come_and_go(name: str) -> None:
    """Taken out nothing is left; others take their place, and what else the trailer holds stays readable."""
    data = FILES[name]
    gone = jpeg.replace(data, {"iptc": []})
    other = jpeg.replace(data, {"iptc": [OTHER]})
    moved = jpeg.replace(data, {"comment": [b"c" * 1000]})

    assert [] == records(gone)
    assert "absent" == {item.carrier: str(item.state) for item in read(gone).carriers}["iptc"]
    assert [OTHER] == records(other)
    assert records(data) == records(moved)
    for file in (gone, other, moved):
        assert jpeg_trailers.parts(file, file.index(b"\xff\xd9") + 2)[1]


def test_offsets_follow_what_moves() -> None:
    """AFCP counts from the file's start: after a splice before it, it says where it now stands."""
    moved = jpeg.replace(FILES["afcp"], {"comment": [b"c" * 1000]})
    at = len(PICTURE) + 1004

    assert afcp(at) == moved[at:]
    assert afcp(at, OTHER) == jpeg.replace(FILES["afcp"], {"comment": [b"c" * 1000], "iptc": [OTHER]})[at:]


def test_a_trailer_that_moved_is_still_found() -> None:
    """A program that knows nothing of trailers put bytes before one; its offsets are wrong and it is read."""
    data = PICTURE[:2] + b"\xff\xfe\0\4xx" + PICTURE[2:] + afcp(len(PICTURE))

    assert [RECORDS] == records(data)
    assert data == jpeg.replace(data, {"iptc": [RECORDS]})
    assert [OTHER] == records(jpeg.replace(data, {"iptc": [OTHER]}))


@pytest.mark.parametrize(
    "tail",
    [
        b"AXS!" + bytes(8),
        bytes(40) + b"AXS!" + bytes(8),
        afcp(len(PICTURE)).replace(b"IPTC\0\0\0", b"IPTC\xff\xff\xff"),
        b"\0\1\xff\xff\xff\xff" + jpeg_trailers.FOTOSTATION,
        fotostation(b"") * 40,
    ],
)
def test_what_cannot_be_followed_is_not_examined(tail: bytes) -> None:
    """A mark without its trailer: nobody knows whether there is IPTC, and every byte is kept."""
    data = PICTURE + tail

    assert "iptc" in jpeg.find(data).unexamined
    assert data == jpeg.replace(data, {})
    assert data.endswith(tail) and jpeg.replace(data, {"comment": [b"x"]}).endswith(tail)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"AXS!", b"AXS*", jpeg_trailers.FOTOSTATION]), st.integers(0, 60))
def test_any_bytes_are_kept(noise: bytes, mark: bytes, back: int) -> None:
    """Whatever follows the picture, finding raises nothing and no change is no change."""
    data = PICTURE + noise + mark + bytes(back % 9) + afcp(len(PICTURE))[: back * 3]

    assert data == jpeg.replace(data, {})
    assert sum(part.length for part in jpeg.find(data).segments) == len(data)


def test_hostile_sizes_are_bounded() -> None:
    """A million stacked trailers, or marks without an end, take no time to speak of."""
    start = time.monotonic()
    for data in (PICTURE + fotostation(b"") * 1_000_000, PICTURE + b"AXS!" * 2_000_000 + bytes(8)):
        assert "iptc" in jpeg.find(data).unexamined

    assert 5 > time.monotonic() - start
