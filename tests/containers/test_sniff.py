import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from creditline.containers import FINDERS, sniff
from creditline.model.errors import ContainerError
from creditline.model.picture import CARRIERS, FORMATS


def ftyp(major: bytes, *brands: bytes, minor: bytes = b"\0\0\0\0") -> bytes:
    body = major + minor + b"".join(brands)
    return (len(body) + 8).to_bytes(4) + b"ftyp" + body + b"\0\0\0\x08mdat"


def tiff(order: str, *tags: int, big: bool = False) -> bytes:
    mark = b"II" if order == "<" else b"MM"
    if big:
        head = mark + struct.pack(order + "HHHQQ", 43, 8, 0, 16, len(tags))
        return head + b"".join(struct.pack(order + "HHQQ", tag, 1, 4, 0) for tag in tags)
    head = mark + struct.pack(order + "HIH", 42, 8, len(tags))
    return head + b"".join(struct.pack(order + "HHII", tag, 1, 4, 0) for tag in tags)


CASES = [
    (b"\xff\xd8\xff\xe0", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"RIFF\4\0\0\0WEBP", "webp"),
    (b"RIFF\4\0\0\0WAVE", "unknown"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (tiff("<", 256, 257), "tiff"),
    (tiff(">", 256), "tiff"),
    (tiff("<", 256, big=True), "tiff"),
    (tiff("<", 256, 0xC612), "dng"),
    (tiff(">", 256, 0xC612), "dng"),
    (tiff(">", 0xC612, big=True), "dng"),
    (b"II*\0\xff\xff\xff\xff", "tiff"),
    (ftyp(b"heic", b"mif1"), "heic"),
    (ftyp(b"mif1", b"heic"), "heic"),
    (ftyp(b"mif1", b"miaf", b"avif"), "avif"),
    (ftyp(b"msf1", b"avis"), "avif"),
    (ftyp(b"mif3", minor=b"avif"), "avif"),
    (ftyp(b"mif3", minor=b"heic"), "heic"),
    (ftyp(b"avif"), "avif"),
    (ftyp(b"avis"), "avif"),
    (ftyp(b"isom", b"mp41"), "mp4"),
    (ftyp(b"mp42"), "mp4"),
    (ftyp(b"M4V "), "mp4"),
    (ftyp(b"XAVC", b"mp42"), "mp4"),
    (ftyp(b"qt  "), "mov"),
    (b"\0\0\0\x08wide\0\0\0\x08mdat", "mov"),
    (ftyp(b"crx ", b"isom"), "unknown"),
    (ftyp(b"jp2 "), "unknown"),
    (b"\xff\x0a", "jxl"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "jxl"),
    (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "webm"),
    (b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x82\x40\x04webm", "webm"),
    (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", "unknown"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
    (b"\n  <svg>", "svg"),
    (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <html> -->\n<svg:svg xmlns:svg=''>", "svg"),
    (b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x.dtd'><svg>", "svg"),
    (b"<!DOCTYPE svg [ <!ENTITY a '<b>'> ]>\n<svg>", "svg"),
    ("\ufeff<svg/>".encode("utf-16-le"), "svg"),
    ("\ufeff<?xml?><svg/>".encode("utf-16-be"), "svg"),
    (b"<html><svg></svg></html>", "unknown"),
    (b"<!-- <svg> ", "unknown"),
    (b"<svgz>", "unknown"),
    (b" " * 5000 + b"<svg>", "unknown"),
    (b"", "unknown"),
    (b"\xff\xd8", "unknown"),
    (b"text", "unknown"),
]


@pytest.mark.parametrize(("data", "expected"), CASES)
def test_sniff(data: bytes, expected: str) -> None:
    """The bytes decide, nothing else."""
    assert expected == sniff.sniff(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF"])
def test_real_pictures(kind: str) -> None:
    """What an encoder writes is recognised, and found by a finder or left unexamined."""
    out = io.BytesIO()
    Image.new("RGB", (8, 9)).save(out, kind)

    layout = sniff.find(out.getvalue())

    assert kind.lower() == layout.format
    assert layout.width == 8 or set(layout.carriers) == set(layout.unexamined)


def test_format_without_finder() -> None:
    """Nothing is claimed where nobody looked, and nothing is written."""
    data = b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm"

    layout = sniff.find(data)

    assert ("webm", (), ()) == (layout.format, layout.carriers, layout.blocks)
    with pytest.raises(ContainerError) as caught:
        sniff.replace(data, {})
    assert caught.value.next_step


def test_finder_is_asked() -> None:
    """A format with a finder goes to it, for reading and for writing."""
    out = io.BytesIO()
    Image.new("RGB", (8, 9)).save(out, "PNG")

    changed = sniff.replace(out.getvalue(), {"exif": [b"MM\0*"]})

    assert [("exif", b"MM\0*")] == [(block.carrier, block.payload) for block in sniff.find(changed).blocks]


def test_registry_and_tables_use_the_contract_words() -> None:
    """Formats and carriers are those of the contract, each format found once."""
    named = [name for finder in FINDERS for name in finder.FORMATS]

    assert len(named) == len(set(named))
    assert set(named) <= set(FORMATS)
    for finder in FINDERS:
        assert set(finder.CARRIERS) <= set(CARRIERS)


MAGIC = sorted({data[:16] for data, _ in CASES} | {b"\xff\xd8\xff\xda\0\2", b"\xff\xd8\xff\xe1\0\x10Exif\0\0"})


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(MAGIC), st.lists(st.one_of(st.binary(max_size=40), st.sampled_from(MAGIC)), max_size=6))
def test_find_never_raises(start: bytes, rest: list[bytes]) -> None:
    """Whatever follows a signature, there is a layout whose segments lie within the file."""
    data = start + b"".join(rest)

    layout = sniff.find(data)

    assert layout.format in FORMATS
    assert all(part.offset + part.length <= len(data) for part in layout.segments)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["jpeg", "png", "webp", "avif", "gif", "tiff"]), st.data())
def test_damaged_pictures(kind: str, draws: st.DataObject) -> None:
    """A picture with bytes cut or changed gives a layout, and is spliced whole or refused."""
    out = io.BytesIO()
    Image.new("RGB", (8, 9)).save(out, kind.upper(), exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0")
    data = bytearray(out.getvalue())
    for at in draws.draw(st.lists(st.integers(0, len(data) - 1), max_size=4)):
        data[at] = draws.draw(st.integers(0, 255))
    damaged = bytes(data[: draws.draw(st.integers(0, len(data)))])

    layout = sniff.find(damaged)

    assert layout.format in FORMATS
    try:
        assert damaged == sniff.replace(damaged, {})
        sniff.replace(damaged, {"exif": [b"new"], "xmp": [], "icc": [b"new"]})
    except ContainerError as error:
        assert str(error)
