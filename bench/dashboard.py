"""With a hundred thousand observations, pages answer within 200 ms and a full-site PDF within ten seconds.

Observations and verdicts are put into the tables as the ledger would leave them; twenty sites, five sizes an upload.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from aiohttp.test_utils import TestClient, TestServer, unused_port

from _ratio import Amount, Skipped, asked, main, quantile
from creditline.ledger import schema
from creditline.ledger.moments import iso
from creditline.ledger.store import Ledger
from creditline.ledger.tallies import Scope
from creditline.model.settings import Settings
from creditline.report.render import render
from creditline.server.app import make_app
from creditline.server.guard import cookie_name
from creditline.server.sign_in import SignIn
from creditline.server.tokens import Tokens
from creditline.services.build_report import build
from creditline.services.context import Context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _ratio import Line

UPLOADS = 20_000
SIZES = 4
SITES = 20
ROUNDS = 40
START = 1_780_000_000_000_000
FIELDS = ("creator", "copyright_notice", "credit_line", "web_statement", "usage_terms", "title", "caption", "gps")
PAGE = "p95 of {} with 100,000 observations"
PATHS = (
    "/",
    "/works",
    "/works/{work}",
    "/audits",
    "/audits/{audit}",
    "/sites",
    "/sites/site-3",
    "/scoreboard",
    "/reports",
)
PDF = "full-site PDF from 100,000 observations"


def fill(ledger: Ledger) -> dict[str, str]:
    """20,000 uploads with 4 served sizes each: 100,000 observations and 80,000 verdicts."""
    chain = "0" * 64
    with ledger.writes() as connection:
        for start in range(0, UPLOADS, 1000):
            works, seen, verdicts, outcomes = [], [], [], []
            for number in range(start, start + 1000):
                work, site, lost = f"W{number:025}", f"site-{number % SITES}", number % 3 > 0
                works.append(
                    {
                        "id": work,
                        "at": iso(START + number),
                        "title": f"Work {number}",
                        "mine": False,
                        "state": "open",
                    }
                )
                for size in range(SIZES + 1):
                    moment = START + number * 300_000_000 + size
                    seq = number * (SIZES + 1) + size + 1
                    seen.append(
                        {
                            "seq": seq,
                            "id": f"O{seq:025}",
                            "at": iso(moment),
                            "moment": moment,
                            "stage": "served" if size else "uploaded",
                            "via": "proxy",
                            "site": site,
                            "profile": "2026-08-21",
                            "role": "image",
                            "format": "jpeg",
                            "width": 100 * size,
                            "height": 80 * size,
                            "work": work,
                            "part": "",
                            "declared": "{}",
                            "state": "present",
                            "chain": chain,
                        }
                    )
                    if size:
                        number_ = number * SIZES + size
                        verdicts.append(verdict(number_, work, site, seq, size, lost))
                        outcomes += [
                            {
                                "verdict": number_,
                                "kind": kind,
                                "name": name,
                                "outcome": "removed" if lost else "kept",
                                "times": 1,
                                "hop": "uploaded>served" if lost else None,
                            }
                            for kind, name in (
                                *(("field", f) for f in FIELDS),
                                ("judgement", "ai"),
                                ("judgement", "consent"),
                            )
                        ]
            for table, rows in (
                (schema.works, works),
                (schema.observations, seen),
                (schema.verdicts, verdicts),
                (schema.outcomes, outcomes),
            ):
                connection.execute(sa.insert(table), rows)
    return {"work": f"W{UPLOADS - 1:025}", "audit": f"V{UPLOADS * SIZES:025}"}


def verdict(number: int, work: str, site: str, seq: int, size: int, lost: bool) -> dict[str, Any]:
    """One row of `verdicts`."""
    uploaded, served, outcome = f"O{seq - size:025}", f"O{seq:025}", "removed" if lost else "kept"
    hop = ["uploaded", "served"] if lost else None
    sha256 = hashlib.sha256(served.encode()).hexdigest()
    audit = {
        "stages": {
            "uploaded": {"sha256": sha256, "via": "proxy", "observation": uploaded},
            "served": {"sha256": sha256, "via": "proxy", "observation": served, "variant": str(size)},
        },
        "match": {"verdict": "same-work", "method": "fingerprint", "distance": 4, "threshold": 58},
        "fields": [
            {"id": name, "category": 2, "uploaded": "a value", "outcome": outcome, "lost_between": hop}
            for name in FIELDS
        ],
        "ai": {"outcome": outcome},
        "consent": {"outcome": outcome},
        "summary": {"cmi": {outcome: len(FIELDS)}, "cmi_lost": lost},
    }
    return {
        "seq": number,
        "id": f"V{number:025}",
        "at": iso(START + number * 75_000_000),
        "version": "bench",
        "uploaded": uploaded,
        "served": served,
        "work": work,
        "site": site,
        "variant": str(size),
        "match": "same-work",
        "lost": lost,
        "audit": audit,
        "holds": True,
    }


async def pages(context: Context, names: dict[str, str]) -> list[Line]:
    """Each page's 95th percentile over rounds in which something new is recorded every few pages."""
    port, found = unused_port(), []
    sign_in = SignIn()
    app = make_app(context, address=("127.0.0.1", port), sign_in=sign_in, tokens=Tokens(context.home))
    async with TestClient(TestServer(app, host="127.0.0.1", port=port)) as client:
        cookie = sign_in.redeem(sign_in.issue().partition("#")[2])
        headers = {"Cookie": f"{cookie_name(('127.0.0.1', port))}={cookie}"}
        for path in PATHS:  # the sums are counted once when a server starts
            await (await client.get(path.format(**names), headers=headers)).read()
        for path in PATHS:
            if not asked(PAGE.format(path)):
                continue
            times = []
            for number in range(ROUNDS):
                if number % 8 == 0:
                    context.ledger.miss("bench", f"round {number}")
                start = time.perf_counter()
                async with client.get(path.format(**names), headers=headers) as response:
                    await response.read()
                times.append((time.perf_counter() - start) * 1000)
                assert response.status == 200, (path, response.status, (await response.text())[:300])
            note = f"p50 {quantile(times, 0.5):.1f}"
            found.append(Amount(PAGE.format(path), quantile(times, 0.95), "ms", 200, note))
    return found


def report(ledger: Ledger) -> Line:
    """The report on one site of twenty and on all."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        return Skipped(PDF, 'WeasyPrint is absent: pip install "creditline[pdf]"')
    start = time.perf_counter()
    data = render(build(ledger, Scope(site="site-3")), "pdf")
    took = time.perf_counter() - start
    return Amount(PDF, took, "s", 10, f"{len(data) / 1000:.0f} kB, start of WeasyPrint not included")


def lines() -> Iterator[Line]:
    """Every line of this bench."""
    with tempfile.TemporaryDirectory(prefix="creditline-bench-") as folder:
        home, settings = Path(folder), Settings()
        with Ledger.open(home, settings) as ledger:
            names = fill(ledger)
            yield from asyncio.run(pages(Context(home, settings, ledger), names))
            if asked(PDF):
                yield report(ledger)


if __name__ == "__main__":
    sys.exit(main(lines))
