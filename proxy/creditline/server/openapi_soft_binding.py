"""The OpenAPI description of the recovery API (C2PA Soft Binding Resolution API 2.4), for `openapi`."""

from __future__ import annotations

from typing import Any

from creditline.services.receipts import TYPE
from creditline.services.soft_binding import ALG_PATTERN, MAX_ALG, MAX_VALUE

PREFIX = "/c2pa/v1"
_TEXT = {"type": "string", "minLength": 1}
_VALUE = {"type": "string", "minLength": 1, "description": f"At most {MAX_VALUE} characters."}
_ALG = {"type": "string", "minLength": 1, "maxLength": MAX_ALG, "pattern": ALG_PATTERN}
_BYTES = {"schema": {"type": "string", "format": "binary", "minLength": 1}}
_FLAG = {"type": "boolean", "default": False}
_LIST = {
    "type": "array",
    "items": {"type": "object", "properties": {"alg": {"type": "string"}}, "required": ["alg"]},
}


def _object(*, optional: tuple[str, ...] = (), **members: dict[str, Any]) -> dict[str, Any]:
    required = [name for name in members if name not in optional]
    return {"type": "object", "properties": members, "required": required}


_RECEIPT = {
    "type": "object",
    "properties": {
        "@context": {"type": "object"},
        "@type": {"const": TYPE},
        "repository": _object(uri={"type": "string"}, manifestId={"type": "string"}),
        "anchor": _object(uri={"type": "string"}, proof=_object(alg={"type": "string"}, value={"type": "string"})),
        "verified": {"type": "boolean"},
        "error": {"type": "string"},
    },
    "required": ["@type", "repository", "anchor"],
}

SCHEMAS: dict[str, Any] = {
    "SoftBindingError": _object(error={"type": "string"}),
    "SoftBindingDiscovery": _object(
        apiEndpoint={"type": "string"},
        c2paSpecificationVersion={"type": "string"},
        capabilitiesEndpoint={"type": "string"},
        statusEndpoint={"type": "string"},
    ),
    "SoftBindingAlgorithms": _object(watermarks=_LIST, fingerprints=_LIST),
    "SoftBindingCapabilities": _object(
        c2paSpecificationVersion={"type": "string"},
        supportedCapabilities={
            "type": "array",
            "items": {"enum": ["queryByContent", "queryByReference", "storeManifests", "storeBindings"]},
        },
    ),
    "SoftBindingStatus": _object(status={"enum": ["ok", "degraded", "down"]}, timestamp={"type": "string"}),
    "SoftBindingMatches": _object(
        matches={
            "type": "array",
            "items": _object(
                manifestId={"type": "string"},
                similarityScore={"type": "integer", "minimum": 0, "maximum": 100},
            ),
        }
    ),
    "SoftBindingQuery": _object(value=_VALUE, alg=_ALG),
    "SoftBindingReference": _object(
        optional=("assetType", "region"),
        referenceUrl={"type": "string", "pattern": "^https://"},
        assetLength={"type": "integer", "minimum": 1},
        assetType={"type": "string"},
        region={"type": "array", "maxItems": 0},
    ),
    "SoftBinding": _object(optional=("alg",), bindingValue=_VALUE, manifestId=_TEXT, alg=_ALG),
    "ManifestReceipt": _RECEIPT,
    "StoredManifest": _object(
        optional=("receipt",),
        manifestId={"type": "string"},
        receipt={"$ref": "#/components/schemas/ManifestReceipt"},
    ),
}


def _ref(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _answers(description: str, schema: str | None, status: str = "200") -> dict[str, Any]:
    good: dict[str, Any] = {"description": description}
    if schema is not None:
        good["content"] = _ref(schema)
    return {status: good, "default": {"description": "What went wrong.", "content": _ref("SoftBindingError")}}


def _query(name: str, description: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema, "required": required}


_MAX_RESULTS = _query(
    "maxResults", "How many at most.", {"type": "integer", "minimum": 1, "maximum": 999_999_999, "default": 10}
)
_CONTENT = [
    _query("alg", "Only by this algorithm of /services/supportedAlgorithms.", _ALG),
    _query("hintAlg", "An algorithm whose value is known.", _ALG),
    _query("hintValue", "Its value.", _VALUE),
    _MAX_RESULTS,
]
_ID = {
    "name": "manifestId",
    "in": "path",
    "required": True,
    "description": "The id of a store's active manifest.",
    "schema": _TEXT,
}
_FETCH, _MANIFESTS, _BINDINGS = (
    [{"token": [scope]}] for scope in ("fetch:manifests", "store:manifests", "store:bindings")
)


def _operation(
    summary: str,
    security: list[dict[str, list[str]]],
    responses: dict[str, Any],
    *,
    parameters: list[dict[str, Any]] | None = None,
    body: dict[str, Any] | None = None,
) -> dict[str, Any]:
    operation: dict[str, Any] = {"summary": summary, "security": security, "responses": responses}
    if parameters:
        operation["parameters"] = parameters
    if body is not None:
        operation["requestBody"] = {"required": True, "content": body}
    return operation


def paths() -> dict[str, Any]:
    """Every route of the recovery API."""
    matches = _answers("Manifests, best first.", "SoftBindingMatches")
    store = {"200": {"description": "A manifest store.", "content": {"application/c2pa": {}}}}
    binding = _answers("It leads there now.", None, "204")
    families = ("image", "audio", "video", "application", "model", "text")
    return {
        "/.well-known/c2pa-soft-binding-resolution": {
            "get": _operation("Where the recovery API is.", [], _answers("Addresses.", "SoftBindingDiscovery"))
        },
        f"{PREFIX}/services/supportedAlgorithms": {
            "get": _operation(
                "The algorithms that are computed here.", [], _answers("Names.", "SoftBindingAlgorithms")
            )
        },
        f"{PREFIX}/services/capabilities": {
            "get": _operation(
                "What is offered beyond what must be.", [], _answers("Words.", "SoftBindingCapabilities")
            )
        },
        f"{PREFIX}/services/status": {
            "get": _operation("Whether the repository answers.", [], _answers("A word.", "SoftBindingStatus"))
        },
        f"{PREFIX}/matches/byBinding": {
            "get": _operation(
                "Manifests that a soft binding leads to.",
                _FETCH,
                matches,
                parameters=[
                    _query("value", "As the algorithm has it; base64 for our own.", _VALUE, required=True),
                    _query("alg", "The algorithm's name.", _ALG, required=True),
                    _MAX_RESULTS,
                ],
            ),
            "post": _operation(
                "The same for a long soft binding.",
                _FETCH,
                matches,
                parameters=[_MAX_RESULTS],
                body=_ref("SoftBindingQuery"),
            ),
        },
        f"{PREFIX}/matches/byContent": {
            "post": _operation(
                "Manifests that a picture leads to.",
                _FETCH,
                matches,
                parameters=_CONTENT,
                body={f"{family}/*": _BYTES for family in families},
            )
        },
        f"{PREFIX}/matches/byReference": {
            "post": _operation(
                "Manifests that a picture at a public https address leads to; off unless the operator allows it.",
                _FETCH,
                matches,
                parameters=_CONTENT,
                body=_ref("SoftBindingReference"),
            )
        },
        f"{PREFIX}/manifests": {
            "post": _operation(
                "Takes a manifest store.",
                _MANIFESTS,
                _answers("Its id.", "StoredManifest"),
                parameters=[_query("returnReceipt", "Whether a receipt is wanted.", _FLAG)],
                body={"application/c2pa": _BYTES},
            )
        },
        f"{PREFIX}/manifests/{{manifestId}}": {
            "get": _operation(
                "A manifest store, as it was posted or lies in a kept picture.",
                _FETCH,
                store | {"default": matches["default"]},
                parameters=[_ID, _query("returnActiveManifest", "Without the manifests of ingredients.", _FLAG)],
            ),
            "delete": _operation(
                "Forgets a posted manifest store, and what leads to it.",
                _MANIFESTS,
                _answers("It is gone.", None, "204"),
                parameters=[_ID],
            ),
        },
        f"{PREFIX}/manifests/{{manifestId}}/receipts": {
            "get": _operation(
                "The receipt for a manifest.", _FETCH, _answers("It.", "ManifestReceipt"), parameters=[_ID]
            ),
            "post": _operation(
                "Whether a receipt holds for a manifest.",
                _FETCH,
                _answers("The receipt, with `verified`.", "ManifestReceipt"),
                parameters=[_ID],
                body=_ref("ManifestReceipt"),
            ),
        },
        f"{PREFIX}/bindings": {
            "post": _operation(
                "Lets a soft binding value lead to a manifest.", _BINDINGS, binding, body=_ref("SoftBinding")
            ),
            "put": _operation(
                "Lets a known value lead to this manifest alone.", _BINDINGS, binding, body=_ref("SoftBinding")
            ),
        },
    }
