"""The worker's half of recording: from bytes on disk to readings and codes, as plain JSON.

No step here touches the ledger. Bytes that may have to be kept go into the picture store at once; the half that
writes the ledger (`record.py`) drops those of pictures that turn out to be nobody's copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creditline.analysis.read import read
from creditline.fingerprints.perceptual import pdq
from creditline.ledger.blobs import Blobs
from creditline.ledger.store import PICTURES
from creditline.model.observation import Fingerprint
from creditline.pipeline.bind import urls_in_answer
from creditline.pipeline.recognise import served, uploads
from creditline.services.inbox import load
from creditline.vocab import sites

if TYPE_CHECKING:
    from pathlib import Path

    from creditline.model.exchange import Found


def exchange(entry: Path, home: Path) -> dict[str, Any]:
    """The pictures of one inbox entry: `{"site", "profile", "bind", "answer_urls", "found": […]}`."""
    seen = load(entry)
    profile = sites.load(home).profile_for(seen.host)
    blobs = Blobs(home / PICTURES)
    found = [_found(item, blobs) for item in (*uploads(seen, profile), *served(seen, profile))]
    return {
        "site": profile.id if profile else seen.host,
        "profile": str(profile.last_verified) if profile else None,
        "answer_urls": list(urls_in_answer(seen)) if any(f["stage"] == "uploaded" for f in found) else [],
        "found": found,
    }


def original(path: Path, home: Path) -> dict[str, Any]:
    """The reading of one file that the user or the extension hands over as an original."""
    return {"found": [_picture(path.read_bytes(), Blobs(home / PICTURES))]}


def _found(item: Found, blobs: Blobs) -> dict[str, Any]:
    line: dict[str, Any] = {
        "stage": item.stage,
        "form": item.form,
        "role": item.role,
        "part": item.part,
        "filename": item.filename,
        "declared": [list(pair) for pair in item.declared],
        "missed": item.missed,
    }
    return line | (_picture(item.data, blobs) if item.data is not None else {})


def _picture(data: bytes, blobs: Blobs) -> dict[str, Any]:
    inspection = read(data)
    blobs.put(data)
    code = pdq(data)
    return {
        "sha256": inspection.sha256,
        "inspection": inspection.to_json(),
        "fingerprint": {
            "kind": code.kind,
            "code": code.code.hex() if code.code is not None else None,
            "quality": code.quality,
            "pixels": code.pixels,
            "missed": code.missed,
        },
    }


def fingerprint_from_json(line: dict[str, Any]) -> Fingerprint:
    """The fingerprint that a worker sent."""
    code = line["code"]
    return Fingerprint(**line | {"code": bytes.fromhex(code) if code is not None else None})
