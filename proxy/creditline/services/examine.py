"""The worker's half of recording: from bytes on disk to readings and codes, as plain JSON.

No step here touches the ledger. A picture that was cut out of a body is put beside it in the inbox entry: the half
that writes the ledger (`record.py`) keeps it from there, or lets it go with the entry when it is nobody's copy.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from creditline.analysis.read import read
from creditline.fingerprints.variants import codes
from creditline.model.exchange import RECORDED_ROLES
from creditline.model.upload_step import STEP_LINE, Step
from creditline.pipeline import magic, recognise
from creditline.pipeline.bind import names_addresses, urls_in_answer
from creditline.pipeline.bodies.view import View
from creditline.pipeline.profiled import declared
from creditline.pipeline.site_facts import facts, profile_of
from creditline.services.inbox import assembled, load, picture
from creditline.vocab import sites

if TYPE_CHECKING:
    from pathlib import Path

    from creditline.model.exchange import Exchange, Found
    from creditline.model.observation import Fingerprint, Form
    from creditline.vocab.site_profile import Profile


def exchange(entry: Path, home: Path) -> dict[str, Any]:
    """The pictures of one inbox entry: `{"site", "profile", "answer_urls", "step", "found": […]}` and
    `site_facts.facts`.

    `answer_urls` are addresses that the answer to an upload promises for its copies: where a profile says that
    this site's answers do, and where there is no profile to say. `step` is what the request adds to an upload that
    takes several, or null; its data lies in `step.file`. `row` are the ids that such requests told. `software` is
    set where the exchange itself showed what runs at a host that nobody named.
    """
    seen = load(entry)
    known = sites.load(home)
    profile = profile_of(seen, known)
    told = facts(seen, profile, known)
    whole = assembled(entry)
    view = View(seen)
    step = None if whole is not None else recognise.step(seen, profile, view)
    pictures: list[Found] = []
    if whole is not None:
        pictures += [
            recognise.credited(one, seen) for one in recognise.assembled(seen.request.body, whole, profile)
        ]
    elif step is None:
        sent = recognise.uploads(seen, profile, view)
        pictures += [_as_declared(item, seen, profile) for item in sent] if len(sent) == 1 else sent
    pictures += recognise.served(seen, profile) if whole is None else ()
    pictures = [_with_facts(item, told) for item in pictures]
    found = [_found(item, picture(entry, number)) for number, item in enumerate(pictures)]
    uploaded = any(line["stage"] == "uploaded" for line in found)
    urls = list(urls_in_answer(seen)) if names_addresses(profile) and (uploaded or step is not None) else []
    return {
        "site": whole["site"] if whole else profile.id if profile else seen.host,
        "profile": whole["profile"] if whole else str(profile.last_verified) if profile else None,
        "answer_urls": [*(whole or {}).get("answer_urls", ()), *urls],
        "step": None
        if step is None
        else _step(step, seen, picture(entry, 0)) | {"role": recognise.role(seen, profile), "row": _row(told)},
        "row": whole["row"] if whole is not None else {},
        "software": profile.software if profile is not None and known.profile_for(seen.host) is None else None,
        "found": found,
        **told,
    }


def original(path: Path, home: Path) -> dict[str, Any]:  # noqa: ARG001 - as every job
    """The reading of one file that the user or the extension hands over as an original."""
    return {"found": [_picture(path.read_bytes()) | {"file": str(path)}]}


def _with_facts(item: Found, told: dict[str, Any]) -> Found:
    """A picture with what its address says: how a copy was loaded, and that an upload is for another end."""
    if item.stage == "served":
        return replace(item, declared=(*item.declared, *((name, value) for name, value in told["served"])))
    return replace(item, role="foreign") if told["foreign"] and item.role == "image" else item


def _as_declared(item: Found, seen: Exchange, profile: Profile | None) -> Found:
    """The one picture of a request with the size and hashes that its profile knows to be declared there."""
    said = declared(seen, profile, item.data) if item.data is not None else ()
    return replace(item, declared=(*item.declared, *said))


def codes_of(path: Path, home: Path) -> dict[str, Any]:  # noqa: ARG001 - as every job
    """The codes of one kept picture, without its reading: `{"fingerprint", "crops"}`."""
    every = codes(path.read_bytes())
    return {"fingerprint": _code(every.plain), "crops": [_code(crop) for crop in every.crops]}


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
    if item.sha256 is not None:
        line |= {"sha256": item.sha256, "bytes": item.length}
    if item.data is None or item.role not in RECORDED_ROLES:
        return line
    place.write_bytes(item.data)
    return line | _picture(item.data) | {"file": str(place)}


def _row(told: dict[str, Any]) -> dict[str, str]:
    """The ids that one request of several told of the one upload that they are."""
    rows = [step["rows"][0] for step in told["steps"] if len(step["rows"]) == 1]
    return {name: value for row in rows for name, value in row.items()}


def _step(step: Step, seen: Exchange, place: Path) -> dict[str, Any]:
    """A step as JSON: its data as a file, and whether that begins as a picture."""
    line: dict[str, Any] = {name: getattr(step, name) for name in STEP_LINE}
    data = step.data
    line |= {"file": None, "length": None, "begins": None}
    if data is None:
        return line
    body = seen.request.body
    if body.path is not None and len(data) == body.length and not seen.request.header("content-encoding"):
        place = body.path  # the body is the piece: it need not be written again
    else:
        place.write_bytes(data)
    return line | {"file": str(place), "length": len(data), "begins": magic.kind(data[: magic.HEAD])}


def _picture(data: bytes) -> dict[str, Any]:
    inspection = read(data)
    every = codes(data)
    return {
        "sha256": inspection.sha256,
        "md5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        "inspection": inspection.to_json(),
        "fingerprint": _code(every.plain),
        "crops": [_code(crop) for crop in every.crops],
        "forms": [_form(form) for form in every.forms],
        "others": [_code(code) for code in every.others],
    }


def _code(code: Fingerprint) -> dict[str, Any]:
    return {
        "kind": code.kind,
        "code": code.code.hex() if code.code is not None else None,
        "quality": code.quality,
        "pixels": code.pixels,
        "missed": code.missed,
        "luma": code.luma.hex() if code.luma is not None else None,
    }


def _form(form: Form) -> dict[str, Any]:
    return {
        "code": form.code.hex(),
        "quality": form.quality,
        "rotation": form.rotation,
        "mirrored": form.mirrored,
        "trimmed": form.trimmed,
        "luma": form.luma.hex() if form.luma is not None else None,
    }
