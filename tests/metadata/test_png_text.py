"""The PNG text reader: three chunk types, one text each."""

import zlib

import pytest

from creditline.metadata import png_text
from creditline.model.errors import CarrierError, LimitError
from creditline.model.reading import Property


@pytest.mark.parametrize(
    "payload",
    [
        "tEXtAuthor\0Zoë".encode(),
        b"tEXtAuthor\0Zo\xeb",
        b"zTXtAuthor\0\0" + zlib.compress(b"Zo\xeb"),
        b"iTXtAuthor\0\0\0en\0Autor\0" + "Zoë".encode(),
        b"iTXtAuthor\0\x01\0\0\0" + zlib.compress("Zoë".encode()),
        b"tEXtAuthor\0" + "Zoë".encode() + b"\0\0",
    ],
)
def test_every_kind_gives_the_same(payload: bytes) -> None:
    """UTF-8 first, Latin-1 else; padding NULs are no text."""
    assert (Property("png_text", "Author", "Zoë"),) == png_text.read(payload)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"IDATx",
        b"tEXt",
        b"tEXt\0text",
        b"tEXt" + b"k" * 80 + b"\0text",
        b"zTXtAuthor\0\x01data",
        b"zTXtAuthor\0\0not zlib",
        b"zTXtAuthor\0\0" + zlib.compress(b"text" * 99)[:-6],
        b"iTXtAuthor\0\0\0no end",
        b"iTXtAuthor\0\x07\0\0\0text",
    ],
)
def test_broken_chunks_are_unreadable(payload: bytes) -> None:
    """A chunk that breaks its layout is an error, never an empty text."""
    with pytest.raises(CarrierError):
        png_text.read_with_problems(payload)


def test_inflation_is_capped() -> None:
    """A deflate bomb ends at the cap."""
    with pytest.raises(LimitError):
        png_text.read(b"zTXta\0\0" + zlib.compress(bytes(png_text.MAX_TEXT + 1), 1))
