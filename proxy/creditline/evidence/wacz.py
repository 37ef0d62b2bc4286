"""WACZ 1.1.1: a ZIP with a WARC (ISO 28500), its index, a list of pages, and the hash of everything in it.

Any replayer of web archives shows the pictures; what is Creditline's own lies in `creditline/` beside them.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.warcwriter import WARCWriter

from creditline import __version__
from creditline.model.errors import LimitError, PictureError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

PACKAGE, DIGEST = "datapackage.json", "datapackage-digest.json"
ARCHIVE, INDEX, PAGES = "archive/pictures.warc.gz", "indexes/index.cdxj", "pages/pages.jsonl"
MAX_MEMBERS = 10_000
MAX_MEMBER = 1 << 30
"""Bytes of one file in a package when it is unpacked; more is no package of ours."""
_TIME = (1980, 1, 1, 0, 0, 0)
"""The ZIP's own clock says nothing: the same content gives the same file."""


@dataclass(frozen=True, slots=True)
class Captured:
    """One picture: where and when it was seen (ISO 8601), its type and bytes."""

    url: str
    at: str
    mime: str
    data: bytes


def write(pictures: Iterable[Captured], others: Mapping[str, bytes], *, title: str, at: str) -> bytes:
    """The package's bytes; `others` are further files, path → content."""
    archive, index, pages = _archive(pictures, title)
    files = {ARCHIVE: archive, INDEX: index, PAGES: pages, **others}
    resources = [
        {
            "name": name.rpartition("/")[2],
            "path": name,
            "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
            "bytes": len(content),
        }
        for name, content in files.items()
    ]
    package = {
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "title": title,
        "created": at,
        "software": f"Creditline {__version__}",
        "resources": resources,
    }
    said = json.dumps(package, indent=2, ensure_ascii=False).encode()
    digest = {"path": PACKAGE, "hash": f"sha256:{hashlib.sha256(said).hexdigest()}"}
    files |= {PACKAGE: said, DIGEST: json.dumps(digest, indent=2).encode()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package_file:
        for name, content in files.items():
            kind = zipfile.ZIP_STORED if name.endswith(".gz") else zipfile.ZIP_DEFLATED
            package_file.writestr(zipfile.ZipInfo(name, _TIME), content, kind)
    return out.getvalue()


def read(path: Path) -> dict[str, bytes]:
    """Every file of a package, path → content.

    Raises:
        PictureError: it cannot be read, or is no package.
        LimitError: it holds more files, or larger ones, than a package of ours does.
    """
    try:
        with zipfile.ZipFile(path) as package:
            members = package.infolist()
            if len(members) > MAX_MEMBERS or sum(item.file_size for item in members) > MAX_MEMBER:
                raise LimitError(f"{path} holds more than an evidence package does")
            found = {item.filename: package.read(item) for item in members}
            if len(found) != len(members):
                raise PictureError(f"{path} holds two files of one name", code="not_a_package")
    except OSError as error:
        raise PictureError(f"{path}: {error.strerror or error}", code="unreadable_file") from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise PictureError(f"{path} is no package: {error}", code="not_a_package") from error
    except Exception as error:  # the decompressors raise their own on hostile bytes
        if isinstance(error, PictureError | LimitError):
            raise
        raise PictureError(f"{path} is damaged: {error}", code="not_a_package") from error
    if PACKAGE not in found:
        raise PictureError(f"{path} is no evidence package: it has no {PACKAGE}", code="not_a_package")
    return found


def payloads(archive: bytes) -> Iterator[str]:
    """The hex SHA-256 of each picture in a WARC; PictureError where it is damaged."""
    try:
        for record in ArchiveIterator(io.BytesIO(archive)):
            if record.rec_type == "resource":
                yield hashlib.sha256(record.content_stream().read()).hexdigest()
    except (ArchiveLoadFailed, OSError, ValueError, EOFError) as error:
        raise PictureError(f"the archive of pictures is damaged: {error}", code="not_a_package") from error


def _archive(pictures: Iterable[Captured], title: str) -> tuple[bytes, bytes, bytes]:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
    info = {"software": f"Creditline {__version__}", "format": "WARC File Format 1.1", "title": title}
    writer.write_record(writer.create_warcinfo_record("pictures.warc.gz", info))
    index: list[str] = []
    pages = [json.dumps({"format": "json-pages-1.0", "id": "pages", "title": "Pictures"})]
    for seen in pictures:
        start = out.tell()
        digest = f"sha256:{hashlib.sha256(seen.data).hexdigest()}"
        record = writer.create_warc_record(
            seen.url,
            "resource",
            payload=io.BytesIO(seen.data),
            length=len(seen.data),
            warc_content_type=seen.mime,
            warc_headers_dict={"WARC-Date": seen.at, "WARC-Payload-Digest": digest},
        )
        writer.write_record(record)
        stamp = "".join(char for char in seen.at if char.isdigit())[:14]
        line: dict[str, Any] = {
            "url": seen.url,
            "digest": digest,
            "mime": seen.mime,
            "filename": ARCHIVE.rpartition("/")[2],
            "offset": start,
            "length": out.tell() - start,
            "status": 200,
        }
        index.append(f"{_key(seen.url)} {stamp} {json.dumps(line, ensure_ascii=False)}")
        pages.append(json.dumps({"url": seen.url, "ts": seen.at}, ensure_ascii=False))
    return out.getvalue(), _lines(sorted(index)), _lines(pages)


def _lines(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")


def _key(url: str) -> str:
    """A sortable form of an address: the host's labels backwards, then path and query (SURT)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    if not parts.hostname:
        return url.replace(" ", "%20")
    host = ",".join(reversed(parts.hostname.split(".")))
    return f"{host}){parts.path or '/'}{'?' if parts.query else ''}{parts.query}".replace(" ", "%20")
