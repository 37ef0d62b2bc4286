"""The OpenAPI 3.1 description of /api/v1 and /c2pa/v1; tests hold its paths, methods and members against the code."""

from __future__ import annotations

from typing import Any

from creditline import __version__
from creditline.model.observation import STAGES
from creditline.server import openapi_soft_binding

_CODED = {"type": "string"}
_MAYBE = {"type": ["string", "null"]}
_NUMBER = {"type": "integer"}
_MAYBE_NUMBER = {"type": ["integer", "null"]}
_THING = {"type": "object"}
_OUTCOMES = {
    "type": "object",
    "description": "Name → outcome → how often.",
    "additionalProperties": {"type": "object", "additionalProperties": _NUMBER},
}
_LIST = {"type": "array", "items": {"type": "object"}}


def _object(**members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": members, "required": list(members)}


_SCHEMAS: dict[str, Any] = {
    "Health": _object(name=_CODED, version=_CODED, status=_CODED),
    "Problem": {
        "type": "object",
        "description": "RFC 9457; `code` is stable, `next_step` says what helps.",
        "properties": {
            "type": _CODED,
            "title": _CODED,
            "status": _NUMBER,
            "detail": _CODED,
            "code": _CODED,
            "next_step": _CODED,
        },
        "required": ["type", "title", "status", "detail", "code"],
    },
    "Inspection": _object(
        schema={"const": "creditline/inspection/1"},
        path=_MAYBE,
        sha256=_CODED,
        bytes=_NUMBER,
        format=_CODED,
        width=_MAYBE_NUMBER,
        height=_MAYBE_NUMBER,
        orientation=_MAYBE_NUMBER,
        frames=_MAYBE_NUMBER,
        carriers=_LIST,
        fields=_LIST,
        resolved=_THING,
        c2pa=_THING,
        ai=_THING,
        consent=_THING,
        private={"type": "array", "items": _CODED},
        errors=_LIST,
        sync=_THING,
    ),
    "Audit": _object(
        schema={"const": "creditline/audit/1"},
        stages=_THING,
        match=_THING,
        carriers=_LIST,
        fields=_LIST,
        c2pa=_THING,
        ai=_THING,
        consent=_THING,
        pixels=_THING,
        summary=_THING,
    ),
    "Observation": _object(
        schema={"const": "creditline/observation/1"},
        id=_CODED,
        at=_CODED,
        site=_MAYBE,
        account=_MAYBE,
        profile=_MAYBE,
        stage={"enum": list(STAGES)},
        role=_CODED,
        form=_MAYBE,
        url=_MAYBE,
        filename=_MAYBE,
        sha256=_MAYBE,
        bytes=_MAYBE_NUMBER,
        format=_MAYBE,
        width=_MAYBE_NUMBER,
        height=_MAYBE_NUMBER,
        work=_MAYBE,
        via=_CODED,
        exchange=_MAYBE,
        declared=_THING,
        state=_CODED,
        missed=_MAYBE,
        chain=_MAYBE,
        prev=_MAYBE,
    ),
    "Work": _object(
        id=_CODED,
        at=_CODED,
        title=_MAYBE,
        sha256=_MAYBE,
        thumbnail=_MAYBE,
        mine={"type": "boolean"},
        state=_CODED,
        originals=_NUMBER,
        uploaded=_NUMBER,
        served=_NUMBER,
        exported=_NUMBER,
        audits=_NUMBER,
        last_seen=_MAYBE,
        sites={"type": "array", "items": _CODED},
    ),
    "Site": _object(
        id=_CODED,
        uploaded=_NUMBER,
        served=_NUMBER,
        works=_NUMBER,
        last_seen=_CODED,
        audits=_NUMBER,
        lost=_NUMBER,
        fields=_OUTCOMES,
        carriers=_OUTCOMES,
        judgements=_OUTCOMES,
    ),
    "Scoreboard": _object(
        schema={"const": "creditline/scoreboard/1"},
        site=_CODED,
        postings=_NUMBER,
        own_postings=_NUMBER,
        measurement_files=_NUMBER,
        last_seen=_CODED,
        columns={"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Cell"}},
    ),
    "Cell": _object(
        level={"enum": ["kept", "sometimes", "removed", "not_measured"]},
        n=_NUMBER,
        lost=_NUMBER,
        low={"type": "number"},
        high={"type": "number"},
    ),
    "Label": _object(
        url=_CODED,
        ref=_MAYBE,
        known={"type": "boolean"},
        work=_MAYBE,
        ai={"type": ["object", "null"]},
        creator={},
        credit_line={},
        copyright_notice={},
        license_url={},
        consent=_MAYBE,
        c2pa={"type": ["object", "null"]},
        removed={"type": "array", "items": _CODED},
        restored={"type": "boolean"},
        original={"type": ["object", "null"]},
    ),
    "Labels": _object(labels={"type": "array", "items": {"$ref": "#/components/schemas/Label"}}),
    "Original": _object(schema={"const": "creditline/original/1"}, observation=_MAYBE, work=_MAYBE),
}


def _listing(name: str) -> dict[str, Any]:
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}
    return _object(schema={"const": f"creditline/{name.lower()}s/1"}, items=items, next=_MAYBE)


for _name in ("Observation", "Work", "Site", "Scoreboard"):
    _SCHEMAS[f"{_name}s"] = _listing(_name)


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
    return {"name": name, "in": where, "description": description, "schema": schema or _CODED}


_FILE = {"type": "string", "format": "binary", "minLength": 1}
_BYTES = {"schema": _FILE}
_CURSOR = {"type": "string", "pattern": "^[0-9A-Za-z_.:-]{1,64}$"}
_MOMENT = {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
_QUESTION = {
    "type": "object",
    "properties": {
        "page": _CODED,
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
_PAGING = [
    _in("after", "The `next` of the answer before.", schema=_CURSOR),
    _in("limit", "How many at most.", schema={"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
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


def _paths() -> dict[str, Any]:
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
                        "content": {"application/json": {"schema": _THING}},
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
                        "content": {"application/json": {"schema": _THING}},
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
                "parameters": _PAGING,
                "responses": _answer("Sites", "One page of sites."),
            }
        },
        "/api/v1/scoreboard": {
            "get": {
                "summary": "Sites compared, those with the most postings first.",
                "parameters": _PAGING,
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
        "paths": _paths(),
        "components": {
            "schemas": _SCHEMAS,
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
