"""The frames that S3's SDKs put around a body: `hex-size[;chunk-signature=…]` CRLF, data, CRLF, and trailers.

Amazon S3, "Signature calculations: transferring payload in multiple chunks". Without this a picture would be read
with foreign bytes inserted.
"""

from __future__ import annotations

from creditline.model.errors import CarrierError

CODING = "aws-chunked"
MAX_LINE = 1024
"""Bytes of a frame's first line: a size and a signature of 64 digits."""
_MAX_HEX = 12


def unframed(data: bytes) -> bytes:
    """The body inside the frames; trailers after the last frame are left out.

    Raises:
        CarrierError: a frame is broken or cut off (`coding_broken`).
    """
    out = bytearray()
    at = 0
    while True:
        end = data.find(b"\r\n", at, at + MAX_LINE)
        size = data[at : end if end != -1 else at].partition(b";")[0].strip()
        if not size or len(size) > _MAX_HEX or size.strip(b"0123456789abcdefABCDEF"):
            raise CarrierError("a frame of the body has no size", code="coding_broken")
        length = int(size, 16)
        if length == 0:
            return bytes(out)
        start = end + 2
        at = start + length
        if data[at : at + 2] != b"\r\n":
            raise CarrierError("a frame of the body is cut off", code="coding_broken")
        out += data[start:at]
        at += 2
