import io
import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from creditline.containers import gif
from creditline.model.errors import ContainerError
from creditline.model.picture import Layout

XMP = "<x:xmpmeta xmlns:x='adobe:ns:meta/'>©</x:xmpmeta>".encode()
EXPECTED: Mapping[str, list[bytes]] = {
    "c2pa": [b"store" * 100],
    "icc": [b"profile"],
    "xmp": [XMP],
    "comment": [b"made by hand", b"c" * 1000],
}


def picture(frames: int = 1, comment: str = "") -> bytes:
    out = io.BytesIO()
    images = [Image.new("P", (21, 30), n) for n in range(frames)]
    for n, image in enumerate(images):
        image.putpalette([n * 40, 0, 0] * 256)
        image.putpixel((n, n), 3)
    extra = {"comment": comment} if comment else {}
    images[0].save(out, "GIF", save_all=frames > 1, append_images=images[1:], loop=0, duration=50, **extra)
    return out.getvalue()


def pixels(data: bytes) -> list[bytes]:
    with Image.open(io.BytesIO(data)) as image:
        return [frame.convert("RGBA").tobytes() for frame in ImageSequence.Iterator(image)]


def payloads(layout: Layout, carrier: str) -> list[bytes]:
    return [block.payload for block in layout.blocks if block.carrier == carrier]


def kinds(data: bytes) -> list[str]:
    return [part.kind for part in gif.find(data).segments]


@pytest.mark.parametrize("frames", [1, 3])
def test_read(frames: int) -> None:
    """Everything that GIF can hold is found where it was put, with size and frames; pixels hold."""
    plain = picture(frames)

    data = gif.replace(plain, EXPECTED)

    layout = gif.find(data)
    assert ("gif", 21, 30, frames, ()) == (
        layout.format,
        layout.width,
        layout.height,
        layout.frames,
        layout.problems,
    )
    assert all(wanted == payloads(layout, carrier) for carrier, wanted in EXPECTED.items())
    assert () == layout.unexamined
    assert pixels(plain) == pixels(data)
    assert data.startswith(b"GIF89a")


def test_order_of_newcomers() -> None:
    """Credentials stand behind the header, the rest behind looping and before the first frame's control."""
    data = gif.replace(picture(3), EXPECTED)

    locations = [block.location.partition("@")[0] for block in gif.find(data).blocks]

    assert ["C2PA_GIF", "ICCRGBG1012", "XMPDataXMP", "comment", "comment"] == locations
    assert ["header", "application", "application", "application", "application", "comment"] == kinds(data)[:6]
    assert data.index(b"NETSCAPE2.0") < data.index(b"ICCRGBG1012") < data.index(b"\x21\xf9")


def test_splice_back_is_byte_identical() -> None:
    """No change, and the payloads that are there, leave the file as it is; out and in again too."""
    data = gif.replace(picture(3), EXPECTED) + b"trailing"
    bare = gif.replace(data, {carrier: [] for carrier in EXPECTED})

    assert data == gif.replace(data, {})
    assert data == gif.replace(data, EXPECTED)
    assert data == gif.replace(bare, EXPECTED)
    assert () == gif.find(bare).blocks
    assert pixels(data) == pixels(bare)


def test_old_signature_stays_until_an_extension_comes() -> None:
    """Extensions exist in GIF89a only; a file that gets none keeps what it calls itself."""
    plain = b"GIF87a" + picture()[6:]

    assert plain == gif.replace(plain, {"xmp": []})
    assert gif.replace(plain, {"comment": [b"x"]}).startswith(b"GIF89a")


def test_foreign_comment() -> None:
    """Another writer's comment is found, and may be replaced by a shorter one."""
    data = picture(comment="made with love")

    changed = gif.replace(data, {"comment": [b"x"]})

    assert [b"made with love"] == payloads(gif.find(data), "comment")
    assert len(data) - 13 == len(changed)


def test_xmp_in_sub_blocks() -> None:
    """Some writers wrap the packet in sub-blocks like any other; it is read all the same."""
    plain = picture()
    at = gif.find(plain).segments[0].length
    part = bytes((len(XMP),)) + XMP + b"\0"
    data = plain[:at] + b"\x21\xff\x0bXMP DataXMP" + part + plain[at:]

    assert [XMP] == payloads(gif.find(data), "xmp")


def test_xmp_without_end() -> None:
    """A raw packet without its trailer is unreadable, not absent."""
    plain = picture()
    at = gif.find(plain).segments[0].length
    packet = b"<?xpacket?>" + b"\x01a" * 3
    data = plain[:at] + b"\x21\xff\x0bXMP DataXMP" + packet + plain[at:]

    blocks = [block for block in gif.find(data).blocks if block.carrier == "xmp"]

    assert ["truncated"] == [block.problem.code for block in blocks if block.problem]


@pytest.mark.parametrize("cut", [5, 9, -30, -1])
def test_cut_file(cut: int) -> None:
    """Nothing is claimed absent in a file that breaks off, and nothing is written into it."""
    data = picture()[:cut]

    if cut == 5:
        with pytest.raises(ContainerError):
            gif.find(data)
    else:
        layout = gif.find(data)
        assert ["truncated"] == [problem.code for problem in layout.problems]
        assert gif.CARRIERS == layout.unexamined
    with pytest.raises(ContainerError):
        gif.replace(data, {})


@pytest.mark.parametrize(
    "changes",
    [
        {"exif": [b"MM\0*"]},
        {"xmp": ["<x/>".encode("utf-16")]},
        {"xmp": [b"\xff"]},
        {"xmp": [b""]},
        {"comment": [b""]},
        {"c2pa": [b""]},
    ],
)
def test_refused(changes: Mapping[str, list[bytes]]) -> None:
    """What the format cannot hold is refused with a sentence."""
    with pytest.raises(ContainerError) as caught:
        gif.replace(picture(), changes)

    assert str(caught.value)


def test_hostile_sizes_are_bounded() -> None:
    """Millions of sub-blocks, of extensions and of packets without end are given up in time."""
    head = picture()[:10] + bytes(3)
    started = time.monotonic()

    layouts = [
        gif.find(head + b"\x21\xfe" + b"\x01a" * 8_000_000),
        gif.find(head + b"\x21\xfe\0" * 2_000_000),
        gif.find(head + b"\x21\xff\x0bXMP DataXMP\0" * 40_000),
        gif.find(head + b"\0" * 20_000_000 + b";"),
    ]

    assert [["limit"], ["limit"], ["truncated"], []] == [[p.code for p in one.problems] for one in layouts]
    assert time.monotonic() - started < 10


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(13, 900), st.integers(0, 255)), max_size=5), st.integers(0, 2_000))
def test_damaged_files(changes: list[tuple[int, int]], length: int) -> None:
    """Whatever bytes change or go, the segments cover the file, and a splice is whole or refused."""
    data = bytearray(gif.replace(picture(2), EXPECTED))
    for at, value in changes:
        data[at % len(data)] = value
    damaged = b"GIF89a" + bytes(data[6 : max(6, length)])

    layout = gif.find(damaged)

    assert len(damaged) == sum(part.length for part in layout.segments)
    try:
        assert damaged == gif.replace(damaged, {})
        assert [b"new"] == payloads(gif.find(gif.replace(damaged, {"comment": [b"new"]})), "comment")
    except ContainerError as error:
        assert str(error)
