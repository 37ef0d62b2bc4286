"""Content Credentials of whole files: state, signer, and what hostile ones do."""

from __future__ import annotations

import base64
import io
import json
import random
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from c2pa import C2paError
from PIL import Image

from creditline.metadata import c2pa_store
from creditline.model.errors import CreditlineError, LimitError, UsageError
from creditline.model.picture import FORMATS
from creditline.model.reading import C2paReading
from creditline.reattach.resign import make_authority, sign
from creditline.vocab import trust

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
ABSENT = "shared/corpus is absent (it is given to the team only): corpus tests not run"
FORMAT_OF = {"JPEG": "jpeg", "PNG": "png", "DNG": "dng", "MP4": "mp4"}
PATIENCE = 2.0

AUTHORITY = make_authority()


def picture(kind: str = "jpeg", size: tuple[int, int] = (96, 64)) -> bytes:
    """A small noisy picture."""
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind.upper())
    return out.getvalue()


@pytest.fixture(scope="module")
def signed() -> bytes:
    """A JPEG signed by the test's own authority."""
    return sign(picture(), "jpeg", AUTHORITY, digital_source_type="digitalCreation", title="t")


def corpus() -> list[dict[str, Any]]:
    """The corpus entries that say something of C2PA, read when the tests are collected."""
    if not (CORPUS / "MANIFEST.json").is_file():
        return []
    entries = json.loads((CORPUS / "MANIFEST.json").read_text(encoding="utf-8"))
    return [entry for entry in entries if "c2pa_state" in entry and entry["format"] in FORMAT_OF]


ENTRIES = corpus()


@cache
def read_file(path: str, format_: str) -> C2paReading:
    """The reading of a corpus file, made once for all tests."""
    return c2pa_store.read((CORPUS / path).read_bytes(), format_)


def read_entry(entry: dict[str, Any]) -> C2paReading:
    """The reading of a corpus entry."""
    return read_file(entry["path"], FORMAT_OF[entry["format"]])


def test_a_known_signer(signed: bytes) -> None:
    """With the user's own root the signer is known, and the reading says by whose list."""
    reading = c2pa_store.read(signed, "jpeg", user_anchors=AUTHORITY.anchor_pem)

    assert "trusted" == reading.state
    assert "user" == reading.trust_list
    assert "Creditline" == reading.signer
    assert "Creditline" == reading.claim_generator
    assert 2 == reading.claim_version
    assert () == reading.problems
    assert reading.signed_at is None


def test_an_unknown_signer(signed: bytes) -> None:
    """A good signature by nobody known is valid, never trusted."""
    reading = c2pa_store.read(signed, "jpeg")

    assert "valid" == reading.state
    assert reading.trust_list is None
    assert ["signingCredential.untrusted"] == [p.code for p in reading.problems]


def test_somebody_elses_root_does_not_help(signed: bytes) -> None:
    """Only the root that the signer hangs on makes it trusted."""
    assert "valid" == c2pa_store.read(signed, "jpeg", user_anchors=make_authority().anchor_pem).state


def test_one_byte_changed(signed: bytes) -> None:
    """A changed picture is invalid and tampered, whoever is trusted."""
    changed = bytearray(signed)
    changed[-20] ^= 1

    reading = c2pa_store.read(bytes(changed), "jpeg", user_anchors=AUTHORITY.anchor_pem)

    assert "invalid" == reading.state
    assert reading.tampered
    assert reading.trust_list is None


def test_no_manifest() -> None:
    """A picture without a manifest store has none."""
    assert "none" == c2pa_store.read(picture(), "jpeg").state


def test_remote_pointer_is_not_followed() -> None:
    """A picture that only points elsewhere says so and gives the address; nothing is asked."""
    url = "https://manifests.example/one"
    xmp = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="{url}"/>'
        "</rdf:RDF></x:xmpmeta>"
    )
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", xmp=xmp.encode())

    reading = c2pa_store.read(out.getvalue(), "jpeg")

    assert "remote" == reading.state
    assert url == reading.remote_url


@pytest.mark.parametrize("format_", ["webm", "unknown", "nonsense"])
def test_unsupported_formats(format_: str) -> None:
    """What the SDK cannot open was not examined; it is not said to have no manifest."""
    assert "not_examined" == c2pa_store.read(b"x" * 100, format_).state


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file over the cap is refused before the SDK sees it."""
    monkeypatch.setattr(c2pa_store, "MAX_FILE", 10)

    with pytest.raises(LimitError):
        c2pa_store.read(b"x" * 11, "jpeg")


def test_too_long_a_report(signed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report over the cap is refused, not half read."""
    monkeypatch.setattr(c2pa_store, "MAX_REPORT", 10)

    with pytest.raises(LimitError):
        c2pa_store.read(signed, "jpeg")


def test_junk_roots_are_refused(signed: bytes) -> None:
    """Roots that hold no certificate are an error of the request, not a verdict on the picture."""
    with pytest.raises(UsageError):
        c2pa_store.read(signed, "jpeg", user_anchors="no certificate")


def test_false_roots_change_nothing(signed: bytes) -> None:
    """An envelope with no certificate inside makes nobody trusted and nothing unreadable."""
    body = base64.b64encode(b"\x30\x82\x01\x00" + b"\x05" * 256).decode()
    roots = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"

    assert "valid" == c2pa_store.read(signed, "jpeg", user_anchors=roots).state


def test_network_is_off() -> None:
    """No setting lets the SDK reach a network."""
    settings = c2pa_store.settings({})

    assert settings["verify"] == {"remote_manifest_fetch": False, "ocsp_fetch": False}
    assert [] == settings["core"]["allowed_network_hosts"]


def test_contexts_are_kept(signed: bytes) -> None:
    """The trust lists are parsed once, not for each picture."""
    c2pa_store.read(signed, "jpeg")
    before = c2pa_store._context.cache_info().misses

    c2pa_store.read(signed, "jpeg")

    assert before == c2pa_store._context.cache_info().misses


def test_unread_reasons() -> None:
    """Each way in which the SDK gives up becomes a state, with its reason."""
    assert "none" == c2pa_store._unread(C2paError.ManifestNotFound("ManifestNotFound: no JUMBF")).state
    broken = c2pa_store._unread(C2paError.Decoding("Decoding: bad box"))
    odd = c2pa_store._unread(KeyError("x"))

    assert ("unreadable", "Decoding") == (broken.state, broken.problems[0].code)
    assert ("unreadable", "KeyError") == (odd.state, odd.problems[0].code)


def timed(data: bytes, format_: str) -> str:
    """The state of a hostile file, which must come in time, whatever it is."""
    start = time.monotonic()
    try:
        return c2pa_store.read(data, format_, user_anchors=AUTHORITY.anchor_pem).state
    except CreditlineError as error:
        return error.code
    finally:
        assert time.monotonic() - start < PATIENCE


@pytest.mark.parametrize("format_", FORMATS)
def test_random_bytes(format_: str) -> None:
    """Bytes of no format at all are never a good signature, and never an exception of another kind."""
    noise = random.Random(7)

    for size in (0, 1, 12, 500, 20_000):
        assert timed(noise.randbytes(size), format_) in {"none", "unreadable", "not_examined"}


def test_truncated_files(signed: bytes) -> None:
    """A signed file that breaks off anywhere is no longer trusted."""
    for end in range(0, len(signed), max(1, len(signed) // 60)):
        assert timed(signed[:end], "jpeg") not in {"trusted", "valid"}


def test_flipped_bytes(signed: bytes) -> None:
    """A single changed byte anywhere ends in a state or our own error.

    Trust may survive one only in the signature's unprotected padding, which no signature covers.
    """
    noise = random.Random(11)
    for _ in range(60):
        changed = bytearray(signed)
        changed[noise.randrange(len(changed))] ^= 1 << noise.randrange(8)
        timed(bytes(changed), "jpeg")


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_odd_names_in_a_good_file(kind: str) -> None:
    """Keys that are special elsewhere come through as plain text."""
    metadata = {"dc:creator": ["__proto__"], "__proto__": {"constructor": "x"}, "dc:rights": {"__proto__": "y"}}
    data = sign(
        picture(kind),
        kind,
        AUTHORITY,
        title="__proto__",
        digital_source_type="__proto__",
        metadata=metadata,
        training={"__proto__": "notAllowed"},
    )

    reading = c2pa_store.read(data, kind, user_anchors=AUTHORITY.anchor_pem)

    assert "trusted" == reading.state
    assert "__proto__" == reading.actions[0].digital_source_type
    assert (("__proto__", "notAllowed"),) == reading.training
    assert ["__proto__"] == next(p.value for p in reading.properties if p.key == "dc:creator")


def test_readings_under_chosen_lists(signed: bytes) -> None:
    """A setting's own roots alone decide; a bare store can be read; what is no store is unreadable or none."""
    rooted = c2pa_store.read_under(signed, "image/jpeg", {"trust_anchors": AUTHORITY.anchor_pem})
    bare = c2pa_store.read_under(signed, "image/jpeg", {})
    nothing = c2pa_store.read_under(picture(), "image/jpeg", {})

    assert ("trusted", "valid", "none") == (rooted.state, bare.state, nothing.state)
    assert "unreadable" == c2pa_store.read_under(b"no store", "application/c2pa", {}).state


def trust_settings() -> dict[str, dict[str, str]]:
    """The SDK's trust settings that the corpus was read with."""
    eku = {"trust_config": trust.eku_config()}
    official = "\n".join(trust.load(name).pem for name in ("c2pa", "c2pa-tsa"))
    interim = {"trust_anchors": trust.load("interim").pem, "allowed_list": trust.load("interim-allowed").pem}
    roots = (CORPUS / "c2pa" / "trust" / "c2pa-rs__test_cert_root_bundle.pem").read_text(encoding="utf-8")
    return {
        "default": {},
        "official": {"trust_anchors": official} | eku,
        "itl": interim | eku,
        "test": {"trust_anchors": roots} | eku,
    }


@pytest.mark.skipif(not ENTRIES, reason=ABSENT)
def test_corpus_states_agree() -> None:
    """Under each trust setting the state of every corpus file is the one written down for it."""
    wrong = []
    for entry in ENTRIES:
        data = (CORPUS / entry["path"]).read_bytes()
        for name, lists in trust_settings().items():
            expected = c2pa_store.STATES.get(entry["c2pa_state"][name])
            state = c2pa_store.read_under(data, f"image/{FORMAT_OF[entry['format']]}", lists).state
            if expected != (state if state in c2pa_store.STATES.values() else None):
                wrong.append((entry["path"], name, expected, state))

    assert [] == wrong


@pytest.mark.skipif(not ENTRIES, reason=ABSENT)
def test_corpus_readings_take_the_best_list() -> None:
    """A file's state is the best that one of the public lists gives it, and that list is named."""
    order = ("Trusted", "Valid", "Invalid")
    for entry in ENTRIES:
        states = entry["c2pa_state"]
        reading = read_entry(entry)
        if states["default"] is None:
            assert reading.state in {"unreadable", "none", "remote"}, entry["path"]
            assert entry["c2pa_error"].startswith("Remote") == (reading.state == "remote"), entry["path"]
            continue
        best = min(states["official"], states["itl"], key=order.index)
        by = {"Trusted": "c2pa"}.get(states["official"], "interim") if best == "Trusted" else None

        assert (c2pa_store.STATES[best], by) == (reading.state, reading.trust_list), entry["path"]


@pytest.mark.skipif(not ENTRIES, reason=ABSENT)
def test_corpus_ingredients_are_walked() -> None:
    """A good outer signature over a bad parent is shown with the parent's state."""
    by_name = {Path(entry["path"]).name: entry for entry in ENTRIES}
    over_bad = read_entry(by_name["public-testfiles__adobe-20220124-CIE-sig-CA.jpg"])
    gemini = read_entry(by_name["sd-metadata__gemini_3.1pro.png"])

    assert ("valid", "invalid") == (over_bad.state, over_bad.worst_ingredient)
    assert ("trusted", "trusted") == (gemini.state, gemini.worst_ingredient)
    assert any(a.depth == 1 and a.relationship == "parentOf" and a.digital_source_type for a in gemini.actions)


@pytest.mark.skipif(not ENTRIES, reason=ABSENT)
def test_corpus_identity_without_network_is_not_tampering() -> None:
    """An identity that could not be confirmed offline never says that the picture was changed."""
    unconfirmed = [
        reading
        for entry in ENTRIES
        if (reading := read_entry(entry)) and "cawg.ica.did_unavailable" in {p.code for p in reading.problems}
    ]

    assert unconfirmed
    assert not any(reading.tampered for reading in unconfirmed)


@pytest.mark.skipif(not (CORPUS / "hostile").is_dir(), reason=ABSENT)
def test_corpus_hostile_files() -> None:
    """Files from other projects' bug trackers end in a state or our own error, in time."""
    for path in sorted((CORPUS / "hostile").iterdir())[::3]:
        for format_ in ("jpeg", "png", "avif"):
            timed(path.read_bytes(), format_)
