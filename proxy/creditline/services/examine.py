"""The worker's half of recording: from bytes on disk to readings and codes, as plain JSON.

No step here touches the ledger. A picture that was cut out of a body is put beside it in the inbox entry: the half
that writes the ledger (`record.py`) keeps it from there, or lets it go with the entry when it is nobody's copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creditline.analysis.read import read
from creditline.fingerprints.variants import codes
from creditline.model.exchange import RECORDED_ROLES
from creditline.pipeline.bind import urls_in_answer
from creditline.pipeline.recognise import served, uploads
from creditline.services.inbox import load, picture
from creditline.vocab import sites

if TYPE_CHECKING:
    from pathlib import Path

    from creditline.model.exchange import Found
    from creditline.model.observation import Fingerprint, Form

URL_RULE = "url_equal"
"""The function of `pipeline.bind` that is used so far."""


def exchange(entry: Path, home: Path) -> dict[str, Any]:
    """The pictures of one inbox entry: `{"site", "profile", "answer_urls", "found": […]}`.

    `answer_urls` are addresses that the answer to an upload promises for its copies: where a profile says that
    this site's answers do, and where there is no profile to say.
    """
    seen = load(entry)
    profile = sites.load(home).profile_for(seen.host)
    pictures = [*uploads(seen, profile), *served(seen, profile)]
    found = [_found(item, picture(entry, number)) for number, item in enumerate(pictures)]
    binds = profile is None or any(rule.function == URL_RULE for rule in profile.bind)
    uploaded = any(line["stage"] == "uploaded" for line in found)
    return {
        "site": profile.id if profile else seen.host,
        "profile": str(profile.last_verified) if profile else None,
        "answer_urls": list(urls_in_answer(seen)) if binds and uploaded else [],
        "found": found,
    }


def original(path: Path, home: Path) -> dict[str, Any]:  # noqa: ARG001 - as every job
    """The reading of one file that the user or the extension hands over as an original."""
    return {"found": [_picture(path.read_bytes()) | {"file": str(path)}]}


def _found(item: Found, place: Path) -> dict[str, Any]:
    line: dict[str, Any] = {
        "stage": item.stage,
        "form": item.form,
        "role": item.role,
        "part": item.part,
        "filename": item.filename,
        "declared": [list(pair) for pair in item.declared],
        "missed": item.missed,
    }
    if item.data is None or item.role not in RECORDED_ROLES:
        return line
    place.write_bytes(item.data)
    return line | _picture(item.data) | {"file": str(place)}


def _picture(data: bytes) -> dict[str, Any]:
    inspection = read(data)
    every = codes(data)
    return {
        "sha256": inspection.sha256,
        "inspection": inspection.to_json(),
        "fingerprint": _code(every.plain),
        "crops": [_code(crop) for crop in every.crops],
        "forms": [_form(form) for form in every.forms],
    }


def _code(code: Fingerprint) -> dict[str, Any]:
    return {
        "kind": code.kind,
        "code": code.code.hex() if code.code is not None else None,
        "quality": code.quality,
        "pixels": code.pixels,
        "missed": code.missed,
    }


def _form(form: Form) -> dict[str, Any]:
    return {
        "code": form.code.hex(),
        "quality": form.quality,
        "rotation": form.rotation,
        "mirrored": form.mirrored,
        "trimmed": form.trimmed,
    }
