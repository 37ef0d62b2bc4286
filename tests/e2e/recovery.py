"""A repository as an operator starts it: `creditline start --no-proxy`, settings, a token from `creditline pair`."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.e2e.rig import ended, program

from creditline.server.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SCOPES = ("fetch:manifests", "store:manifests", "store:bindings")
V1 = "/c2pa/v1"
SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """The media type."""
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def json(self) -> Any:
        """The body, which must say that it is JSON."""
        assert "application/json" == self.kind
        return json.loads(self.body)


@dataclass(frozen=True)
class Repository:
    """Where it listens, and a token with every scope of the recovery API."""

    home: Path
    host: str
    token: str

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | dict[str, Any] | None = None,
        kind: str | None = None,
        *,
        token: str | None = "",
        **query: str,
    ) -> Answer:
        """One request, below /c2pa/v1 unless `path` begins with `//`; a dict goes as JSON, `token` None sends none."""
        target = path[1:] if path.startswith("//") else f"{V1}{path}"
        headers = {}
        if token is not None:
            headers["Authorization"] = f"Bearer {token or self.token}"
        if isinstance(body, dict):
            body, kind = json.dumps(body).encode(), kind or "application/json"
        if kind is not None:
            headers["Content-Type"] = kind
        connection = http.client.HTTPConnection(self.host, timeout=SECONDS)
        try:
            connection.request(method, target + (f"?{urlencode(query)}" if query else ""), body, headers)
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, named, response.read())
        finally:
            connection.close()

    def paired(self, *scopes: str) -> str:
        """A token with these scopes."""
        return Tokens(self.home).issue(scopes)


@contextmanager
def repository(home: Path, settings: str) -> Iterator[Repository]:
    """Such a server, with these lines as its settings file, until the block ends."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "config.toml").write_text(settings, encoding="utf-8")
    with program(
        sys.executable, "-m", "creditline", "--home", home, "start", "--no-proxy", "--port", "0"
    ) as process:
        assert process.stdout is not None
        line = next(line for line in process.stdout if line.startswith("Dashboard"))
        host = line.split()[1].removeprefix("http://").partition("/")[0]
        yield Repository(home, host, _paired(home))
        assert 0 == ended(process)[0]


def _paired(home: Path) -> str:
    command = [sys.executable, "-m", "creditline", "--home", str(home), "pair", "--json"]
    command += [part for scope in SCOPES for part in ("--scope", scope)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS)
    return str(json.loads(done.stdout)["token"])
