"""What all tests share: where the corpus is, and what a skip means where everything was brought."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests import postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUIRE_ALL = os.environ.get("CREDITLINE_REQUIRE") == "all"
NOT_GIVEN = "shared/corpus is absent"
DATABASES = ("sqlite", "postgresql")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
    """Under CREDITLINE_REQUIRE=all a skip for a missing part is a failure; the corpus is no part of a checkout."""
    report: pytest.TestReport = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if NOT_GIVEN not in reason:
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped, but everything was to be there: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> pytest.CollectReport:
    """The same for a test file that skips itself whole."""
    report: pytest.CollectReport = yield
    if REQUIRE_ALL and report.outcome == "skipped" and NOT_GIVEN not in str(report.longrepr):
        report.outcome = "failed"
    return report


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads or writes the data folder of the person who runs it."""
    monkeypatch.setenv("CREDITLINE_HOME", str(tmp_path / "home"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database postgresql` runs everything on a PostgreSQL server of the tests' own."""
    parser.addoption("--database", choices=DATABASES, default=DATABASES[0], help="where ledgers live")


def chosen_database(config: pytest.Config) -> str:
    """Where ledgers live in this run."""
    return str(config.getoption("--database"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, tests of what only SQLite has are left out."""
    if chosen_database(config) == "postgresql":
        left_out = [item for item in items if item.get_closest_marker("sqlite")]
        items[:] = [item for item in items if not item.get_closest_marker("sqlite")]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def postgres_schemas() -> Iterator[postgres.Schemas]:
    """Schemas on a PostgreSQL server of this run's own, started when first asked for."""
    with postgres.server() as url:
        yield postgres.Schemas(url)


@pytest.fixture(autouse=True)
def ledger_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The kind of database that ledgers of this test live in, whoever opens them, in this process or another."""
    kind = getattr(request, "param", chosen_database(request.config))
    if kind == "sqlite":
        yield kind
        return
    schemas: postgres.Schemas = request.getfixturevalue("postgres_schemas")
    first = schemas.begin(unmigrated=request.node.get_closest_marker("unmigrated") is not None)
    monkeypatch.setattr("creditline.ledger.engine.address", schemas.address)
    monkeypatch.setenv("CREDITLINE_DATABASE", first.render_as_string(hide_password=False))
    yield kind
    schemas.end()
