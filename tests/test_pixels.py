"""Decoding, shrinking, encoding."""

from __future__ import annotations

import hashlib
import io
import struct
import threading
import time
import tracemalloc
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile

from creditline import pixels
from creditline.model.errors import CreditlineError, LimitError, PictureError, UsageError

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
needs_corpus = pytest.mark.skipif(
    not CORPUS.is_dir(),
    reason="shared/corpus is absent (it is given to the team only): corpus tests not run",
)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """The picture as a file."""
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def corners(width: int = 48, height: int = 32) -> Image.Image:
    """Red at the top left, green at the top right, blue at the bottom left, white at the bottom right."""
    image = Image.new("RGB", (width, height), (255, 255, 255))
    half = (width // 2, height // 2)
    image.paste((255, 0, 0), (0, 0, *half))
    image.paste((0, 255, 0), (half[0], 0, width, half[1]))
    image.paste((0, 0, 255), (0, half[1], half[0], height))
    return image


def chunk(kind: bytes, data: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int, depth: int, colour: int, rows: bytes, *extra: bytes) -> bytes:
    """A PNG put together by hand; `rows` holds the filtered rows."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", head), *extra, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    )


def segment(marker: int, payload: bytes) -> bytes:
    """A JPEG segment."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def pixel(raster: pixels.Raster, x: int, y: int) -> tuple[int, ...]:
    """One pixel of a raster."""
    at = 4 * (y * raster.width + x)
    return tuple(raster.rgba[at : at + 4])


INVERSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_upright(kind: str, orientation: int) -> None:
    """However the pixels lie in the file, the picture comes out as its Exif orientation shows it."""
    shown = corners()
    stored = shown.transpose(INVERSE[orientation]) if orientation > 1 else shown
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(stored, kind, exif=exif, **({"lossless": True} if kind == "WEBP" else {}))

    raster, measured, luma = pixels.upright_rgba(data), pixels.size(data), pixels.grey(data)

    assert (48, 32) == measured == (raster.width, raster.height)
    assert luma.shape == (32, 48)
    found = [pixel(raster, x, y) for x, y in ((6, 4), (40, 4), (6, 28), (40, 28))]
    wanted = [(255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255), (255, 255, 255, 255)]
    assert all(
        abs(a - b) <= 6 for one, two in zip(found, wanted, strict=True) for a, b in zip(one, two, strict=True)
    )


@pytest.mark.parametrize("value", [0, 9, 300])
def test_orientation_that_makes_no_sense_is_upright(value: int) -> None:
    """A browser leaves such a picture as it is stored."""
    exif = Image.Exif()
    exif[0x0112] = value

    assert pixels.size(saved(corners(), "JPEG", exif=exif)) == (48, 32)


def test_xmp_orientation_does_not_turn() -> None:
    """Only Exif turns a picture in a browser; `tiff:Orientation` in XMP does not."""
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r d:Orientation="6" tiff:Orientation="6"/></x:xmpmeta>'
    data = saved(corners(), "JPEG")
    data = data[:2] + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet) + data[2:]

    assert pixels.size(data) == (48, 32)


def test_sixteen_bits_keep_the_high_byte() -> None:
    """16-bit grey loses its low byte; a transparent grey level of 16 bits is transparent."""
    rows = b"\0" + struct.pack(">HHH", 0x80FF, 0x1234, 0xFFFF)
    data = png_of(3, 1, 16, 0, rows, chunk(b"tRNS", struct.pack(">H", 0x1234)))

    raster = pixels.upright_rgba(data)

    assert bytes((0x80, 0x80, 0x80, 255, 0x12, 0x12, 0x12, 0, 255, 255, 255, 255)) == raster.rgba


def test_palette_with_transparency() -> None:
    """Each palette entry has its own alpha."""
    data = png_of(
        2, 1, 8, 3, b"\0\0\1", chunk(b"PLTE", bytes((10, 20, 30, 40, 50, 60))), chunk(b"tRNS", bytes((128, 0)))
    )

    assert bytes((10, 20, 30, 128, 40, 50, 60, 0)) == pixels.upright_rgba(data).rgba


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_png_mode_has_the_same_white(mode: str) -> None:
    """However white is coded, its pixels and so its hash are the same."""
    white = Image.new("RGB", (5, 4), (255, 255, 255)).convert(mode)

    expected = hashlib.sha256(struct.pack(">II", 5, 4) + b"\xff" * 80).hexdigest()

    assert expected == pixels.canonical_hash(saved(white, "PNG"))


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_is_shown(kind: str) -> None:
    """Printing inks become the colours that a browser shows."""
    ink = Image.new("RGB", (32, 16), (200, 40, 90)).convert("CMYK")

    raster = pixels.upright_rgba(saved(ink, kind))

    assert all(abs(a - b) < 8 for a, b in zip(pixel(raster, 3, 3), (200, 40, 90, 255), strict=True))
    assert abs(float(pixels.grey(saved(ink, kind)).mean()) - 93.5) < 4


def test_floats_are_stretched() -> None:
    """Numbers wider than 16 bits run from their least, black, to their greatest, white."""
    data = saved(Image.fromarray(np.array([[-2.0, 0.0, 2.0]], np.float32)), "TIFF")

    assert list(pixels.upright_rgba(data).rgba[::4]) == [0, 127, 255]


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_the_first_frame_counts(kind: str) -> None:
    """Of an animation the first picture is taken."""
    frames = [Image.new("RGB", (12, 8), colour) for colour in ((250, 0, 0), (0, 250, 0))]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=40)

    raster = pixels.upright_rgba(data)

    assert (raster.width, raster.height) == (12, 8)
    assert pixel(raster, 3, 3)[0] > 240


def test_several_pictures_in_a_jpeg() -> None:
    """Of an MPO file (JPEG with more behind it) the first is taken, without a warning for a broken index."""
    data = saved(corners(), "MPO", save_all=True, append_images=[Image.new("RGB", (9, 9))])
    broken = data[:2] + segment(0xE2, b"MPF\0MM\0*\0\0\0\x08\xff\xff") + data[2:]

    assert pixels.size(data) == (48, 32)
    assert pixels.canonical_hash(data) == pixels.canonical_hash(broken)


def test_a_profile_is_noted_and_not_applied() -> None:
    """The file says that it has a profile; its pixels are those of the same file without."""
    for kind in ("JPEG", "PNG", "WEBP"):
        plain, marked = saved(corners(), kind), saved(corners(), kind, icc_profile=b"\0" * 200)

        assert not pixels.upright_rgba(plain).icc
        assert pixels.upright_rgba(marked).icc
        assert pixels.canonical_hash(plain) == pixels.canonical_hash(marked)


def test_canonical_hash_does_not_depend_on_the_strips(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash is that of all pixels at once, in whatever strips it is taken."""
    data = saved(corners(37, 29), "PNG")
    raster = pixels.upright_rgba(data)
    expected = hashlib.sha256(struct.pack(">II", 37, 29) + raster.rgba).hexdigest()
    monkeypatch.setattr(pixels, "_STRIP_PIXELS", 100)

    assert expected == pixels.canonical_hash(data)


def test_canonical_hash_knows_shape() -> None:
    """The same bytes in another shape are another picture."""
    wide, tall = (saved(Image.new("L", size), "PNG") for size in ((6, 2), (2, 6)))

    assert pixels.canonical_hash(wide) != pixels.canonical_hash(tall)


def test_grey_fits_the_box() -> None:
    """The long edge is at most the box, the shape is kept, and small pictures stay as they are."""
    assert pixels.grey(saved(corners(2000, 1000), "JPEG")).shape == (256, 512)
    assert pixels.grey(saved(corners(100, 300), "PNG")).shape == (300, 100)
    assert pixels.grey(saved(corners(1, 600), "PNG"), 64).shape == (64, 1)


def test_grey_is_luma_on_white() -> None:
    """Grey is BT.601 luma, and what is transparent lies on white, whatever colour hides under it."""
    clear = Image.new("RGBA", (4, 4), (0, 0, 0, 0))

    assert {255.0} == set(pixels.grey(saved(clear, "PNG")).ravel().tolist())
    assert {76.0} == set(pixels.grey(saved(Image.new("RGB", (4, 4), (255, 0, 0)), "PNG")).ravel().tolist())


@pytest.mark.parametrize(("kind", "head"), [("jpeg", b"\xff\xd8"), ("png", b"\x89PNG"), ("webp", b"RIFF")])
def test_recoding_keeps_nothing_but_the_picture(kind: pixels.Written, head: bytes) -> None:
    """A recoded picture is upright, small enough, and carries no metadata."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8298] = "© somebody"
    data = saved(corners(1000, 600), "JPEG", exif=exif, icc_profile=b"\0" * 200, comment=b"somebody")

    result = pixels.recode(data, kind, edge=200, quality=70)

    with Image.open(io.BytesIO(result)) as image:
        assert image.size == (120, 200)
        assert not {"exif", "icc_profile", "comment", "xmp"} & set(image.info)
    assert result.startswith(head)
    assert b"somebody" not in result


def test_recoding_never_enlarges() -> None:
    """An edge past the picture's own leaves its size, and no edge leaves its pixels."""
    data = saved(corners(), "PNG")

    assert pixels.size(pixels.recode(data, "webp", edge=500)) == (48, 32)
    assert pixels.canonical_hash(data) == pixels.canonical_hash(pixels.recode(data, "png"))


def test_recoding_keeps_transparency_where_the_format_can() -> None:
    """WebP stays transparent; JPEG lies on white."""
    data = saved(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG")

    assert pixel(pixels.upright_rgba(pixels.recode(data, "webp")), 3, 3)[3] == 0
    assert pixel(pixels.upright_rgba(pixels.recode(data, "jpeg")), 3, 3) == (255, 255, 255, 255)


def test_thumbnails() -> None:
    """A thumbnail is small, in WebP or JPEG."""
    data = saved(corners(900, 300), "PNG")

    assert pixels.size(pixels.thumbnail(data, 90)) == (90, 30)
    assert pixels.thumbnail(data, 90)[8:12] == b"WEBP"
    assert pixels.thumbnail(data, 90, "jpeg")[:2] == b"\xff\xd8"


def test_encoding_a_raster() -> None:
    """A raster written as PNG comes back bit for bit."""
    raster = pixels.Raster(2, 1, bytes((1, 2, 3, 4, 5, 6, 7, 8)))

    assert raster == pixels.upright_rgba(pixels.encode(raster, "png"))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda data: pixels.recode(data, "bmp"),  # type: ignore[arg-type]
        lambda data: pixels.recode(data, "jpeg", quality=0),
        lambda data: pixels.recode(data, "jpeg", quality=101),
        lambda data: pixels.recode(data, "jpeg", edge=0),
        lambda _: pixels.encode(pixels.Raster(2, 2, b"1234"), "png"),
        lambda _: pixels.encode(pixels.Raster(0, 0, b""), "png"),
    ],
)
def test_wrong_requests_are_usage_errors(wrong: object) -> None:
    """A format, quality, edge or raster that cannot be is the caller's mistake, not the picture's."""
    with pytest.raises(UsageError):
        wrong(saved(corners(), "PNG"))  # type: ignore[operator]


def test_a_side_too_long_for_the_format() -> None:
    """A picture that WebP cannot hold gives a limit, not a crash."""
    with pytest.raises(LimitError, match="webp"):
        pixels.recode(saved(Image.new("1", (1, 20000)), "PNG"), "webp")


# Hostile


def every(data: bytes) -> list[CreditlineError]:
    """What each function raises for these bytes."""
    errors = []
    for call in (pixels.size, pixels.upright_rgba, pixels.grey, pixels.canonical_hash):
        try:
            call(data)
        except CreditlineError as error:
            errors.append(error)
    return errors


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"RIFF\0\0\0\0WEBP",
        b"RIFF\0\0\0\0WEBPVP8X",
        b"II*\0",
        b"MM\0+\0\x08\0\0",
        b"\0\0\0\x18ftypavif",
        b"\0\0\0\x18ftypheic\0\0\0\0heic",
        b"%!PS-Adobe-3.0 EPSF-3.0",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xff\xd8" + b"\xff" * 200_000,
        b"\xff\xd8\xff\xe0\0\x01",
        b"\xff\xd8\xff\xd9",
    ],
)
def test_no_picture_is_a_picture_error(data: bytes) -> None:
    """Empty, cut at the first bytes, or of a format that is not decoded: one clear error from each function."""
    errors = every(data)

    assert len(errors) == 4
    assert all(isinstance(error, PictureError) for error in errors)
    assert all(str(error).startswith("the picture cannot be decoded: ") for error in errors)
    assert not any("object at 0x" in str(error) for error in errors)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_truncated_pictures_are_not_decoded(kind: str) -> None:
    """Half a picture is an error, never a picture with a grey half."""
    random = np.random.default_rng(1)
    data = saved(Image.fromarray(random.integers(0, 256, (90, 90, 3), np.uint8)), kind)

    with pytest.raises(PictureError):
        pixels.upright_rgba(data[: len(data) // 2])

    with pytest.raises(PictureError):
        pixels.grey(data[: len(data) // 2])

    assert not ImageFile.LOAD_TRUNCATED_IMAGES


def test_every_cut_and_flip_ends_well() -> None:
    """Cut anywhere, or with any byte of the head flipped, a file decodes or raises one of our errors."""
    for kind in ("JPEG", "PNG", "GIF", "WEBP", "TIFF"):
        data = saved(corners(16, 12), kind)
        for at in range(0, len(data), 7):
            every(data[:at])
            every(data[:at] + bytes((data[at] ^ 0xFF,)) + data[at + 1 :])


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that claims that size."""
    return png_of(width, height, 8, 0, b"\0" * 1000)


@pytest.mark.parametrize("size", [(11_000, 11_000), (20_000, 20_000), (65_535, 65_535), (2**31 - 1, 2**31 - 1)])
def test_too_many_pixels_are_refused_before_decoding(size: tuple[int, int]) -> None:
    """Past the cap nothing is decoded or allocated, and the size is named."""
    tracemalloc.start()

    with pytest.raises(LimitError, match="pixels"):
        pixels.upright_rgba(bomb(*size))

    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_the_cap_can_be_lower() -> None:
    """A caller that wants less says so."""
    data = saved(corners(), "PNG")

    assert pixels.upright_rgba(data, max_pixels=48 * 32).width == 48
    with pytest.raises(LimitError, match="48 × 32 pixels"):
        pixels.upright_rgba(data, max_pixels=48 * 32 - 1)


def test_a_webp_canvas_is_capped_before_it_is_made() -> None:
    """An animation claims its canvas in the first chunk; a canvas past the cap never reaches libwebp."""
    frames = [Image.new("RGB", (12, 8), colour) for colour in ((250, 0, 0), (0, 250, 0))]
    data = bytearray(saved(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
    data[24:30] = b"\xff\x7f\x00\xff\x7f\x00"

    with pytest.raises(LimitError, match="32768 × 32768"):
        pixels.size(bytes(data))


@pytest.mark.parametrize("size", [(1, 65_535), (65_535, 1), (1, 1)])
def test_extreme_shapes(size: tuple[int, int]) -> None:
    """One pixel wide is a picture like any other."""
    data = saved(Image.new("RGB", size, (9, 9, 9)), "PNG")

    luma = pixels.grey(data)

    assert pixels.size(data) == size
    assert max(luma.shape) <= 512
    assert {9.0} == set(luma.ravel().tolist())


def tag_bomb(entries: int) -> bytes:
    """A TIFF directory in which every tag claims the whole block."""
    size = 10 + 12 * entries
    tags = b"".join(struct.pack("<HHII", 0x8800 + n, 7, size, 0) for n in range(entries))
    return b"II*\0" + struct.pack("<IH", 8, entries) + tags + bytes(8)


def test_exif_never_fills_the_memory() -> None:
    """5,000 tags that each claim all 60 kB (300 MB together) cost nothing, in a JPEG that is a good picture."""
    data = saved(corners(), "JPEG")
    data = data[:2] + segment(0xE1, b"Exif\0\0" + tag_bomb(5000)) + data[2:]
    tracemalloc.start()

    raster = pixels.upright_rgba(data)

    assert (raster.width, raster.height) == (48, 32)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_tiff_tags_never_fill_the_memory() -> None:
    """The same directory as a TIFF file, or in an AVIF file, is refused before Pillow reads it."""
    bomb_ = tag_bomb(5000)
    avif = b"\0\0\0\x18ftypavif\0\0\0\0avifmif1" + bomb_

    assert [LimitError] * 4 == [type(error) for error in every(bomb_)]
    assert [LimitError] * 4 == [type(error) for error in every(avif)]
    assert [LimitError] * 4 == [type(error) for error in every(avif[:32] + b"II*\0" * 100_000)]


def test_many_scans_are_refused() -> None:
    """A progressive JPEG with thousands of scans would take minutes; it is refused at once."""
    data = saved(corners(400, 300), "JPEG", progressive=True)
    scan = data.rindex(b"\xff\xda")
    hostile = data[:scan] + data[scan:-2] * 5000 + data[-2:]
    started = time.monotonic()

    with pytest.raises(LimitError, match="scans"):
        pixels.grey(hostile)

    assert time.monotonic() - started < 1


def test_what_is_appended_does_not_count_as_scans() -> None:
    """A film behind the picture, as in a motion photo, may hold any bytes."""
    data = saved(corners(), "JPEG")

    assert pixels.canonical_hash(data) == pixels.canonical_hash(data + b"\xff\xda\0\x08" * 5000)


def test_long_text_does_not_spoil_a_png() -> None:
    """A workflow of 3 MB in a compressed text chunk is no reason to refuse the pixels."""
    text = chunk(b"zTXt", b"workflow\0\0" + zlib.compress(b"x" * 3_000_000))
    plain, long = (png_of(2, 1, 8, 0, b"\0\x07\x09", *extra) for extra in ((), (text,)))

    assert pixels.canonical_hash(plain) == pixels.canonical_hash(long)


def test_a_dng_is_not_taken_for_its_preview() -> None:
    """Raw sensor data is not developed, and the small preview in front of it is not the picture."""
    small = saved(corners(), "TIFF", tiffinfo={0xC612: b"\x01\x04\0\0"})

    with pytest.raises(PictureError, match="DNG"):
        pixels.upright_rgba(small)


def test_low_bits_run_down_the_columns() -> None:
    """Column by column from the left, each from the top, eight to a byte, first bit highest; colours in order."""
    samples = np.zeros((4, 3, 4), dtype=np.uint8)  # rows × columns
    samples[..., 3] = 254
    samples[0, 0] = samples[3, 0] = (1, 0, 1, 255)
    samples[1, 1, 3] = 255
    bits = pixels.low_bits(saved(Image.fromarray(samples, "RGBA"), "PNG"), 1000)

    assert bits is not None
    assert (bytes((0b10010100,)), 12) == (bits.alpha, bits.pixels)
    assert bytes((0b10100000, 0b01010000, 0, 0)) == bits.rgb


def test_low_bits_are_those_of_the_file() -> None:
    """Neither turned nor multiplied, no more than asked for; a colour table's entries count as its colours."""
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = Image.new("RGBA", (16, 8), (1, 2, 3, 0))
    picture.putpixel((0, 0), (0, 0, 0, 255))
    lossless = {"lossless": True, "exact": True}
    readings = [
        pixels.low_bits(saved(picture, kind, **options), 16)
        for kind, options in (("PNG", {}), ("PNG", {"exif": exif}), ("WEBP", lossless))
    ]
    readings.append(pixels.low_bits(saved(picture.quantize(2), "PNG"), 16))

    assert [pixels.LowBits(alpha=b"\x80\x00", rgb=b"\x16\xdb", pixels=128)] * 4 == readings


def test_low_bits_of_other_pictures() -> None:
    """Without transparency there is no alpha; wider samples have no bits that anybody hides in."""
    opaque = pixels.low_bits(saved(Image.new("RGB", (8, 8), (255, 255, 255)), "PNG"), 8)

    assert pixels.LowBits(alpha=None, rgb=b"\xff", pixels=64) == opaque
    assert pixels.low_bits(saved(Image.new("I;16", (8, 8)), "PNG"), 8) is None
    with pytest.raises(LimitError):
        pixels.low_bits(saved(corners(), "PNG"), 8, max_pixels=10)


def test_no_warning_leaks_and_filters_come_back() -> None:
    """Pillow's warnings stay inside, also with threads; afterwards the filters are what they were."""
    before = list(warnings.filters)
    odd = bomb(9500, 9500)  # over Pillow's own warning size
    threads = [threading.Thread(target=pixels.size, args=(odd,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert pixels.size(odd) == (9500, 9500)
    assert before == list(warnings.filters)


@needs_corpus
def test_hostile_corpus_ends_in_time() -> None:
    """Each of the hostile files decodes or raises one of our errors, in bounded time."""
    for path in sorted((CORPUS / "hostile").iterdir()):
        data, started = path.read_bytes(), time.monotonic()

        every(data)

        assert time.monotonic() - started < 10, path.name


def difference(one: bytes, other: bytes, edge: int = 64) -> np.ndarray:
    """The difference picture's pixels, 0 to 255."""
    with Image.open(io.BytesIO(pixels.difference(one, other, edge))) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def test_alike_pictures_have_a_black_difference() -> None:
    """Black where nothing differs, in another size, too: the second is stretched to the first's shape."""
    small = saved(Image.new("RGB", (24, 16), (90, 60, 30)), "PNG")
    large = saved(Image.new("RGB", (480, 320), (90, 60, 30)), "PNG")

    assert 0 == difference(small, small).max()
    assert (43, 64, 3) == difference(large, small).shape
    assert difference(large, small).max() < 8


def test_a_difference_is_shown_where_it_is_and_stronger() -> None:
    """A change of 20 levels in the left half shines there four times as strong, the right half stays black."""
    plain = Image.new("RGB", (64, 32), (100, 100, 100))
    changed = plain.copy()
    changed.paste((120, 120, 120), (0, 0, 32, 32))

    shown = difference(saved(plain, "PNG"), saved(changed, "PNG"))

    assert 20 * pixels.DIFFERENCE_SHOWN == pytest.approx(shown[:, :24].mean(), abs=6)
    assert shown[:, 40:].mean() < 6


def test_a_difference_of_no_picture_is_refused() -> None:
    """Bytes that are none end in the error that all reading of pictures ends in."""
    with pytest.raises(PictureError):
        pixels.difference(saved(corners(), "PNG"), b"nothing", 64)
