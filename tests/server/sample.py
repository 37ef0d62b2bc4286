"""A small real ledger and a running server for the tests of this folder."""

from __future__ import annotations

import hashlib
import io
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp.test_utils import TestClient, TestServer, unused_port
from PIL import Image

from creditline.ledger.rows import Batch, NewWork
from creditline.ledger.store import Ledger
from creditline.model.observation import Observation
from creditline.model.settings import Settings
from creditline.server.app import MAX_LINE, make_app
from creditline.server.guard import cookie_name
from creditline.server.sign_in import SignIn
from creditline.server.tokens import Tokens
from creditline.services.context import Context

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>\u202e{{7*7}}'


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Running:
    """A server, and what is needed to speak with it."""

    client: TestClient[Any, Any]
    host: str
    sign_in: SignIn
    tokens: Tokens
    clock: Clock
    context: Context

    @property
    def session(self) -> dict[str, str]:
        """Headers of a browser that signed in."""
        cookie = self.sign_in.redeem(self.sign_in.issue().partition("#")[2])
        return {"Cookie": f"{cookie_name(('127.0.0.1', int(self.host.rpartition(':')[2])))}={cookie}"}

    def bearer(self, *scopes: str) -> dict[str, str]:
        """Headers of a paired program."""
        return {"Authorization": f"Bearer {self.tokens.issue(scopes or ('api',))}"}


@asynccontextmanager
async def running(
    home: Path, *, max_body: int = 1024 * 1024, recorder: Any = None, **options: Any
) -> AsyncIterator[Running]:
    """A server over the ledger in `home`; `options` are settings."""
    home.mkdir(parents=True, exist_ok=True)
    settings = Settings(max_body=max_body, **options)
    clock, port = Clock(), unused_port()
    sign_in, tokens = SignIn(clock=clock), Tokens(home, clock=clock)
    context = Context(home, settings, Ledger.open(home, settings), recorder)
    app = make_app(context, address=("127.0.0.1", port), sign_in=sign_in, tokens=tokens)
    try:
        server = TestServer(app, host="127.0.0.1", port=port)
        await server.start_server(max_line_size=MAX_LINE)
        async with TestClient(server) as client:
            yield Running(client, f"127.0.0.1:{port}", sign_in, tokens, clock, context)
    finally:
        context.close()


def picture(colour: tuple[int, int, int] = (200, 120, 40), size: tuple[int, int] = (64, 48)) -> bytes:
    """A small JPEG."""
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "JPEG")
    return stream.getvalue()


def field(name: str, category: int | None, original: Any, served: Any, outcome: str) -> dict[str, Any]:
    """One field of an audit."""
    return {
        "id": name,
        "category": category,
        "original": original,
        "uploaded": original,
        "served": served,
        "presence": {
            "original": "present" if original else "absent",
            "uploaded": "present" if original else "absent",
            "served": "present" if served else "absent",
        },
        "outcome": outcome,
        "lost_between": ["uploaded", "served"] if outcome in {"removed", "altered"} else None,
        "detail": None,
    }


def audit(fields: list[dict[str, Any]], stages: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    """An audit as contract §4 has it."""
    outcomes = ("kept", "altered", "moved", "removed", "added", "unreadable", "not_examined")
    cmi = {o: sum(f["category"] is not None and f["outcome"] == o for f in fields) for o in outcomes}
    lost = cmi["removed"] + cmi["altered"] > 0
    removed = {"outcome": "removed" if lost else "kept", "lost_between": ["uploaded", "served"] if lost else None}
    present = {"original": "present", "uploaded": "present", "served": "absent"}
    return {
        "schema": "creditline/audit/1",
        "stages": stages or dict.fromkeys(("original", "uploaded", "served")),
        "match": {
            "verdict": "same-work",
            "method": "fingerprint",
            "distance": 12,
            "threshold": 58,
            "quality": 91,
            "false_match_rate": 1e-9,
            "geometry": None,
            "rule": None,
        },
        "carriers": [{"carrier": "iptc", "presence": present, "outcome": "removed"}],
        "fields": fields,
        "c2pa": {"original": "trusted", "uploaded": "trusted", "served": "none", **removed},
        "ai": {"original": "ai-generated", "uploaded": "ai-generated", "served": "none", **removed},
        "consent": {"original": "prohibited", "uploaded": "prohibited", "served": "unspecified", **removed},
        "pixels": {"identical": False, "original": [64, 48], "served": [32, 24], "format_changed": False},
        "summary": {
            "cmi": cmi,
            "cmi_lost": lost,
            "ai_label_lost": lost,
            "c2pa_lost": lost,
            "consent_lost": lost,
        },
        **changed,
    }


@dataclass(frozen=True)
class Filled:
    """What `fill` put into a ledger."""

    work: str
    verdict: str
    original: str
    site: str


def fill(
    ledger: Ledger, *, text: str = "Ann Example", site: str = "imageboard.example", number: int = 0
) -> Filled:
    """One work, uploaded and served, with one audit; `text` stands in every place that strangers can write to.

    With another `number` it is another work.
    """
    files = [
        picture((200, 120 - number, 40)),
        picture((200, 120 - number, 60)),
        picture((199, 120 - number, 80), (32, 24)),
    ]
    seen: list[Observation] = []
    for step, (stage, data) in enumerate(zip(("original", "uploaded", "served"), files, strict=True)):
        sha256 = hashlib.sha256(data).hexdigest()
        observation = Observation(
            id=f"000000000000000000000000{number}{step}",
            at=f"2026-08-21T09:{number}{step}:00.000Z",
            stage=stage,
            via="extension" if stage == "original" else "proxy",
            site=None if stage == "original" else site,
            url=f"https://cdn.example/{text}",
            filename=text,
            sha256=sha256,
            bytes=len(data),
            format="jpeg",
            width=64,
            height=48,
            work=seen[0].work if seen else None,
            state="present",
        )
        reading = {
            "schema": "creditline/inspection/1",
            "format": "jpeg",
            "width": 64,
            "height": 48,
            "bytes": len(data),
            "fields": [{"id": "creator", "value": [text], "carrier": "iptc", "key": text}],
            "resolved": {"creator": [text], "copyright_notice": {"x-default": text, "de": text}},
        }
        new = NewWork(title=text, mine=True) if not seen else None
        seen.append(ledger.record(Batch(observation, data=data, reading=reading, work=new)))
    stages = {
        s.stage: {"sha256": s.sha256, "via": s.via, "url": None, "variant": text, "observation": s.id}
        for s in seen
    }
    fields = [
        field("creator", 2, [text, "Bo"], None, "removed"),
        field("title", 1, text * 40, {"x-default": text, text: text}, "altered"),
        field("web_statement", 6, "https://rights.example/", "https://rights.example/", "kept"),
        field(text[:40], None, text, None, "removed"),
    ]
    document = audit(fields, stages)
    document["fields"][1]["detail"] = text
    document["match"]["rule"] = text
    verdict = ledger.put_verdict(document, work=seen[0].work, site=site)
    ledger.miss("no_such_form", text, site)
    assert seen[0].work is not None
    return Filled(seen[0].work, verdict, seen[0].sha256 or "", site)
