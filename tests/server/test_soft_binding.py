"""The Soft Binding Resolution API from outside: each row of the specification's table, and each of its errors."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image
from tests.server.sample import Running, running

from creditline.analysis.read import read
from creditline.containers.sniff import find
from creditline.fingerprints import iscc, perceptual
from creditline.fingerprints.variants import codes
from creditline.ledger.rows import Batch, NewWork
from creditline.model.errors import FetchError
from creditline.model.observation import Observation
from creditline.reattach.resign import make_authority, sign
from creditline.server import soft_binding

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from creditline.ledger.store import Ledger

V1 = "/c2pa/v1"
SCOPES = ("fetch:manifests", "store:manifests", "store:bindings")
AUTHORITY = make_authority()
FOREIGN = "com.example.watermark.1"
UNKNOWN = "urn:c2pa:00000000-0000-4000-8000-000000000000"


@pytest.fixture
async def run(tmp_path: Path) -> AsyncIterator[Running]:
    """A repository that takes opaque stores, as the third party's suite wants it."""
    async with running(tmp_path, soft_binding_opaque=True, max_body=4 * 1024 * 1024) as made:
        yield made


def scene(seed: int = 1, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A picture with something to see, another one for each seed."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)


def jpeg(image: Image.Image, quality: int = 90) -> bytes:
    """That picture as a file."""
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def signed(seed: int = 1) -> tuple[bytes, str, bytes]:
    """A signed picture, the id of its manifest, and its manifest store."""
    data = sign(jpeg(scene(seed)), "jpeg", AUTHORITY, digital_source_type="digitalCreation")
    label = read(data, pixels=False).c2pa.label
    store = next(block.payload for block in find(data).blocks if block.carrier == "c2pa")
    assert label is not None
    return data, label, store


def keep(ledger: Ledger, data: bytes) -> None:
    """Registers a picture as an original, as `creditline import` would."""
    inspection, every = read(data).to_json(), codes(data)
    seen = Observation(
        id=hashlib.sha256(data).hexdigest()[:26].upper(),
        at="2026-08-21T09:00:00.000Z",
        stage="original",
        via="import",
        sha256=inspection["sha256"],
        bytes=len(data),
        format="jpeg",
        state="present",
    )
    prints = (every.plain, *every.crops, *every.others)
    ledger.record(Batch(seen, data=data, reading=inspection, fingerprints=prints, work=NewWork()))


async def call(run: Running, method: str, path: str, *scopes: str, **more: Any) -> tuple[int, Any]:
    """Status and JSON (or bytes) of an answer to a program with these scopes; all of them unless told otherwise."""
    headers = run.bearer(*(scopes or SCOPES)) | more.pop("headers", {})
    async with run.client.request(method, f"{V1}{path}", headers=headers, **more) as response:
        body = await response.read()
        if response.content_type == "application/json":
            answer = await response.json()
            if response.status >= 400:
                assert ["error"] == list(answer)
                assert answer["error"]
            return response.status, answer
        assert response.status < 400
        return response.status, body


async def stored(run: Running, data: bytes, query: str = "") -> Any:
    """What posting a store answers."""
    status, answer = await call(
        run, "POST", f"/manifests{query}", data=data, headers={"Content-Type": "application/c2pa"}
    )
    assert 200 == status
    return answer


async def found(run: Running, value: str, alg: str, **query: str) -> list[tuple[str, int]]:
    """Manifests and scores by binding."""
    status, answer = await call(run, "GET", "/matches/byBinding", params={"value": value, "alg": alg, **query})
    assert 200 == status
    return [(match["manifestId"], match["similarityScore"]) for match in answer["matches"]]


def b64(data: bytes) -> str:
    """As a binding's value."""
    return base64.b64encode(data).decode()


def flipped(code: bytes, bits: int) -> bytes:
    """The code with so many bits changed."""
    return (int.from_bytes(code) ^ ((1 << bits) - 1)).to_bytes(len(code))


# Discovery


async def test_the_well_known_document_leads_to_the_api(run: Running) -> None:
    """It is open, at the root, and names the addresses of what it describes."""
    async with run.client.get("/.well-known/c2pa-soft-binding-resolution") as response:
        document = await response.json()

    base = f"http://{run.host}{V1}"
    assert {
        "apiEndpoint": base,
        "c2paSpecificationVersion": "2.4.0",
        "capabilitiesEndpoint": f"{base}/services/capabilities",
        "statusEndpoint": f"{base}/services/status",
    } == document


async def test_the_service_routes_are_open(run: Running) -> None:
    """Without a token: algorithms, capabilities, status."""
    answers = []
    for name in ("supportedAlgorithms", "capabilities", "status"):
        async with run.client.get(f"{V1}/services/{name}") as response:
            assert 200 == response.status
            answers.append(await response.json())

    assert {"watermarks": [], "fingerprints": [{"alg": "io.iscc.v0"}, {"alg": "creditline.pdq.1"}]} == answers[0]
    assert "2.4.0" == answers[1]["c2paSpecificationVersion"]
    assert ["queryByContent", "storeManifests", "storeBindings"] == answers[1]["supportedCapabilities"]
    assert "ok" == answers[2]["status"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", answers[2]["timestamp"])


async def test_by_reference_is_announced_only_where_it_is_on(tmp_path: Path) -> None:
    """Capabilities are what this server really does."""
    async with running(tmp_path, soft_binding_by_reference=True) as run:
        _, answer = await call(run, "GET", "/services/capabilities")

    assert "queryByReference" in answer["supportedCapabilities"]


# Who may


ROUTES = [
    ("GET", "/matches/byBinding?value=a&alg=b", "fetch:manifests"),
    ("POST", "/matches/byBinding", "fetch:manifests"),
    ("POST", "/matches/byContent", "fetch:manifests"),
    ("POST", "/matches/byReference", "fetch:manifests"),
    ("GET", f"/manifests/{UNKNOWN}", "fetch:manifests"),
    ("GET", f"/manifests/{UNKNOWN}/receipts", "fetch:manifests"),
    ("POST", f"/manifests/{UNKNOWN}/receipts", "fetch:manifests"),
    ("POST", "/manifests", "store:manifests"),
    ("DELETE", f"/manifests/{UNKNOWN}", "store:manifests"),
    ("POST", "/bindings", "store:bindings"),
    ("PUT", "/bindings", "store:bindings"),
]


async def test_each_route_needs_its_scope(run: Running) -> None:
    """401 without a token and with a wrong one, 403 with every other scope, neither with the right one."""
    for method, path, scope in ROUTES:
        await _needs(run, method, path, scope)


async def _needs(run: Running, method: str, path: str, scope: str) -> None:
    for headers in ({}, {"Authorization": "Bearer not-a-real-token"}):
        async with run.client.request(method, f"{V1}{path}", headers=headers) as response:
            assert 401 == response.status
            assert "Bearer" in response.headers["WWW-Authenticate"]
            assert ["error"] == list(await response.json())
    for other in {"api", *SCOPES} - {scope}:
        assert 403 == (await call(run, method, path, other))[0]
    assert (await call(run, method, path, scope))[0] not in {401, 403} or path.endswith("byReference")


# Manifests


async def test_an_opaque_store_goes_round(run: Running) -> None:
    """Stored, fetched to the byte, deleted with its bindings, gone; another one with the same bytes is the same."""
    data = b"anything at all: \x00\xff"
    identity = (await stored(run, data))["manifestId"]
    path = f"/manifests/{quote(identity, safe='')}"
    status, _ = await call(run, "POST", "/bindings", json={"bindingValue": "mark", "manifestId": identity})

    assert 204 == status
    assert identity.startswith("urn:c2pa:")
    assert identity == (await stored(run, data))["manifestId"]
    assert (200, data) == await call(run, "GET", path)
    assert (200, data) == await call(run, "GET", f"{path}?returnActiveManifest=true")
    assert (204, b"") == await call(run, "DELETE", path)
    assert 404 == (await call(run, "GET", path))[0]
    assert 404 == (await call(run, "DELETE", path))[0]
    assert [] == await found(run, "mark", FOREIGN)


async def test_the_media_type_is_that_of_manifests(run: Running) -> None:
    """`application/c2pa`, never one that a browser would open."""
    identity = (await stored(run, b"<script>alert(1)</script>"))["manifestId"]

    async with run.client.get(f"{V1}/manifests/{identity}", headers=run.bearer("fetch:manifests")) as response:
        assert "application/c2pa" == response.headers["Content-Type"]
        assert "nosniff" == response.headers["X-Content-Type-Options"]


async def test_a_real_store_has_the_id_of_its_active_manifest(tmp_path: Path) -> None:
    """A readable store is taken without `soft_binding_opaque`; what is none is refused with 400."""
    _, label, store = signed()
    async with running(tmp_path) as run:
        assert {"manifestId": label} == await stored(run, store)
        assert (200, store) == await call(run, "GET", f"/manifests/{label}")

        for bad in (b"no manifest", store[:500]):
            status, _ = await call(
                run, "POST", "/manifests", data=bad, headers={"Content-Type": "application/c2pa"}
            )
            assert 400 == status


async def test_other_bytes_under_a_known_id_are_refused(run: Running) -> None:
    """Nobody replaces a manifest by posting another one: 409."""
    _, _, store = signed()
    await stored(run, store)
    other = store + b"\0\0\0\x08free"

    status, _ = await call(run, "POST", "/manifests", data=other, headers={"Content-Type": "application/c2pa"})

    assert 409 == status


async def test_the_active_manifest_alone(run: Running) -> None:
    """`returnActiveManifest` leaves out the manifests of ingredients."""
    data, first, _ = signed()
    edited = sign(data, "jpeg", AUTHORITY)
    label = read(edited, pixels=False).c2pa.label
    store = next(block.payload for block in find(edited).blocks if block.carrier == "c2pa")
    await stored(run, store)

    _, whole = await call(run, "GET", f"/manifests/{label}")
    _, alone = await call(run, "GET", f"/manifests/{label}?returnActiveManifest=true")

    assert store == whole
    assert first.encode() + b"\0" in whole
    assert f"{label}\0".encode() in alone
    assert len(alone) < len(whole)
    for flag in ("perhaps", "", "1"):
        assert 400 == (await call(run, "GET", f"/manifests/{label}?returnActiveManifest={flag}"))[0]


async def test_an_id_that_is_none_is_not_found(run: Running) -> None:
    """404 for whatever is not there, paths and broken encodings included."""
    for identity in [
        UNKNOWN,
        "urn:c2pa:conformance-does-not-exist",
        "..%2F..%2Fledger.sqlite",
        "%00",
        "x" * 600,
        "%F0",
    ]:
        assert 404 == (await call(run, "GET", f"/manifests/{identity}"))[0]
        assert 404 == (await call(run, "DELETE", f"/manifests/{identity}"))[0]
        assert 404 == (await call(run, "GET", f"/manifests/{identity}/receipts"))[0]


async def test_what_is_no_store_request(run: Running) -> None:
    """Empty 400, another media type 415, too large 413, a flag that is none 400."""
    c2pa = {"Content-Type": "application/c2pa"}
    large = io.BytesIO(b"x" * (soft_binding.MAX_STORE + 1))

    assert 400 == (await call(run, "POST", "/manifests", data=b"", headers=c2pa))[0]
    assert 415 == (await call(run, "POST", "/manifests", data=b"x", headers={"Content-Type": "text/plain"}))[0]
    assert 413 == (await call(run, "POST", "/manifests", data=large, headers=c2pa))[0]
    assert 400 == (await call(run, "POST", "/manifests?returnReceipt=2", data=b"x", headers=c2pa))[0]


# Receipts


async def test_a_receipt_is_given_kept_and_checked(run: Running) -> None:
    """With the store, later, and shown again; a changed one does not hold."""
    answer = await stored(run, b"one", "?returnReceipt=true")
    identity, receipt = answer["manifestId"], answer["receipt"]
    other = (await stored(run, b"two"))["manifestId"]

    assert {"@context", "@type", "repository", "anchor", "verified"} == set(receipt)
    assert "org.c2pa.manifest-receipt" == receipt["@type"]
    assert {"uri": f"http://{run.host}{V1}", "manifestId": identity} == receipt["repository"]
    assert {"alg", "value"} == set(receipt["anchor"]["proof"])
    assert (200, receipt) == await call(run, "GET", f"/manifests/{identity}/receipts")
    assert (200, receipt) == await call(run, "POST", f"/manifests/{identity}/receipts", json=receipt)
    forged = receipt | {"repository": receipt["repository"] | {"uri": "https://other.example"}}
    for path, shown in ((identity, forged), (other, receipt)):
        status, checked = await call(run, "POST", f"/manifests/{path}/receipts", json=shown)
        assert (200, False) == (status, checked["verified"])
    assert 404 == (await call(run, "POST", f"/manifests/{UNKNOWN}/receipts", json=receipt))[0]


async def test_what_is_no_receipt(run: Running) -> None:
    """400."""
    for body in [{}, {"@type": "org.c2pa.manifest-receipt"}, {"@type": "x", "anchor": 1}]:
        identity = (await stored(run, b"one"))["manifestId"]

        assert 400 == (await call(run, "POST", f"/manifests/{identity}/receipts", json=body))[0]


# Bindings


async def test_a_foreign_value_is_matched_as_given(run: Running) -> None:
    """Any text under any other algorithm's name, exactly; several manifests, and the last PUT alone after it."""
    first, second = [(await stored(run, name))["manifestId"] for name in (b"1", b"2")]
    value = "conformance-binding-1/=+ü"
    for manifest in (first, second, first):
        status, _ = await call(run, "POST", "/bindings", json={"bindingValue": value, "manifestId": manifest})
        assert 204 == status

    assert [(first, 100), (second, 100)] == sorted(
        await found(run, value, FOREIGN), key=lambda match: (first, second).index(match[0])
    )
    assert 1 == len(await found(run, value, FOREIGN, maxResults="1"))
    assert [] == await found(run, value.lower() + "x", FOREIGN)
    status, _ = await call(run, "PUT", "/bindings", json={"bindingValue": value, "manifestId": second})
    assert 204 == status
    assert [(second, 100)] == await found(run, value, FOREIGN)
    status, answer = await call(run, "POST", "/matches/byBinding", json={"value": value, "alg": FOREIGN})
    assert (200, [second]) == (status, [match["manifestId"] for match in answer["matches"]])


async def test_a_named_algorithm_keeps_to_itself(run: Running) -> None:
    """A binding posted with `alg` is found under that name only."""
    manifest = (await stored(run, b"1"))["manifestId"]
    await call(run, "POST", "/bindings", json={"bindingValue": "m", "manifestId": manifest, "alg": FOREIGN})

    assert [(manifest, 100)] == await found(run, "m", FOREIGN)
    assert [] == await found(run, "m", "com.example.other")


async def test_unknown_things_cannot_be_bound(run: Running) -> None:
    """404 for an unknown manifest either way, and for a PUT of an unknown value."""
    manifest = (await stored(run, b"1"))["manifestId"]

    for method in ("POST", "PUT"):
        status, _ = await call(run, method, "/bindings", json={"bindingValue": "new", "manifestId": UNKNOWN})
        assert 404 == status
    status, _ = await call(run, "PUT", "/bindings", json={"bindingValue": "new", "manifestId": manifest})
    assert 404 == status


async def test_what_is_no_binding(run: Running) -> None:
    """400 for broken or other JSON, missing members, and text that no database holds; 415 for another type."""
    for body in (
        [
            "",
            "{",
            "[]",
            "1",
            '{"bindingValue": 1, "manifestId": "x"}',
            '{"bindingValue": "x"}',
            '{"manifestId": "x"}',
        ]
        + ['{"bindingValue": "\\ud800", "manifestId": "x"}', '{"bindingValue": "a\\u0000", "manifestId": "x"}']
        + ["[" * 20_000]
    ):
        for method in ("POST", "PUT"):
            json_type = {"Content-Type": "application/json"}
            assert 400 == (await call(run, method, "/bindings", data=body, headers=json_type))[0]
            assert (
                415 == (await call(run, method, "/bindings", data=body, headers={"Content-Type": "text/plain"}))[0]
            )


# By binding, by distance


@pytest.mark.parametrize(
    ("alg", "code", "value", "bits", "radius"),
    [
        ("creditline.pdq.1", bytes(range(32)), bytes, 256, 58),
        ("io.iscc.v0", bytes(range(8)), iscc.value_of, 64, 8),
        ("io.iscc.v0", bytes(range(8)), bytes, 64, 8),
    ],
)
async def test_own_algorithms_are_searched_by_distance(
    run: Running, alg: str, code: bytes, value: Any, bits: int, radius: int
) -> None:
    """The score is round(100 × (1 − distance / bits)), the best first, nothing past the radius."""
    near, far = [(await stored(run, name))["manifestId"] for name in (b"near", b"far")]
    for manifest, distance in ((near, 0), (far, 3)):
        body = {"bindingValue": b64(value(flipped(code, distance))), "manifestId": manifest, "alg": alg}
        assert 204 == (await call(run, "POST", "/bindings", json=body))[0]

    assert [(near, 100), (far, round(100 * (1 - 3 / bits)))] == await found(run, b64(value(code)), alg)
    assert (far, 100) == (await found(run, b64(value(flipped(code, 3))), alg))[0]
    past = b64(value(bytes(~byte & 0xFF for byte in code)))
    assert [] == await found(run, past, alg)
    edge = b64(value(bytes(a ^ b for a, b in zip(code, ((1 << radius) - 1).to_bytes(len(code)), strict=True))))
    assert near in [manifest for manifest, _ in await found(run, edge, alg)]


async def test_own_algorithms_take_base64_of_the_right_length(run: Running) -> None:
    """400 for anything else, by GET and by POST."""
    for value in ["!", "AAAA", b64(bytes(31)), b64(bytes(33)), b64(bytes(32))[:-1], "ü"]:
        for alg in ("creditline.pdq.1", "io.iscc.v0"):
            query = {"value": value, "alg": alg}
            assert 400 == (await call(run, "GET", "/matches/byBinding", params=query))[0]
            assert 400 == (await call(run, "POST", "/matches/byBinding", json=query))[0]


async def test_incomplete_queries(run: Running) -> None:
    """400 without value and algorithm, or with one that is no name."""
    for query in ["", "value=a", "alg=a", "value=&alg=a", "value=a&alg=%00", "value=a&alg=a&alg=b"]:
        assert 400 == (await call(run, "GET", f"/matches/byBinding?{query}"))[0]


async def test_max_results_is_a_number_from_one(run: Running) -> None:
    """400 on every route that takes it; a large one is fine."""
    for number in ["0", "-1", "x", "1.5", "", "9" * 40, "１"]:
        paths = ("byBinding?value=a&alg=b&", "byContent?", "byReference?")
        for method, path in zip(("GET", "POST", "POST"), paths, strict=True):
            assert 400 == (await call(run, method, f"/matches/{path}maxResults={quote(number)}"))[0]
        assert 200 == (await call(run, "GET", "/matches/byBinding?value=a&alg=b&maxResults=100000"))[0]


async def test_a_value_too_long_for_an_address(run: Running) -> None:
    """414 for a GET, while a POST takes it, and 413 past what a POST takes."""
    for length in [soft_binding.MAX_QUERY_VALUE + 1, 100_000]:
        assert 414 == (await call(run, "GET", f"/matches/byBinding?alg={FOREIGN}&value={'A' * length}"))[0]
        fits = {"value": "A" * min(length, soft_binding.MAX_VALUE), "alg": FOREIGN}
        assert 200 == (await call(run, "POST", "/matches/byBinding", json=fits))[0]
        for much in (soft_binding.MAX_VALUE + 1, 2 * soft_binding.MAX_JSON):
            assert (
                413
                == (await call(run, "POST", "/matches/byBinding", json={"value": "A" * much, "alg": FOREIGN}))[0]
            )


# By content


async def test_a_stripped_copy_leads_back_to_its_manifest(run: Running) -> None:
    """A smaller, stripped JPEG of a kept original: its store, signature and all; by each algorithm alone, too."""
    data, label, store = signed(3)
    keep(run.context.ledger, data)
    keep(run.context.ledger, signed(4)[0])
    copy = jpeg(scene(3).resize((200, 150)), 70)

    for query in ("", "?alg=creditline.pdq.1", "?alg=io.iscc.v0"):
        status, answer = await call(
            run, "POST", f"/matches/byContent{query}", data=copy, headers={"Content-Type": "image/jpeg"}
        )
        assert (200, [label]) == (status, [match["manifestId"] for match in answer["matches"]])
    assert (200, store) == await call(run, "GET", f"/manifests/{label}")
    assert 409 == (await call(run, "DELETE", f"/manifests/{label}"))[0]
    assert label == (await found(run, b64(codes(copy).plain.code or b""), perceptual.KIND))[0][0]
    # The file itself is a match without doubt.
    _, answer = await call(run, "POST", "/matches/byContent", data=data, headers={"Content-Type": "image/jpeg"})
    assert {"manifestId": label, "similarityScore": 100} == answer["matches"][0]


async def test_a_purged_original_is_not_found(run: Running) -> None:
    """What was purged leads nowhere any more."""
    from creditline.ledger import retention

    data, label, _ = signed(3)
    keep(run.context.ledger, data)
    retention.purge(run.context.ledger, before="2030-01-01T00:00:00Z")

    assert 404 == (await call(run, "GET", f"/manifests/{label}"))[0]
    _, answer = await call(run, "POST", "/matches/byContent", data=data, headers={"Content-Type": "image/jpeg"})
    assert {"matches": []} == answer


async def test_a_hint_helps(run: Running) -> None:
    """A watermark that the asker read leads on where the picture is unknown; half a hint is 400."""
    manifest = (await stored(run, b"1"))["manifestId"]
    await call(run, "POST", "/bindings", json={"bindingValue": "mark", "manifestId": manifest})
    picture = jpeg(scene(9))

    _, answer = await call(
        run, "POST", "/matches/byContent", data=picture, params={"hintAlg": FOREIGN, "hintValue": "mark"}
    )

    assert [manifest] == [match["manifestId"] for match in answer["matches"]]
    for half in ("hintAlg=a", "hintValue=a", "hintAlg=&hintValue=", "alg="):
        assert 400 == (await call(run, "POST", f"/matches/byContent?{half}", data=picture))[0]


async def test_bytes_count_not_the_media_type(run: Running) -> None:
    """A JPEG is one under any name of an asset; other families are 415."""
    for kind in ["image/png", "application/octet-stream", "video/mp4", "text/plain", "model/x"]:
        picture = jpeg(scene(9))

        assert (
            200 == (await call(run, "POST", "/matches/byContent", data=picture, headers={"Content-Type": kind}))[0]
        )
        other = {"Content-Type": "multipart/form-data; boundary=x"}
        assert 415 == (await call(run, "POST", "/matches/byContent", data=picture, headers=other))[0]


async def test_content_without_a_fingerprint(run: Running) -> None:
    """415 for what has none, 400 for nothing and for a picture that cannot be decoded."""
    for status, data in [
        (415, b"some text"),
        (415, b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        (415, b"\0\0\0\x18ftypmp42" + bytes(40)),
        (415, b"PK\x03\x04" + bytes(400)),
        (400, b""),
        (400, jpeg(scene(9))[:200]),
    ]:
        given = {"Content-Type": "image/jpeg"}

        assert status == (await call(run, "POST", "/matches/byContent", data=data, headers=given))[0]


async def test_content_under_an_algorithm_that_is_not_computed(run: Running) -> None:
    """400 names it; so it is for byReference, once fetched."""
    assert 400 == (await call(run, "POST", f"/matches/byContent?alg={FOREIGN}", data=jpeg(scene(9))))[0]


async def test_content_over_the_cap(tmp_path: Path) -> None:
    """413 past `max_body`."""
    async with running(tmp_path, max_body=1000) as run:
        assert 413 == (await call(run, "POST", "/matches/byContent", data=bytes(1001)))[0]


# By reference


async def test_by_reference_is_off(run: Running) -> None:
    """403 unless the operator allows it, whatever the body says."""
    body = {"referenceUrl": "https://example.com/a.jpg", "assetLength": 10}

    assert 403 == (await call(run, "POST", "/matches/byReference", json=body))[0]


@pytest.fixture
async def fetching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """A repository that may fetch; what it would fetch is the test's."""
    answers = {"https://pictures.example/a.jpg": signed(3)[0]}

    async def fetched(url: str, most: int) -> bytes:
        if url not in answers:
            raise FetchError("it did not answer", code="fetch_failed")
        if len(answers[url]) > most:
            raise FetchError("too large", code="too_large")
        return answers[url]

    monkeypatch.setattr(soft_binding, "_fetched", fetched)
    async with running(tmp_path, soft_binding_by_reference=True) as made:
        yield made


async def test_a_reference_is_fetched_and_matched(fetching: Running) -> None:
    """As content; 502 where the fetch fails; 400 where it is larger or of another type than was said."""
    data, label, _ = signed(3)
    keep(fetching.context.ledger, data)
    # A signature is never the same twice: the picture that is fetched is another file of the same work.
    body = {"referenceUrl": "https://pictures.example/a.jpg", "assetLength": 100_000, "assetType": "image/jpeg"}

    status, answer = await call(fetching, "POST", "/matches/byReference", json=body)

    assert (200, [label]) == (status, [match["manifestId"] for match in answer["matches"]])
    wrong = [
        (502, {"referenceUrl": "https://pictures.example/none.jpg"}),
        (400, {"assetLength": 10}),
        (400, {"assetType": "video/mp4"}),
        (400, {"referenceUrl": "http://pictures.example/a.jpg"}),
        (400, {"assetLength": "10"}),
        (400, {"assetLength": 0}),
        (400, {"assetLength": True}),
        (400, {"assetLength": 1 << 60}),
        (400, {"assetType": 1}),
        (400, {"region": [{"type": "spatial"}]}),
        (400, {"referenceUrl": None}),
    ]
    for expected, changed in wrong:
        assert expected == (await call(fetching, "POST", "/matches/byReference", json=body | changed))[0]


async def test_a_reference_to_a_private_place_is_refused(tmp_path: Path) -> None:
    """SSRF: 400, and nothing is connected to."""
    async with running(tmp_path, soft_binding_by_reference=True) as run:
        for url in [
            "https://127.0.0.1/a.jpg",
            "https://10.0.0.1/a.jpg",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/a.jpg",
            "https://[::ffff:127.0.0.1]/a.jpg",
            "https://[fd00::1]/a.jpg",
            "https://[64:ff9b::7f00:1]/a.jpg",
            "https://2130706433/a.jpg",
            "https://0x7f.1/a.jpg",
            "https://localhost/a.jpg",
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "https://",
        ]:
            body = {"referenceUrl": url, "assetLength": 100}

            assert 400 == (await call(run, "POST", "/matches/byReference", json=body))[0]
