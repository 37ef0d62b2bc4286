"""Forms are cut so that no byte of a value is lost or added."""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.wire import Turn, seen

from creditline.pipeline.bodies import multipart
from creditline.pipeline.bodies.multipart import MAX_HEADER, MAX_PARTS, Part, boundary_of, parts

TYPE = "multipart/form-data; boundary=b0"


def encode(values: list[bytes], boundary: bytes = b"b0", newline: bytes = b"\r\n", end: bytes = b"--") -> bytes:
    """A form as a browser writes it, one file part for each value."""
    out = b""
    for n, value in enumerate(values):
        head = b'Content-Disposition: form-data; name="f%d"; filename="p%d.bin"' % (n, n)
        out += b"--" + boundary + newline + head + newline + b"Content-Type: image/jpeg" + newline * 2
        out += value + newline
    return out + b"--" + boundary + end + newline


def values(found: tuple[Part, ...]) -> list[bytes]:
    return [part.raw for part in found]


_HARD = st.lists(
    st.sampled_from(
        [b"\r", b"\n", b"\r\n", b"--", b"--b0", b"\r\n--b0", b"b0", b"x", b"\x00", b"\r\n--b0x", b"-"]
    ),
    max_size=12,
).map(b"".join)


def _holds_delimiter(value: bytes, newline: bytes) -> bool:
    """A writer must choose a boundary that its values do not hold; what follows the value is a line end."""
    return bool(parts(encode([b""], newline=newline) + value, TYPE).parts) and newline + b"--b0" in (
        newline + value + newline
    )


@given(st.lists(st.one_of(st.binary(max_size=400), _HARD), max_size=6), st.sampled_from([b"\r\n", b"\n"]))
@settings(max_examples=300, deadline=None)
def test_round_trip(sent: list[bytes], newline: bytes) -> None:
    """Whatever a writer puts in, short of its own delimiter, comes out byte for byte, in order."""
    sent = [value for value in sent if not _holds_delimiter(value, newline)]

    parsed = parts(encode(sent, newline=newline), TYPE)

    assert sent == values(parsed.parts)
    assert parsed.complete
    assert [f"f{n}" for n in range(len(sent))] == [part.name for part in parsed.parts]
    assert all(part.closed for part in parsed.parts)


def test_random_bytes_of_100000() -> None:
    """100,000 random bytes come out equal, where mitmproxy's reader loses some."""
    sent = os.urandom(100_000)

    parsed = parts(encode([sent, b"after"]), TYPE)

    assert [sent, b"after"] == values(parsed.parts)


@pytest.mark.parametrize("newline", [b"\r\n", b"\n"])
@pytest.mark.parametrize(
    "value", [b"", b"\r", b"\n", b"\r\n", b"a\r\n", b"\r\na", b"a\r", b"a\n", b"--b0x", b"\r\n--b", b"\r\n--b0 x"]
)
def test_line_ends_belong_to_the_value(value: bytes, newline: bytes) -> None:
    """Line ends and boundary look-alikes inside a value stay; only the delimiter's own line end goes."""
    body = encode([value, b"second"], newline=newline)

    assert [value, b"second"] == values(parts(body, TYPE).parts)


def test_look_alikes_in_binary() -> None:
    """A longer token, a bare LF before it, or text after it make a boundary no delimiter."""
    value = b"\r\n--b01\r\n" + b"x\n--b0\r\n" + b"\r\n--b0--junk\r\n" + b"\r--b0\r\n" + b"\r\n --b0\r\n"

    assert [value, b"z"] == values(parts(encode([value, b"z"]), TYPE).parts)


def test_preamble_and_epilogue_are_ignored() -> None:
    """What stands before the first delimiter and after the last is no part (RFC 2046 section 5.1.1)."""
    body = (
        b"This is a form.\r\nWith --b0 inside.\r\n"
        + encode([b"v"])
        + b"\r\nbye\r\n--b0\r\n\r\nnot a part\r\n--b0--"
    )

    parsed = parts(body, TYPE)

    assert [b"v"] == values(parsed.parts)
    assert parsed.complete


def test_delimiter_may_be_padded() -> None:
    """White space after a delimiter is transport padding."""
    body = encode([b"v"]).replace(b"--b0\r\n", b"--b0 \t\r\n").replace(b"--b0--\r\n", b"--b0--  ")

    assert [b"v"] == values(parts(body, TYPE).parts)


def test_missing_last_delimiter() -> None:
    """Without the closing delimiter the last value runs to the end and is not closed."""
    body = encode([b"one", b"two"])[: -len(b"\r\n--b0--\r\n")]

    parsed = parts(body, TYPE)

    assert [b"one", b"two"] == values(parsed.parts)
    assert [True, False] == [part.closed for part in parsed.parts]
    assert not parsed.complete


@pytest.mark.parametrize("tail", [b"", b"-", b"--", b"\r", b"\r\n", b"--\r"])
def test_delimiter_cut_at_the_end(tail: bytes) -> None:
    """A last delimiter that the body ends in still closes its part; only the closing one makes a form complete."""
    parsed = parts(encode([b"one"], end=b"")[:-2] + tail, TYPE)

    assert [b"one"] == values(parsed.parts)
    assert parsed.parts[0].closed
    assert tail.startswith(b"--") == parsed.complete


@pytest.mark.parametrize("cut", range(1, 90))
def test_any_cut_is_bounded_and_honest(cut: int) -> None:
    """A body cut anywhere never gives a closed part that it does not hold whole."""
    whole = encode([b"0123456789"])

    parsed = parts(whole[:cut], TYPE)

    assert all(not part.closed or part.raw == b"0123456789" for part in parsed.parts)


def test_parts_without_headers_or_values() -> None:
    """No headers, no value, neither: each is a part."""
    body = b"--b0\r\n\r\nbare\r\n--b0\r\nContent-Type: a/b\r\n\r\n--b0\r\n\r\n--b0\r\n--b0\r\nName: x\r\n--b0--"

    parsed = parts(body, TYPE)

    assert [b"bare", b"", b"", b"", b""] == values(parsed.parts)
    assert [None, "a/b", None, None, None] == [part.content_type for part in parsed.parts]
    assert parsed.complete


def test_nested_form_stays_whole() -> None:
    """A multipart value with another boundary is a value like any other."""
    inner = encode([b"deep"], boundary=b"b0inner")

    assert [inner] == values(parts(encode([inner]), TYPE).parts)


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("multipart/form-data; boundary=abc", b"abc"),
        ('multipart/form-data; boundary="a b;c=d"', b"a b;c=d"),
        ("Multipart/Form-Data;charset=utf-8;BOUNDARY=--x--", b"--x--"),
        ('multipart/form-data; boundary="a\\"b"', b'a"b'),
        ("multipart/form-data; boundary=\xe4", b"\xe4"),
        ("multipart/form-data", None),
        ("multipart/form-data; boundary=", None),
        ("multipart/form-data; boundary=" + "x" * 300, None),
        ("multipart/mixed; boundary=abc", None),
        ("image/jpeg", None),
        (None, None),
    ],
)
def test_boundary(content_type: str | None, expected: bytes | None) -> None:
    """The boundary is taken as bytes, quoted or not; without one there is no form."""
    assert expected == boundary_of(content_type)


def test_quoted_boundary_with_a_space() -> None:
    """A boundary that needs quotes delimits like any other."""
    body = encode([b"v"], boundary=b"a b'()+_,-./:=?")

    assert [b"v"] == values(parts(body, 'multipart/form-data; boundary="a b\'()+_,-./:=?"').parts)


@pytest.mark.parametrize(
    ("coding", "raw", "expected"),
    [
        ("base64", b"AQID\r\nBAU=", b"\x01\x02\x03\x04\x05"),
        ("BASE64", b"AQ ID", b"\x01\x02\x03"),
        ("base64", b"AQID*", None),
        ("base64", b"AQI", None),
        ("quoted-printable", b"a=3Db=\r\nc", b"a=bc"),
        ("8bit", b"\xff\r\n", b"\xff\r\n"),
        ("binary", b"\xff", b"\xff"),
        ("x-uuencode", b"a", None),
    ],
)
def test_transfer_encoding(coding: str, raw: bytes, expected: bytes | None) -> None:
    """A part's transfer encoding is undone beside the raw bytes; a broken one gives no value."""
    head = b"--b0\r\nContent-Transfer-Encoding: " + coding.encode() + b"\r\n\r\n"

    (part,) = parts(head + raw + b"\r\n--b0--", TYPE).parts

    assert raw == part.raw
    assert expected == part.value


def test_headers_are_kept_in_order_and_unfolded() -> None:
    """All headers come along, folded ones joined, the first of a name counts."""
    body = (
        b"--b0\r\nX-A: 1\r\n 2\r\nContent-Type: image/png\r\ncontent-type: text/plain\r\njunk\r\n\r\nv\r\n--b0--"
    )

    (part,) = parts(body, TYPE).parts

    assert (("X-A", "1 2"), ("Content-Type", "image/png"), ("content-type", "text/plain")) == part.headers
    assert "image/png" == part.content_type


def test_too_many_parts() -> None:
    """Past the cap on parts the rest is left and said to be."""
    parsed = parts(encode([b""] * (MAX_PARTS + 1)), TYPE)

    assert MAX_PARTS == len(parsed.parts)
    assert "parts" == parsed.limit
    assert not parsed.complete


def test_too_large_headers() -> None:
    """Past the cap on headers the rest is left and said to be."""
    body = encode([b"ok"])[:-8] + b"--b0\r\nX: " + b"x" * (MAX_HEADER + 10) + b"\r\n\r\nv\r\n--b0--"

    parsed = parts(body, TYPE)

    assert [b"ok"] == values(parsed.parts)
    assert "headers" == parsed.limit


@pytest.mark.parametrize(
    "body",
    [
        b"\n--a" * 2_000_000,
        b"\r\n--a-" * 1_500_000,
        b"--a\r\n" * 1_500_000,
        b"-" * 8_000_000,
        b"--a\r\n" + b"X: y;" * 1_500_000,
        b"--a\r\nContent-Disposition: form-data; " + b"a;" * 8000 + b"=\r\n\r\n\r\n--a--",
    ],
)
def test_hostile_bodies_take_bounded_time(body: bytes) -> None:
    """Megabytes of near-delimiters cost a moment, not the square of their length."""
    started = time.perf_counter()

    parts(body, "multipart/form-data; boundary=a")

    assert time.perf_counter() - started < 2.0


@given(st.binary(max_size=300), st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_never_raises(body: bytes, boundary: str) -> None:
    """No body and no type makes the reader raise."""
    parts(body, f"multipart/form-data; boundary={boundary}")
    parts(b"--b0\r\n" + body, TYPE)


def test_shape() -> None:
    """As a body shape it gives every part as a piece, with what the sender said."""
    view = seen(Turn("POST", "/", (("Content-Type", TYPE),), encode([b"v"])))

    cut = multipart.cut(view)

    assert multipart.recognises(view)
    assert not multipart.recognises(seen(Turn("POST", "/", (("Content-Type", "image/png"),))))
    (piece,) = cut.pieces
    assert (b"v", "f0", "p0.bin", "image/jpeg") == (piece.data, piece.part, piece.filename, piece.content_type)
