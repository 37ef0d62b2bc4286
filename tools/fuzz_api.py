"""Throws requests at the API for a while, made from its own OpenAPI documents: `make fuzz-api`.

Starts a server of its own on a fresh data folder, runs schemathesis with all checks over /api/v1 and /c2pa/v1, and
ends with 0 when nothing was found. Of the recovery API a well-formed request may still be refused with 400, 413, 414
or 415: that a value must be base64 of a code, or content a picture, is nothing that a schema can say. In the form of an
audit any bytes are a file, so what schemathesis takes for a wrong kind of part is none. A body larger than what is
read is refused as that (413), whatever else is wrong with it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCOPES = ("api", "fetch:manifests", "store:manifests", "store:bindings")
REFUSALS = ["2xx", "400", "401", "403", "404", "409", "413", "414", "415"]
NEGATIVE = ["400", "401", "403", "404", "405", "406", "409", "413", "414", "415", "422", "428", "429", "5xx"]
OWN = f"""[checks]
negative_data_rejection.expected-statuses = {NEGATIVE}

[[operations]]
include-name = "POST /api/v1/audits"
checks.negative_data_rejection.enabled = false
"""
DOCUMENTS = {
    "openapi.json": OWN,
    "soft-binding.json": "[checks]\n"
    f"positive_data_acceptance.expected-statuses = {REFUSALS}\n"
    f"negative_data_rejection.expected-statuses = {NEGATIVE}\n",
}


def main() -> int:
    """Runs both documents, `--seconds` each."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, default=600, help="how long each document is used")
    seconds = arguments.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        program = [sys.executable, "-m", "creditline", "--home", str(home / "data")]
        started = [*program, "start", "--no-proxy", "--port", "0", "--soft-binding-opaque"]
        with (
            (home / "log").open("w", encoding="utf-8") as log,
            subprocess.Popen(started, stdout=subprocess.PIPE, stderr=log, text=True) as server,
        ):
            try:
                address = _address(server)
                failed = [name for name in DOCUMENTS if _run(name, address, _token(program), home, seconds)]
            finally:
                server.terminate()
        told = (home / "log").read_text(encoding="utf-8")
    if " failed\nTraceback" in told:
        print(told)
        failed.append("the server's log")
    print("Nothing was found." if not failed else f"Something was found: {', '.join(failed)}.")
    return 1 if failed else 0


def _address(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    for line in server.stdout:
        if line.startswith("Dashboard"):
            return line.split()[1].partition("/sign-in")[0]
    raise SystemExit("the server did not start")


def _token(program: list[str]) -> str:
    scopes = [part for scope in SCOPES for part in ("--scope", scope)]
    told = subprocess.run([*program, "pair", "--json", *scopes], check=True, capture_output=True, text=True)
    return str(json.loads(told.stdout)["token"])


def _run(name: str, address: str, token: str, home: Path, seconds: int) -> int:
    config = home / "schemathesis.toml"
    config.write_text(DOCUMENTS[name], encoding="utf-8")
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config)]
    command += ["run", f"{address}/api/v1/{name}", "-H", f"Authorization: Bearer {token}"]
    command += ["--max-time", str(seconds), "--continue-on-failure", "--no-color"]
    environ = os.environ | {"SCHEMATHESIS_HOOKS": "fuzz_api_hooks", "PYTHONPATH": str(HERE)}
    return subprocess.run(command, check=False, cwd=home, env=environ).returncode


if __name__ == "__main__":
    sys.exit(main())
