"""Texts of movies become properties, whatever form they take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditline.metadata import mp4
from creditline.model.errors import CarrierError, CreditlineError, LimitError
from creditline.model.reading import Property
from creditline.structures.bmff import write_box
from creditline.vocab.fields import BY_PLACE


def value(kind: int, text: bytes) -> bytes:
    return write_box(b"data", kind.to_bytes(4) + bytes(4) + text)


def listed(*items: bytes, keys: bytes = b"") -> bytes:
    handler = write_box(b"hdlr", bytes(8) + b"mdir" + bytes(13))
    return write_box(b"meta", bytes(4) + handler + keys + write_box(b"ilst", b"".join(items)))


def pairs(payload: bytes) -> list[tuple[str, object]]:
    return [(found.key, found.value) for found in mp4.read(payload)]


def test_list_with_names() -> None:
    """UTF-8, UTF-16 and numbers are read; pictures are passed over."""
    payload = write_box(
        b"udta",
        listed(
            write_box(b"\xa9nam", value(1, "Düne".encode())),
            write_box(b"\xa9ART", value(2, "Ada".encode("utf-16-be"))),
            write_box(b"tmpo", value(21, b"\xff\xfe")),
            write_box(b"covr", value(13, b"\xff\xd8\xff")),
        ),
    )

    assert [("ilst:©nam", "Düne"), ("ilst:©ART", "Ada"), ("ilst:tmpo", "-2")] == pairs(payload)


def test_list_with_keys() -> None:
    """Numbered items take the names of the key table; the AI label has one key wherever it stands."""
    names = (b"com.apple.quicktime.copyright", b"AIGC")
    table = b"".join(write_box(b"mdta", name) for name in names)
    keys = write_box(b"keys", bytes(4) + len(names).to_bytes(4) + table)
    payload = listed(
        write_box(b"\0\0\0\1", value(1, b"(c) me")), write_box(b"\0\0\0\2", value(1, b"{}")), keys=keys
    )

    assert [("mdta:com.apple.quicktime.copyright", "(c) me"), ("AIGC", "{}")] == pairs(payload)


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        (b"\xa9cpy", b"\0\4\0\0text", ("udta:©cpy", "text")),
        (b"\xa9cpy", b"\0\3\0\0\xa9 x", ("udta:©cpy", "© x")),
        (b"\xa9nam", b"bare text", ("udta:©nam", "bare text")),
        (b"\xa9nam", value(1, b"boxed"), ("udta:©nam", "boxed")),
        (b"titl", bytes(6) + b"name\0", ("udta:titl", "name")),
        (b"auth", bytes(6) + "\ufeffAda".encode("utf-16-be"), ("udta:auth", "Ada")),
        (b"AIGC", b'{"Label":"1"}', ("AIGC", '{"Label":"1"}')),
    ],
)
def test_user_data(name: bytes, body: bytes, expected: tuple[str, str]) -> None:
    """QuickTime's form, 3GPP's, and bytes that follow neither."""
    assert [expected] == pairs(write_box(b"udta", write_box(name, body)))


def test_keys_reach_the_crosswalk() -> None:
    """Title, creator, notice, caption, software and the AI label have places here."""
    places = {
        "ilst:©nam": "title",
        "udta:©aut": "creator",
        "mdta:com.apple.quicktime.copyright": "copyright_notice",
        "ilst:©cmt": "caption",
        "ilst:©too": "software",
        "AIGC": "tc260_aigc",
    }

    assert places == {key: BY_PLACE[("mp4_metadata", key)].id for key in places}


def test_what_is_no_list_is_refused() -> None:
    """Other boxes and cut ones are an error, not an empty reading."""
    for payload in (b"", b"text", write_box(b"free", b""), b"\0\0\0\x40udta"):
        with pytest.raises(CarrierError):
            mp4.read(payload)
    with pytest.raises(LimitError):
        mp4.read(bytes(mp4.MAX_BYTES + 1))


def test_caps_are_said() -> None:
    """A text that is too long, and too many of them, are problems and not silence."""
    long = write_box(b"udta", write_box(b"\xa9cmt", bytes(mp4.MAX_TEXT + 1)))
    many = write_box(b"udta", write_box(b"\xa9cmt", b"a") * 20_000)

    assert ["limit"] == [problem.code for problem in mp4.read_with_problems(long)[1]]
    assert ["limit"] == [problem.code for problem in mp4.read_with_problems(many)[1]]


@given(st.sampled_from([b"udta", b"meta"]), st.binary(max_size=200))
def test_any_bytes(kind: bytes, body: bytes) -> None:
    """Any content gives properties of this carrier or a refusal."""
    try:
        found = mp4.read(write_box(kind, body))
    except CreditlineError:
        return
    assert all(isinstance(one, Property) and one.carrier == mp4.CARRIER for one in found)
