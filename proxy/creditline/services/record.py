"""The one list of steps for an exchange, after the workers have read its pictures: recognise, write, judge.

Runs on one thread: observations are written in the order in which their exchanges were seen.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ulid import ULID

from creditline.ledger import queries, scrub
from creditline.ledger.rows import Batch, NewWork
from creditline.model.exchange import RECORDED_ROLES
from creditline.model.observation import SCREENSHOT, Observation
from creditline.pipeline.bind import URL_RULE
from creditline.pipeline.generic import HASH_RULE
from creditline.pipeline.match import Known
from creditline.services.answers import facts_of, fingerprint_of, known_of_line, label_of, lost_words, missed_words
from creditline.services.journeys import NOT_OPENED, Journeys
from creditline.services.lookup import Lookup
from creditline.services.recognition import hits, judge, original_of
from creditline.services.rejudge import rejudge
from creditline.services.settle import settle, settle_export
from creditline.vocab.sites import load

if TYPE_CHECKING:
    from creditline.ledger.index.interface import CandidateIndex
    from creditline.ledger.store import Ledger
    from creditline.model.exchange import Exchange
    from creditline.services.recognition import Hit
    from creditline.services.underway import Lost
    from creditline.vocab.sites import Sites

_CLOSED = "an upload went to an address that was handed out for it, on a host that is not decrypted"


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


@dataclass(frozen=True, slots=True)
class Handed:
    """A picture at a known stage that no exchange was seen of: of an account export, or of a folder of pairs.

    `exchange` is an id that is the same for the same file; `keys` are (rule, key) pairs that may lead to its upload,
    `work` is set where the work is known, and then `uploaded` may be the upload that a served copy is of.
    """

    stage: str
    site: str
    at: str
    filename: str
    exchange: str
    keys: tuple[tuple[str, str], ...] = ()
    work: str | None = None
    uploaded: Observation | None = None


class Recording:
    """Writes what was seen into the ledger and keeps the search index in step with it."""

    def __init__(self, ledger: Ledger, index: CandidateIndex, sites: Sites | None = None) -> None:
        self._ledger = ledger
        self._journeys = Journeys(ledger, sites if sites is not None else load(ledger.home))
        self._index = Lookup.of(index)

    def original(self, original: Original, answer: dict[str, Any]) -> Observation:
        """Write an original down; the same bytes keep their work."""
        line = answer["found"][0]
        known = known_of_line(line)
        file = Path(line["file"])
        earlier = self._hits(known, ("original", "uploaded"), file, original.site)
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
            **facts_of(line),
        )
        seen = self._write(seen, line, NewWork(original.filename, original.mine) if not earlier else None)
        if original.mine and seen.work is not None:
            self._ledger.claim(seen.work)
        first = not any(hit.match.method == "bytes" and hit.observation.stage == "original" for hit in earlier)
        if earlier and first and seen.work is not None:
            rejudge(self._ledger, self._index, seen.work)
        return seen

    def screenshot(self, shown: Original, answer: dict[str, Any]) -> Observation:
        """Write down what a page looked like; it is no copy of a work, so it is neither indexed nor compared."""
        line = answer["found"][0]
        seen = Observation(
            id=str(ULID()),
            at=shown.at,
            stage="served",
            via=shown.via,
            site=shown.site,
            role=SCREENSHOT,
            url=shown.page,
            **facts_of(line),
        )
        return self._ledger.record(Batch(seen, file=Path(line["file"]), reading=line.get("inspection")))

    def handed(self, handed: Handed, answer: dict[str, Any]) -> Observation:
        """Write a picture down that was handed over with its stage, and judge what can now be judged."""
        line = answer["found"][0]
        known = known_of_line(line)
        self._index.remember(known)
        work = handed.work or self._linked(handed.keys)
        if work is None:
            earlier = self._hits(known, ("original", "uploaded"), Path(line["file"]), handed.site)
            work = earlier[0].observation.work if earlier else None
        seen = Observation(
            id=str(ULID()),
            at=handed.at,
            stage=handed.stage,
            via="import",
            site=handed.site,
            filename=handed.filename,
            work=work,
            exchange=handed.exchange,
            **facts_of(line),
        )
        seen = self._write(seen, line, NewWork(handed.filename) if work is None else None, part=handed.stage)
        if handed.stage == "uploaded":
            settle(self._ledger, self._index, uploaded=seen, served=None)
        elif handed.stage == "served":
            settle(self._ledger, self._index, uploaded=handed.uploaded, served=seen)
        elif seen.work is not None and not rejudge(self._ledger, self._index, seen.work, seen.site):
            settle_export(self._ledger, self._index, seen)
        return seen

    def _linked(self, keys: tuple[tuple[str, str], ...]) -> str | None:
        links = (self._ledger.link(rule, key) for rule, key in keys)
        return next((link.work for link in links if link is not None and link.work is not None), None)

    def exchange(self, exchange: Exchange, answer: dict[str, Any]) -> list[Observation]:
        """Write down what an exchange held, and judge what can now be judged."""
        if "error" in answer:
            self._ledger.miss(answer["error"]["code"], answer["error"]["message"], exchange.host, exchange.id)
            return []
        written = [self._closed(exchange, answer, url) for url in self._journeys.lease(exchange, answer)]
        for number, line in enumerate(answer["found"]):
            if line["role"] not in RECORDED_ROLES:
                continue
            part = f"{line['stage']}/{number}/{line['part'] or ''}"
            if line["stage"] == "uploaded":
                written.append(self._upload(exchange, answer, line, part))
            else:
                written += self._served(exchange, answer, line, part)
        self._journeys.later(exchange, answer)
        return written

    def lost(self, lost: Lost) -> None:
        """Write down that an upload of several requests did not become whole.

        An observation only where its beginning, or its sender, says that it was a picture.
        """
        about = lost.about
        if not lost.image and not lost.bytes:
            return
        words = lost_words(lost.why)
        if not lost.image:
            self._ledger.miss(lost.why, words, about.site, about.exchange)
            return
        broken = lost.why in {"incomplete", "interrupted", "aborted", "pieces_missing", "not_a_picture"}
        seen = Observation(
            id=str(ULID()),
            at=about.at,
            stage="uploaded",
            via=about.via,
            site=about.site,
            profile=about.profile,
            form=lost.form,
            url=about.url,
            filename=lost.filename,
            exchange=about.exchange,
            declared=(*lost.declared, ("received", str(lost.bytes))),
            state="unreadable" if broken else "not_examined",
            missed=lost.why,
        )
        if self._ledger.record(Batch(seen, part=f"session/{lost.why}")).id == seen.id:  # not told before
            self._ledger.miss(lost.why, words, about.site, about.exchange)

    def _closed(self, exchange: Exchange, answer: dict[str, Any], url: str) -> Observation:
        """An upload that went to a host which is not opened: all that is known of it is where it was to go."""
        self._ledger.miss(NOT_OPENED, _CLOSED, answer["site"], exchange.id)
        seen = Observation(
            id=str(ULID()),
            at=exchange.at,
            stage="uploaded",
            via="proxy",
            site=answer["site"],
            profile=answer["profile"],
            url=url,
            exchange=exchange.id,
            state="not_examined",
            missed=NOT_OPENED,
        )
        return self._ledger.record(Batch(seen, part=f"lease/{hashlib.sha256(url.encode()).hexdigest()[:16]}"))

    def _hits(self, known: Known, stages: tuple[str, ...], file: Path, site: str | None) -> list[Hit]:
        return hits(self._ledger, self._index, known, stages=stages, file=file, site=site)

    def _observation(self, exchange: Exchange, answer: dict[str, Any], line: dict[str, Any]) -> Observation:
        return Observation(
            id=str(ULID()),
            at=exchange.at,
            stage=line["stage"],
            via=exchange.via,
            site=answer["site"],
            profile=answer["profile"],
            role=line["role"],
            form=line["form"],
            filename=line["filename"],
            exchange=exchange.id,
            declared=tuple((str(key), str(value)) for key, value in line["declared"]),
            **facts_of(line),
        )

    def _upload(self, exchange: Exchange, answer: dict[str, Any], line: dict[str, Any], part: str) -> Observation:
        seen = replace(self._observation(exchange, answer, line), url=exchange.url)
        if line["missed"] is not None:
            self._ledger.miss(line["missed"], missed_words(line, "upload"), answer["site"], exchange.id)
        if "inspection" not in line:
            return self._ledger.record(Batch(seen, part=part))
        known = known_of_line(line)
        self._index.remember(known)
        file = Path(line["file"])
        before = original_of(self._ledger, self._index, seen, known, file=file)
        earlier = [before] if before else self._hits(known, ("uploaded",), file, seen.site)
        seen = replace(seen, work=earlier[0].observation.work if earlier else None)
        # Of several pictures sent at once the answer's addresses do not say whose they are.
        alone = sum(item["stage"] == "uploaded" for item in answer["found"]) == 1
        links = tuple((URL_RULE, url) for url in answer["answer_urls"]) if alone else ()
        links = (*links, *self._journeys.keys(exchange, answer, line))
        new = None if earlier else NewWork(line["filename"])
        seen = self._write(seen, line, new, part=part, links=links)
        settle(self._ledger, self._index, uploaded=seen, served=None)
        return seen

    def _served(
        self, exchange: Exchange, answer: dict[str, Any], line: dict[str, Any], part: str
    ) -> list[Observation]:
        if "inspection" not in line:
            self._ledger.miss(line["missed"] or "unread", missed_words(line, "copy"), answer["site"], exchange.id)
            return []
        seen = self._observation(exchange, answer, line)
        known = known_of_line(line)
        self._index.remember(known)
        bound, rule = self._bound(exchange, answer, known, Path(line["file"]))
        if bound is not None and bound.site is not None and bound.profile is not None:
            # Sites share hosts: whose copy it is follows from the upload that it was proved to be of.
            seen = replace(seen, site=bound.site)
        file = Path(line["file"])
        found = [] if bound is not None else self._hits(known, ("original", "uploaded"), file, seen.site)
        earlier = [
            o
            for o in queries.by_sha256(self._ledger, line["sha256"], limit=None)
            if o.stage == "served" and o.site == seen.site and o.exchange != exchange.id
        ]
        if bound is None and not found:
            # Nobody's copy: hash, label and site stay, bytes and address do not (contract §1).
            if earlier:
                return []
            return [self._ledger.record(Batch(seen, part=part, reading=label_of(line["inspection"])))]
        work = (bound or found[0].observation).work
        if any((o.work, o.url) == (work, scrub.url(exchange.url)) for o in earlier):
            return []
        uploaded = bound or _sent(found, seen)
        rule = rule if bound is not None else found[0].match.rule
        named = replace(seen, work=work, url=exchange.url, account=answer.get("account"))
        seen = self._write(named, line, None, part=part)
        settle(self._ledger, self._index, uploaded=uploaded, served=seen, rule=rule)
        return [seen]

    def _bound(
        self, exchange: Exchange, answer: dict[str, Any], copy: Known, file: Path
    ) -> tuple[Observation | None, str | None]:
        """The upload that this address was proved to be a copy of, and the rule that proved it.

        An answer may name other pictures, too, such as the sender's portrait. A picture that plainly is another one is
        not taken for the copy; where a profile says that this site's answers name copies, only when aligning the two
        came to nothing, too: such a site may crop as it likes.
        """
        found, rule = self._journeys.bound(exchange, answer) or (None, None)
        if found is None:
            link = self._ledger.link(URL_RULE, exchange.url)
            found = queries.observation(self._ledger, link.observation) if link is not None else None
            rule = URL_RULE
        if found is None or found.sha256 is None or found.work is None:
            return None, None
        if rule != HASH_RULE and (found.profile is None or rule == URL_RULE):
            judged = judge(self._ledger, self._index, found.sha256, copy, file=file)
            aligned = self._index.second is not None and self._index.placed(found.sha256, copy.sha256)[0]
            if judged.verdict == "different" and (found.profile is None or aligned):
                return None, None
        return found, rule

    def _write(
        self,
        seen: Observation,
        line: dict[str, Any],
        new: NewWork | None,
        *,
        part: str | None = None,
        links: tuple[tuple[str, str], ...] = (),
    ) -> Observation:
        code = fingerprint_of(line["fingerprint"])
        # Only what the user had or sent stands for a work; a served copy's crops would lead nowhere.
        crops = () if seen.stage == "served" else tuple(map(fingerprint_of, line["crops"]))
        others = () if seen.stage == "served" else tuple(map(fingerprint_of, line.get("others", ())))
        written = self._ledger.record(
            Batch(
                seen,
                part=part,
                file=Path(line["file"]),
                reading=line["inspection"],
                fingerprints=(code, *crops, *others),
                links=links,
                work=new,
            )
        )
        if code.code is not None and seen.stage != "served":
            self._index.add(line["sha256"], code.code)
            for crop in crops:
                if crop.kind in self._index.crops and crop.code is not None:
                    self._index.crops[crop.kind].add(line["sha256"], crop.code)
        return written


def _sent(found: list[Hit], served: Observation) -> Observation | None:
    """The upload that a copy comes from: one to the same site.

    Without an upload there, one to a host without profile may be it (sites serve from other hosts), but one to
    another known site is not: what that site did to it is not this one's doing.
    """
    work = found[0].observation.work
    sent = [
        hit.observation for hit in found if hit.observation.stage == "uploaded" and hit.observation.work == work
    ]
    unknown = [o for o in sent if o.profile is None or served.profile is None]
    return next((o for o in sent if o.site == served.site), unknown[0] if unknown else None)


def _picked_how(original: Original) -> tuple[tuple[str, str], ...]:
    """What the extension says of the pick: page scripts can forge untrusted ones, so that is on record."""
    said = () if original.gesture is None else (("gesture", original.gesture),)
    return said if original.trusted is None else (*said, ("trusted", "1" if original.trusted else "0"))
