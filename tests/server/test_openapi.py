"""The API's description against the code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.server.sample import fill, picture, running
from tests.server.test_api import OCTETS, Recorder, _form

from creditline.model.observation import Observation
from creditline.server.openapi import document, soft_binding_document

if TYPE_CHECKING:
    from pathlib import Path

JSON = {"Content-Type": "application/json"}
SKIPPED = {"HEAD", "OPTIONS"}


async def test_paths_and_methods_are_those_of_the_router(tmp_path: Path) -> None:
    """Every route for programs is described, and nothing else is."""
    async with running(tmp_path) as run:
        app = run.client.app
        assert app is not None
        routes = {
            (route.resource.canonical, route.method.lower())
            for route in app.router.routes()
            if route.resource is not None
            and route.resource.canonical.startswith(("/api", "/c2pa", "/.well-known"))
            and route.method not in SKIPPED
        }
        paths = document()["paths"] | soft_binding_document()["paths"]
        described = {(path, method) for path, item in paths.items() for method in item}

        assert routes == described


def _check(schema: dict[str, Any], value: Any, where: str) -> None:
    """Holds a value against the few JSON Schema words that the document uses."""
    if "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "const" in schema:
        assert schema["const"] == value, where
    if "enum" in schema:
        assert value in schema["enum"], where
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
    if "type" in schema:
        names = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        assert isinstance(value, tuple(kinds[name] for name in names)), where
    if isinstance(value, dict) and "properties" in schema:
        assert set(schema["required"]) <= set(value) <= set(schema["properties"]), where
        for name, item in value.items():
            _check(schema["properties"][name], item, f"{where}.{name}")
    if isinstance(value, list) and "items" in schema:
        for item in value:
            _check(schema["items"], item, where)


async def test_answers_are_as_described(tmp_path: Path) -> None:
    """Real answers have the members and kinds that the document gives them."""
    recorder = Recorder(Observation(id="01", at="", stage="original", via="extension"))
    async with running(tmp_path, recorder=recorder) as run:
        fill(run.context.ledger)
        headers = run.bearer()
        requests: list[tuple[str, str, Any, dict[str, str]]] = [
            ("get", "/api/v1/health", None, {}),
            ("post", "/api/v1/inspections", picture(), {}),
            ("post", "/api/v1/audits", _form(original=picture(), served=picture()), {}),
            ("post", "/api/v1/originals", picture(), OCTETS),
            ("post", "/api/v1/labels", b'{"pictures": [{"url": "https://a.example"}]}', JSON),
            ("get", "/api/v1/observations", None, {}),
            ("get", "/api/v1/works", None, {}),
            ("get", "/api/v1/sites", None, {}),
            ("get", "/api/v1/scoreboard", None, {}),
        ]
        for method, path, body, more in requests:
            async with run.client.request(method, path, data=body, headers=headers | more) as response:
                described = document()["paths"][path][method]["responses"][str(response.status)]

                schema = described["content"]["application/json"]["schema"]
                _check(schema, await response.json(), path)
        async with run.client.get("/api/v1/nope", headers=headers) as response:
            problem = await response.json(content_type="application/problem+json")
            _check({"$ref": "#/components/schemas/Problem"}, problem, "problem")


async def test_the_document_is_served(tmp_path: Path) -> None:
    """A paired program gets the document itself."""
    async with running(tmp_path) as run:
        async with run.client.get("/api/v1/openapi.json", headers=run.bearer()) as response:
            assert document() == await response.json()
        async with run.client.get("/api/v1/soft-binding.json", headers=run.bearer()) as response:
            assert soft_binding_document() == await response.json()
        async with run.client.get("/api/v1/openapi.json") as response:
            assert 401 == response.status


def test_every_reference_leads_somewhere() -> None:
    """No `$ref` points to a schema that is not there."""
    for described in (document(), soft_binding_document()):
        for part in str(described).split("#/components/schemas/")[1:]:
            assert part.partition("'")[0] in described["components"]["schemas"]
