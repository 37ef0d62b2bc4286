"""Sign-in links and sessions."""

from __future__ import annotations

import pytest

from creditline.server.sign_in import LINK_SECONDS, MAX_LINKS, MAX_SESSIONS, SESSION_SECONDS, SignIn


def _token(sign_in: SignIn) -> str:
    path, mark, token = sign_in.issue().partition("#")
    assert ("/sign-in", "#") == (path, mark)
    return token


def test_a_link_works_once() -> None:
    """The second use of a link gives no session."""
    sign_in = SignIn()
    token = _token(sign_in)

    assert sign_in.redeem(token)
    assert sign_in.redeem(token) is None


@pytest.mark.parametrize(("seconds", "good"), [(LINK_SECONDS - 1, True), (LINK_SECONDS, False)])
def test_a_link_lives_five_minutes(seconds: float, good: bool) -> None:
    """A link is good before its five minutes are over and not from then on."""
    now = [0.0]
    sign_in = SignIn(clock=lambda: now[0])
    token = _token(sign_in)
    now[0] = seconds

    assert good == (sign_in.redeem(token) is not None)


@pytest.mark.parametrize(("seconds", "good"), [(SESSION_SECONDS - 1, True), (SESSION_SECONDS, False)])
def test_a_session_lives_twelve_hours(seconds: float, good: bool) -> None:
    """A session ends by itself."""
    now = [0.0]
    sign_in = SignIn(clock=lambda: now[0])
    cookie = sign_in.redeem(_token(sign_in))
    now[0] = seconds

    assert good == (sign_in.session(cookie) is not None)


def test_signing_out_ends_the_session() -> None:
    """After signing out the cookie is worth nothing."""
    sign_in = SignIn()
    cookie = sign_in.redeem(_token(sign_in))
    assert cookie is not None

    sign_in.end(cookie)

    assert sign_in.session(cookie) is None


@pytest.mark.parametrize("token", ["", "   ", "x", "x" * 10_000, "\udcff"])
def test_guessed_tokens_give_nothing(token: str) -> None:
    """What is no link's token neither signs in nor uses up a link."""
    sign_in = SignIn()
    good = _token(sign_in)

    assert sign_in.redeem(token) is None
    assert sign_in.session(token) is None
    assert sign_in.redeem(good)


def test_memory_stays_flat() -> None:
    """Past the caps the oldest links and sessions give way."""
    sign_in = SignIn()
    tokens = [_token(sign_in) for _ in range(MAX_LINKS + 1)]
    assert sign_in.redeem(tokens[0]) is None

    cookies = [sign_in.redeem(_token(sign_in)) for _ in range(MAX_SESSIONS + 1)]

    assert sign_in.session(cookies[0]) is None
    assert sign_in.session(cookies[-1]) is not None
