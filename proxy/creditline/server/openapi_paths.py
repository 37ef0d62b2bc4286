"""The routes of /api/v1, for its OpenAPI description: what each takes and which schemas it answers with."""

from __future__ import annotations

from typing import Any

from creditline.model.observation import STAGES
from creditline.server.openapi_schemas import CODED, THING


def _answer(schema: str, description: str, *statuses: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        **{status: {"description": description, "content": content} for status in statuses or ("200",)},
        "default": {"description": "What went wrong, and what helps.", "content": problem},
    }


def _in(
    name: str, description: str, *, where: str = "query", schema: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {"name": name, "in": where, "description": description, "schema": schema or CODED}


_FILE = {"type": "string", "format": "binary", "minLength": 1}
_BYTES = {"schema": _FILE}
_CURSOR = {"type": "string", "pattern": "^[0-9A-Za-z_.:-]{1,64}$"}
_ADDRESS = {
    "type": "string",
    "pattern": "^https?://[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(/[!-~]{0,1000})?$",
}
SITE_CURSOR = r"^[^\x00-\x1f\x7f]{1,1024}$"
"""A site's name as a cursor, in the words of JSON Schema; `api.py` holds `after` against the same."""
_MOMENT = {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
_QUESTION = {
    "type": "object",
    "properties": {
        "page": CODED,
        "pictures": {
            "type": "array",
            "maxItems": 500,
            "items": {
                "type": "object",
                "properties": {
                    "url": {"type": "string", "maxLength": 8192},
                    "ref": {"type": ["string", "null"], "maxLength": 128},
                },
                "required": ["url"],
            },
        },
    },
    "required": ["pictures"],
}
_LIMIT = _in("limit", "How many at most.", schema={"type": "integer", "minimum": 1, "maximum": 200, "default": 50})
_PAGING = [_in("after", "The `next` of the answer before.", schema=_CURSOR), _LIMIT]
_SITES_PAGING = [
    _in("after", "The `next` of the answer before.", schema={"type": "string", "pattern": SITE_CURSOR}),
    _LIMIT,
]


_SCOPE = [
    _in("work", "Only this work.", schema=_CURSOR),
    _in("since", "Only from this time on (ISO 8601).", schema=_MOMENT),
    _in("until", "Only before this time (ISO 8601).", schema=_MOMENT),
]


def _report(summary: str, kinds: dict[str, str], *parameters: dict[str, Any]) -> dict[str, Any]:
    content = {kind: {"schema": {"type": as_type} if as_type else {}} for kind, as_type in kinds.items()}
    file = {"description": "As `creditline report`, as an attachment.", "content": content}
    answers = _answer("Problem", "") | {"200": file}
    return {"get": {"summary": summary, "parameters": [*parameters, *_SCOPE], "responses": answers}}


def _form(required: list[str], *optional: str) -> dict[str, Any]:
    properties = dict.fromkeys([*required, *optional], _FILE)
    whole = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {"schema": whole}


def paths() -> dict[str, Any]:
    """Every route of /api/v1."""
    return {
        "/api/v1/health": {
            "get": {
                "summary": "That the server is there.",
                "security": [],
                "responses": _answer("Health", "Name, version and status."),
            }
        },
        "/api/v1/openapi.json": {
            "get": {
                "summary": "This document.",
                "responses": {
                    "200": {
                        "description": "OpenAPI 3.1.",
                        "content": {"application/json": {"schema": THING}},
                    }
                },
            }
        },
        "/api/v1/soft-binding.json": {
            "get": {
                "summary": "The document of the recovery API under /c2pa/v1.",
                "responses": {
                    "200": {
                        "description": "OpenAPI 3.1.",
                        "content": {"application/json": {"schema": THING}},
                    }
                },
            }
        },
        "/api/v1/inspections": {
            "post": {
                "summary": "Everything one picture says about its origin. Nothing is kept.",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/octet-stream": _BYTES,
                        "image/*": _BYTES,
                        "multipart/form-data": _form(["picture"]),
                    },
                },
                "responses": _answer("Inspection", "As `creditline inspect --json`."),
            }
        },
        "/api/v1/audits": {
            "post": {
                "summary": "What became of an original in a served copy. Nothing is kept.",
                "requestBody": {
                    "required": True,
                    "content": {"multipart/form-data": _form(["original", "served"], "uploaded")},
                },
                "responses": _answer("Audit", "As `creditline audit --json`."),
            }
        },
        "/api/v1/originals": {
            "post": {
                "summary": "Hands over a picked file before a page's script can change it.",
                "parameters": [
                    _in("X-Creditline-Page", "The page's address.", where="header"),
                    _in("X-Creditline-Filename", "The file's name, as in RFC 8187.", where="header"),
                    _in(
                        "X-Creditline-Gesture",
                        "How it was picked.",
                        where="header",
                        schema={"enum": ["input", "drop", "paste", "handle"]},
                    ),
                    _in(
                        "X-Creditline-Trusted",
                        "1 where a person did it.",
                        where="header",
                        schema={"enum": ["0", "1"]},
                    ),
                ],
                "requestBody": {"required": True, "content": {"application/octet-stream": _BYTES}},
                "responses": _answer("Original", "It is on record (201) or was taken in (202).", "201", "202"),
            }
        },
        "/api/v1/screenshots": {
            "post": {
                "summary": "Keeps what a page looked like as evidence.",
                "parameters": [
                    _in("X-Creditline-Page", "The page's http(s) address.", where="header", schema=_ADDRESS)
                    | {"required": True}
                ],
                "requestBody": {"required": True, "content": {"image/png": _BYTES}},
                "responses": _answer("Screenshot", "It is on record (201) or was taken in (202).", "201", "202"),
            }
        },
        "/api/v1/labels": {
            "post": {
                "summary": "What is known of a page's pictures, by the address they were served from.",
                "requestBody": {"required": True, "content": {"application/json": {"schema": _QUESTION}}},
                "responses": _answer("Labels", "One label a picture, in the order of the question."),
            }
        },
        "/api/v1/observations": {
            "get": {
                "summary": "Observations, newest first.",
                "parameters": [
                    _in("site", "Only this site."),
                    _in("since", "Only from this time on (ISO 8601).", schema=_MOMENT),
                    _in("stage", "Only this stage.", schema={"enum": list(STAGES)}),
                    _in("work", "Only this work.", schema=_CURSOR),
                    *_PAGING,
                ],
                "responses": _answer("Observations", "As `creditline log --json`, one page."),
            }
        },
        "/api/v1/works": {
            "get": {
                "summary": "Works, newest first.",
                "parameters": _PAGING,
                "responses": _answer("Works", "One page of works."),
            }
        },
        "/api/v1/sites": {
            "get": {
                "summary": "Sites, most recently seen first.",
                "parameters": _SITES_PAGING,
                "responses": _answer("Sites", "One page of sites."),
            }
        },
        "/api/v1/scoreboard": {
            "get": {
                "summary": "Sites compared, those with the most postings first.",
                "parameters": _SITES_PAGING,
                "responses": _answer("Scoreboards", "As `creditline scoreboard --json`, one page."),
            }
        },
        "/api/v1/reports/letter": _report(
            "A letter to a site.",
            {"text/plain": "string"},
            _in("site", "The site.") | {"required": True},
        ),
        "/api/v1/reports/{format}": _report(
            "A report as a file.",
            {
                "text/html": "string",
                "application/pdf": "",
                "text/csv": "string",
                "application/json": "object",
                "text/markdown": "string",
            },
            _in(
                "format",
                "Of the file.",
                where="path",
                schema={"enum": ["html", "pdf", "csv", "json", "markdown"]},
            )
            | {"required": True},
            _in("site", "Only this site."),
        ),
    }
