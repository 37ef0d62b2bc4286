"""The ready-made browser's first page: proof, and one question that only the page itself can answer."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from mitmproxy.test import tflow, tutils

from creditline.capture.restore_question import RestoreQuestion
from creditline.capture.start_page import HOST, StartPage
from creditline.model import settings

if TYPE_CHECKING:
    from pathlib import Path

    from mitmproxy.http import Response

ORIGIN = f"https://{HOST}"


class Window:
    """A start page over a data folder, as the browser sees it; `switched` is what answers made of restoring."""

    def __init__(self, home: Path, *, restoring: bool = False) -> None:
        self.switched: list[bool] = []
        question = RestoreQuestion(home, restoring=restoring)
        question.switch = self.switched.append
        self._page = StartPage(["Example"], question)

    def get(self) -> str:
        """The page."""
        return (self._asked(b"GET", b"", {}).content or b"").decode()

    def answer(self, answer: str, *, token: str | None = None, origin: str | None = ORIGIN) -> Response:
        """What sending the form gives; the token is the page's own."""
        if token is None:
            token = _token(self.get())
        headers = {} if origin is None else {"origin": origin}
        return self._asked(b"POST", urlencode({"token": token, "answer": answer}).encode(), headers)

    def _asked(self, method: bytes, body: bytes, headers: dict[str, str]) -> Response:
        fields = [(name.encode(), value.encode()) for name, value in {"host": HOST, **headers}.items()]
        request = tutils.treq(
            method=method, scheme=b"https", host=HOST, port=443, path=b"/", headers=fields, content=body
        )
        flow = tflow.tflow(req=request)
        self._page.request(flow)
        assert flow.response is not None
        return flow.response


def _token(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(("answer", "value"), [("yes", "served"), ("no", "off")])
def test_the_answer_is_kept_and_never_asked_for_again(tmp_path: Path, answer: str, value: str) -> None:
    """It is in the settings, counts at once, and neither this window nor the next one asks."""
    window = Window(tmp_path)

    before = window.get()
    given = window.answer(answer)

    assert "<form" in before
    assert (303, f"{ORIGIN}/") == (given.status_code, given.headers["location"])
    assert value == settings.load(tmp_path, environ={}).reattach
    assert [answer == "yes"] == window.switched
    assert "<form" not in window.get()
    assert "<form" not in Window(tmp_path, restoring=answer == "yes").get()
    assert str(tmp_path / "config.toml") in window.get()


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", f"http://{HOST}"])
def test_another_page_cannot_answer(tmp_path: Path, origin: str | None) -> None:
    """Not even one that knows the token."""
    window = Window(tmp_path)

    given = window.answer("yes", origin=origin)

    assert 403 == given.status_code
    assert not (tmp_path / "config.toml").exists()
    assert [] == window.switched


@pytest.mark.parametrize("token", ["", "guess", "é"])
def test_without_the_token_there_is_no_answer(tmp_path: Path, token: str) -> None:
    """Nothing but our own form has it."""
    window = Window(tmp_path)

    assert 403 == window.answer("yes", token=token).status_code
    assert 403 == window.answer("yes", token=_token(Window(tmp_path).get())).status_code
    assert not (tmp_path / "config.toml").exists()


def test_what_is_no_answer_is_refused(tmp_path: Path) -> None:
    """A word that was not offered, and a form too long to be ours."""
    window = Window(tmp_path)

    assert 400 == window.answer("maybe").status_code
    assert 403 == window.answer("yes" * 1000).status_code
    assert not (tmp_path / "config.toml").exists()


def test_the_rest_of_the_file_stays(tmp_path: Path) -> None:
    """Comments, tables and their order; the answer is a setting and not part of a table."""
    text = '# mine\nport = 1\n\n[profile.default]\ncreator = "Ann Example"\n'
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")

    Window(tmp_path).answer("yes")

    after = (tmp_path / "config.toml").read_text(encoding="utf-8")
    assert after.endswith("\n" + text)
    assert {"reattach": "served", **tomllib.loads(text)} == tomllib.loads(after)


def test_what_is_decided_already_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the file, the environment or an option; a page left open changes nothing any more."""
    window = Window(tmp_path)
    token = _token(window.get())
    (tmp_path / "config.toml").write_text('reattach = "off"\n', encoding="utf-8")

    given = window.answer("yes", token=token)

    assert 303 == given.status_code
    assert 'reattach = "off"\n' == (tmp_path / "config.toml").read_text(encoding="utf-8")
    assert [] == window.switched
    assert "<form" not in window.get()
    assert "<form" not in Window(tmp_path / "other", restoring=True).get()
    monkeypatch.setenv("CREDITLINE_REATTACH", "off")
    assert "<form" not in Window(tmp_path / "other").get()


def test_an_answer_that_cannot_be_kept_is_said(tmp_path: Path) -> None:
    """It does not count, the page says why, and asks still."""
    home = tmp_path / "home"
    home.write_bytes(b"a file where the folder should be")
    window = Window(home)

    given = window.answer("yes")

    assert 303 == given.status_code
    assert [] == window.switched
    assert "was not kept" in window.get()
    assert "<form" in window.get()


def test_a_broken_file_is_said_and_left_alone(tmp_path: Path) -> None:
    """No form, no answer taken, the bytes as they were."""
    window = Window(tmp_path)
    token = _token(window.get())
    (tmp_path / "config.toml").write_bytes(b"reattach = ")

    window.answer("yes", token=token)

    assert b"reattach = " == (tmp_path / "config.toml").read_bytes()
    assert "<form" not in window.get()
    assert "config.toml" in window.get()
