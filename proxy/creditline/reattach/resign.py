"""Content Credentials made here: a key and certificate of one's own, and a signature over a finished picture.

Sign last: a manifest binds every byte outside itself. The signer is nobody's idea of trusted; only who takes
`Authority.anchor_pem` for a root will read the result as `trusted`, by the list `user`.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from c2pa import Builder, C2paBuilderIntent, C2paError, C2paSignerInfo, Context, Signer

from creditline.containers.sniff import find, replace
from creditline.model.errors import SigningError
from creditline.model.picture import MEDIA_TYPES
from creditline.reattach.authority import Authority, make_authority
from creditline.vocab.source_types import lookup, normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SIGNABLE", "Authority", "Parent", "Statement", "make_authority", "sign", "sign_restored"]

SIGNABLE = ("jpeg", "png", "webp", "gif", "tiff", "dng", "heic", "avif", "jxl", "svg")
"""Formats that the SDK puts a manifest into; a naked JPEG XL codestream is none."""
MAX_FILE = 64 * 1024 * 1024
"""Bytes; the reader checks no larger file either."""
CONTEXTS: Mapping[str, str] = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "cc": "http://creativecommons.org/ns#",
}
"""Prefix → namespace of what `cawg.metadata` may hold."""

_ERRORS = (C2paError, ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError)


def sign(
    data: bytes,
    format: str,  # noqa: A002 - contract §3's word
    authority: Authority,
    *,
    title: str | None = None,
    digital_source_type: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    training: Mapping[str, str] | None = None,
    claim_generator: str = "Creditline",
) -> bytes:
    """The picture with a manifest added; everything else in it stays byte for byte.

    The one action is `c2pa.created` with the source type, when one is given (a term or an address), else
    `c2pa.opened` of the picture as it came, which claims nothing about who made it. `metadata` becomes
    `cawg.metadata`: XMP keys with their usual prefix. `training` becomes `cawg.training-mining`: entry name
    (`ai_training`, …) → `allowed`, `notAllowed` or `constrained`. No thumbnail, no time stamp, no network.

    Raises:
        SigningError: a format other than `SIGNABLE`, a file too large or not of its format, a refusal of the SDK.
    """
    _check(data, format)
    signed = io.BytesIO()
    try:
        manifest = _definition(title, digital_source_type, metadata, training, claim_generator)
        with _builder(manifest) as builder, _signer(authority) as signer:
            if digital_source_type is None:
                # A creation without a source type is malformed to C2PA 2.x, and none may be made up: the
                # picture as it came becomes the parent, with its own manifest if it has one, and is `opened`.
                builder.set_intent(C2paBuilderIntent.EDIT)
            builder.sign(signer, MEDIA_TYPES[format], io.BytesIO(data), signed)
    except _ERRORS as error:
        raise SigningError(f"the picture could not be signed: {error}") from error
    return signed.getvalue()


@dataclass(frozen=True, slots=True)
class Parent:
    """The file that a restored one stands for: with its manifest store, if it has one, it becomes the ingredient."""

    data: bytes
    format: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What a restorer says: actions after `c2pa.opened`, metadata as found in the original, consent, soft binding.

    `metadata` as in `sign`; `training` also with `{"use", "constraint_info"}`; `fingerprint` is a code of the
    algorithm `algorithm`.
    """

    actions: tuple[tuple[str, str], ...]
    metadata: Mapping[str, Any]
    training: Mapping[str, Any]
    algorithm: str = ""
    fingerprint: bytes | None = None


def sign_restored(
    data: bytes,
    format: str,  # noqa: A002 - contract §3's word
    authority: Authority,
    parent: Parent,
    statement: Statement,
    *,
    claim_generator: tuple[str, str],
    time_stamp: str | None = None,
) -> bytes:
    """A restored picture with a manifest of its own: the original is the ingredient that was opened.

    Nothing is claimed of who made the picture or how. A manifest that `data` holds is taken out first, for it binds
    other bytes. `time_stamp` is the address of an RFC 3161 authority; without one there is no network.
    An answer that is no time stamp of this signature, too late or too large is an error, never an unstamped signature.

    Raises:
        SigningError: no time stamp of that authority, a format other than `SIGNABLE`, a file too large or not of its
            format, a refusal of the SDK.
    """
    _check(data, format)
    if any(block.carrier == "c2pa" for block in find(data).blocks):
        data = replace(data, {"c2pa": []})
    signed = io.BytesIO()
    try:
        manifest = _restored(statement, claim_generator, parent)
        with _stamper(time_stamp) as address, _builder(manifest, address) as builder:
            ingredient = {"relationship": "parentOf", "instance_id": _PARENT, "title": parent.title or "original"}
            builder.add_ingredient(ingredient, MEDIA_TYPES[parent.format], io.BytesIO(parent.data))
            with _signer(authority, address) as signer:
                builder.sign(signer, MEDIA_TYPES[format], io.BytesIO(data), signed)
    except _ERRORS as error:
        raise SigningError(f"the picture could not be signed: {error}") from error
    return signed.getvalue()


def _stamper(address: str | None) -> contextlib.AbstractContextManager[str | None]:
    if address is None:
        return contextlib.nullcontext()
    from creditline.reattach.time_stamp import relayed

    return relayed(address)


_PARENT = "xmp:iid:original"
"""Names the ingredient within the definition only; the SDK turns it into a hashed reference."""


def _check(data: bytes, format: str) -> None:  # noqa: A002 - as above
    if format not in SIGNABLE:
        raise SigningError(f"{format} cannot be signed; these can: {', '.join(SIGNABLE)}")
    if len(data) > MAX_FILE:
        raise SigningError(f"files up to {MAX_FILE} bytes can be signed, this has {len(data)}")


@contextlib.contextmanager
def _builder(manifest: dict[str, Any], time_stamp: str | None = None) -> Iterator[Builder]:
    settings = dict(_SETTINGS)
    if time_stamp is not None:
        settings["core"] = {"allowed_network_hosts": [urlsplit(time_stamp).hostname or ""]}
    with Context.from_dict(settings) as context, Builder(json.dumps(manifest), context=context) as builder:
        yield builder


def _signer(authority: Authority, time_stamp: str | None = None) -> Signer:
    address = None if time_stamp is None else time_stamp.encode()
    return Signer.from_info(C2paSignerInfo(b"es256", authority.chain_pem, authority.key_pem, address))


def _restored(statement: Statement, claim_generator: tuple[str, str], parent: Parent) -> dict[str, Any]:
    actions: list[dict[str, Any]] = [{"action": "c2pa.opened", "parameters": {"ingredientIds": [_PARENT]}}]
    actions += [{"action": name, "description": text} for name, text in statement.actions]
    assertions: list[dict[str, Any]] = [{"label": "c2pa.actions.v2", "data": {"actions": actions}}]
    assertions += _said(statement.metadata, statement.training)
    if statement.fingerprint is not None:
        block = {"scope": {}, "value": base64.b64encode(statement.fingerprint).decode("ascii")}
        assertions.append(
            {"label": "c2pa.soft-binding", "data": {"alg": statement.algorithm, "blocks": [block], "pad": ""}}
        )
    name, version = claim_generator
    manifest: dict[str, Any] = {
        "claim_generator_info": [{"name": name, "version": version}],
        "assertions": assertions,
    }
    if parent.title is not None:
        manifest["title"] = parent.title
    return manifest


_SETTINGS = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "core": {"allowed_network_hosts": []},
    "builder": {"thumbnail": {"enabled": False}},
}


def _definition(
    title: str | None,
    digital_source_type: str | None,
    metadata: Mapping[str, Any] | None,
    training: Mapping[str, str] | None,
    claim_generator: str,
) -> dict[str, Any]:
    assertions: list[dict[str, Any]] = []
    if digital_source_type is not None:
        created = {"action": "c2pa.created", "digitalSourceType": _address(digital_source_type)}
        assertions.append({"label": "c2pa.actions.v2", "data": {"actions": [created]}})
    assertions += _said(metadata, training)
    manifest: dict[str, Any] = {
        "claim_generator_info": [{"name": claim_generator}],
        "assertions": assertions,
    }
    if title is not None:
        manifest["title"] = title
    return manifest


def _said(metadata: Mapping[str, Any] | None, training: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The assertions of metadata and of training and mining."""
    assertions: list[dict[str, Any]] = []
    if metadata:
        used = {key.partition(":")[0] for key in _keys(metadata)}
        context = {prefix: uri for prefix, uri in CONTEXTS.items() if prefix in used}
        document = {"@context": context, **metadata}
        assertions.append({"label": "cawg.metadata", "data": document, "kind": "Json"})
    if training:
        entries = {
            f"cawg.{name.removeprefix('cawg.')}": dict(use) if isinstance(use, Mapping) else {"use": use}
            for name, use in training.items()
        }
        assertions.append({"label": "cawg.training-mining", "data": {"entries": entries}})
    return assertions


def _address(source_type: str) -> str:
    """The vocabulary's address of a term; anything else as it was given."""
    known = lookup(normalise(source_type) or "")
    return known.uri if known is not None and known.standard else source_type


def _keys(value: Any) -> set[str]:
    """Every key in a JSON document, members of structures included."""
    if isinstance(value, dict):
        return {str(key) for key in value} | {key for inner in value.values() for key in _keys(inner)}
    if isinstance(value, list | tuple):
        return {key for inner in value for key in _keys(inner)}
    return set()
