"""The manifest repository behind the recovery API: which manifest does a picture, or a soft binding, lead to?

Two algorithms are computed here and searched by distance; any other name is somebody else's watermark, whose value
is looked up exactly as it was given. Manifests are those that were posted and those inside kept originals and
uploads, so that a stripped copy leads back to what its own original said.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import threading
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.fingerprints import iscc, perceptual
from creditline.ledger import manifests
from creditline.ledger.index.linear import LinearIndex
from creditline.ledger.manifests import Binding, StoredManifest
from creditline.model.errors import (
    CarrierError,
    ConflictError,
    LimitError,
    NotFoundError,
    PictureError,
    UsageError,
)
from creditline.structures import jumbf
from creditline.vocab.thresholds import ALONE, BITS, MINIMUM_QUALITY, VARIANT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from creditline.ledger.store import Ledger

MAX_STORE = 16 * 1024 * 1024
"""Bytes of one posted manifest store; with thumbnails of a long history they reach a few MiB."""
MAX_VALUE = 64 * 1024
"""Characters of one soft binding value."""
MAX_ID = 512
MAX_ALG = 255
ALG_PATTERN = r"^[!-~]+$"
"""What a name of an algorithm is made of, in the words of JSON Schema; the API's document says the same."""
MAX_RESULTS = 1000
FULL_SCORE = 100
UNSEEN = frozenset({"svg", "mp4", "mov", "webm"})
"""Formats that hold no pixels that a fingerprint could be taken of here."""


class UnsupportedContentError(PictureError):
    """The bytes are of no format that a fingerprint can be taken of."""

    code = "unsupported_content"


@dataclass(frozen=True, slots=True)
class Computed:
    """An algorithm that we compute: `bits` of its code count, within `radius` two codes match."""

    name: str
    bits: int
    radius: int


ALGORITHMS = (
    Computed(iscc.KIND, iscc.BITS, iscc.RADIUS),
    Computed(perceptual.KIND, BITS, ALONE.distance),
)
_BY_NAME = {algorithm.name: algorithm for algorithm in ALGORITHMS}


@dataclass(frozen=True, slots=True)
class Match:
    """A manifest that an answer names; `score` 0 to 100."""

    manifest: str
    score: int

    def to_json(self) -> dict[str, object]:
        """`matches[]` of the specification."""
        return {"manifestId": self.manifest, "similarityScore": self.score}


class Repository:
    """Answers from one ledger, from any thread. `opaque`: stores are taken without being understood."""

    def __init__(self, ledger: Ledger, *, opaque: bool = False) -> None:
        self._ledger = ledger
        self._opaque = opaque
        self._indexes: dict[str, LinearIndex] = {}
        self._lock = threading.Lock()

    def by_binding(self, value: str, alg: str, limit: int) -> list[Match]:
        """The manifests that a soft binding leads to, best first.

        Raises:
            UsageError: `alg` is no name, or `value` is none of that algorithm's.
            LimitError: the value is longer than `MAX_VALUE`.
        """
        _check_alg(alg)
        code = _check_value(value, alg)
        # A `+` that was not escaped arrives as a space, which no base64 holds.
        given = dict.fromkeys((value, value.replace(" ", "+")))
        exact = (
            Match(name, FULL_SCORE) for one in given for name in manifests.bound_to(self._ledger, one, alg, limit)
        )
        near = [] if code is None else self._near(_BY_NAME[alg], code)
        return _best([*exact, *near], limit)

    def by_content(
        self, data: bytes, limit: int, *, alg: str | None = None, hint: tuple[str, str] | None = None
    ) -> list[Match]:
        """The manifests that a picture leads to: its own, by bytes, by what it looks like, by a hint (alg, value).

        Raises:
            UnsupportedContentError: the bytes are of no format that a fingerprint can be taken of.
            UsageError: the picture cannot be decoded, or `alg` is none that is computed here.
            LimitError: the hint's value is longer than `MAX_VALUE`.
        """
        if alg is not None and alg not in _BY_NAME:
            raise UsageError(
                f"{alg[:MAX_ALG]} is not computed here", next_step="see /services/supportedAlgorithms"
            )
        hinted = [] if hint is None else self.by_binding(hint[1], hint[0], limit)
        return _best([*hinted, *self._seen(data, alg)], limit)

    def store(self, data: bytes) -> str:
        """Takes a manifest store and gives the id of its active manifest; the same bytes get the same id.

        The soft bindings that its active manifest declares lead to it from then on.

        Raises:
            UsageError: empty, or no manifest store (unless opaque ones are allowed).
            LimitError: over `MAX_STORE` bytes.
            ConflictError: another store has that id.
        """
        from creditline.metadata import c2pa_store

        if not data:
            raise UsageError("the manifest store is empty")
        if len(data) > MAX_STORE:
            raise LimitError(f"a manifest store has at most {MAX_STORE} bytes")
        sha256 = hashlib.sha256(data).hexdigest()
        if (known := manifests.by_bytes(self._ledger, sha256)) is not None:
            return known.id
        bound: list[Binding] = []
        try:
            declared = c2pa_store.read_store(data)
            identity, opaque = declared.label, False
            if not is_id(identity):
                raise CarrierError("the active manifest's id is not one")
            bound = [Binding(value, alg, *_meaning(value, alg)) for alg, value in declared.soft_bindings]
        except CarrierError as error:
            if not self._opaque:
                raise UsageError(str(error), next_step="the operator can allow opaque ones") from error
            identity, opaque = f"urn:c2pa:{uuid.uuid4()}", True
        fitting = [
            binding for binding in bound if is_text(binding.alg, MAX_ALG) and is_text(binding.value, MAX_VALUE)
        ]
        manifests.put(self._ledger, StoredManifest(identity, sha256, data, opaque, self._ledger.now()), fitting)
        return identity

    def manifest(self, identity: str, *, active_only: bool = False) -> bytes:
        """The manifest store whose active manifest has that id; `active_only` leaves the other manifests out.

        A store that was taken without being understood is given whole.

        Raises:
            NotFoundError: there is none.
        """
        store = self._bytes(identity)
        if not active_only:
            return store
        return jumbf.store_of_active(store) or store

    def remove(self, identity: str) -> None:
        """Takes a posted manifest store away, with its bindings.

        Raises:
            NotFoundError: there is none.
            ConflictError: it lies inside a kept picture.
        """
        if is_id(identity) and manifests.remove(self._ledger, identity):
            return
        self._bytes(identity)
        raise ConflictError("this manifest lies inside a picture of the ledger", next_step="use creditline purge")

    def bind(self, value: str, manifest: str, *, alg: str = "", replace: bool = False) -> None:
        """Lets a value lead to a manifest; with `replace`, a value known before leads to this one only.

        Raises:
            UsageError: the value, or the algorithm's name, is none.
            LimitError: the value is longer than `MAX_VALUE`.
            NotFoundError: the manifest is unknown, or the value that was to be replaced.
        """
        if alg:
            _check_alg(alg)
        _check_value(value, alg)
        self._bytes(manifest)
        binding = Binding(value, alg, *_meaning(value, alg))
        now = self._ledger.now()
        if not replace:
            manifests.bind(self._ledger, binding, manifest, now)
        elif not manifests.rebind(self._ledger, binding, manifest, now):
            raise NotFoundError("no such soft binding is known")

    def _bytes(self, identity: str) -> bytes:
        if is_id(identity):
            posted = manifests.get(self._ledger, identity)
            if posted is not None:
                return posted.store
            for sha256 in manifests.pictures_with(self._ledger, identity):
                store = self._embedded(sha256, identity)
                if store is not None:
                    return store
        raise NotFoundError("there is no such manifest")

    def _embedded(self, sha256: str, identity: str) -> bytes | None:
        from creditline.containers.sniff import find

        try:
            data = self._ledger.blobs.get(sha256)
        except NotFoundError:
            return None
        for block in find(data).blocks:
            if block.carrier == "c2pa" and block.problem is None:
                active = jumbf.active_manifest(block.payload)
                if active is not None and active[0] == identity:
                    return block.payload
        return None

    def _near(self, algorithm: Computed, code: bytes, radius: int | None = None) -> list[Match]:
        """Manifests near a code: posted ones by their bindings, pictures' by the index."""
        within = algorithm.radius if radius is None else radius
        posted = manifests.bound_near(self._ledger, code, algorithm.name, within)
        found = [Match(name, _score(far, algorithm.bits)) for name, far in posted.items()]
        hits = dict(self._index(algorithm.name).within(code, within)[:MAX_RESULTS])
        carried = manifests.carried(self._ledger, list(hits))
        return found + [
            Match(name, _score(hits[sha256], algorithm.bits))
            for sha256, names in carried.items()
            for name in names
        ]

    def _seen(self, data: bytes, alg: str | None) -> Iterable[Match]:
        from creditline.containers.sniff import sniff
        from creditline.fingerprints.variants import codes

        kind = sniff(data)
        own = [] if kind == "unknown" else self._own(data)
        yield from own
        if own and kind in UNSEEN:
            return
        if kind == "unknown" or kind in UNSEEN:
            raise UnsupportedContentError("no soft binding is computed of this kind of content")
        sha256 = hashlib.sha256(data).hexdigest()
        for names in manifests.carried(self._ledger, [sha256]).values():
            yield from (Match(name, FULL_SCORE) for name in names)
        every = codes(data, with_pixels=False)
        if every.plain.code is None:
            raise UsageError(f"the picture cannot be decoded: {every.plain.missed}")
        if (every.plain.quality or 0) < MINIMUM_QUALITY:
            return  # a flat picture looks like every other one
        if alg in {None, perceptual.KIND}:
            pdq = _BY_NAME[perceptual.KIND]
            yield from self._near(pdq, every.plain.code)
            for form in every.forms:
                yield from self._near(pdq, form.code, VARIANT.distance)
        if alg in {None, iscc.KIND}:
            for other in every.others:
                if other.kind == iscc.KIND and other.code is not None:
                    yield from self._near(_BY_NAME[iscc.KIND], other.code)

    def _own(self, data: bytes) -> list[Match]:
        """The manifest that the content itself carries, where it is here, too."""
        from creditline.containers.sniff import find

        found = []
        for block in find(data).blocks:
            active = (
                jumbf.active_manifest(block.payload) if block.carrier == "c2pa" and not block.problem else None
            )
            if active is not None and is_id(active[0]) and manifests.has(self._ledger, active[0]):
                found.append(Match(active[0], FULL_SCORE))
        return found

    def _index(self, kind: str) -> LinearIndex:
        with self._lock:
            if kind not in self._indexes:
                self._indexes[kind] = LinearIndex.load(self._ledger, kind)
            return self._indexes[kind]


def is_id(identity: str) -> bool:
    """Whether a text can be a manifest's id at all; which one it is, is never asked of its form."""
    return is_text(identity, MAX_ID)


def is_text(text: str, limit: int) -> bool:
    """Whether a text is there, can be stored anywhere and is no longer than that."""
    if not 0 < len(text) <= limit:
        return False
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def values_of(data: bytes) -> dict[str, str]:
    """What a picture is asked for by, per algorithm that we compute: base64, as the specification has it.

    Raises:
        PictureError: it cannot be decoded.
    """
    from creditline.fingerprints.variants import codes

    every = codes(data, with_pixels=False)
    if every.plain.code is None:
        raise PictureError(f"the picture cannot be decoded: {every.plain.missed}", code="undecodable")
    raw = {perceptual.KIND: every.plain.code}
    raw |= {other.kind: iscc.value_of(other.code) for other in every.others if other.code is not None}
    return {name: base64.b64encode(code).decode("ascii") for name, code in raw.items()}


def _check_alg(alg: str) -> None:
    if not is_text(alg, MAX_ALG) or not re.fullmatch(ALG_PATTERN, alg):
        raise UsageError("`alg` is no name of a soft binding algorithm")


def _check_value(value: str, alg: str) -> bytes | None:
    """The value's code where the algorithm is ours, None for anybody else's."""
    if len(value) > MAX_VALUE:
        raise LimitError(f"a soft binding value has at most {MAX_VALUE} characters")
    if not is_text(value, MAX_VALUE):
        raise UsageError("the soft binding value is no text that can be stored")
    if alg not in _BY_NAME:
        return None
    code, _ = _meaning(value, alg)
    if code is None:
        raise UsageError(f"the value is no base64 of a code of {alg}")
    return code


def _meaning(value: str, alg: str) -> tuple[bytes | None, str | None]:
    """Code and algorithm that a value has for us; without a name, what its length says."""
    if alg and alg not in _BY_NAME:
        return None, None
    try:
        # A `+` that was not escaped arrives as a space.
        raw = base64.b64decode(value.replace(" ", "+"), validate=True)
    except (binascii.Error, ValueError):
        return None, None
    if alg in {"", perceptual.KIND} and len(raw) == perceptual.BYTES:
        return raw, perceptual.KIND
    if alg in {"", iscc.KIND} and (code := iscc.parsed(raw)) is not None:
        return code, iscc.KIND
    return None, None


def _score(distance: int, bits: int) -> int:
    return round(FULL_SCORE * (1 - distance / bits))


def _best(found: Iterable[Match], limit: int) -> list[Match]:
    best: dict[str, int] = {}
    for match in found:
        best[match.manifest] = max(match.score, best.get(match.manifest, 0))
    ordered = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return [Match(*item) for item in ordered[: min(limit, MAX_RESULTS)]]
