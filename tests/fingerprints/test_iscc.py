"""ISCC Image-Codes: the standard's own code for standard input, kept so that distances stay true."""

from __future__ import annotations

import base64

import numpy as np

from creditline.fingerprints import iscc

HEADED = iscc.HEADER + bytes(range(8))


def test_a_code_is_the_libraries_own() -> None:
    """A 32 × 32 luma, which nothing shrinks, gives what the library gives for those bytes."""
    import iscc_lib

    luma = np.random.default_rng(1).integers(0, 256, (32, 32)).astype(np.float32)
    text = str(iscc_lib.gen_image_code_v0(luma.astype(np.uint8).tobytes(), 64)["iscc"]).removeprefix("ISCC:")

    code = iscc.code_of(luma).code

    assert code is not None
    assert base64.b32decode(text + "=" * (-len(text) % 8)) == iscc.value_of(code)
    assert (32, bytes(24)) == (len(code), code[8:])


def test_values_of_every_length_are_one_code() -> None:
    """64 bits bare or with their header, and longer codes by their first 64 bits."""
    long = bytes((0x21, 0x07)) + bytes(range(32))

    assert [iscc.stored(bytes(range(8)))] * 3 == [iscc.parsed(value) for value in (bytes(range(8)), HEADED, long)]


def test_what_is_no_image_code() -> None:
    """Other lengths, other main types, and a header that gives another length."""
    others = [
        b"",
        bytes(7),
        bytes(10),
        HEADED[:-1],
        bytes((0x20, 0x01)) + bytes(8),
        bytes((0x21, 0x07)) + bytes(8),
    ]

    assert [None] * len(others) == [iscc.parsed(value) for value in others]
