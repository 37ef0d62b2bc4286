from creditline.containers import jpeg_writers as w
from creditline.containers.jpeg_blocks import collect
from creditline.containers.jpeg_segments import EXIF, ICC, XMP_EXTENSION, segment, walk
from creditline.containers.splice import Found

STORE = b"\0\0\0\x2ejumb\0\0\0\x26jumd" + bytes(16) + b"\x03c2pa\0" + b"manifest"


def blocks(*segments: bytes) -> list[Found]:
    data = b"\xff\xd8" + b"".join(segments) + b"\xff\xda\0\2\xff\xd9"
    return collect(data, walk(data).units)


def code(one: Found) -> str | None:
    return one.block.problem.code if one.block.problem else None


def parts(data: bytes) -> list[bytes]:
    out = []
    while data:
        size = 2 + int.from_bytes(data[2:4])
        out.append(data[:size])
        data = data[size:]
    return out


def test_exif_with_an_odd_sixth_byte() -> None:
    """The header's last byte is not always zero."""
    (one,) = blocks(segment(0xE1, EXIF[:5] + b"\xffII*\0"))

    assert ("exif", b"II*\0", None) == (one.block.carrier, one.block.payload, code(one))


def test_extended_xmp_in_any_order() -> None:
    """Pieces are joined by their offsets, not by their order."""
    text = bytes(range(256)) * 1000

    (one,) = blocks(*reversed(parts(w.xmp_extended(text))))

    assert (text, None) == (one.block.payload, code(one))


def test_extended_xmp_with_a_piece_missing() -> None:
    """A gap makes the block unreadable."""
    (one,) = blocks(*parts(w.xmp_extended(bytes(200_000)))[1:])

    assert "carrier_broken" == code(one)


def test_extended_xmp_with_a_wrong_digest() -> None:
    """Bytes that do not match their GUID are kept, and told."""
    (one,) = blocks(w.xmp_extended(b"<text/>").replace(b"text", b"tixt"))

    assert (b"<tixt/>", "digest_mismatch") == (one.block.payload, code(one))


def test_extended_xmp_of_the_wrong_length() -> None:
    """The stated length is checked."""
    (one,) = blocks(segment(0xE1, XMP_EXTENSION + b"0" * 32 + b"\0\0\0\x09" + bytes(4) + b"four"))

    assert "carrier_broken" == code(one)


def test_stump_of_extended_xmp() -> None:
    """A segment too short for its own header is a broken block."""
    (one,) = blocks(segment(0xE1, XMP_EXTENSION + b"0" * 10))

    assert "carrier_broken" == code(one)


def test_exif_over_two_segments() -> None:
    """A segment without a TIFF header right behind one with it goes on with it; a second header is a second block."""
    tiff = b"II*\0" + bytes(range(40))
    head, tail = (segment(0xE1, EXIF + part) for part in (tiff[:20], tiff[20:]))
    (one,) = blocks(head, tail)
    two = blocks(head, head)
    apart = blocks(head, segment(0xFE, b"comment"), tail)

    assert (tiff, None, (1, 2)) == (one.block.payload, one.block.problem, one.units)
    assert [tiff[:20], tiff[:20]] == [found.block.payload for found in two]
    assert [tiff[:20], b"comment", tiff[20:]] == [found.block.payload for found in apart]


def test_profile_by_number() -> None:
    """Chunks are joined by number; a missing one is told; a copy is a block of its own."""
    chunks = parts(w.icc(bytes(70_000) + b"end"))

    (joined,) = blocks(*reversed(chunks))
    (short,) = blocks(chunks[0])
    copies = blocks(segment(0xE2, ICC + b"\1\1one"), segment(0xE2, ICC + b"\1\1one"))

    assert (bytes(70_000) + b"end", None) == (joined.block.payload, code(joined))
    assert "carrier_broken" == code(short)
    assert [(b"one", None)] * 2 == [(one.block.payload, code(one)) for one in copies]


def test_manifest_store() -> None:
    """A store is joined in sequence; missing parts and wrong lengths are told, never passed over."""
    long = (len(STORE) + 90_000).to_bytes(4) + STORE[4:] + bytes(90_000)
    first, second = parts(w.c2pa(long, 1))

    (joined,) = blocks(second, first)
    (headless,) = blocks(second)
    (short,) = blocks(first)

    assert ("c2pa", long, None) == (joined.block.carrier, joined.block.payload, code(joined))
    assert ("c2pa", "carrier_broken") == (headless.block.carrier, code(headless))
    assert "carrier_broken" == code(short)


def test_resources_go_on_in_the_next_segment() -> None:
    """A resource cut by a segment's end is whole once joined."""
    body = b"8BIM\x04\x04\0\0\0\0\0\x08\x1c\x02\x50\x00\x03Ann"
    head = b"Photoshop 3.0\0"

    photoshop, iptc = blocks(segment(0xED, head + body[:15]), segment(0xE3, b"x"), segment(0xED, head + body[15:]))

    assert ("photoshop", body, (1, 3)) == (photoshop.block.carrier, photoshop.block.payload, photoshop.units)
    assert ("iptc", b"\x1c\x02\x50\x00\x03Ann") == (iptc.block.carrier, iptc.block.payload)


def test_foreign_segments_are_no_blocks() -> None:
    """JFIF, FlashPix, Adobe and text in APP11 or APP13 are left alone."""
    foreign = (
        (0xE0, b"JFIF\0"),
        (0xE2, b"FPXR\0"),
        (0xEE, b"Adobe"),
        (0xEB, b"HDR_RI ver=11"),
        (0xED, b"Adobe_CM\0"),
    )

    assert [] == blocks(*(segment(marker, body) for marker, body in foreign))
