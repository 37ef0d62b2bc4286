"""Refusals and failures as answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.server.sample import running

from creditline.model.errors import (
    CreditlineError,
    LedgerError,
    LimitError,
    NotFoundError,
    PictureError,
    UsageError,
)
from creditline.server.lookups import Lookups

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/nope", 404), ("DELETE", "/api/v1/works", 405), ("GET", "/api", 404)],
)
async def test_api_errors_are_problem_documents(tmp_path: Path, method: str, path: str, status: int) -> None:
    """RFC 9457, with a status that is the answer's."""
    async with running(tmp_path) as run, run.client.request(method, path, headers=run.bearer()) as response:
        problem = await response.json(content_type="application/problem+json")

        assert status == response.status == problem["status"]
        assert {"type", "title", "status", "detail", "code"} <= set(problem)
        assert (status == 405) == ("Allow" in response.headers)


async def test_c2pa_errors_are_as_its_specification_has_them(tmp_path: Path) -> None:
    """Under /c2pa an error is `{"error": …}`."""
    async with running(tmp_path) as run, run.client.get("/c2pa/v1/nope") as response:
        assert {"error"} == set(await response.json())


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFoundError("gone"), 404),
        (UsageError("no"), 400),
        (PictureError("no"), 422),
        (LimitError("no"), 413),
        (LedgerError("busy", next_step="wait"), 503),
        (CreditlineError("no"), 500),
    ],
)
async def test_errors_of_ours_keep_their_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: CreditlineError, status: int
) -> None:
    """An error of Creditline's tree becomes its status, with sentence, code and next step."""

    def fail(_: Lookups) -> None:
        raise error

    monkeypatch.setattr(Lookups, "sites", fail)
    async with running(tmp_path) as run:
        async with run.client.get("/api/v1/sites", headers=run.bearer()) as response:
            problem = await response.json(content_type="application/problem+json")

            assert status == response.status
            assert (str(error), error.code) == (problem["detail"], problem["code"])
            assert error.next_step == problem.get("next_step")
        async with run.client.get("/sites", headers=run.session) as response:
            assert status == response.status
            assert str(error) in await response.text()


async def test_a_failure_inside_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What nobody foresaw is logged and answered in general words."""

    def fail(_: Lookups) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(Lookups, "sites", fail)
    async with running(tmp_path) as run, run.client.get("/api/v1/sites", headers=run.bearer()) as response:
        text = await response.text()

        assert 500 == response.status
        assert "secret" not in text
        assert "secret inside" in caplog.text
