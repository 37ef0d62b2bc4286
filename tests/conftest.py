"""What all tests share: where the corpus is, and what a skip means where everything was brought."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REQUIRE_ALL = os.environ.get("CREDITLINE_REQUIRE") == "all"
NOT_GIVEN = "shared/corpus is absent"


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
