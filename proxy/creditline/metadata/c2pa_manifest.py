"""A validated manifest store, as the SDK reports it in JSON, turned into values.

Everything in such a report was written by whoever made the file: any key may be missing, null or of another type
(corpus: `claim_generator_info` null, `[]` and absent; an `active_manifest` that is not in `manifests`).
"""

from __future__ import annotations

import base64
import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from creditline.model.errors import LimitError
from creditline.model.reading import C2paAction, C2paProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from creditline.model.reading import Region

    type Json = Mapping[str, Any]

MAX_MANIFESTS = 1000
"""Real chains of edits have a few dozen; a walk past this is a store made to be slow."""
MAX_ACTIONS = 20_000
"""A long session in an editor records some hundreds per manifest."""
MAX_PROBLEMS = 200
"""Beyond this a list of failures helps nobody; the state is decided from all of them."""
MAX_TEXT = 1000
"""Characters kept of an explanation or a name; the SDK's own are under 300."""

CONTENT_MISMATCH = frozenset(
    {
        "assertion.dataHash.mismatch",
        "assertion.boxesHash.mismatch",
        "assertion.bmffHash.mismatch",
        "assertion.collectionHash.mismatch",
        "assertion.multiAssetHash.mismatch",
    }
)
"""Failures that say that the picture is not the one that was signed."""

UNTRUSTED = "signingCredential.untrusted"
TRUSTED = "signingCredential.trusted"
_HARMLESS = frozenset({UNTRUSTED, "ingredient.unknownProvenance", "algorithm.deprecated"})
# Time-stamp codes became informational in 2.x; a v1 signer recorded them among its failures, and successes too.
_HARMLESS_PREFIXES = ("timeStamp.", "cawg.x509.")
_SUCCESS_SUFFIXES = (".match", ".validated", ".trusted", ".insideValidity", ".notRevoked")
_INACCESSIBLE = frozenset({"manifest.inaccessible", "ingredient.manifest.inaccessible"})

WORST_FIRST = ("invalid", "remote", "valid", "trusted")

MAX_BINDINGS = 64
"""Soft bindings taken from one manifest: a picture has a watermark or two, a film one for each part."""
MAX_BINDING = 16 * 1024
"""Characters of one soft binding's value; the longest registered ones have some thousand."""

_SOFT_BINDING = re.compile(r"c2pa\.soft-binding(?:$|[._])")
_FOUND_IN = re.compile(r"found in \[?(\w{1,40})\]? trust anchors")
_TRAINING = re.compile(r"(?:cawg|c2pa)\.training-mining(?:$|[._])")
_ACTIONS = re.compile(r"c2pa\.actions(?:$|[._])")


def as_dict(value: object) -> Json:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """The value if it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: object) -> str | None:
    """The value if it is text that says something, at most `MAX_TEXT` characters of it."""
    return value[:MAX_TEXT] if isinstance(value, str) and value.strip() else None


@dataclass(frozen=True, slots=True)
class Visit:
    """One manifest met on the walk; `relationship` is the weakest link on the way to it, None for the active."""

    label: str
    manifest: Json
    depth: int
    relationship: str | None

    @property
    def own(self) -> bool:
        """Whether this manifest speaks of the picture itself: the active one, or a parent of it."""
        return self.relationship in {None, "parentOf"}


def walk(report: Json) -> tuple[Visit, ...]:
    """Every manifest that the active one rests on, nearest first; each is met once per kind of relationship.

    Raises:
        LimitError: more than `MAX_MANIFESTS` of them.
    """
    manifests = as_dict(report.get("manifests"))
    active = as_text(report.get("active_manifest"))
    if active is None or not isinstance(manifests.get(active), dict):
        return ()
    visits: list[Visit] = []
    queue = deque([Visit(active, manifests[active], 0, None)])
    met: set[tuple[str, str | None]] = {(active, None), (active, "parentOf")}
    while queue:
        visit = queue.popleft()
        visits.append(visit)
        for ingredient in map(as_dict, as_list(visit.manifest.get("ingredients"))):
            label = as_text(ingredient.get("active_manifest"))
            relationship = _weakest(visit.relationship, as_text(ingredient.get("relationship")))
            if label is None or (label, relationship) in met or not isinstance(manifests.get(label), dict):
                continue
            met.add((label, relationship))
            if len(met) > MAX_MANIFESTS:
                raise LimitError(f"the manifest store chains more than {MAX_MANIFESTS} manifests")
            queue.append(Visit(label, manifests[label], visit.depth + 1, relationship))
    return tuple(visits)


def _weakest(before: str | None, link: str | None) -> str:
    if "inputTo" in {before, link}:
        return "inputTo"
    return "parentOf" if link == "parentOf" and before in {None, "parentOf"} else "componentOf"


def assertions(visit: Visit) -> Iterator[tuple[str, Json]]:
    """Label and data of each assertion of one manifest whose data is an object."""
    for assertion in map(as_dict, as_list(visit.manifest.get("assertions"))):
        label = as_text(assertion.get("label"))
        if label is not None and isinstance(assertion.get("data"), dict):
            yield label, assertion["data"]


def soft_bindings(visit: Visit) -> tuple[tuple[str, str], ...]:
    """Algorithm and value of each soft binding that a manifest declares, at most `MAX_BINDINGS` of them.

    A value that the SDK reports as a list of bytes is given as base64, as the recovery API writes it.
    """
    found: list[tuple[str, str]] = []
    for label, data in assertions(visit):
        alg = as_text(data.get("alg"))
        if alg is None or not _SOFT_BINDING.match(label):
            continue
        for block in map(as_dict, as_list(data.get("blocks"))):
            value = _binding_value(block.get("value"))
            if value is not None:
                found.append((alg, value))
            if len(found) >= MAX_BINDINGS:
                return tuple(found)
    return tuple(found)


def _binding_value(value: object) -> str | None:
    if isinstance(value, str):
        return value if 0 < len(value) <= MAX_BINDING else None
    if isinstance(value, list) and 0 < len(value) <= MAX_BINDING:
        try:
            return base64.b64encode(bytes(value)).decode("ascii")
        except (TypeError, ValueError):
            return None
    return None


def actions(
    visits: Iterable[Visit], regions: Callable[[Json], tuple[Region, ...] | None] = lambda _: None
) -> tuple[C2paAction, ...]:
    """Every recorded action, the active manifest's first; `regions` reads what one says to have changed.

    Raises:
        LimitError: more than `MAX_ACTIONS` of them.
    """
    found: list[C2paAction] = []
    for visit in visits:
        for label, data in assertions(visit):
            if not _ACTIONS.match(label):
                continue
            agents = as_list(data.get("softwareAgents"))
            for action in map(as_dict, as_list(data.get("actions"))):
                name = as_text(action.get("action"))
                if name is None:
                    continue
                source_type = as_text(action.get("digitalSourceType"))
                agent = software_agent(action, agents)
                where = regions(action)
                found.append(C2paAction(name, source_type, agent, visit.depth, visit.relationship, where))
                if len(found) > MAX_ACTIONS:
                    raise LimitError(f"the manifest store records more than {MAX_ACTIONS} actions")
    return tuple(found)


def software_agent(action: Json, agents: list[Any]) -> str | None:
    """An action's agent: text in v1, an object or an index into the assertion's list in v2."""
    agent = action.get("softwareAgent")
    index = action.get("softwareAgentIndex")
    if agent is None and isinstance(index, int) and 0 <= index < len(agents):
        agent = agents[index]
    return as_text(agent) or named(as_dict(agent))


def named(value: Json) -> str | None:
    """`name` and `version` of an object, as one text."""
    name, version = as_text(value.get("name")), as_text(value.get("version"))
    return f"{name} {version}" if name and version else name


def claim_generator(manifest: Json) -> str | None:
    """What wrote the claim: the first `claim_generator_info` (v2, some v1), else the user-agent text of v1."""
    for info in map(as_dict, as_list(manifest.get("claim_generator_info"))):
        if name := named(info):
            return name
    return as_text(manifest.get("claim_generator"))


def training(visits: Iterable[Visit]) -> tuple[tuple[str, str], ...]:
    """Training-mining entries of the nearest manifest of the picture itself that has any, without their prefix.

    Two assertions may contradict each other; both are kept. `constrained` without a word on how is `notAllowed`.
    """
    for visit in visits:
        if visit.own:
            found = [(name, use) for label, data in assertions(visit) for name, use, _ in _entries(label, data)]
            if found:
                return tuple(dict.fromkeys(found))
    return ()


def constraints(visit: Visit) -> Iterator[tuple[str, str]]:
    """Entry name and text of each constraint that a training-mining assertion of this manifest states."""
    for label, data in assertions(visit):
        for name, use, text in _entries(label, data):
            if use == "constrained" and text is not None:
                yield name, text


def _entries(label: str, data: Json) -> Iterator[tuple[str, str, str | None]]:
    if not _TRAINING.match(label):
        return
    # Some 1.0 writers leave out the `entries` level.
    entries = data["entries"] if isinstance(data.get("entries"), dict) else data
    for key, value in sorted(entries.items()):
        entry = as_dict(value)
        use = as_text(entry.get("use"))
        if use is None:
            continue
        # The specification itself spells it both ways.
        text = as_text(entry.get("constraint_info")) or as_text(entry.get("constraints_info"))
        stated = "notAllowed" if use == "constrained" and text is None else use
        yield key.removeprefix("cawg.").removeprefix("c2pa.")[:MAX_TEXT], stated, text


def failures(report: Json) -> tuple[str, ...]:
    """The codes of what failed in the active manifest."""
    results = as_dict(as_dict(report.get("validation_results")).get("activeManifest"))
    return tuple(problem.code for problem in _statuses(results.get("failure")))


def anchors(report: Json) -> str | None:
    """Where the SDK found the root of the active manifest's signer: `system_anchors`, `user_anchors`, ….

    None when it found none or does not say; it says so only in a sentence.
    """
    results = as_dict(as_dict(report.get("validation_results")).get("activeManifest"))
    for status in _statuses(results.get("success")):
        if status.code == TRUSTED and (found := _FOUND_IN.search(status.explanation or "")):
            return found.group(1)
    return None


def tampered(report: Json) -> bool:
    """Whether the picture is not the one that was signed."""
    return not CONTENT_MISMATCH.isdisjoint(failures(report))


def problems(report: Json, visits: Iterable[Visit]) -> tuple[C2paProblem, ...]:
    """What failed, the active manifest first; then what signers recorded as failed in their ingredients."""
    found = _statuses(report.get("validation_status"))
    for visit in visits:
        for ingredient in map(as_dict, as_list(visit.manifest.get("ingredients"))):
            found += [p for p in _recorded(ingredient) if not p.code.endswith(_SUCCESS_SUFFIXES)]
    unique = {(problem.code, problem.url): problem for problem in reversed(found)}
    return tuple(reversed(unique.values()))[:MAX_PROBLEMS]


def worst_ingredient(report: Json, visits: Iterable[Visit]) -> str | None:
    """The lowest state among the ingredients that have a manifest, from what their signer recorded and the SDK
    found anew; None when there are none. The SDK's own state leaves this out.
    """
    deltas = _deltas(report)
    states = {
        state
        for visit in visits
        for ingredient in map(as_dict, as_list(visit.manifest.get("ingredients")))
        if (state := _ingredient_state(visit.label, ingredient, deltas)) is not None
    }
    return next((state for state in WORST_FIRST if state in states), None)


def _ingredient_state(parent: str, ingredient: Json, deltas: Mapping[str, tuple[str, ...]]) -> str | None:
    label = as_text(ingredient.get("active_manifest"))
    uri = f"self#jumbf=/c2pa/{parent}/c2pa.assertions/{as_text(ingredient.get('label'))}"
    anew = deltas.get(uri, ())
    recorded = tuple(problem.code for problem in _recorded(ingredient))
    codes = {*recorded, *anew}
    if any(_breaks(code) for code in codes - _INACCESSIBLE):
        return "invalid"
    if codes & _INACCESSIBLE:
        return "remote"
    if label is None:
        return None
    success = as_dict(as_dict(ingredient.get("validation_results")).get("activeManifest")).get("success")
    claimed = {*recorded, *(problem.code for problem in _statuses(success))}
    # Trust is ours to give: a verdict found anew outweighs what the signer recorded.
    if TRUSTED in anew or (TRUSTED in claimed and UNTRUSTED not in codes):
        return "trusted"
    return "valid"


def _breaks(code: str) -> bool:
    return not (code in _HARMLESS or code.startswith(_HARMLESS_PREFIXES) or code.endswith(_SUCCESS_SUFFIXES))


def _recorded(ingredient: Json) -> list[C2paProblem]:
    results = as_dict(as_dict(ingredient.get("validation_results")).get("activeManifest"))
    return _statuses(ingredient.get("validation_status")) + _statuses(results.get("failure"))


def _deltas(report: Json) -> dict[str, tuple[str, ...]]:
    """Ingredient assertion → codes that differ from what was recorded, failures and successes."""
    found: dict[str, tuple[str, ...]] = {}
    for delta in map(as_dict, as_list(as_dict(report.get("validation_results")).get("ingredientDeltas"))):
        changes = as_dict(delta.get("validationDeltas"))
        codes = [p.code for kind in ("failure", "success") for p in _statuses(changes.get(kind))]
        uri = as_text(delta.get("ingredientAssertionURI")) or ""
        found[uri] = (*found.get(uri, ()), *codes)
    return found


def _statuses(value: object) -> list[C2paProblem]:
    found = []
    for status in map(as_dict, as_list(value)):
        code = as_text(status.get("code"))
        if code is not None:
            found.append(C2paProblem(code, as_text(status.get("url")), as_text(status.get("explanation"))))
    return found
