"""What body shapes ask of a request."""

from __future__ import annotations

from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies.view import number


def test_names_of_things() -> None:
    """A relative address is completed from the request's; the scheme's own port does not matter."""
    view = seen(Turn("POST", "/a/b?c=1"))

    assert f"{wire.HOST}/a/b?c=1" == view.resource() == view.resource(f"https://{wire.HOST}:443/a/b?c=1")
    assert f"{wire.HOST}/a/x" == view.resource("x")
    assert view.resource("http://[broken")


def test_numbers() -> None:
    """Plain numbers only."""
    assert [12, None, None, None, None] == [number(text) for text in ("12", "-1", "1e3", None, "9" * 40)]


def test_fields() -> None:
    """Fields of the form come before those of the query; files are none."""
    body = wire.multipart(("a", None, None, b"1"), ("f", "a.jpg", None, PICTURE))

    view = seen(Turn("POST", "/x?a=2&b=3", (("Content-Type", wire.FORM),), body))

    assert {"a": "1", "b": "3"} == view.fields


def test_hostile_query() -> None:
    """A query with very many fields has none."""
    assert {} == seen(Turn("POST", "/x?" + "a=1&" * 5000)).query
