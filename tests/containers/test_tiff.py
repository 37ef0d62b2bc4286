import io
import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageSequence
from tests.containers.tiff_sample import blob, image, long, short, text
from tests.containers.tiff_sample import tiff as made

from creditline.containers import sniff, tiff
from creditline.containers.tiff_walk import walk
from creditline.metadata import exif
from creditline.model.errors import ContainerError
from creditline.model.picture import Layout
from creditline.structures import photoshop_irb

XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
IIM = b"\x1c\x02\x50\x00\x03Ann"
OTHER = b"\x1c\x02\x50\x00\x04Beth"
IRB = photoshop_irb.serialise([photoshop_irb.resource(0x040A, b"\1")])
EXIF = exif.build(
    {"IFD0:Artist": "Ann", "IFD0:Make": "Maker", "ExifIFD:ExposureTime": "1/125", "GPS:GPSLatitudeRef": "N"}
)
EXPECTED: Mapping[str, list[bytes]] = {
    "xmp": [XMP],
    "iptc": [IIM],
    "photoshop": [IRB],
    "icc": [b"profile"],
    "c2pa": [b"store"],
}


def picture(pages: int = 1, compression: str = "raw", big: bool = False) -> bytes:
    out = io.BytesIO()
    images = [Image.linear_gradient("L").resize((21, 30)).rotate(90 * n) for n in range(pages)]
    rest = images[1:]
    images[0].save(out, "TIFF", save_all=pages > 1, append_images=rest, compression=compression, big_tiff=big)
    return out.getvalue()


def pixels(data: bytes) -> list[bytes]:
    with Image.open(io.BytesIO(data)) as opened:
        return [frame.convert("RGBA").tobytes() for frame in ImageSequence.Iterator(opened)]


def payloads(layout: Layout, carrier: str) -> list[bytes]:
    return [block.payload for block in layout.blocks if block.carrier == carrier]


def every(layout: Layout) -> dict[str, list[bytes]]:
    return {block.carrier: payloads(layout, block.carrier) for block in layout.blocks}


def words(layout: Layout) -> dict[str, object]:
    return {item.key: item.value for payload in payloads(layout, "exif") for item in exif.read(payload)}


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("pages", [1, 3])
@pytest.mark.parametrize("compression", ["raw", "tiff_lzw"])
def test_read(pages: int, compression: str, big: bool) -> None:
    """Everything that TIFF can hold is found where it was put, with size and pages; pixels hold."""
    plain = picture(pages, compression, big)

    data = tiff.replace(plain, {**EXPECTED, "exif": [EXIF]})

    layout = tiff.find(data)
    assert ("tiff", 21, 30, pages, ()) == (
        layout.format,
        layout.width,
        layout.height,
        layout.frames,
        layout.problems,
    )
    assert all(wanted == payloads(layout, carrier) for carrier, wanted in EXPECTED.items())
    assert {"IFD0:Artist": "Ann", "IFD0:Make": "Maker", "ExifIFD:ExposureTime": "1/125"}.items() <= words(
        layout
    ).items()
    assert () == layout.unexamined
    assert pixels(plain) == pixels(data)


def test_another_reader_agrees() -> None:
    """Pillow sees the packet, the profile and the Exif tags where it looks for them."""
    data = tiff.replace(picture(), {**EXPECTED, "exif": [EXIF]})

    with Image.open(io.BytesIO(data)) as opened:
        tags = dict(opened.getexif())
        below = opened.getexif().get_ifd(0x8769)
        profile = opened.info["icc_profile"]

    assert (XMP, "Ann", 1 / 125, b"profile") == (tags[700], tags[315], float(below[0x829A]), profile)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_splice_back_is_byte_identical(order: str, big: bool) -> None:
    """No change, and the payloads that are there, leave the file as it is; out and in again keeps all blocks."""
    data = tiff.replace(made(image(order), image(order), order=order, big=big), {**EXPECTED, "exif": [EXIF]})
    layout = tiff.find(data)
    own = every(layout)

    assert data == tiff.replace(data, {})
    assert data == tiff.replace(data, own)
    gone = tiff.replace(data, {carrier: [] for carrier in tiff.CARRIERS})
    assert () == tiff.find(gone).blocks
    assert b"Ann" not in gone
    again = tiff.replace(gone, own)
    assert own == every(tiff.find(again))
    assert data == again
    assert b"pixels" in gone


def test_segments_cover_the_file() -> None:
    """Every byte lies in exactly one segment."""
    data = tiff.replace(picture(3), {**EXPECTED, "exif": [EXIF]}) + b"trailing"
    at = 0

    for part in tiff.find(data).segments:
        assert at == part.offset
        at += part.length

    assert len(data) == at


def test_only_structure_is_no_exif() -> None:
    """Size, strips, resolution and an orientation make no Exif block, and stay when one goes."""
    data = made([*image(), short(0x112, 6), short(0x128, 2)])

    assert () == tiff.find(data).blocks
    assert data == tiff.replace(data, {"exif": []})
    again = tiff.replace(tiff.replace(data, {"exif": [EXIF]}), {"exif": []})
    assert () == tiff.find(again).blocks
    assert {e.tag for e in walk(data).chain[0].entries} == {e.tag for e in walk(again).chain[0].entries}


def test_orientation_is_in_the_block_and_stays() -> None:
    """Who reads the block learns of it; who takes the block out does not turn the picture."""
    data = made([*image(), text(0x10E, "words"), short(0x112, 6)])

    gone = tiff.replace(data, {"exif": [EXIF]})

    assert "6" == words(tiff.find(data))["IFD0:Orientation"]
    assert "6" == words(tiff.find(gone))["IFD0:Orientation"]
    assert "IFD0:ImageDescription" not in words(tiff.find(gone))


def test_foreign_structure_does_not_come_in() -> None:
    """Of a stream from another file only what is said about the picture is taken, never how it is stored."""
    foreign = made([*image(width=999), text(0x13B, "Ann"), short(0x112, 8)])

    data = tiff.replace(made(image()), {"exif": [foreign]})

    assert (3, 2) == (tiff.find(data).width, tiff.find(data).height)
    assert {"IFD0:Artist": "Ann"} == words(tiff.find(data))


@pytest.mark.parametrize("order", ["<", ">"])
def test_iptc_declared_as_numbers(order: str) -> None:
    """Bytes counted, padded or turned around as LONG are the same records; as they stand is no change."""
    padded = IIM + OTHER + bytes(-len(IIM + OTHER) % 4)
    turned = b"".join(padded[n : n + 4][::-1] for n in range(0, len(padded), 4))
    for value in (padded, turned):
        data = made([*image(order), (0x83BB, 4, len(value) // 4, value)], order=order)

        assert [IIM + OTHER] == payloads(tiff.find(data), "iptc")
        assert data == tiff.replace(data, {"iptc": [IIM + OTHER]})
        assert [IIM] == payloads(tiff.find(tiff.replace(data, {"iptc": [IIM]})), "iptc")


def test_iptc_in_two_places() -> None:
    """Its own tag comes before the image resources; each is refilled where it lies."""
    resources = photoshop_irb.with_iim(IRB, OTHER)
    data = made([*image(), blob(0x83BB, IIM), blob(0x8649, resources, 1)])

    assert [IIM, OTHER] == payloads(tiff.find(data), "iptc")
    assert [OTHER, IIM] == payloads(tiff.find(tiff.replace(data, {"iptc": [OTHER, IIM]})), "iptc")
    bare = tiff.find(tiff.replace(data, {"iptc": []}))
    assert ([], [IRB]) == (payloads(bare, "iptc"), payloads(bare, "photoshop"))


def test_iptc_stays_where_it_is_alone() -> None:
    """Records inside image resources are not moved to a tag of their own."""
    data = made([*image(), blob(0x8649, photoshop_irb.with_iim(IRB, OTHER), 1)])

    layout = tiff.find(tiff.replace(data, {"iptc": [IIM]}))

    assert [IIM] == payloads(layout, "iptc")
    assert ["photoshop", "iptc"] == [block.carrier for block in layout.blocks]


def test_blocks_of_every_page() -> None:
    """A packet on a later page counts too; one page holds one."""
    data = made(image(), [*image(), blob(0x2BC, XMP, 1)], [*image(), blob(0xCD41, b"store")])

    assert [XMP] == payloads(tiff.find(data), "xmp")
    assert [b"store"] == payloads(tiff.find(data), "c2pa")
    assert [b"a", b"b"] == payloads(tiff.find(tiff.replace(data, {"xmp": [b"a", b"b"]})), "xmp")
    with pytest.raises(ContainerError):
        tiff.replace(data, {"xmp": [b"a", b"b", b"c", b"d"]})


def test_manifest_alone_on_the_last_page() -> None:
    """C2PA 2.x gives the manifest a directory of its own: it goes with it, and is no frame."""
    data = made(image(), [blob(0xCD41, b"store")])

    assert 1 == tiff.find(data).frames
    gone = tiff.replace(data, {"c2pa": []})
    assert () == tiff.find(gone).blocks
    assert [b"store"] == payloads(tiff.find(tiff.replace(gone, {"c2pa": [b"store"]})), "c2pa")


def test_dng() -> None:
    """A DNG is told by its version, and goes through the same door."""
    data = made([*image(), blob(0xC612, b"\1\4\0\0", 1)])

    assert "dng" == sniff.find(data).format
    assert [XMP] == payloads(sniff.find(sniff.replace(data, {"xmp": [XMP]})), "xmp")


def test_lost_value() -> None:
    """A value outside the file makes its carrier unreadable, and may be replaced."""
    whole = made([*image(), blob(0x2BC, XMP, 1)])
    data = whole[:-10]

    layout = tiff.find(data)

    assert ["truncated"] == [block.problem.code for block in layout.blocks if block.problem]
    assert [XMP] == payloads(tiff.find(tiff.replace(data, {"xmp": [XMP]})), "xmp")


def test_lost_resources() -> None:
    """Entries whose values are lost are unreadable until they are taken out, and go only when they are named."""
    data = bytearray(made([*image(), blob(0x83BB, IIM), blob(0x8649, IRB, 1)]))
    for entry in walk(bytes(data)).chain[0].entries[-2:]:
        data[entry.at + 8 : entry.at + 12] = b"\xff\xff\xff\0"
    lost = bytes(data)

    assert {"iptc", "photoshop"} == {block.carrier for block in tiff.find(lost).blocks if block.problem}
    assert {"photoshop"} == {block.carrier for block in tiff.find(tiff.replace(lost, {"iptc": []})).blocks}
    assert {"iptc"} == {block.carrier for block in tiff.find(tiff.replace(lost, {"photoshop": []})).blocks}
    assert () == tiff.find(tiff.replace(lost, {"photoshop": [], "iptc": []})).blocks
    assert [IIM] == payloads(tiff.find(tiff.replace(lost, {"iptc": [IIM]})), "iptc")


@pytest.mark.parametrize("data", [b"", b"II*\0", b"II+\0\4\0\0\0" + bytes(8), b"MM\0+\0\x08\0\0\0\0\0\0"])
def test_never_began(data: bytes) -> None:
    """What is no TIFF is no TIFF."""
    with pytest.raises(ContainerError):
        tiff.find(data)


@pytest.mark.parametrize(
    "data", [b"II*\0" + bytes(4), made(image())[:20], made(image())[:40], made(image())[:4] + b"\xff" * 8]
)
def test_corrupted_is_refused(data: bytes) -> None:
    """A file whose directories lead out of it is not written into, and nothing is claimed absent."""
    assert tiff.CARRIERS == tiff.find(data).unexamined
    with pytest.raises(ContainerError):
        tiff.replace(data, {})


@pytest.mark.parametrize(
    "changes",
    [{"comment": [b"x"]}, {"xmp": [b""]}, {"exif": [EXIF, EXIF]}, {"exif": [b"no stream"]}, {"icc": [b"a", b"b"]}],
)
def test_refused(changes: Mapping[str, list[bytes]]) -> None:
    """What the format cannot hold is refused with a sentence."""
    with pytest.raises(ContainerError) as caught:
        tiff.replace(picture(), changes)

    assert str(caught.value)


def test_hostile_sizes_are_bounded() -> None:
    """Thousands of entries that share one long value end at a cap, and are not written into."""
    shared = bytearray(made([*image(), *(blob(0x2BC, b"x" * 8) for _ in range(20_000))], pixels=bytes(4_000_000)))
    for n in range(20_000):
        at = 4_000_000 + 8 + 2 + 12 * (8 + n)
        shared[at + 4 : at + 8] = (3_000_000).to_bytes(4, "little")
        shared[at + 8 : at + 12] = (8).to_bytes(4, "little")
    strips = made(*([long(0x111, *range(1, 30_000)), long(0x117, *range(1, 30_000))] for _ in range(50)))
    started = time.monotonic()

    layout = tiff.find(bytes(shared))

    assert ["limit"] == [problem.code for problem in layout.problems]
    with pytest.raises(ContainerError):
        tiff.replace(bytes(shared), {"xmp": []})
    assert [XMP] == payloads(tiff.find(tiff.replace(strips, {"xmp": [XMP]})), "xmp")
    assert time.monotonic() - started < 8


FULL = tiff.replace(made(image(), image(">")), {**EXPECTED, "exif": [EXIF]})


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(4, len(FULL) - 1), st.integers(0, 255)), max_size=6), st.integers(0, len(FULL))
)
def test_damaged_files(changes: list[tuple[int, int]], length: int) -> None:
    """Whatever bytes change or go, the segments cover the file, and a splice is whole or refused."""
    data = bytearray(FULL)
    for at, value in changes:
        data[at] = value
    damaged = bytes(data[: max(8, length)])

    layout = tiff.find(damaged)

    assert len(damaged) == sum(part.length for part in layout.segments)
    try:
        assert damaged == tiff.replace(damaged, {})
        changed = tiff.replace(damaged, {"xmp": [b"new"], "exif": [EXIF], "iptc": []})
        assert [b"new"] == payloads(tiff.find(changed), "xmp")
        assert "Ann" == words(tiff.find(changed))["IFD0:Artist"]
    except ContainerError as error:
        assert str(error)
