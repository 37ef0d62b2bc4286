import io
import struct
import time
from collections.abc import Mapping

import pytest
from PIL import Image

from creditline.containers import jpeg, jpeg_writers
from creditline.containers.jpeg_segments import MAX_SEGMENTS, segment, walk
from creditline.model.errors import ContainerError
from creditline.model.picture import Layout
from creditline.structures import photoshop_irb as irb
from creditline.structures.mpf import MP_ENTRIES

TIFF = b"II*\0\x08\0\0\0\0\0\0\0\0\0"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
IIM = b"\x1c\x02\x50\x00\x03Ann"


def store(size: int = 0) -> bytes:
    description = b"jumd" + bytes(16) + b"\x03c2pa\0"
    inner = (len(description) + 4).to_bytes(4) + description + bytes(size)
    return (len(inner) + 8).to_bytes(4) + b"jumb" + inner


def picture(progressive: bool = False) -> bytes:
    out = io.BytesIO()
    image = Image.linear_gradient("L").resize((64, 48)).convert("RGB")
    image.save(out, "JPEG", quality=90, progressive=progressive)
    return out.getvalue()


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB").tobytes()


def payloads(layout: Layout, carrier: str) -> list[bytes]:
    return [block.payload for block in layout.blocks if block.carrier == carrier]


def kinds(data: bytes) -> list[str]:
    return [part.kind for part in jpeg.find(data).segments]


def full() -> tuple[bytes, Mapping[str, list[bytes]]]:
    """A picture with something in every carrier, large ones in several segments."""
    extended = b"<e>" + b"x" * 150_000 + b"</e>"
    main = b"<x xmpNote:HasExtendedXMP='%s'/>" % jpeg_writers.guid(extended).encode()
    stream = irb.serialise([irb.resource(irb.IIM, IIM), irb.resource(0x03ED, b"r" * 100_001)])
    changes = {
        "exif": [TIFF],
        "xmp": [main],
        "xmp_extended": [extended],
        "photoshop": [stream],
        "c2pa": [store(130_000)],
        "icc": [b"profile" * 20_000],
        "comment": [b"one", b"two"],
    }
    return jpeg.replace(picture(), changes), changes | {"iptc": [IIM]}


def test_reads_every_carrier() -> None:
    """Split payloads come out joined, headers off, at the place of their first segment."""
    data, expected = full()

    layout = jpeg.find(data)

    assert ("jpeg", 64, 48, 1, ()) == (layout.format, layout.width, layout.height, layout.frames, layout.problems)
    assert set(expected) == {block.carrier for block in layout.blocks}
    assert all(wanted == payloads(layout, carrier) for carrier, wanted in expected.items())
    assert all(block.problem is None for block in layout.blocks)
    (exif,) = [block for block in layout.blocks if block.carrier == "exif"]
    assert data[int(exif.location.removeprefix("APP1@")) :].startswith(b"\xff\xe1")
    (iptc,) = [block for block in layout.blocks if block.carrier == "iptc"]
    assert iptc.location.startswith("APP13@")
    assert iptc.location.endswith("/8BIM:0404")


def test_segments_cover_the_file() -> None:
    """Every byte lies in exactly one segment."""
    data = full()[0] + b"trailing"
    at = 0

    for part in jpeg.find(data).segments:
        assert at == part.offset
        at += part.length

    assert len(data) == at
    assert "trailer" == kinds(data)[-1]


def test_plain_picture_has_nothing() -> None:
    """A header that was read whole makes absence certain."""
    layout = jpeg.find(picture())

    assert () == layout.blocks
    assert () == layout.unexamined
    assert jpeg.CARRIERS == layout.carriers


@pytest.mark.parametrize("progressive", [False, True])
def test_splice_back_is_byte_identical(progressive: bool) -> None:
    """No change, and the payloads that are there, leave the file as it is."""
    data, expected = full()

    assert picture(progressive) == jpeg.replace(picture(progressive), {})
    assert data == jpeg.replace(data, {})
    assert data == jpeg.replace(data, expected)


def test_remove_and_restore_keep_pixels() -> None:
    """Each carrier can go and come back, the others and the pixels as before."""
    data, expected = full()
    for carrier in expected:
        gone = jpeg.replace(data, {carrier: []})
        back = jpeg.replace(gone, {carrier: expected[carrier]})

        assert [] == payloads(jpeg.find(gone), carrier)
        assert pixels(data) == pixels(gone) == pixels(back)
        assert expected[carrier] == payloads(jpeg.find(back), carrier)

    assert picture() == jpeg.replace(data, {carrier: [] for carrier in expected})


def test_insert_places() -> None:
    """Newcomers stand in the order that most readers accept: JFIF, C2PA, Exif, XMP, APP13, ICC, comment."""
    changes = {"comment": [b"c"], "icc": [b"i"], "iptc": [IIM], "xmp": [XMP], "exif": [TIFF], "c2pa": [store()]}

    after = kinds(jpeg.replace(picture(), changes))

    assert ["SOI", "APP0", "APP11", "APP1", "APP1", "APP13", "APP2", "COM"] == after[:8]


def test_xmp_goes_behind_a_late_exif_and_app13_behind_the_last_app1() -> None:
    """Present segments decide where others go."""
    soi, rest = picture()[:2], picture()[2:]
    data = soi + segment(0xEC, b"Ducky") + jpeg_writers.exif(TIFF) + segment(0xE3, b"Meta") + rest

    after = kinds(jpeg.replace(data, {"xmp": [XMP], "iptc": [IIM]}))

    assert ["SOI", "APP12", "APP1", "APP1", "APP13", "APP3", "APP0"] == after[:7]


def test_untouched_bytes_stay() -> None:
    """Fill bytes, unknown segments, order and trailer survive an edit elsewhere."""
    body = picture()[2:]
    before = b"\xff\xd8\xff\xff" + segment(0xEF, b"mine") + segment(0xFE, b"old")
    after = b"\xff\xff" + segment(0xEF, b"other") + body + b"TRAILER"

    changed = jpeg.replace(before + after, {"comment": [b"longer than before"]})

    assert b"\xff\xd8\xff\xff" + segment(0xEF, b"mine") + segment(0xFE, b"longer than before") + after == changed


def test_iptc_is_edited_inside_its_resources() -> None:
    """The other resources keep their bytes; without any, APP13 goes."""
    stream = irb.serialise([irb.resource(0x03ED, b"res!"), irb.resource(irb.IIM, IIM)])
    data = jpeg.replace(picture(), {"photoshop": [stream]})

    changed = jpeg.find(jpeg.replace(data, {"iptc": [IIM + IIM]}))
    removed = jpeg.find(jpeg.replace(data, {"iptc": []}))

    assert [irb.with_iim(stream, IIM + IIM)] == payloads(changed, "photoshop")
    assert [irb.serialise([irb.resource(0x03ED, b"res!")])] == payloads(removed, "photoshop")
    only = jpeg.replace(picture(), {"iptc": [IIM]})
    assert picture() == jpeg.replace(only, {"iptc": []})


def test_bare_iptc_stays_bare() -> None:
    """IIM without resource blocks is found, and replaced where it stands."""
    data = picture()[:2] + segment(0xED, IIM) + picture()[2:]

    block = jpeg.find(data).blocks[0]

    assert ("iptc", "APP13@2", IIM) == (block.carrier, block.location, block.payload)
    assert data == jpeg.replace(data, {"iptc": [IIM]})
    assert picture()[:2] + segment(0xED, IIM * 2) + picture()[2:] == jpeg.replace(data, {"iptc": [IIM * 2]})


def multi_picture() -> tuple[bytes, bytes]:
    """A primary with an index to a second picture behind it, and that second picture."""
    second = picture(progressive=True)
    head, rest = picture()[:20], picture()[20:]
    base = len(head) + 8
    size = len(picture()) + 8 + 58
    table = struct.pack("<IIIHH", 0x030000, size, 0, 0, 0) + struct.pack(
        "<IIIHH", 0, len(second), size - base, 0, 0
    )
    index = b"II*\0\x08\0\0\0" + struct.pack("<HHHIII", 1, MP_ENTRIES, 7, 32, 26, 0) + table
    return head + jpeg_writers.mpf(index) + rest + second, second


@pytest.mark.parametrize("carrier", ["exif", "comment"])
def test_multi_picture_offsets_follow_a_splice(carrier: str) -> None:
    """Whether bytes come before or behind the index, it still points at the second picture."""
    data, second = multi_picture()

    changed = jpeg.replace(data, {carrier: [b"x" * 777]})

    (block,) = [b for b in jpeg.find(changed).blocks if b.carrier == "mpf"]
    base = int(block.location.removeprefix("APP2@")) + 8
    size, _, _, _, _, offset = struct.unpack_from("<IIIIII", block.payload, 30)
    assert second == changed[base + offset :]
    assert size == base + offset
    assert data == jpeg.replace(changed, {carrier: []})


def test_extension_that_no_packet_names() -> None:
    """Where the main packet names an extension, others are no block, and go when the carrier goes."""
    named, foreign = b"<named/>", b"<foreign/>"
    main = b"<x xmpNote:HasExtendedXMP='%s'/>" % jpeg_writers.guid(named).encode()
    data = jpeg.replace(picture(), {"xmp": [main], "xmp_extended": [foreign, named]})

    assert [named] == payloads(jpeg.find(data), "xmp_extended")
    assert data == jpeg.replace(data, {"xmp_extended": [named]})
    assert b"foreign" not in jpeg.replace(data, {"xmp_extended": []})


@pytest.mark.parametrize(
    ("carrier", "size"), [("xmp", 65_503), ("exif", 65_528), ("comment", 65_534), ("icc", 65_519 * 255 + 1)]
)
def test_payload_too_large(carrier: str, size: int) -> None:
    """What a JPEG cannot hold is refused, with a next step where there is one."""
    with pytest.raises(ContainerError) as caught:
        jpeg.replace(picture(), {carrier: [bytes(size)]})

    assert carrier == "icc" or caught.value.next_step


def test_largest_payloads_fit() -> None:
    """The limits themselves are within them."""
    changes = {"xmp": [b"x" * 65_502], "exif": [b"e" * 65_527], "comment": [b"c" * 65_533]}

    layout = jpeg.find(jpeg.replace(picture(), changes))

    assert all(wanted == payloads(layout, carrier) for carrier, wanted in changes.items())


def test_carrier_that_jpeg_cannot_hold() -> None:
    """A carrier of another format is refused."""
    with pytest.raises(ContainerError):
        jpeg.replace(picture(), {"png_text": []})


def test_manifest_store_goes_behind_the_first_segment() -> None:
    """Behind JFIF, or behind an Exif that comes first: where its hashes were taken."""
    plain = picture()
    without_jfif = plain[:2] + jpeg_writers.exif(TIFF) + plain[20:]

    assert ["SOI", "APP0", "APP11"] == kinds(jpeg.replace(plain, {"c2pa": [store()]}))[:3]
    assert ["SOI", "APP1", "APP11"] == kinds(jpeg.replace(without_jfif, {"c2pa": [store()]}))[:3]


def test_manifest_store_must_be_a_box() -> None:
    """Bytes that are no whole box are not written as C2PA."""
    with pytest.raises(ContainerError):
        jpeg.replace(picture(), {"c2pa": [store() + b"more"]})


def test_foreign_jumbf_is_left_alone() -> None:
    """A box with another label is no C2PA; it stays, and its number is not used again."""
    foreign = jpeg_writers.c2pa(store().replace(b"c2pa\0", b"o360\0"), jpeg_writers.FIRST_INSTANCE)
    data = picture()[:2] + foreign + picture()[2:]

    changed = jpeg.replace(data, {"c2pa": [store()]})

    assert () == jpeg.find(data).blocks
    assert [store()] == payloads(jpeg.find(changed), "c2pa")
    assert foreign in changed
    assert data == jpeg.replace(changed, {"c2pa": []})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe1",
        b"\xff\xd8\xff\xe1\0\0",
        b"\xff\xd8\xff\xe1\0\x40Exif\0\0II",
        b"GIF89a",
        b"\xff\xd8" + bytes(100),
    ],
)
def test_corrupted_is_refused(data: bytes) -> None:
    """Without a whole header nothing is written, whatever is asked."""
    with pytest.raises(ContainerError):
        jpeg.replace(data, {})


def test_cut_header_leaves_the_rest_unexamined() -> None:
    """What was found counts, the cut block is unreadable, and absence is not claimed."""
    data, _ = full()
    (xmp,) = [block for block in jpeg.find(data).blocks if block.carrier == "xmp"]

    layout = jpeg.find(data[: int(xmp.location.removeprefix("APP1@")) + 40])

    assert ["truncated"] == [problem.code for problem in layout.problems]
    cut = layout.blocks[-1]
    assert ("xmp", "truncated") == (cut.carrier, cut.problem and cut.problem.code)
    assert [TIFF] == payloads(layout, "exif")
    assert {"icc", "iptc", "photoshop", "comment", "mpf", "xmp_extended"} == set(layout.unexamined)


def test_cut_picture_data_is_accepted() -> None:
    """A file that ends inside its scan keeps its header, can be spliced, and says so."""
    data = full()[0][:-20]

    layout = jpeg.find(data)

    assert ["truncated"] == [problem.code for problem in layout.problems]
    assert () == layout.unexamined
    assert data == jpeg.replace(data, {})
    assert data.endswith(jpeg.replace(data, {"exif": []})[-500:])


def test_archive_trailer_makes_iptc_unexamined() -> None:
    """A trailer that may hold IPTC and cannot be followed: absence is not claimed."""
    data = picture() + bytes(10) + b"AXS!" + bytes(8)

    assert ("iptc",) == jpeg.find(data).unexamined


def test_size_from_dnl() -> None:
    """A height that the frame header leaves open is taken from DNL."""
    data = bytearray(picture())
    (frame,) = [unit for unit in walk(bytes(data)).units if unit.kind == "SOF0"]
    data[frame.body + 1 : frame.body + 3] = b"\0\0"
    late = bytes(data[:-2]) + segment(0xDC, b"\0\x30") + b"\xff\xd9"

    assert (64, None) == (jpeg.find(bytes(data)).width, jpeg.find(bytes(data)).height)
    assert (64, 48) == (jpeg.find(late).width, jpeg.find(late).height)


def test_hostile_sizes_are_bounded() -> None:
    """Millions of segments or stuffed bytes end soon, and huge dimensions are only numbers."""
    started = time.monotonic()

    many = jpeg.find(b"\xff\xd8" + b"\xff\xfe\0\2" * 1_000_000)
    stuffed = jpeg.find(b"\xff\xd8\xff\xda\0\2" + b"\xff\0" * 5_000_000 + b"\xff" * 5_000_000)
    huge = jpeg.find(b"\xff\xd8\xff\xc0\0\x0b\x08\xea\x60\xea\x60\1\1\x11\0\xff\xda\0\2\xff\xd9")

    assert MAX_SEGMENTS + 1 == len(many.segments)
    assert ["limit"] == [problem.code for problem in many.problems]
    assert ["truncated"] == [problem.code for problem in stuffed.problems]
    assert (60_000, 60_000) == (huge.width, huge.height)
    assert time.monotonic() - started < 20
