import io
import time
from collections.abc import Mapping

import pytest
from PIL import Image

from creditline.containers import webp
from creditline.containers.webp_chunks import MAX_CHUNKS, chunk, walk
from creditline.model.errors import ContainerError
from creditline.model.picture import Layout

TIFF = b"II*\0\x08\0\0\0\0\0\0\0\0\0"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
EXPECTED: Mapping[str, list[bytes]] = {"exif": [TIFF], "xmp": [XMP], "icc": [b"profile"], "c2pa": [b"store"]}


def picture(lossless: bool = False, frames: int = 1, mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    gradient = Image.linear_gradient("L").resize((21, 30))
    images = [gradient.rotate(90 * n).convert(mode) for n in range(frames)]
    if mode == "RGBA":
        images[0].putpixel((0, 0), (1, 2, 3, 4))
    images[0].save(out, "WEBP", lossless=lossless, save_all=frames > 1, append_images=images[1:])
    return out.getvalue()


def riff(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGBA").tobytes()


def payloads(layout: Layout, carrier: str) -> list[bytes]:
    return [block.payload for block in layout.blocks if block.carrier == carrier]


def kinds(data: bytes) -> list[str]:
    return [part.kind for part in webp.find(data).segments]


@pytest.mark.parametrize(("lossless", "mode"), [(False, "RGB"), (True, "RGB"), (True, "RGBA"), (False, "RGBA")])
def test_simple_file_becomes_extended(lossless: bool, mode: str) -> None:
    """VP8X comes in front with size, alpha and the right flags; pixels and RIFF size hold."""
    plain = picture(lossless, mode=mode)

    data = webp.replace(plain, EXPECTED)

    layout = webp.find(data)
    assert ("webp", 21, 30, 1, ()) == (layout.format, layout.width, layout.height, layout.frames, layout.problems)
    assert all(wanted == payloads(layout, carrier) for carrier, wanted in EXPECTED.items())
    assert kinds(data)[:3] == ["RIFF", "VP8X", "ICCP"]
    assert kinds(data)[-3:] == ["EXIF", "XMP ", "C2PA"]
    assert 0x2C | (0x10 if mode == "RGBA" else 0) == data[20]
    assert len(data) == 8 + int.from_bytes(data[4:8], "little")
    assert pixels(plain) == pixels(data)


def test_splice_back_is_byte_identical() -> None:
    """No change, and the payloads that are there, leave the file as it is."""
    data = webp.replace(picture(), EXPECTED) + b"trailing"

    assert data == webp.replace(data, {})
    assert data == webp.replace(data, EXPECTED)
    assert picture() == webp.replace(picture(), {})


def test_remove_and_restore() -> None:
    """Each carrier can go and come back: flags, sizes, pixels and trailer as before."""
    data = webp.replace(picture(), EXPECTED) + b"trailing"
    for carrier, wanted in EXPECTED.items():
        gone = webp.replace(data, {carrier: []})

        assert [] == payloads(webp.find(gone), carrier)
        assert pixels(data) == pixels(gone)
        assert data == webp.replace(gone, {carrier: wanted})

    bare = webp.replace(data, {carrier: [] for carrier in EXPECTED})
    assert 0 == bare[20]
    assert bare.endswith(b"trailing")


def test_segments_cover_the_file() -> None:
    """Every byte lies in exactly one segment."""
    data = webp.replace(picture(), EXPECTED) + b"trailing"
    at = 0

    for part in webp.find(data).segments:
        assert at == part.offset
        at += part.length

    assert len(data) == at
    assert "trailer" == kinds(data)[-1]


def test_stray_exif_prefix() -> None:
    """A JPEG header before the TIFF stream is read past, and kept while the payload is."""
    data = riff(
        chunk(b"VP8X", b"\x08" + bytes(9)), chunk(b"VP8L", b"\x2f" + bytes(9)), chunk(b"EXIF", b"Exif\0\0" + TIFF)
    )

    assert [TIFF] == payloads(webp.find(data), "exif")
    assert data == webp.replace(data, {"exif": [TIFF]})
    assert b"Exif\0\0" not in webp.replace(data, {"exif": [TIFF + b"x"]})


def test_animation() -> None:
    """Frames are counted, and metadata goes behind all of them."""
    data = picture(frames=3)

    layout = webp.find(data)
    after = kinds(webp.replace(data, {"xmp": [XMP]}))

    assert 3 == layout.frames
    assert ["ANMF", "XMP "] == after[-2:]


def test_stealth_only_where_lossless() -> None:
    """Low alpha bits survive in lossless files only; there they are left to the reader of pixels."""
    assert "stealth" not in webp.find(picture()).carriers
    assert ("stealth",) == webp.find(picture(lossless=True)).unexamined


def test_metadata_in_a_file_without_vp8x() -> None:
    """Chunks that a simple file should not have are found, and stay as they are."""
    data = riff(chunk(b"VP8L", b"\x2f" + bytes(9)), chunk(b"XMP ", XMP))

    assert [XMP] == payloads(webp.find(data), "xmp")
    assert data == webp.replace(data, {"xmp": [XMP]})
    extended = webp.replace(data, {"exif": [TIFF]})
    assert ["RIFF", "VP8X", "VP8L", "EXIF", "XMP "] == kinds(extended)
    assert 0x0C == extended[20]


def test_missing_pad_byte() -> None:
    """A last chunk without its pad byte gets it before another follows."""
    whole = riff(chunk(b"VP8X", bytes(10)), chunk(b"VP8L", b"\x2f" + bytes(9)), chunk(b"abcd", b"odd"))
    data = whole[:4] + (len(whole) - 9).to_bytes(4, "little") + whole[8:-1]

    changed = webp.replace(data, {"c2pa": [b"store!"]})

    assert data == webp.replace(data, {})
    assert [b"store!"] == payloads(webp.find(changed), "c2pa")
    assert () == webp.find(changed).problems
    assert len(changed) == 8 + int.from_bytes(changed[4:8], "little")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF\4\0\0\0WAVE",
        picture()[:-10],
        riff(b"EXIF\xff\xff\xff\xff"),
        riff(b"EXI"),
    ],
)
def test_corrupted_is_refused(data: bytes) -> None:
    """A file that is cut, or whose chunks run past its end, is not written into."""
    with pytest.raises(ContainerError):
        webp.replace(data, {})


def test_file_without_picture_cannot_become_extended() -> None:
    """Without a size there is no VP8X to write."""
    with pytest.raises(ContainerError):
        webp.replace(riff(), {"exif": [TIFF]})
    with pytest.raises(ContainerError):
        webp.replace(riff(chunk(b"VP8X", b"")), {"exif": [TIFF]})


@pytest.mark.parametrize("carrier", ["stealth", "iptc"])
def test_carrier_that_webp_cannot_take(carrier: str) -> None:
    """Hidden data lies in the pixels; IPTC has no chunk."""
    with pytest.raises(ContainerError):
        webp.replace(picture(), {carrier: []})


def test_cut_file_keeps_what_was_found() -> None:
    """The cut block is unreadable, and what was not reached is unexamined."""
    data = webp.replace(picture(), EXPECTED)

    layout = webp.find(data[: data.index(b"XMP ") + 20])

    assert ["truncated"] == [problem.code for problem in layout.problems]
    assert [TIFF] == payloads(layout, "exif")
    cut = layout.blocks[-1]
    assert ("xmp", "truncated") == (cut.carrier, cut.problem and cut.problem.code)
    assert ("c2pa",) == layout.unexamined


def test_hostile_sizes_are_bounded() -> None:
    """Millions of chunks end soon, and huge dimensions are only numbers."""
    started = time.monotonic()
    huge = riff(chunk(b"VP8X", bytes(4) + b"\x5f\xea\0" * 2))

    many = webp.find(riff(b"EXIF\0\0\0\0" * 500_000))

    assert MAX_CHUNKS + 1 == len(walk(riff(b"EXIF\0\0\0\0" * 500_000)).units)
    assert ["limit"] == [problem.code for problem in many.problems]
    assert (60_000, 60_000) == (webp.find(huge).width, webp.find(huge).height)
    assert time.monotonic() - started < 20
