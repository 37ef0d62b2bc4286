"""HEIC and AVIF: metadata found, put in, changed and taken out, with every offset right."""

import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.containers.isobmff_sample import PICTURE, STORE, TIFF, XMP, image, track

from creditline.analysis import read as analysis
from creditline.containers import sniff
from creditline.containers.isobmff import AVIF, HEIC
from creditline.containers.isobmff_items import item_bytes, tables
from creditline.containers.isobmff_units import walk
from creditline.model.errors import ContainerError
from creditline.model.picture import Layout
from creditline.structures import bmff
from creditline.structures.bmff import write_box

EXIF_ITEM = b"\0\0\0\6Exif\0\0" + TIFF
FULL = (("Exif", EXIF_ITEM), ("mime", XMP))
WANTED = {"exif": [TIFF], "xmp": [XMP], "c2pa": [STORE]}


def payloads(layout: Layout, carrier: str) -> list[bytes]:
    return [block.payload for block in layout.blocks if block.carrier == carrier]


def picture(data: bytes) -> bytes:
    """The bytes of the primary item, where the file's own table says they are."""
    table = tables(data, walk(data))[0]
    return next(item_bytes(data, item) for item in table.items if item.info.id == 1)


def kinds(data: bytes) -> list[str]:
    return [part.kind for part in HEIC.find(data).segments]


@pytest.mark.parametrize("sizes", [(4, 4, 0), (4, 4, 4), (0, 4, 4), (8, 8, 8)])
@pytest.mark.parametrize("idat", [False, True])
def test_find(sizes: tuple[int, int, int], idat: bool) -> None:
    """Items are found whatever the table's widths are, in the file and in the meta box."""
    layout = HEIC.find(image(*FULL, sizes=sizes, idat=idat, profile=b"profile"))

    assert ("heic", 21, 30, 1, ()) == (layout.format, layout.width, layout.height, layout.frames, layout.problems)
    assert [TIFF] == payloads(layout, "exif")
    assert [XMP] == payloads(layout, "xmp")
    assert [b"profile"] == payloads(layout, "icc")
    assert () == layout.unexamined


@pytest.mark.parametrize("sizes", [(4, 4, 0), (4, 4, 4), (0, 4, 4), (8, 8, 8)])
@pytest.mark.parametrize("idat", [False, True])
def test_splice_back_is_byte_identical(sizes: tuple[int, int, int], idat: bool) -> None:
    """No change, and the payloads that are there, leave the file as it is."""
    data = image(*FULL, sizes=sizes, idat=idat, profile=b"profile")

    assert data == HEIC.replace(data, {})
    assert data == HEIC.replace(data, {"exif": [TIFF], "xmp": [XMP], "c2pa": [], "icc": [b"profile"]})


@pytest.mark.parametrize("sizes", [(4, 4, 0), (4, 4, 4), (0, 4, 4), (8, 8, 8)])
def test_added_and_taken_out_again(sizes: tuple[int, int, int]) -> None:
    """New items and boxes read back, the picture keeps its bytes, and without them the file is as before."""
    data = image(sizes=sizes)

    more = HEIC.replace(data, WANTED)

    layout = HEIC.find(more)
    assert () == layout.problems
    assert all(wanted == payloads(layout, carrier) for carrier, wanted in WANTED.items())
    assert ["ftyp", "uuid", "meta", "mdat", "mdat"] == kinds(more)
    assert PICTURE == picture(more)
    assert frozenset({(2, 1), (3, 1)}) == tables(more, walk(more))[0].links
    assert data == HEIC.replace(more, dict.fromkeys(WANTED, ()))


@pytest.mark.parametrize("idat", [False, True])
def test_longer_and_shorter_payloads(idat: bool) -> None:
    """What fits is written in place without moving anything; what does not goes to the end."""
    data = image(*FULL, idat=idat)
    short, long = b"<x/>", XMP + b" " * 5_000

    shorter = HEIC.replace(data, {"xmp": [short]})
    longer = HEIC.replace(data, {"xmp": [long], "exif": [TIFF * 40]})

    assert len(data) == len(shorter)
    assert [short] == payloads(HEIC.find(shorter), "xmp")
    assert XMP[:20] not in shorter
    assert [long] == payloads(HEIC.find(longer), "xmp")
    assert [TIFF * 40] == payloads(HEIC.find(longer), "exif")
    assert PICTURE == picture(shorter) == picture(longer)
    assert 1 == longer.count(XMP)


@pytest.mark.parametrize("idat", [False, True])
def test_what_leaves_is_gone_from_the_bytes(idat: bool) -> None:
    """A removed payload is not left behind where it lay."""
    data = image(*FULL, idat=idat)

    gone = HEIC.replace(data, {"xmp": [], "exif": []})

    assert XMP not in gone
    assert TIFF not in gone
    assert PICTURE == picture(gone)
    assert [] == [block for block in HEIC.find(gone).blocks if block.carrier in WANTED]
    assert [XMP] == payloads(HEIC.find(HEIC.replace(gone, {"xmp": [XMP]})), "xmp")


def test_spare_room_is_used() -> None:
    """A free box behind meta takes up the growth, so the picture does not move."""
    data = image(spare=200)

    more = HEIC.replace(data, {"xmp": [XMP]})

    assert data.index(PICTURE) == more.index(PICTURE)
    assert data == HEIC.replace(more, {"xmp": []})


@pytest.mark.parametrize("spare", [0, 20])
def test_spare_room_that_is_too_small(spare: int) -> None:
    """Where the free box does not suffice everything moves."""
    more = HEIC.replace(image(spare=spare), {"xmp": [XMP]})

    assert PICTURE == picture(more)
    assert [XMP] == payloads(HEIC.find(more), "xmp")


def test_last_box_without_an_end() -> None:
    """Media data up to the end of the file gets its size when something follows."""
    more = HEIC.replace(image(closed=False), {"exif": [TIFF]})

    assert [TIFF] == payloads(HEIC.find(more), "exif")
    assert PICTURE == picture(more)


def test_primary_first() -> None:
    """Of several items the one that describes the primary picture comes first."""
    other = image(("mime", b"other"), ("mime", XMP))
    first, second = bmff.write_reference(b"cdsc", 0, 2, (1,)), bmff.write_reference(b"cdsc", 0, 2, (9,))

    assert [b"other", XMP] == payloads(HEIC.find(other), "xmp")
    assert [XMP, b"other"] == payloads(HEIC.find(other.replace(first, second)), "xmp")


def test_several_blocks_of_a_carrier() -> None:
    """Payloads go to blocks in order: surplus blocks leave, surplus payloads come."""
    data = image(("mime", b"one"), ("mime", b"two"))

    assert [b"two", b"xx"] == payloads(HEIC.find(HEIC.replace(data, {"xmp": [b"two", b"xx"]})), "xmp")
    assert [b"TWO"] == payloads(HEIC.find(HEIC.replace(data, {"xmp": [b"TWO"]})), "xmp")
    assert [b"1", b"2", b"3"] == payloads(HEIC.find(HEIC.replace(data, {"xmp": [b"1", b"2", b"3"]})), "xmp")


def test_xmp_box_of_movies() -> None:
    """A packet in a uuid box, which should not be in a picture, is read and edited where it is."""
    data = image() + write_box(b"uuid", bmff.XMP + XMP)

    assert [XMP] == payloads(HEIC.find(data), "xmp")
    assert [b"<y/>"] == payloads(HEIC.find(HEIC.replace(data, {"xmp": [b"<y/>"]})), "xmp")
    assert image() == HEIC.replace(data, {"xmp": []})


def test_image_sequence() -> None:
    """Frames are those of the picture track, whose chunk offsets follow a splice."""
    still = image()
    meta_end = still.index(b"mdat") - 4

    def sequence(at: int) -> bytes:
        moov = write_box(b"moov", track(b"auxv", (7,)) + track(b"pict", (at,)))
        return still[:meta_end] + moov + write_box(b"mdat", PICTURE)

    data = sequence(len(sequence(0)) - len(PICTURE))
    more = HEIC.replace(data, {"c2pa": [STORE]})

    assert 3 == HEIC.find(more).frames
    place = more.rindex(b"stco") + 12
    assert PICTURE == more[int.from_bytes(more[place : place + 4]) :]


def test_compact_file_is_read_only() -> None:
    """Without a meta box nothing was examined, and nothing is written."""
    data = write_box(b"ftyp", b"mif3\0\0\0\0mif3heic") + write_box(b"mini", bytes(40))

    layout = HEIC.find(data)

    assert HEIC.CARRIERS == layout.unexamined
    assert ["not_supported"] == [problem.code for problem in layout.problems]
    with pytest.raises(ContainerError):
        HEIC.replace(data, {"xmp": [XMP]})


def test_profile_is_only_read() -> None:
    """The profile stays as it is; another one is refused with the next step."""
    with pytest.raises(ContainerError) as caught:
        HEIC.replace(image(profile=b"profile"), {"icc": []})

    assert caught.value.next_step


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0\x08free",
        image(*FULL)[:-30],
        image(*FULL).replace(b"iloc", b"iloX"),
        image(*FULL) + b"tail",
        image(*FULL).replace(b"iloc\0", b"iloc\7"),
    ],
)
def test_corrupted_is_refused(data: bytes) -> None:
    """A file that never began, is cut or has broken tables is not written into."""
    with pytest.raises(ContainerError):
        HEIC.replace(data, {"exif": [TIFF * 20]})


def test_cut_file_keeps_what_was_found() -> None:
    """An item behind the cut is unreadable, and nothing that is missing is called absent."""
    data = image(("mime", XMP), ("Exif", EXIF_ITEM))

    layout = HEIC.find(data[:-8])

    assert [XMP] == payloads(layout, "xmp")
    assert ["truncated"] == [b.problem.code for b in layout.blocks if b.carrier == "exif" and b.problem]
    assert ("iptc", "c2pa", "icc") == layout.unexamined


def test_shared_bytes_are_not_overwritten() -> None:
    """An item that lies within the picture's own bytes leaves them as they are when it goes."""
    data = image(("mime", XMP))
    place = data.index(b"iloc") + 12
    first = data[place + 6 : place + 14]
    shared = data[: place + 20] + first + data[place + 28 :]

    assert [PICTURE] == payloads(HEIC.find(shared), "xmp")
    assert PICTURE == picture(HEIC.replace(shared, {"xmp": []}))
    assert PICTURE == picture(HEIC.replace(shared, {"xmp": [b"short"]}))


def test_hostile_sizes_are_bounded() -> None:
    """Thousands of items over the same bytes, and thousands of boxes, end soon and take no memory."""
    started = time.monotonic()
    many = HEIC.find(image(*[("mime", b"")] * 20_000))
    short = image(*[("mime", b"x" * 10)] * 3_000)

    layout = HEIC.find(short)

    assert () == many.problems
    assert bmff.MAX_BLOCKS + 1 == len(layout.blocks)
    assert "limit" == (layout.blocks[-1].problem and layout.blocks[-1].problem.code)
    with pytest.raises(ContainerError):
        HEIC.replace(short, {"xmp": []})
    boxes = HEIC.find(image() + b"\0\0\0\x08free" * 300_000)
    assert ["limit"] == [problem.code for problem in boxes.problems]
    assert time.monotonic() - started < 20


def real() -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((64, 40)).convert("RGB").save(out, "AVIF")
    return out.getvalue()


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as opened:
        return opened.convert("RGB").tobytes()


def test_real_picture_keeps_its_pixels() -> None:
    """An AVIF picture takes and gives back everything; the decoder sees the same pixels, Exif and XMP."""
    data = real()

    more = sniff.replace(data, WANTED)

    assert pixels(data) == pixels(more)
    assert data == AVIF.replace(more, dict.fromkeys(WANTED, ()))
    with Image.open(io.BytesIO(more)) as opened:
        assert XMP == opened.info["xmp"]
        assert opened.info["exif"].endswith(TIFF)


def test_signed_picture_reads_trusted_and_unsigned_reads_none() -> None:
    """The store that the reference implementation writes is found; without it the file is as it was before."""
    from creditline.reattach import resign

    authority = resign.make_authority()
    anchors = authority.anchor_pem
    data = AVIF.replace(real(), {"xmp": [XMP]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resign, "SIGNABLE", ("avif",))
        signed = resign.sign(data, "avif", authority, digital_source_type="digitalCreation", title="t")

    bare = AVIF.replace(signed, {"c2pa": []})

    assert "trusted" == analysis.read(signed, user_anchors=anchors).c2pa.state
    assert "none" == analysis.read(bare).c2pa.state
    assert [XMP] == payloads(AVIF.find(signed), "xmp")
    assert data == bare
    assert signed == AVIF.replace(bare, {"c2pa": payloads(AVIF.find(signed), "c2pa")})


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_pictures(draws: st.DataObject) -> None:
    """With bytes changed or cut there is a layout over the whole file, and a splice or a refusal."""
    data = bytearray(image(*FULL, sizes=draws.draw(st.sampled_from([(4, 4, 0), (0, 4, 4)])), spare=40))
    for at in draws.draw(st.lists(st.integers(0, len(data) - 1), max_size=4)):
        data[at] = draws.draw(st.integers(0, 255))
    damaged = bytes(data[: draws.draw(st.integers(len(data) // 2, len(data)))])
    try:
        layout = HEIC.find(damaged)
        changed = HEIC.replace(damaged, {"xmp": [b"new"], "exif": []})
    except ContainerError as error:
        assert str(error)
        return

    assert len(damaged) == sum(part.length for part in layout.segments)
    assert [b"new"] == payloads(HEIC.find(changed), "xmp")
    assert [] == payloads(HEIC.find(changed), "exif")
