"""Image and movie files drawn box by box, for the tests of the ISO base media containers."""

from creditline.structures.bmff import Entry, Extent, ItemLocations, write_box, write_infe, write_locations
from creditline.structures.bmff import write_reference as link

TIFF = b"II*\0\x08\0\0\0\0\0\0\0\0\0"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
RDF = "application/rdf+xml"
PICTURE = b"coded picture"
STORE = b"\0\0\0\x0cjumbdata"


def full(kind: bytes, body: bytes, version: int = 0, flags: bytes = bytes(3)) -> bytes:
    """A box with a version and flags."""
    return write_box(kind, bytes((version,)) + flags + body)


def image(
    *items: tuple[str, bytes],
    sizes: tuple[int, int, int] = (4, 4, 0),
    idat: bool = False,
    links: bool = True,
    profile: bytes = b"",
    spare: int | None = None,
    closed: bool = True,
) -> bytes:
    """A HEIC file with picture 1, 21 by 30, and further items by type; `idat` puts those into the meta box.

    `sizes` are those of offset, length and base in the item table; `spare` the body of a `free` box after meta.
    """
    offset_size, length_size, base_size = sizes
    payloads = [PICTURE, *(payload for _, payload in items)]
    stored = b"".join(payloads[1:]) if idat else b""
    infos = write_infe(1, "hvc1")
    for number, (kind, _) in enumerate(items, 2):
        infos += write_infe(number, kind, RDF if kind == "mime" else "")
    references = b"".join(link(b"cdsc", 0, number, (1,)) for number in range(2, len(items) + 2))
    properties = full(b"ispe", (21).to_bytes(4) + (30).to_bytes(4))
    if profile:
        properties += write_box(b"colr", b"prof" + profile)
    associations = full(b"ipma", b"\0\0\0\1\0\1\1\1")

    def meta(start: int) -> bytes:
        entries = []
        at = inside = 0
        for number, payload in enumerate(payloads, 1):
            method = int(idat and number > 1)
            place = inside if method else start + at
            base, offset = (place, 0) if base_size else (0, place)
            entries.append(Entry(number, method, 0, base, (Extent(offset, len(payload)),)))
            if method:
                inside += len(payload)
            else:
                at += len(payload)
        table = ItemLocations(int(idat), bytes(3), offset_size, length_size, base_size, 0, tuple(entries))
        parts = (
            full(b"hdlr", bytes(4) + b"pict" + bytes(13)),
            full(b"pitm", b"\0\1"),
            full(b"iinf", len(payloads).to_bytes(2) + infos),
            write_box(b"iloc", write_locations(table)),
            full(b"iref", references) if links and items else b"",
            write_box(b"iprp", write_box(b"ipco", properties) + associations),
            write_box(b"idat", stored) if idat else b"",
        )
        return full(b"meta", b"".join(parts))

    head = write_box(b"ftyp", b"heic\0\0\0\0mif1heic")
    free = b"" if spare is None else write_box(b"free", bytes(spare))
    begin = len(head) + len(meta(0)) + len(free) + 8
    media = b"".join(payload for number, payload in enumerate(payloads) if not (idat and number))
    body = write_box(b"mdat", media) if closed else b"\0\0\0\0mdat" + media
    return head + meta(begin) + free + body


def track(handler: bytes = b"vide", offsets: tuple[int, ...] = (), wide: bool = False, more: bytes = b"") -> bytes:
    """A track of 64 by 48 with three samples and a chunk table."""
    header = full(b"tkhd", bytes(72) + (64).to_bytes(2) + bytes(2) + (48).to_bytes(2) + bytes(2))
    width = 8 if wide else 4
    chunks = full(
        b"co64" if wide else b"stco", len(offsets).to_bytes(4) + b"".join(o.to_bytes(width) for o in offsets)
    )
    samples = full(b"stsz", bytes(4) + (3).to_bytes(4) + bytes(12))
    table = write_box(b"minf", write_box(b"stbl", samples + chunks + more))
    return write_box(b"trak", header + write_box(b"mdia", full(b"hdlr", bytes(4) + handler + bytes(13)) + table))


def movie(*parts: bytes, brand: bytes = b"isom", wide: bool = False, more: bytes = b"") -> bytes:
    """A movie whose one chunk begins with `PICTURE`; `parts` go into `moov`, behind the track."""
    head = write_box(b"ftyp", brand + bytes(4) + brand)

    def moov(at: int) -> bytes:
        return write_box(b"moov", track(offsets=(at,), wide=wide, more=more) + b"".join(parts))

    return head + moov(len(head) + len(moov(0)) + 8) + write_box(b"mdat", PICTURE)


def text(name: bytes, value: bytes) -> bytes:
    """A QuickTime user data text."""
    return write_box(name, len(value).to_bytes(2) + bytes(2) + value)
