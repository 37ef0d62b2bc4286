"""What holds for every route of the API's documents, walked one by one."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from tests.server.sample import Running, fill, running
from tests.server.test_api import Recorder

from creditline.model.observation import Observation
from creditline.server.openapi import document, soft_binding_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVERY = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
SCOPES = ("api", "fetch:manifests", "store:manifests", "store:bindings")
FILLED = {"format": "json", "manifestId": "urn:c2pa:none"}
QUERIES = {"/api/v1/reports/letter": "site=imageboard.example", "/c2pa/v1/matches/byBinding": "value=a&alg=b"}


def routes() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, address and methods of each route of both documents."""
    for described in (document(), soft_binding_document()):
        for path, item in described["paths"].items():
            address = path.format(**FILLED)
            yield path, f"{address}?{QUERIES[path]}" if path in QUERIES else address, item


async def problem(run: Running, method: str, address: str, **more: Any) -> int:
    """The status of an answer that must be an error in the form of its API, and of the security headers' kind."""
    headers = run.bearer(*SCOPES) | more.pop("headers", {})
    async with run.client.request(method, address, headers=headers, **more) as response:
        body = await response.read()
        assert 400 <= response.status < 500, (method, address, response.status)
        assert "nosniff" == response.headers["X-Content-Type-Options"]
        assert not [name for name in response.headers if name.lower().startswith("access-control")]
        if method == "HEAD":
            assert b"" == body
        elif address.startswith("/api"):
            assert "application/problem+json" == response.content_type, (method, address)
            said = json.loads(body)
            assert {"type", "title", "status", "detail", "code"} <= said.keys() <= {"next_step", *said}
            assert response.status == said["status"]
        else:
            assert ("application/json", ["error"]) == (response.content_type, list(json.loads(body)))
        if response.status == 405:
            assert method not in response.headers["Allow"].split(",")
        return response.status


async def test_other_methods_are_405(tmp_path: Path) -> None:
    """On every address every method that it does not describe, OPTIONS too: 405 with the methods that there are."""
    async with running(tmp_path) as run:
        for path, address, item in routes():
            taken = {method.upper() for method in item} | ({"HEAD"} if "get" in item else set())
            # `reports/{format}` takes what `reports/letter` does not.
            for method in sorted(set(EVERY) - taken):
                assert 405 == await problem(run, method, address), (method, path)


async def test_every_read_has_an_entity_tag(tmp_path: Path) -> None:
    """GET gives one, HEAD the same without content, and asking again with it gives 304 and nothing else."""
    async with running(tmp_path, soft_binding_opaque=True) as run:
        fill(run.context.ledger)
        headers, read = run.bearer(*SCOPES), 0
        c2pa = headers | {"Content-Type": "application/c2pa"}
        async with run.client.post("/c2pa/v1/manifests", data=b"store", headers=c2pa) as response:
            manifest = (await response.json())["manifestId"]
        for path, template, item in routes():
            if "get" not in item or path.endswith("/status"):
                continue  # the status is of the moment, and never the same twice
            address = template.replace("urn:c2pa:none", manifest)
            async with run.client.get(address, headers=headers) as response:
                assert 200 == response.status, address
                tag, length = response.headers["ETag"], len(await response.read())
            async with run.client.head(address, headers=headers) as response:
                assert 200 == response.status
                if "reports" not in path:  # a report says when it was made
                    assert (tag, str(length)) == (response.headers["ETag"], response.headers["Content-Length"])
            async with run.client.get(address, headers=headers | {"If-None-Match": "*"}) as response:
                assert (304, b"") == (response.status, await response.read()), address
            if "reports" not in path:
                async with run.client.get(address, headers=headers | {"If-None-Match": f'"x", {tag}'}) as response:
                    assert (304, tag) == (response.status, response.headers["ETag"])
            async with run.client.get(address, headers=headers | {"If-None-Match": '"x"'}) as response:
                assert 200 == response.status
            read += 1

        assert read >= 13


async def test_bodies_that_are_refused(tmp_path: Path) -> None:
    """Every route that takes one: another media type is 415, more than the cap 413, in the form of its API."""
    recorder = Recorder(Observation(id="01", at="", stage="original", via="extension"))
    async with running(tmp_path, max_body=64 * 1024, soft_binding_by_reference=True, recorder=recorder) as run:
        for path, address, item in routes():
            for method, operation in item.items():
                taken = operation.get("requestBody", {}).get("content")
                if not taken:
                    continue
                if "image/*" not in taken:
                    strange = {"Content-Type": "text/x-strange"}
                    assert 415 == await problem(run, method.upper(), address, data=b"{}", headers=strange), path
                kind = {"Content-Type": next(iter(taken)).replace("*", "jpeg")}
                if "multipart/form-data" in taken:
                    kind = {"Content-Type": "multipart/form-data; boundary=b"}
                part = b'--b\r\nContent-Disposition: form-data; name="picture"\r\n\r\n'
                body = part + bytes(20 << 20)
                kind |= {"X-Creditline-Page": "https://a.example/"}
                sent = io.BytesIO(body)
                assert 413 == await problem(run, method.upper(), address, data=sent, headers=kind), path


async def test_nothing_elsewhere(tmp_path: Path) -> None:
    """404 in the form of the API that the address belongs to."""
    async with running(tmp_path) as run:
        for address in (
            "/api/v1/nope",
            "/api",
            "/api/v2/health",
            "/c2pa/v1/nope",
            "/c2pa",
            "/c2pa/v1/manifests/nope",
        ):
            assert 404 == await problem(run, "GET", address), address
