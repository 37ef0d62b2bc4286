import io
import time
import zlib
from collections.abc import Mapping

import pytest
from PIL import Image

from creditline.containers import png, png_text
from creditline.containers.png_chunks import MAX_CHUNKS, SIGNATURE, chunk
from creditline.model.errors import ContainerError
from creditline.model.picture import Layout
from creditline.structures import photoshop_irb as irb

TIFF = b"II*\0\x08\0\0\0\0\0\0\0\0\0"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
IIM = b"\x1c\x02\x50\x00\x03Ann"
STREAM = irb.serialise([irb.resource(irb.IIM, IIM), irb.resource(0x03ED, b"res!")])
EXPECTED: Mapping[str, list[bytes]] = {
    "exif": [TIFF],
    "xmp": [XMP],
    "photoshop": [STREAM],
    "c2pa": [b"store"],
    "icc": [b"profile"],
    "png_text": [b"tEXtAuthor\0Ann", b"iTXtTitle\0\0\0\0\0Sea"],
    "iptc": [IIM],
}


def picture(frames: int = 1) -> bytes:
    out = io.BytesIO()
    images = [Image.linear_gradient("L").resize((20 + n, 30)).resize((20, 30)) for n in range(frames)]
    images[0].save(out, "PNG", save_all=frames > 1, append_images=images[1:])
    return out.getvalue()


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB").tobytes()


def payloads(layout: Layout, carrier: str) -> list[bytes]:
    return [block.payload for block in layout.blocks if block.carrier == carrier]


def kinds(data: bytes) -> list[str]:
    return [part.kind for part in png.find(data).segments]


def with_chunks(*chunks: bytes, late: bytes = b"") -> bytes:
    """A picture with chunks behind IHDR, and others before IEND."""
    plain = picture()
    return plain[:33] + b"".join(chunks) + plain[33:-12] + late + plain[-12:]


def full() -> bytes:
    return png.replace(picture(), EXPECTED)


def test_reads_every_carrier() -> None:
    """Each payload comes out as its reader takes it, its chunk named with its place."""
    data = full()

    layout = png.find(data)

    assert ("png", 20, 30, 1, ()) == (layout.format, layout.width, layout.height, layout.frames, layout.problems)
    assert all(wanted == payloads(layout, carrier) for carrier, wanted in EXPECTED.items())
    assert ("stealth",) == layout.unexamined
    for block in layout.blocks:
        kind, _, at = block.location.split("/")[0].partition("@")
        assert kind.encode() == data[int(at) + 4 : int(at) + 8]
    assert png.CARRIERS == layout.carriers


def test_segments_cover_the_file() -> None:
    """Every byte lies in exactly one segment, what follows IEND too."""
    data = full() + b"trailing"
    at = 0

    for part in png.find(data).segments:
        assert at == part.offset
        at += part.length

    assert len(data) == at
    assert "trailer" == kinds(data)[-1]


def test_splice_back_is_byte_identical() -> None:
    """No change, and the payloads that are there, leave the file as it is, trailer and bad checksums included."""
    data = with_chunks(chunk(b"tEXt", b"A\0b")[:-1] + b"?", chunk(b"zzZz", b"own")) + b"trailing"

    assert data == png.replace(data, {})
    assert data == png.replace(data, {"png_text": [b"tEXtA\0b"]})
    assert full() == png.replace(full(), EXPECTED)
    assert chunk(b"tEXt", b"A\0b")[:-1] + b"?" in png.replace(data, {"exif": [TIFF]})


def test_remove_and_restore_keep_pixels() -> None:
    """Each carrier can go and come back, the others and the pixels as before."""
    data = full()
    for carrier, wanted in EXPECTED.items():
        gone = png.replace(data, {carrier: []})
        back = png.replace(gone, {carrier: wanted})

        assert [] == payloads(png.find(gone), carrier)
        assert pixels(data) == pixels(gone) == pixels(back)
        assert wanted == payloads(png.find(back), carrier)

    assert picture() == png.replace(data, {carrier: [] for carrier in EXPECTED})


def test_insert_places() -> None:
    """C2PA and ICC go behind IHDR, the rest behind the colour chunks and before the palette."""
    data = with_chunks(chunk(b"gAMA", b"\0\0\xb1\x8f"), chunk(b"pHYs", bytes(9)), chunk(b"PLTE", bytes(3)))

    after = kinds(png.replace(data, {"png_text": [b"tEXtA\0b"], "xmp": [XMP], "exif": [TIFF], "c2pa": [b"s"]}))

    assert ["signature", "IHDR", "caBX", "gAMA", "eXIf", "iTXt", "tEXt", "pHYs", "PLTE"] == after[:9]


def test_xmp_is_written_as_plain_itxt() -> None:
    """XMP of any kind of chunk is replaced in place by an uncompressed iTXt."""
    packed = chunk(b"zTXt", png_text.XMP_KEYWORD + b"\0\0" + zlib.compress(b"<old/>"))

    changed = png.replace(with_chunks(packed), {"xmp": [XMP]})

    assert with_chunks(chunk(b"iTXt", png_text.XMP_KEYWORD + b"\0\0\0\0\0" + XMP)) == changed


def test_iptc_is_edited_inside_its_resources() -> None:
    """The other resources keep their bytes; bare records stay bare."""
    bare = with_chunks(chunk(b"zTXt", png_text.raw_profile_body(b"iptc", IIM)))

    changed = png.find(png.replace(full(), {"iptc": [IIM * 2]}))
    removed = png.find(png.replace(full(), {"iptc": []}))

    assert [irb.with_iim(STREAM, IIM * 2)] == payloads(changed, "photoshop")
    assert [irb.with_iim(STREAM, None)] == payloads(removed, "photoshop")
    assert ["iptc"] == [block.carrier for block in png.find(png.replace(bare, {"iptc": [IIM * 2]})).blocks]
    assert picture() == png.replace(bare, {"iptc": []})


def test_profile_in_text_moves_to_the_front() -> None:
    """An ICC profile from a text chunk behind the picture becomes an iCCP before it."""
    data = with_chunks(late=chunk(b"zTXt", png_text.raw_profile_body(b"icc", b"profile")))

    after = kinds(png.replace(data, {"icc": [b"other"]}))

    assert ["signature", "IHDR", "iCCP"] == after[:3]
    assert "zTXt" not in after


def test_text_behind_the_picture_is_found() -> None:
    """Chunks behind IDAT count like those before it, and stay where they are."""
    data = with_chunks(late=chunk(b"tEXt", b"Author\0Ann"))

    assert [b"tEXtAuthor\0Ann"] == payloads(png.find(data), "png_text")
    assert with_chunks(late=chunk(b"tEXt", b"Author\0Bea")) == png.replace(
        data, {"png_text": [b"tEXtAuthor\0Bea"]}
    )


def test_frames_of_an_animation() -> None:
    """The number that acTL announces."""
    assert 3 == png.find(picture(frames=3)).frames


@pytest.mark.parametrize(
    "payload", [b"", b"IDATA\0b", b"tEXtno keyword", b"tEXt\0x", b"tEXt" + b"k" * 80 + b"\0x"]
)
def test_what_is_no_text_chunk(payload: bytes) -> None:
    """Only text chunks with a proper keyword are written as such."""
    with pytest.raises(ContainerError):
        png.replace(picture(), {"png_text": [payload]})


def test_text_that_is_another_carrier() -> None:
    """XMP and raw profiles are written under their own carrier's name."""
    with pytest.raises(ContainerError) as caught:
        png.replace(picture(), {"png_text": [b"iTXt" + png_text.xmp_body(XMP)]})

    assert "xmp" in str(caught.value.next_step)


@pytest.mark.parametrize("carrier", ["stealth", "mpf", "nonsense"])
def test_carrier_that_png_cannot_take(carrier: str) -> None:
    """Hidden data lies in the pixels; other formats' carriers have no chunk."""
    with pytest.raises(ContainerError):
        png.replace(picture(), {carrier: []})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        SIGNATURE,
        SIGNATURE + b"\0\0",
        picture()[:-12],
        picture()[:60],
        picture()[33:],
        SIGNATURE + picture()[33:],
    ],
)
def test_corrupted_is_refused(data: bytes) -> None:
    """Without signature, IHDR or IEND nothing is written."""
    with pytest.raises(ContainerError):
        png.replace(data, {})


def test_cut_file_keeps_what_was_found() -> None:
    """The cut block is unreadable, and what was not reached is unexamined."""
    data = with_chunks(chunk(b"eXIf", TIFF), chunk(b"tEXt", b"Author\0Ann Example"))

    layout = png.find(data[:80])

    assert ["truncated"] == [problem.code for problem in layout.problems]
    assert [TIFF] == payloads(layout, "exif")
    cut = layout.blocks[-1]
    assert ("png_text", "truncated") == (cut.carrier, cut.problem and cut.problem.code)
    assert {"xmp", "iptc", "photoshop", "c2pa", "icc", "stealth"} == set(layout.unexamined)


def test_hostile_sizes_are_bounded() -> None:
    """Bombs, millions of chunks and huge dimensions end soon."""
    started = time.monotonic()
    bomb = chunk(b"zTXt", png_text.XMP_KEYWORD + b"\0\0" + zlib.compress(bytes(40_000_000), 9))
    huge = SIGNATURE + chunk(b"IHDR", b"\0\0\xea\x60" * 2 + b"\x08\2\0\0\0") + chunk(b"IEND", b"")

    bombs = png.find(with_chunks(*[bomb] * 50))
    many = png.find(SIGNATURE + chunk(b"tEXt", b"") * 300_000)

    assert {"limit"} == {block.problem.code for block in bombs.blocks if block.problem}
    assert 50 == len(bombs.blocks)
    assert ["limit"] == [problem.code for problem in many.problems]
    assert MAX_CHUNKS + 1 == len(many.segments)
    assert (60_000, 60_000) == (png.find(huge).width, png.find(huge).height)
    assert time.monotonic() - started < 20
