"""The documentation against the program: everything has its place, and what is written works as written."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import click
import pytest
from tests.server.sample import running

from creditline.cli.main import COMMANDS, EXIT_DIFFERENT, EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_LOST, cli
from creditline.model import settings as settings_module
from creditline.model.settings import KEYS
from creditline.vocab import sites
from creditline.vocab.fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
SKIPPED_METHODS = {"HEAD", "OPTIONS"}
# Assembled, so that this file does not name what no file may name.
MACHINE_PATHS = re.compile("/(wo{}rk|ro{}ot|scra{}tch)/".replace("{}", ""))
HOME_FOLDERS = re.compile(r"/(home|Users)/\w")

LINK = re.compile(r"(?<!\\)!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
FENCE = re.compile(r"^(\s*)```(\w*)\n(.*?)^\s*```\s*$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(creditline [^`\n]+)`")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _root() -> click.Context:
    # With its settings: click keeps the help option that it made first, for this whole process.
    return click.Context(cli, info_name="creditline", **cli.context_settings)


def _commands() -> Iterator[tuple[str, click.Command]]:
    """Every command and subcommand by its whole name."""
    context = _root()
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            for sub, below in command.commands.items():
                yield f"{name} {sub}", below


NAMED = dict(_commands())


@pytest.mark.parametrize("name", NAMED)
def test_every_command_has_a_section_with_its_options(name: str) -> None:
    """The reference names the command, each of its options and its arguments."""
    text = _text(REFERENCE / "commands.md")
    section = re.search(rf"^#+ `creditline {name}`$(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)

    assert section is not None
    for parameter in NAMED[name].params:
        if isinstance(parameter, click.Option):
            for option in (*parameter.opts, *parameter.secondary_opts):
                assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", section[1]), option
        else:
            assert str(parameter.metavar or parameter.name).strip("[]").upper() in section[1].upper()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_and_the_command_agree(name: str) -> None:
    """What `creditline --help` says of a command is a sentence, as its own help is."""
    assert COMMANDS[name][1].endswith(".")
    assert str(NAMED[name].help).strip()


@pytest.mark.parametrize("option", ["--home", "--version", "--help"])
def test_the_options_of_all_commands_are_named(option: str) -> None:
    """They stand before the command, so they have no section of their own."""
    assert option in _text(REFERENCE / "commands.md").partition("## `creditline demo`")[0]


@pytest.mark.parametrize("code", [EXIT_DONE, EXIT_LOST, EXIT_FAILED, EXIT_DIFFERENT, EXIT_INTERRUPTED])
def test_every_exit_code_is_explained(code: int) -> None:
    """Scripts rest on them."""
    assert re.search(rf"^\| {code} \| .+ \|$", _text(REFERENCE / "commands.md"), re.MULTILINE)


@pytest.mark.parametrize("key", [key.name for key in KEYS])
def test_every_setting_has_its_spellings(key: str) -> None:
    """Key, variable and option in one row; the mitmproxy option where there is one."""
    from creditline.capture.options import NAMES

    row = next(line for line in _text(REFERENCE / "settings.md").splitlines() if line.startswith(f"| `{key}`"))

    assert f"`CREDITLINE_{key.upper()}`" in row
    assert f"`--{key.replace('_', '-')}`" in row
    assert (key in NAMES) == (f"`creditline_{key}`" in row)


def test_every_variable_is_named() -> None:
    """Those that are no settings, too."""
    text = _text(REFERENCE / "settings.md")

    for name in (*settings_module._OTHER_NAMES, *(f"CREDITLINE_{key.name.upper()}" for key in KEYS)):
        assert name in text


def test_no_variable_is_named_that_is_none() -> None:
    """A variable that a page speaks of is one that the program takes."""
    known = {*settings_module._OTHER_NAMES, *(f"CREDITLINE_{key.name.upper()}" for key in KEYS)}

    for page in PAGES:
        assert set(re.findall(r"\bCREDITLINE_[A-Z_]*[A-Z]\b", _text(page))) <= known, _name(page)


async def test_every_route_is_named(tmp_path: Path) -> None:
    """The routes of the running application are those of the reference, and no others."""
    async with running(tmp_path) as run:
        app = run.client.app
        assert app is not None
        routes = {
            f"{route.method} {route.resource.canonical}"
            for route in app.router.routes()
            if route.resource is not None and route.method not in SKIPPED_METHODS
        }

    assert routes == set(re.findall(r"^\| `([A-Z]+ /[^`]*)` \|", _text(REFERENCE / "http.md"), re.MULTILINE))


def test_every_field_is_named() -> None:
    """The crosswalk has a row for each canonical field."""
    named = re.findall(r"^\| `([a-z0-9_.]+)` \|", _text(REFERENCE / "fields.md"), re.MULTILINE)

    assert sorted(field.id for field in FIELDS) == sorted(named)


def test_every_site_is_named_with_its_patterns() -> None:
    """What is decrypted out of the box can be read before it is installed."""
    text = _text(REFERENCE / "sites.md").replace("\\|", "|")

    for profile in sites.load(None).profiles:
        assert f"| `{profile.id}` |" in text
        for pattern in profile.rule_patterns() if profile.named_only else profile.host_patterns():
            assert f"`{pattern.pattern}`" in text


def test_every_schema_is_named() -> None:
    """Each JSON shape that the code prints stands in the reference."""
    found = set()
    for path in (ROOT / "proxy" / "creditline").rglob("*.py"):
        if path.parts[-2] in {"cli", "model"} or path.name == "chain.py":
            found |= set(re.findall(r'"(creditline/[a-z-]+/\d+)"', _text(path)))

    assert found <= set(re.findall(r"`(creditline/[a-z-]+/\d+)`", _text(REFERENCE / "json.md")))


def test_the_reference_is_what_the_code_gives() -> None:
    """Generated pages are not stale."""
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    """Relative links resolve to a file or folder inside the project, and to a heading where they name one."""
    for target in LINK.findall(FENCE.sub("", _text(page))):
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            assert parts.scheme in {"https", "http", "mailto"}, target
            continue
        path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        assert path.exists(), target
        assert path.is_relative_to(ROOT), target
        if parts.fragment:
            assert parts.fragment in _anchors(path), target


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", _text(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _lines(page: Path) -> Iterator[str]:
    """Every call of the program in a page: in shell fences with continued lines joined, in `…`, and in `$(…)`."""
    for _, language, body in FENCE.findall(_text(page)):
        if language not in {"sh", "bash", "shell", "console", ""}:
            continue
        for raw in body.replace("\\\n", " ").splitlines():
            line = raw.strip().removeprefix("$ ")
            yield from (line, *re.findall(r"\$\((creditline [^|)]+)", line))
    yield from INLINE.findall(FENCE.sub("", _text(page)))


def _calls() -> list[tuple[str, str]]:
    """Calls in pages written by hand; the generated ones are held against the code whole."""
    found = []
    for page in PAGES:
        if page.parent == REFERENCE and _text(page).startswith("<!--"):
            continue
        found += [(_name(page), line) for line in _lines(page) if line.startswith("creditline ")]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize(("page", "line"), _calls())
def test_what_the_pages_tell_to_type_can_be_typed(page: str, line: str) -> None:
    """The command is there, knows its options, and takes so many arguments."""
    words = shlex.split(re.split(r"[|>]|…(?=$)", line)[0], comments=True)[1:]
    context = _root()
    _, rest, _ = _parser(cli, context).parse_args(words)
    while rest:
        name, *rest = rest
        command = NAMED.get(name if context.parent is None else f"{context.info_name} {name}")
        assert command is not None, name
        context = click.Context(command, info_name=name, parent=context)
        if not isinstance(command, click.Group) or not rest:
            break
    if {"--help", "--version"} & set(words) or (f"`{line}`" in _running_text(page) and not rest):
        return  # named in running text, not spelled out
    values, rest, _ = _parser(context.command, context).parse_args(list(rest))
    if not isinstance(context.command, click.Group):
        assert [] == rest, line
        for parameter in context.command.params:
            if isinstance(parameter, click.Argument) and parameter.required:
                value = values.get(str(parameter.name))
                assert isinstance(value, str | tuple | list), f"{parameter.name} is missing"
                assert value, f"{parameter.name} is missing"


def _running_text(page: str) -> str:
    """A page without its fences."""
    return FENCE.sub("", _text(ROOT / page))


def _parser(command: click.Command, context: click.Context) -> click.parser._OptionParser:
    parser = command.make_parser(context)
    parser.allow_interspersed_args = not isinstance(command, click.Group)
    return parser


def test_make_targets_in_the_pages_exist() -> None:
    """Each `make TARGET` that a page names is one, and `make help` shows it."""
    targets = set(re.findall(r"^([a-z][a-z-]*):.*## ", _text(ROOT / "Makefile"), re.MULTILINE))

    for page in PAGES:
        named = set(re.findall(r"`make ([a-z-]+)`", _text(page)))
        for _, _, body in FENCE.findall(_text(page)):
            named |= set(re.findall(r"^\s*make ([a-z-]+)", body, re.MULTILINE))
        assert named <= targets, _name(page)


def test_the_changelog_has_what_comes_next() -> None:
    """Changes that no release has stand under Unreleased, the first heading of all."""
    headings = re.findall(r"^## (.+)$", _text(ROOT / "CHANGELOG.md"), re.MULTILINE)

    assert "Unreleased" == headings[0]


def test_the_changelog_names_every_command() -> None:
    """A command that a user can type is a change that a user can notice."""
    text = _text(ROOT / "CHANGELOG.md")

    for name in COMMANDS:
        assert re.search(rf"`(creditline )?{name}`", text), name


def test_decisions_are_numbered_without_gaps() -> None:
    """1 to n, once each, and each page begins with its number."""
    pages = sorted((DOCS / "decisions").glob("*.md"))

    assert [f"{number:04}" for number in range(1, len(pages) + 1)] == [page.name[:4] for page in pages]
    for number, page in enumerate(pages, start=1):
        assert _text(page).startswith(f"# {number}. "), page.name


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=_name)
def test_every_page_is_reachable(page: Path) -> None:
    """From docs/README.md each page is reached by links, at most over one other; decisions by their folder."""
    first = {target.resolve() for target in _targets(DOCS / "README.md")}
    second = {target.resolve() for one in first if one.suffix == ".md" for target in _targets(one)}

    assert page == DOCS / "README.md" or page.parent in first or page in first | second


def _targets(page: Path) -> Iterator[Path]:
    for target in LINK.findall(_text(page)):
        if not urlsplit(target).scheme:
            yield page.parent / unquote(urlsplit(target).path)


def _tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:  # an unpacked source distribution
        return [path for path in ROOT.rglob("*.md") if ".venv" not in path.parts]
    return [ROOT / name for name in done.stdout.decode().split("\0") if name]


def test_no_file_names_a_place_on_one_machine() -> None:
    """Paths of whoever wrote a file mean nothing to whoever reads it."""
    for path in _tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        found = MACHINE_PATHS.search(text) or (
            None if _name(path).startswith("tests/") else HOME_FOLDERS.search(text)
        )
        assert found is None, f"{_name(path)}: {found[0]}"
