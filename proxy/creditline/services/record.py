"""The one list of steps for an exchange, after the workers have read its pictures: recognise, write, judge.

Runs on one thread: observations are written in the order in which their exchanges were seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ulid import ULID

from creditline.ledger import queries
from creditline.ledger.rows import Batch, NewWork
from creditline.model.observation import Observation
from creditline.pipeline.match import Known
from creditline.services.examine import fingerprint_from_json
from creditline.services.recognition import hits, original_of
from creditline.services.settle import settle

if TYPE_CHECKING:
    from creditline.ledger.index.interface import CandidateIndex
    from creditline.ledger.store import Ledger
    from creditline.model.exchange import Exchange
    from creditline.model.observation import Fingerprint

URL_RULE = "url_equal"
"""The site's answer to an upload named the address that a copy is later served from."""

RECORDED_ROLES = frozenset({"image"})
"""Roles whose pictures become observations; avatars, covers, thumbnails and noise stay out of the audits."""


@dataclass(frozen=True, slots=True)
class Original:
    """A file handed over as the user's own: by hand, by an import or by the extension."""

    via: str
    at: str
    filename: str | None = None
    site: str | None = None
    page: str | None = None
    mine: bool = False
    gesture: str | None = None
    trusted: bool | None = None


class Recording:
    """Writes what was seen into the ledger and keeps the search index in step with it."""

    def __init__(self, ledger: Ledger, index: CandidateIndex) -> None:
        self._ledger = ledger
        self._index = index

    def original(self, original: Original, answer: dict[str, Any]) -> Observation:
        """Write an original down; the same bytes keep their work."""
        line = answer["found"][0]
        known = _known(line)
        earlier = hits(self._ledger, self._index, known, stages=("original", "uploaded"))
        seen = Observation(
            id=str(ULID()),
            at=original.at,
            stage="original",
            via=original.via,
            site=original.site,
            url=original.page,
            filename=original.filename,
            work=earlier[0].observation.work if earlier else None,
            declared=_picked_how(original),
            **_facts(line),
        )
        return self._write(seen, line, NewWork(original.filename, original.mine) if not earlier else None)

    def exchange(self, exchange: Exchange, answer: dict[str, Any]) -> list[Observation]:
        """Write down what an exchange held, and judge what can now be judged."""
        if "error" in answer:
            self._ledger.miss(answer["error"]["code"], answer["error"]["message"], exchange.host, exchange.id)
            return []
        written = []
        for number, line in enumerate(answer["found"]):
            if line["role"] not in RECORDED_ROLES:
                continue
            part = f"{line['stage']}/{number}/{line['part'] or ''}"
            if line["stage"] == "uploaded":
                written.append(self._upload(exchange, answer, line, part))
            else:
                written += self._served(exchange, answer, line, part)
        return written

    def _observation(self, exchange: Exchange, answer: dict[str, Any], line: dict[str, Any]) -> Observation:
        return Observation(
            id=str(ULID()),
            at=exchange.at,
            stage=line["stage"],
            via="proxy",
            site=answer["site"],
            profile=answer["profile"],
            role=line["role"],
            form=line["form"],
            filename=line["filename"],
            exchange=exchange.id,
            declared=tuple((str(key), str(value)) for key, value in line["declared"]),
            **_facts(line),
        )

    def _upload(self, exchange: Exchange, answer: dict[str, Any], line: dict[str, Any], part: str) -> Observation:
        seen = replace(self._observation(exchange, answer, line), url=exchange.url)
        if line["missed"] is not None:
            self._ledger.miss(line["missed"], _missed_words(line, "upload"), answer["site"], exchange.id)
        if "sha256" not in line:
            return self._ledger.record(Batch(seen, part=part))
        before = original_of(self._ledger, self._index, self._known_upload(seen, line))
        earlier = [before] if before else hits(self._ledger, self._index, _known(line), stages=("uploaded",))
        seen = replace(seen, work=earlier[0].observation.work if earlier else None)
        links = tuple((URL_RULE, url) for url in answer["answer_urls"])
        new = None if earlier else NewWork(line["filename"])
        seen = self._write(seen, line, new, part=part, links=links)
        settle(self._ledger, self._index, uploaded=seen, served=None)
        return seen

    def _known_upload(self, seen: Observation, line: dict[str, Any]) -> Observation:
        """Recognition reads fingerprints from the ledger; that of a file not yet written is put there first."""
        self._ledger.put_fingerprint(line["sha256"], fingerprint_from_json(line["fingerprint"]))
        return seen

    def _served(
        self, exchange: Exchange, answer: dict[str, Any], line: dict[str, Any], part: str
    ) -> list[Observation]:
        if "sha256" not in line:
            self._ledger.miss(line["missed"] or "unread", _missed_words(line, "copy"), answer["site"], exchange.id)
            return []
        seen = self._observation(exchange, answer, line)
        link = self._ledger.link(URL_RULE, exchange.url)
        hit = self._bound(link.observation) if link is not None else None
        if hit is None:
            found = hits(self._ledger, self._index, _known(line), stages=("original", "uploaded"))
            hit = found[0].observation if found else None
        earlier = [o for o in queries.by_sha256(self._ledger, line["sha256"]) if o.stage == "served"]
        if hit is None:
            # Nobody's copy: hash, label and site stay, bytes and address do not (contract §1).
            if not queries.by_sha256(self._ledger, line["sha256"]):
                self._ledger.blobs.remove(line["sha256"])
            if any(o.site == seen.site for o in earlier):
                return []
            return [self._ledger.record(Batch(seen, part=part, reading=line["inspection"]))]
        if any((o.site, o.work, o.url) == (seen.site, hit.work, exchange.url) for o in earlier):
            return []
        seen = self._write(replace(seen, work=hit.work, url=exchange.url), line, None, part=part)
        rule = URL_RULE if link is not None else None
        settle(
            self._ledger, self._index, uploaded=hit if hit.stage == "uploaded" else None, served=seen, rule=rule
        )
        return [seen]

    def _bound(self, observation: str) -> Observation | None:
        found = queries.observation(self._ledger, observation)
        return found if found.sha256 is not None and found.work is not None else None

    def _write(
        self,
        seen: Observation,
        line: dict[str, Any],
        new: NewWork | None,
        *,
        part: str | None = None,
        links: tuple[tuple[str, str], ...] = (),
    ) -> Observation:
        code = fingerprint_from_json(line["fingerprint"])
        written = self._ledger.record(
            Batch(
                seen,
                part=part,
                file=self._ledger.blobs.path(line["sha256"]),
                reading=line["inspection"],
                fingerprints=(code,),
                links=links,
                work=new,
            )
        )
        if code.code is not None and seen.stage != "served":
            self._index.add(line["sha256"], code.code)
        return written


def _picked_how(original: Original) -> tuple[tuple[str, str], ...]:
    """What the extension says of the pick: page scripts can forge untrusted ones, so that is part of the record."""
    said = () if original.gesture is None else (("gesture", original.gesture),)
    return said if original.trusted is None else (*said, ("trusted", "1" if original.trusted else "0"))


def _known(line: dict[str, Any]) -> Known:
    code: Fingerprint = fingerprint_from_json(line["fingerprint"])
    return Known(line["sha256"], code)


def _facts(line: dict[str, Any]) -> dict[str, Any]:
    inspection = line.get("inspection")
    if inspection is None:
        state = "unreadable" if line["missed"] in {"incomplete", "not_a_picture"} else "not_examined"
        return {"state": state, "missed": line["missed"]}
    return {
        "sha256": line["sha256"],
        "bytes": inspection["bytes"],
        "format": inspection["format"],
        "width": inspection["width"],
        "height": inspection["height"],
        "missed": line.get("missed"),
    }


def _missed_words(line: dict[str, Any], what: str) -> str:
    return {
        "too_large": f"the {what} is over the cap on kept bodies",
        "incomplete": f"the {what} ended before its end",
        "not_a_picture": f"the {what} is labelled a picture and is none",
    }.get(line["missed"] or "", f"the {what} could not be read: {line['missed']}")
