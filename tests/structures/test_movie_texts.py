"""The three forms that texts in movies take."""

from creditline.structures import movie_texts
from creditline.structures.bmff import Box, box_at, write_box
from creditline.structures.movie_texts import Text, holds_texts, texts


def value(kind: int, text: bytes) -> bytes:
    return write_box(b"data", kind.to_bytes(4) + bytes(4) + text)


def whole(data: bytes) -> Box:
    box = box_at(data, 0, len(data))
    assert box is not None
    return box


def test_user_data() -> None:
    """Four-letter names with the copyright sign, those of 3GPP and the AI label; nothing else is a text."""
    names = (b"\xa9cpy", b"titl", b"AIGC", b"name", b"XMP_")
    data = write_box(b"udta", b"".join(write_box(name, b"text") for name in names) + bytes(4))

    found = list(texts(data, whole(data)))

    assert [Text("udta", name, b"text") for name in ("©cpy", "titl", "AIGC")] == found


def test_lists() -> None:
    """An `ilst` after `keys` is numbered, another has names; a free name is added to its own."""
    keys = write_box(b"keys", bytes(4) + (1).to_bytes(4) + write_box(b"mdta", b"com.x.title"))
    free = write_box(
        b"----", write_box(b"mean", bytes(4)) + write_box(b"name", bytes(4) + b"AIGC") + value(1, b"f")
    )
    items = write_box(b"\0\0\0\1", value(1, b"a")) + write_box(b"\xa9nam", value(1, b"b")) + free
    for head in (bytes(4), b""):
        handler = write_box(b"hdlr", bytes(8) + b"mdta" + bytes(13))
        data = write_box(b"meta", head + handler + keys + write_box(b"ilst", items))

        found = [(text.form, text.name, text.value, text.type) for text in texts(data, whole(data))]

        assert [
            ("mdta", "com.x.title", b"a", 1),
            ("ilst", "©nam", b"b", 1),
            ("ilst", "----:AIGC", b"f", 1),
        ] == found


def test_nothing_to_read() -> None:
    """User data without texts holds none."""
    data = write_box(b"udta", write_box(b"name", b"track") + write_box(b"meta", bytes(4)))

    assert not holds_texts(data, whole(data))


def test_many_are_bounded() -> None:
    """A million empty texts end at the cap."""
    data = write_box(b"udta", write_box(b"\xa9cpy", b"") * 50_000)

    assert movie_texts.MAX_TEXTS == sum(1 for _ in texts(data, whole(data)))
