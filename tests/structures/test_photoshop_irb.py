import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditline.model.errors import ContainerError
from creditline.structures import photoshop_irb as irb


def digest(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def stream(*resources: irb.Resource) -> bytes:
    return irb.serialise(resources)


def test_fields_of_a_resource() -> None:
    """Signature, id, name and data come out as written, padding apart."""
    data = b"8BIM\x04\x04\x03abc" + b"\0\0\0\3xyz\0" + b"PHUT\x04\x0a\x00\x00\0\0\0\1\1\0"

    first, second = irb.parse(data)

    assert irb.Resource(b"8BIM", irb.IIM, b"abc", b"xyz", b"", b"\0") == first
    assert irb.Resource(b"PHUT", 0x040A, b"", b"\1", b"\0", b"\0") == second


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"junk",
        b"8BIM",
        b"8BIM\x04\x04\0\0\0\0\0\x09short",
        b"8BIM\x04\x04\0\7\0\0\0\3abc\x99tail",
        b"8BIM\x04\x04\0\0\0\0\0\3abc8BIM\x04\x0b\0\0\0\0\0\1a",
        b"8BIM\x04\x04\xff",
        b"\0\0\0",
    ],
)
def test_round_trip_of_odd_streams(data: bytes) -> None:
    """Junk, cut resources, odd pad bytes and missing padding come back byte for byte."""
    assert data == irb.serialise(irb.parse(data))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(st.binary(max_size=12), st.sampled_from([b"8BIM", b"8BIM\x04\x04\0\0\0\0\0\2ab", b"\0"])),
        max_size=8,
    )
)
def test_round_trip_of_anything(parts: list[bytes]) -> None:
    """Whatever the bytes are, taking apart and putting together changes none."""
    data = b"".join(parts)

    assert data == irb.serialise(irb.parse(data))


def test_missing_padding_is_understood() -> None:
    """A resource of odd length that the next signature follows at once hides nothing."""
    data = b"8BIM\x04\x04\0\0\0\0\0\3abc8BIM\x04\x0b\0\0\0\0\0\2hi"

    assert [b"abc", b"hi"] == [r.data for r in irb.parse(data)]


def test_iim_is_replaced_in_place() -> None:
    """Order, names and all other resources stay; only the IIM's data changes."""
    data = stream(irb.resource(0x03ED, b"res"), irb.resource(irb.IIM, b"old"), irb.resource(0x040A, b"\1"))

    after = irb.with_iim(data, b"newer!")

    assert (
        stream(irb.resource(0x03ED, b"res"), irb.resource(irb.IIM, b"newer!"), irb.resource(0x040A, b"\1"))
        == after
    )


def test_matching_digest_follows_and_stale_digest_stays() -> None:
    """A digest that matched the old IIM matches the new; one that did not is kept as evidence."""
    matching = stream(irb.resource(irb.IIM, b"old"), irb.resource(irb.DIGEST, digest(b"old")))
    stale = stream(irb.resource(irb.IIM, b"old"), irb.resource(irb.DIGEST, bytes(16)))

    assert digest(b"new") == irb.parse(irb.with_iim(matching, b"new"))[1].data
    assert bytes(16) == irb.parse(irb.with_iim(stale, b"new"))[1].data


def test_removing_iim_takes_its_digest_along() -> None:
    """Without IIM nothing is left but the other resources; a stream of IIM alone becomes empty."""
    data = stream(irb.resource(irb.IIM, b"old"), irb.resource(irb.DIGEST, digest(b"old")))

    assert b"" == irb.with_iim(data, None)
    assert stream(irb.resource(0x03ED, b"r")) == irb.with_iim(data + stream(irb.resource(0x03ED, b"r")), None)


def test_adding_iim_where_there_is_none() -> None:
    """A new 0x0404 goes in front; no digest is made up."""
    other = stream(irb.resource(0x03ED, b"r"))

    assert stream(irb.resource(irb.IIM, b"new"), irb.resource(0x03ED, b"r")) == irb.with_iim(other, b"new")


def test_same_iim_changes_nothing() -> None:
    """Giving the IIM that is there returns the stream itself, odd padding and junk included."""
    data = b"8BIM\x04\x04\0\7\0\0\0\3abc\x99tail"

    assert data == irb.with_iim(data, b"abc")


def test_several_iim_resources() -> None:
    """Duplicates are refilled in order, surplus ones dropped, more go behind the last."""
    data = stream(irb.resource(irb.IIM, b"1"), irb.resource(0x03ED, b"r"), irb.resource(irb.IIM, b"2"))

    assert [b"1", b"2"] == irb.iims(irb.parse(data))
    assert [b"a"] == irb.iims(irb.parse(irb.with_iim(data, b"a")))
    assert [b"a", b"b", b"c"] == irb.iims(irb.parse(irb.with_iims(data, [b"a", b"b", b"c"])))


def test_empty_iim_is_filled_and_else_left() -> None:
    """An empty 0x0404 carries nothing, is no duplicate, and takes the records that come."""
    data = stream(irb.resource(irb.IIM, b""), irb.resource(0x03ED, b"r"))

    assert [] == irb.iims(irb.parse(data))
    assert data == irb.with_iim(data, None)
    assert stream(irb.resource(irb.IIM, b"new!"), irb.resource(0x03ED, b"r")) == irb.with_iim(data, b"new!")


def test_cut_resource_is_named() -> None:
    """A resource that runs past the end is told from junk by its signature."""
    assert irb.IIM == irb.cut_resource(irb.parse(b"8BIM\x04\x04\0\0\0\0\xff\xffabc"))
    assert irb.cut_resource(irb.parse(b"8BIM\x04\x04\0\0\0\0\0\2abjunk")) is None
    assert irb.cut_resource(irb.parse(b"")) is None


def test_hostile_counts_are_bounded() -> None:
    """Millions of resources are not millions of objects."""
    data = b"8BIM\x04\x0b\0\0\0\0\0\0" * 300_000

    resources = irb.parse(data)

    assert irb.MAX_RESOURCES + 1 == len(resources)
    assert data == irb.serialise(resources)


def test_name_too_long_is_refused() -> None:
    """A name that its length byte cannot count is an error, never cut."""
    with pytest.raises(ContainerError):
        irb.serialise([irb.Resource(b"8BIM", 1, b"n" * 256, b"")])
