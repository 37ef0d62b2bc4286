"""Writes docs/reference from the code. `--check` says what is stale instead; exit code 1."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditline.capture.options import NAMES
from creditline.cli.main import COMMANDS, EXIT_DIFFERENT, EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_LOST, cli
from creditline.fingerprints.perceptual import KIND
from creditline.model.settings import KEYS, Settings
from creditline.server.openapi import document, soft_binding_document
from creditline.vocab import sites
from creditline.vocab.cmi_1202 import CMI
from creditline.vocab.fields import FIELDS
from creditline.vocab.labels import FIELD_LABELS
from creditline.vocab.thresholds import ALONE, CANDIDATE, FRAMED, MINIMUM_QUALITY, PLACED, SMALL, VARIANT

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
EXIT_CODES = {
    EXIT_DONE: "done, and nothing was lost",
    EXIT_LOST: "done, and something was lost, or a check did not hold",
    EXIT_FAILED: "it could not be done: usage, an unreadable file, no such thing",
    EXIT_DIFFERENT: "not the same work, or no match",
    EXIT_INTERRUPTED: "ended by Ctrl-C (`start` ends with 0 then)",
}
PAGES_FOR_PEOPLE = {
    "GET /": "what happened lately",
    "GET /works": "works, newest first",
    "GET /works/{id}": "one work: what was seen of it, and its audits",
    "GET /audits": "audits, newest first",
    "GET /inspect": "two forms: inspect a picture, compare two",
    "POST /inspect": "what a picture that was brought says; nothing is kept",
    "POST /compare": "what became of one picture that was brought in another; nothing is kept",
    "GET /scoreboard": "sites compared, with what others measured",
    "GET /reports": "a form that leads to a report",
    "GET /reports/{format}": "a report as a file (`html`, `pdf`, `csv`, `json`, `markdown`, `letter`); `site`, `work`, `since`, `until`",
    "GET /settings": "every setting as it is in force",
    "GET /doctor": "what is there, what is missing, and the command that mends it",
    "GET /events": "server-sent events: `change` when something new is in the ledger",
    "GET /audits/{id}": "one audit: the pictures side by side, field by field",
    "GET /sites": "sites that were seen",
    "GET /sites/{id}": "one site: what it did to which fields, and what was missed",
    "GET /pictures/{sha256}/thumbnail": "a small picture of what is kept",
    "GET /pictures/{sha256}/difference/{other}": "where two kept pictures differ",
    "GET /sign-in": "where the link of `creditline start` leads; its button signs in",
    "POST /sign-in": "takes the link's one-time token, from the server's own page only",
    "POST /sign-out": "ends the session",
    "GET /static/{name}": "style sheet, script and icons",
}
"""Routes of the pages, which are in no OpenAPI document; tests/test_docs.py holds them against the router."""

NOTE = "<!-- Written by `make docs` from the code; edits here are lost. -->\n\n"


def commands() -> str:
    """Every command with its help, as `creditline COMMAND --help` prints it."""
    lines = [
        "# Commands\n",
        "| exit code | means |",
        "|---|---|",
        *(f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items()),
        "",
        "What could not be done is one line on standard error: what, why, and what to do next. With `--json` standard output",
        "holds JSON Lines and nothing else ([shapes](json.md)). `-` is standard input where `inspect` takes a path.\n",
        "## `creditline`\n",
    ]
    settings: dict[str, Any] = {**cli.context_settings, "terminal_width": 100}
    context = click.Context(cli, info_name="creditline", **settings)
    lines += ["```text", cli.get_help(context), "```\n"]
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        lines += _help(command, name, context, "##")
    return "\n".join(lines)


def _help(command: click.Command, name: str, parent: click.Context, level: str) -> list[str]:
    context = click.Context(command, info_name=name, parent=parent, terminal_width=100)
    path = context.command_path
    lines = [f"{level} `{path}`\n", "```text", command.get_help(context), "```\n"]
    for sub in command.commands if isinstance(command, click.Group) else ():
        lines += _help(command.commands[sub], sub, context, level + "#")
    return lines


def settings() -> str:
    """Every setting with its default and its four spellings."""
    defaults = {f.name: f.default for f in fields(Settings)}
    lines = [
        "# Settings\n",
        "A key of `config.toml` in the data folder is also an environment variable, an option of `creditline start` and,",
        "where it concerns the traffic, an option of mitmproxy. An option beats the environment, that beats the file. An",
        "unknown key, and a `CREDITLINE_…` variable that is none of these, is an error that names the nearest known one.\n",
        "| key | default | what it does | environment | option | in mitmproxy |",
        "|---|---|---|---|---|---|",
    ]
    for key in KEYS:
        option = f"--{key.name.replace('_', '-')}"
        if isinstance(defaults[key.name], bool):
            option = f"{option}`, `{option.replace('--', '--no-', 1)}"
        traffic = f"`creditline_{key.name}`" if key.name in NAMES else ""
        lines.append(
            f"| `{key.name}` | {_default(defaults[key.name])} | {key.help} |"
            f" `CREDITLINE_{key.name.upper()}` | `{option}` | {traffic} |"
        )
    lines += [
        "\nThe data folder is `--home`, else `CREDITLINE_HOME`, else the platform's user data folder; inside mitmproxy",
        "`creditline_home` names it. `CREDITLINE_REQUIRE=all` is for the test suite only: what it would skip fails then.\n",
        "`creditline_passthrough` is off inside a mitmproxy of your own, whatever the file says: which hosts that one",
        "decrypts is its own affair.\n",
    ]
    return "\n".join(lines)


def _default(value: object) -> str:
    """A default as it would stand in the file."""
    if value == "":
        return "SQLite in the data folder"
    return str(value).lower() if isinstance(value, bool) else str(value)


def http() -> str:
    """Every route of the API, from the OpenAPI document that the server hands out."""
    spec = document()
    lines = [
        "# HTTP\n",
        "The server listens on 127.0.0.1 and guards every route (see `docs/threat-model.md`). `/api` takes a token",
        "from `creditline pair` as `Authorization: Bearer …`, or the dashboard's session. Errors under `/api` are problem",
        "documents (RFC 9457). The OpenAPI 3.1 document is at `/api/v1/openapi.json`. `/c2pa/v1` is the C2PA Soft Binding",
        "Resolution API 2.4: reading takes a token with the scope `fetch:manifests`, storing `store:manifests` or",
        '`store:bindings` (`creditline pair --scope …`), its service routes are open; errors there are `{"error": …}`.\n',
        "| route | use |",
        "|---|---|",
    ]
    for path, methods in (spec["paths"] | soft_binding_document()["paths"]).items():
        lines += [f"| `{method.upper()} {path}` | {about['summary']} |" for method, about in methods.items()]
    lines += [
        "\nWhile a token of `creditline pair` holds and `reattach = served` is on, a copy that was restored on its way reaches the",
        "browser with `x-creditline: REF`: 16 random letters, digits, `-` and `_`, fresh each time. `POST /api/v1/labels` takes it as",
        "`ref` and then says what is known of the address that this copy was served from; the program knows the latest 4,096. No other",
        "answer gets the header, and sites never see it; what a script fetches is never restored, so it has none, either.",
        "\nPages for people, with the session that the sign-in link opens:\n",
        "| route | use |",
        "|---|---|",
        *(f"| `{route}` | {use} |" for route, use in PAGES_FOR_PEOPLE.items()),
        "",
    ]
    return "\n".join(lines)


def crosswalk() -> str:
    """The canonical fields, where each one lives, and its category."""
    lines = [
        "# Fields\n",
        "Where each canonical field is read from, strongest place first, and the category of",
        "17 U.S.C. § 1202(c) it counts in.\n",
    ]
    lines += ["| category | about |", "|---|---|"]
    lines += [f"| {item.number} | {item.name} |" for item in CMI]
    lines += ["\n| id | shown as | category | all | private | places |", "|---|---|---|---|---|---|"]
    for field in FIELDS:
        places = " · ".join(f"{carrier} `{key}`" for carrier, key in field.places)
        primary = "–" if field.primary is None else str(field.primary)
        lines.append(
            f"| `{field.id}` | {FIELD_LABELS.get(field.id, '')} | {primary} |"
            f" {', '.join(map(str, field.categories)) or '–'} | {'yes' if field.private else ''} | {places} |"
        )
    return "\n".join([*lines, ""])


def recognition() -> str:
    """The thresholds of the fingerprint and what they cost."""
    return "\n".join(
        [
            "# Recognition\n",
            f"The fingerprint is `{KIND}`: PDQ, 256 bits, over the luma of the upright picture shrunk to at most 512 pixels.",
            f"It decides only between pictures of quality {MINIMUM_QUALITY} or more; below that, equal bytes, equal pixels or a",
            "binding rule decide, or nothing does.\n",
            "| bits that differ | verdict | false matches a pair |",
            "|---|---|---|",
            f"| up to {ALONE.distance} | same work | {ALONE.false_match_rate:g} |",
            f"| up to {CANDIDATE.distance} | undecided | {CANDIDATE.false_match_rate:g} |",
            f"| more than {CANDIDATE.distance} | different as a whole picture (a crop is far from its original) | – |",
            "\nNear codes alone can be forged. So the small pictures beside them, 32 × 32, are compared too: below a correlation of",
            f"{SMALL.correlation:g}, or {SMALL.detail:g} in their detail, nothing is decided until the two are laid over each other. `match.luma`",
            "of an audit has both numbers. It is null where none was kept (ledgers of before, until `creditline index rebuild`):",
            "there the method `fingerprint` means that the code alone decided.\n",
            f"Crops, frames, turned and mirrored forms may be up to {VARIANT.distance} bits off, and are looked at in the same way.",
            "What a picture is laid over another with must fit: points that agree, correlation and detail above these, or no",
            "points and the whole frame on the whole frame.\n",
            "| points | correlation | detail |",
            "|---|---|---|",
            *(
                f"| {rule.inliers or 'none, whole frame'} | {rule.correlation:g} | {rule.detail:g} |"
                for rule in (*PLACED, FRAMED)
            ),
            "",
        ]
    )


def known_sites() -> str:
    """The shipped profiles."""
    lines = ["# Sites\n", "Profiles shipped with Creditline: what is decrypted, and how fresh the knowledge is.\n"]
    lines += ["| id | name | last verified | confidence | opened hosts |", "|---|---|---|---|---|"]
    for profile in sites.load(None).profiles:
        patterns = profile.rule_patterns() if profile.named_only else profile.host_patterns()
        hosts = " · ".join(f"`{pattern.pattern}`" for pattern in patterns).replace("|", "\\|")
        if profile.any_host:
            hosts = "software: opens only hosts that you name"
        elif profile.named_only:
            hosts = (
                f"nothing until you name a host, for direct messages look like any other upload; then also {hosts}"
            )
        lines.append(
            f"| `{profile.id}` | {profile.name} | {profile.last_verified} | {profile.confidence} | {hosts} |"
        )
    lines += [
        "\n`creditline sites add HOST` opens another host; `creditline sites` shows all that is opened on your machine.\n"
    ]
    return "\n".join(lines)


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "settings.md": settings,
    "http.md": http,
    "fields.md": crosswalk,
    "recognition.md": recognition,
    "sites.md": known_sites,
}


def main() -> int:
    """Write every page, or with `--check` compare them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    stale = 0
    for name, render in PAGES.items():
        text = NOTE + render()
        path = FOLDER / name
        if "--check" in sys.argv:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                print(f"{path.name} is stale: make docs", file=sys.stderr)
                stale = 1
        else:
            path.write_text(text, encoding="utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main())
