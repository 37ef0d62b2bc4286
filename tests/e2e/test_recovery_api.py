"""The C2PA Soft Binding Resolution API 2.4 from outside: each row of its table and each error, of a real server."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from PIL import Image
from tests.e2e.recovery import SCOPES, V1, Answer, Repository, repository
from tests.server.test_soft_binding import AUTHORITY, jpeg, scene

from creditline.analysis.read import read
from creditline.containers.sniff import find
from creditline.reattach.resign import sign

if TYPE_CHECKING:
    from collections.abc import Iterator

C2PA = "application/c2pa"
FOREIGN = "com.example.watermark.1"
UNKNOWN = "urn:c2pa:00000000-0000-4000-8000-000000000000"
LONG = "A" * 100_000
PRIVATE = [
    "https://127.0.0.1/a.jpg",
    "https://[::1]/a.jpg",
    "https://[::ffff:10.0.0.1]/a.jpg",
    "https://169.254.169.254/latest/meta-data/",
    "https://2130706433/a.jpg",
    "https://0177.0.0.1/a.jpg",
    "https://0x7f.1/a.jpg",
    "https://localhost/a.jpg",
]


@pytest.fixture(scope="module")
def signed() -> tuple[bytes, str, bytes]:
    """A signed picture, the id of its manifest, and the manifest store in it."""
    data = sign(jpeg(scene(21)), "jpeg", AUTHORITY, digital_source_type="digitalCreation")
    label = read(data, pixels=False).c2pa.label
    assert label is not None
    return data, label, next(block.payload for block in find(data).blocks if block.carrier == "c2pa")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, signed: tuple[bytes, str, bytes]) -> Iterator[Repository]:
    """As the third party's suite finds it, with one signed original imported."""
    home = tmp_path_factory.mktemp("repository")
    (home / "original.jpg").write_bytes(signed[0])
    command = [sys.executable, "-m", "creditline", "--home", str(home / "data"), "import", "--mine"]
    subprocess.run([*command, str(home / "original.jpg")], check=True, capture_output=True, timeout=120)
    with repository(home / "data", "soft_binding_opaque = true\n") as running:
        yield running


@pytest.fixture(scope="module")
def fetching(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    """One whose operator lets it fetch, and takes no opaque stores."""
    with repository(tmp_path_factory.mktemp("fetching"), "soft_binding_by_reference = true\n") as running:
        yield running


def store(api: Repository, data: bytes, **query: str) -> Any:
    """What a store is answered with."""
    answer = api.ask("POST", "/manifests", data, C2PA, **query)
    assert 200 == answer.status
    return answer.json


def bind(api: Repository, value: str, manifest: str, method: str = "POST", **more: str) -> Answer:
    """A binding, posted or put."""
    return api.ask(method, "/bindings", {"bindingValue": value, "manifestId": manifest, **more})


def named(answer: Answer) -> list[str]:
    """The manifests of an answer's matches, whose form is checked."""
    assert 200 == answer.status
    assert ["matches"] == list(answer.json)
    scores = [match["similarityScore"] for match in answer.json["matches"]]
    assert all(isinstance(score, int) and 0 <= score <= 100 for score in scores)
    assert sorted(scores, reverse=True) == scores
    assert all({"manifestId", "similarityScore"} == match.keys() for match in answer.json["matches"])
    return [match["manifestId"] for match in answer.json["matches"]]


def refused(status: int, answer: Answer) -> None:
    """An error is `{"error": "…"}` as JSON, with that status."""
    assert (status, ["error"]) == (answer.status, list(answer.json))
    assert isinstance(answer.json["error"], str)
    assert answer.json["error"]


# The services and the well-known document


def test_well_known(api: Repository) -> None:
    """At the root, open, with four addresses and versions, each of which answers."""
    document = api.ask("GET", "//.well-known/c2pa-soft-binding-resolution", token=None).json

    keys = ["apiEndpoint", "c2paSpecificationVersion", "capabilitiesEndpoint", "statusEndpoint"]
    assert keys == list(document)
    assert document["apiEndpoint"].endswith("/v1")
    assert "2.4.0" == document["c2paSpecificationVersion"]
    for key in ("capabilitiesEndpoint", "statusEndpoint"):
        path = document[key].removeprefix(f"http://{api.host}")
        assert 200 == api.ask("GET", f"/{path}", token=None).status


def test_supported_algorithms(api: Repository) -> None:
    """Open; what is computed here, watermarks and fingerprints apart."""
    document = api.ask("GET", "/services/supportedAlgorithms", token=None).json

    assert ["watermarks", "fingerprints"] == list(document)
    assert [{"alg": "io.iscc.v0"}, {"alg": "creditline.pdq.1"}] == document["fingerprints"]


def test_capabilities(api: Repository, fetching: Repository) -> None:
    """Open; fetching by reference is announced only where it is on."""
    here, there = (one.ask("GET", "/services/capabilities", token=None).json for one in (api, fetching))

    supported = ["queryByContent", "storeManifests", "storeBindings"]
    assert {"c2paSpecificationVersion": "2.4.0", "supportedCapabilities": supported} == here
    assert {"queryByReference", *supported} == set(there["supportedCapabilities"])


def test_status(api: Repository) -> None:
    """Open; `ok` and when."""
    document = api.ask("GET", "/services/status", token=None).json

    assert ["status", "timestamp"] == list(document)
    assert "ok" == document["status"]


def test_open_routes_say_what_they_are_not(api: Repository) -> None:
    """Without a token, too: 404 for another service, 405 for another method, with the methods that there are."""
    refused(404, api.ask("GET", "/services/none", token=None))
    for path in ("/services/status", "//.well-known/c2pa-soft-binding-resolution"):
        answer = api.ask("POST", path, b"", token=None)

        refused(405, answer)
        assert "GET" in answer.headers["allow"]


# Who may

GUARDED = [
    ("GET", "/matches/byBinding", SCOPES[0]),
    ("POST", "/matches/byBinding", SCOPES[0]),
    ("POST", "/matches/byContent", SCOPES[0]),
    ("POST", "/matches/byReference", SCOPES[0]),
    ("GET", f"/manifests/{UNKNOWN}", SCOPES[0]),
    ("GET", f"/manifests/{UNKNOWN}/receipts", SCOPES[0]),
    ("POST", f"/manifests/{UNKNOWN}/receipts", SCOPES[0]),
    ("POST", "/manifests", SCOPES[1]),
    ("DELETE", f"/manifests/{UNKNOWN}", SCOPES[1]),
    ("POST", "/bindings", SCOPES[2]),
    ("PUT", "/bindings", SCOPES[2]),
]


def test_scopes(api: Repository) -> None:
    """401 without a token and with a wrong one, 403 with every scope but the right one."""
    lacking = {scope: api.paired("api", *(other for other in SCOPES if other != scope)) for scope in SCOPES}
    for method, path, scope in GUARDED:
        for token in (None, "wrong"):
            answer = api.ask(method, path, b"{}", token=token)

            refused(401, answer)
            assert "Bearer" in answer.headers["www-authenticate"]
        refused(403, api.ask(method, path, b"{}", token=lacking[scope]))


# By binding


def test_by_binding(api: Repository) -> None:
    """GET and POST alike: a foreign value exactly as it was posted, at most `maxResults`, nothing for another."""
    first, second = (store(api, name)["manifestId"] for name in (b"by binding 1", b"by binding 2"))
    value = base64.b64encode(b"\xfb\xef\xff watermark").decode()
    assert "+" in value
    assert [204, 204] == [bind(api, value, manifest).status for manifest in (first, second)]

    assert {first, second} == set(named(api.ask("GET", "/matches/byBinding", value=value, alg=FOREIGN)))
    assert {first, second} == set(named(api.ask("POST", "/matches/byBinding", {"value": value, "alg": FOREIGN})))
    assert 1 == len(named(api.ask("GET", "/matches/byBinding", value=value, alg=FOREIGN, maxResults="1")))
    body = {"value": value, "alg": FOREIGN}
    assert 1 == len(named(api.ask("POST", "/matches/byBinding", body, maxResults="1")))
    assert [] == named(api.ask("GET", "/matches/byBinding", value="bm9uZQ==", alg=FOREIGN))
    # A client that leaves `+` as it is asks for a space, as forms have it.
    assert {first, second} == set(named(api.ask("GET", f"/matches/byBinding?alg={FOREIGN}&value={value}")))


def test_ten_matches_unless_told_otherwise(api: Repository) -> None:
    """`maxResults` is 10 by default, and more are given where more are asked for."""
    for number in range(12):
        assert 204 == bind(api, "many", store(api, b"many %d" % number)["manifestId"]).status

    assert 10 == len(named(api.ask("GET", "/matches/byBinding", value="many", alg=FOREIGN)))
    assert 12 == len(named(api.ask("GET", "/matches/byBinding", value="many", alg=FOREIGN, maxResults="50")))


def test_by_binding_by_distance(api: Repository) -> None:
    """A code of ours that is near leads there, scored by its distance, the best first."""
    near, far = (store(api, name)["manifestId"] for name in (b"near", b"far"))
    for code, manifest in ((bytes(range(32)), near), (bytes([*range(31), 0b11000]), far)):
        value = base64.b64encode(code).decode()
        assert 204 == bind(api, value, manifest, alg="creditline.pdq.1").status

    value = base64.b64encode(bytes(range(32))).decode()
    answer = api.ask("GET", "/matches/byBinding", value=value, alg="creditline.pdq.1")

    assert [near, far] == named(answer)
    assert [100, round(100 * (1 - 3 / 256))] == [match["similarityScore"] for match in answer.json["matches"]]


@pytest.mark.parametrize("value", ["!!!", "AAAA", base64.b64encode(bytes(33)).decode()])
@pytest.mark.parametrize("alg", ["io.iscc.v0", "creditline.pdq.1"])
def test_by_binding_with_a_bad_value(api: Repository, value: str, alg: str) -> None:
    """400 for what is no base64 of a code, by GET and POST."""
    refused(400, api.ask("GET", "/matches/byBinding", value=value, alg=alg))
    refused(400, api.ask("POST", "/matches/byBinding", {"value": value, "alg": alg}))


def test_by_binding_with_half_a_question(api: Repository) -> None:
    """400 without a value, without an algorithm, and for a number of results that is none."""
    for query in ({}, {"value": "a"}, {"alg": "a"}, {"value": "", "alg": "a"}, {"value": "a", "alg": ""}):
        refused(400, api.ask("GET", "/matches/byBinding", **query))
        refused(400, api.ask("POST", "/matches/byBinding", dict(query)))
    for number in ("0", "-1", "ten", ""):
        refused(400, api.ask("GET", "/matches/byBinding", value="a", alg="a", maxResults=number))
        refused(400, api.ask("POST", "/matches/byBinding", {"value": "a", "alg": "a"}, maxResults=number))


def test_by_binding_too_long(api: Repository) -> None:
    """414 by GET, however long; 413 by POST for more than a soft binding can be; what is between is taken by POST."""
    for length in (10_000, 100_000, 900_000):
        refused(414, api.ask("GET", "/matches/byBinding", value=LONG[:1] * length, alg=FOREIGN))
    for length in (100_000, 5_000_000):
        refused(413, api.ask("POST", "/matches/byBinding", {"value": LONG[:1] * length, "alg": FOREIGN}))
    assert [] == named(api.ask("POST", "/matches/byBinding", {"value": LONG[:60_000], "alg": FOREIGN}))


def test_by_binding_with_a_body_that_is_none(api: Repository) -> None:
    """400 for broken JSON and for another shape, 415 for another media type."""
    for body in (b"{", b"[]", b'{"value": 1, "alg": "a"}', b"\xff", b""):
        refused(400, api.ask("POST", "/matches/byBinding", body, "application/json"))
    refused(415, api.ask("POST", "/matches/byBinding", b"value=a&alg=a", "application/x-www-form-urlencoded"))


# By content


def test_by_content(api: Repository, signed: tuple[bytes, str, bytes]) -> None:
    """A stripped, smaller copy leads to its original's manifest, by each algorithm; the store is the original's."""
    copy = jpeg(scene(21, (200, 150)), 60)
    for query in ({}, {"alg": "io.iscc.v0"}, {"alg": "creditline.pdq.1"}, {"maxResults": "1"}):
        assert [signed[1]] == named(api.ask("POST", "/matches/byContent", copy, "image/jpeg", **query))
    assert signed[2] == api.ask("GET", f"/manifests/{signed[1]}").body


def test_by_content_in_other_media_types(api: Repository) -> None:
    """PNG, WebP and a name that says nothing: the bytes count; a picture that nobody knows has no match."""
    for form, kind in (("PNG", "image/png"), ("WEBP", "image/webp"), ("JPEG", "application/octet-stream")):
        stream = io.BytesIO()
        scene(33).save(stream, form)

        assert [] == named(api.ask("POST", "/matches/byContent", stream.getvalue(), kind))
    dot = io.BytesIO()
    Image.new("RGB", (1, 1)).save(dot, "PNG")
    assert [] == named(api.ask("POST", "/matches/byContent", dot.getvalue(), "image/png"))


def test_by_content_that_carries_its_own_manifest(api: Repository) -> None:
    """A signed file leads to the posted store of the manifest that it holds, whatever it looks like."""
    data = sign(jpeg(Image.new("RGB", (64, 64), (9, 9, 9))), "jpeg", AUTHORITY)
    block = next(block.payload for block in find(data).blocks if block.carrier == "c2pa")
    identity = store(api, block)["manifestId"]

    assert identity == read(data, pixels=False).c2pa.label
    assert [identity] == named(api.ask("POST", "/matches/byContent", data, "image/jpeg"))


def test_by_content_with_a_hint(api: Repository) -> None:
    """A watermark that the asker read leads on where the picture is unknown; half a hint is 400."""
    manifest = store(api, b"hinted")["manifestId"]
    bind(api, "hint", manifest)
    picture = jpeg(scene(34))

    assert [manifest] == named(
        api.ask("POST", "/matches/byContent", picture, "image/jpeg", hintAlg=FOREIGN, hintValue="hint")
    )
    refused(400, api.ask("POST", "/matches/byContent", picture, "image/jpeg", hintAlg=FOREIGN))
    refused(400, api.ask("POST", "/matches/byContent", picture, "image/jpeg", hintValue="hint"))


def test_by_content_that_is_refused(api: Repository) -> None:
    """415 for what no fingerprint is taken of; 400 for nothing, a torn picture, an algorithm that is not computed."""
    for body, kind in [
        (b"some text", "text/plain"),
        (b"some text", "image/jpeg"),
        (b"PK\3\4" + bytes(100), "application/zip"),
        (b"%PDF-1.7", "application/pdf"),
        (jpeg(scene(34)), "multipart/form-data; boundary=x"),
    ]:
        refused(415, api.ask("POST", "/matches/byContent", body, kind))
    refused(400, api.ask("POST", "/matches/byContent", b"", "image/jpeg"))
    refused(400, api.ask("POST", "/matches/byContent", jpeg(scene(34))[:300], "image/jpeg"))
    refused(400, api.ask("POST", "/matches/byContent", jpeg(scene(34)), "image/jpeg", alg=FOREIGN))
    refused(400, api.ask("POST", "/matches/byContent", jpeg(scene(34)), "image/jpeg", maxResults="0"))


# By reference


def test_by_reference_is_off(api: Repository) -> None:
    """403 where the operator does not allow it, and it is not announced."""
    for url in ("https://example.com/a.jpg", PRIVATE[0], "http://example.com/a.jpg"):
        refused(403, api.ask("POST", "/matches/byReference", {"referenceUrl": url, "assetLength": 100}))


def test_by_reference_that_cannot_be_fetched(fetching: Repository) -> None:
    """502 for a name that leads nowhere."""
    body = {"referenceUrl": "https://nobody.invalid/a.jpg", "assetLength": 100}

    refused(502, fetching.ask("POST", "/matches/byReference", body))


@pytest.mark.parametrize(
    "url", [*PRIVATE, "http://example.com/a.jpg", "file:///etc/passwd", "ftp://a.b/", "", "https://"]
)
def test_by_reference_to_where_it_must_not_go(fetching: Repository, url: str) -> None:
    """400 for another scheme and for every private address, however it is written."""
    refused(400, fetching.ask("POST", "/matches/byReference", {"referenceUrl": url, "assetLength": 100}))


@pytest.mark.parametrize(
    "changed",
    [
        {"assetLength": 0},
        {"assetLength": "10"},
        {"assetLength": None},
        {"assetLength": 1 << 50},
        {"assetType": 5},
        {"region": [{"name": "x"}]},
        {"referenceUrl": None},
    ],
)
def test_by_reference_with_a_body_that_is_none(fetching: Repository, changed: dict[str, Any]) -> None:
    """400."""
    body = {"referenceUrl": "https://nobody.invalid/a.jpg", "assetLength": 100} | changed

    refused(400, fetching.ask("POST", "/matches/byReference", body))


# Manifests


def test_manifests_go_round(api: Repository) -> None:
    """Posted, had byte for byte as `application/c2pa`, deleted with 204, gone; the same bytes are the same manifest."""
    data = bytes(range(256)) * 40
    answer = store(api, data)
    path = f"/manifests/{answer['manifestId']}"

    assert ["manifestId"] == list(answer)
    assert answer["manifestId"].startswith("urn:c2pa:")
    assert answer == store(api, data)
    got = api.ask("GET", path)
    assert (200, C2PA, data) == (got.status, got.kind, got.body)
    escaped = api.ask("GET", f"/manifests/{quote(answer['manifestId'], safe='')}", returnActiveManifest="true")
    assert (200, data) == (escaped.status, escaped.body)
    assert (204, b"") == ((gone := api.ask("DELETE", path)).status, gone.body)
    for method in ("GET", "DELETE"):
        refused(404, api.ask(method, path))


def test_a_real_store_keeps_its_id(fetching: Repository, signed: tuple[bytes, str, bytes]) -> None:
    """Without opaque stores a readable one is taken under its active manifest's id, and what is none is 400."""
    assert signed[1] == store(fetching, signed[2])["manifestId"]
    assert signed[2] == fetching.ask("GET", f"/manifests/{signed[1]}").body
    refused(400, fetching.ask("POST", "/manifests", b"no manifest store", C2PA))
    refused(409, fetching.ask("POST", "/manifests", signed[2] + b"\0\0\0\x08free", C2PA))


def test_manifests_that_are_refused(api: Repository) -> None:
    """Nothing 400, another media type 415, 17 MiB 413; 404 for every id that is none."""
    refused(400, api.ask("POST", "/manifests", b"", C2PA))
    refused(400, api.ask("POST", "/manifests", b"x", C2PA, returnReceipt="perhaps"))
    for kind in ("application/octet-stream", "application/json", None):
        refused(415, api.ask("POST", "/manifests", b"x", kind))
    refused(413, api.ask("POST", "/manifests", bytes(17 << 20), C2PA))
    for identity in (UNKNOWN, "nothing", "..%2f..%2fconfig.toml", "%00", "x" * 3000):
        for method in ("GET", "DELETE"):
            refused(404, api.ask(method, f"/manifests/{identity}"))


def test_a_manifest_inside_a_kept_picture_is_not_deleted(
    api: Repository, signed: tuple[bytes, str, bytes]
) -> None:
    """409: it is part of a picture that the operator keeps."""
    refused(409, api.ask("DELETE", f"/manifests/{signed[1]}"))


# Receipts


def test_receipts(api: Repository) -> None:
    """With the store, by its own route, and checked again; a changed one and another manifest's do not hold."""
    answer = store(api, b"with a receipt", returnReceipt="true")
    receipt, path = answer["receipt"], f"/manifests/{answer['manifestId']}/receipts"

    assert ["manifestId", "receipt"] == list(answer)
    assert ["@context", "@type", "repository", "anchor", "verified"] == list(receipt)
    assert "org.c2pa.manifest-receipt" == receipt["@type"]
    assert {"uri": f"http://{api.host}{V1}", "manifestId": answer["manifestId"]} == receipt["repository"]
    assert ["uri", "proof"] == list(receipt["anchor"])
    assert ["alg", "value"] == list(receipt["anchor"]["proof"])
    assert receipt["verified"] is True
    assert receipt == api.ask("GET", path).json
    assert api.ask("POST", path, receipt).json["verified"] is True
    forged = receipt | {"anchor": receipt["anchor"] | {"proof": {"alg": "HMAC-SHA256", "value": "00"}}}
    assert api.ask("POST", path, forged).json["verified"] is False
    other = store(api, b"another")["manifestId"]
    assert api.ask("POST", f"/manifests/{other}/receipts", receipt).json["verified"] is False


def test_receipts_that_are_refused(api: Repository) -> None:
    """404 for an unknown manifest, 400 for what is no receipt, 415 for another media type."""
    manifest = store(api, b"with a receipt")["manifestId"]

    refused(404, api.ask("GET", f"/manifests/{UNKNOWN}/receipts"))
    refused(404, api.ask("POST", f"/manifests/{UNKNOWN}/receipts", {"@type": "org.c2pa.manifest-receipt"}))
    for body in (b"{}", b"[]", b"{", b'{"@type": "org.c2pa.manifest-receipt"}'):
        refused(400, api.ask("POST", f"/manifests/{manifest}/receipts", body, "application/json"))
    refused(415, api.ask("POST", f"/manifests/{manifest}/receipts", b"{}", "text/plain"))


# Bindings


def test_bindings(api: Repository) -> None:
    """POST adds, PUT replaces, both 204 without a body; a manifest's bindings go with it."""
    first, second = (store(api, name)["manifestId"] for name in (b"bound 1", b"bound 2"))

    for method, manifest, expected in [
        ("POST", first, {first}),
        ("POST", first, {first}),
        ("POST", second, {first, second}),
        ("PUT", second, {second}),
    ]:
        answer = bind(api, "a mark", manifest, method)
        assert (204, b"") == (answer.status, answer.body)
        assert expected == set(named(api.ask("GET", "/matches/byBinding", value="a mark", alg=FOREIGN)))
    assert 204 == api.ask("DELETE", f"/manifests/{second}").status
    assert [] == named(api.ask("GET", "/matches/byBinding", value="a mark", alg=FOREIGN))


def test_bindings_that_are_refused(api: Repository) -> None:
    """404 for an unknown manifest, and for a PUT of an unknown value; 400, 413 and 415 for what is no binding."""
    manifest = store(api, b"bound")["manifestId"]

    refused(404, bind(api, "new", UNKNOWN))
    refused(404, bind(api, "new", UNKNOWN, "PUT"))
    refused(404, bind(api, "never posted", manifest, "PUT"))
    for method in ("POST", "PUT"):
        for body in (b"{}", b"{", b"[]", b'{"bindingValue": "a"}', b'{"bindingValue": 1, "manifestId": "a"}'):
            refused(400, api.ask(method, "/bindings", body, "application/json"))
        refused(415, api.ask(method, "/bindings", b"{}", "text/plain"))
        refused(413, bind(api, LONG, manifest, method))


# Everything else


def test_other_addresses_and_methods(api: Repository) -> None:
    """404 and 405 are errors of this API, too, and HEAD is answered as GET is, without the body."""
    refused(404, api.ask("GET", "/nowhere"))
    refused(404, api.ask("GET", ""))
    for method, path in (("GET", "/bindings"), ("PUT", "/manifests"), ("DELETE", "/matches/byBinding")):
        refused(405, api.ask(method, path))
    manifest = store(api, b"for HEAD")["manifestId"]
    answer = api.ask("HEAD", f"/manifests/{manifest}")
    assert (200, C2PA, "8", b"") == (answer.status, answer.kind, answer.headers["content-length"], answer.body)
