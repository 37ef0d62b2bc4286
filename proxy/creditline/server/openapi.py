"""The OpenAPI 3.1 description of /api/v1 and /c2pa/v1; tests hold its paths, methods and members against the code."""

from __future__ import annotations

from typing import Any

from creditline import __version__
from creditline.server import openapi_paths, openapi_schemas, openapi_soft_binding


def soft_binding_document() -> dict[str, Any]:
    """The recovery API's own document: other errors, other scopes, a specification of its own."""
    whole = document()
    return whole | {
        "info": whole["info"]
        | {"title": "C2PA Soft Binding Resolution API", "description": "As Creditline has it."},
        "paths": openapi_soft_binding.paths(),
        "components": whole["components"] | {"schemas": openapi_soft_binding.SCHEMAS},
    }


def document() -> dict[str, Any]:
    """The document of /api/v1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Creditline",
            "version": __version__,
            "description": "Which credit, consent and AI fields a site took out of a picture.",
        },
        "security": [{"token": []}, {"session": []}],
        "paths": openapi_paths.paths(),
        "components": {
            "schemas": openapi_schemas.SCHEMAS,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "From `creditline pair`.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "creditline_PORT",
                    "description": "The dashboard's session; a change also needs `X-CSRF-Token`.",
                },
            },
        },
    }
