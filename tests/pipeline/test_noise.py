"""Pictures that go elsewhere for another end, and copies that nobody looked at."""

from __future__ import annotations

import pytest
from tests.site_samples import exchange

from creditline.pipeline.noise import is_foreign, is_portrait, unseen


@pytest.mark.parametrize(
    ("url", "foreign"),
    [
        ("https://lens.google.com/v3/upload?hl=en", True),
        ("https://www.google.com/searchbyimage/upload", True),
        ("https://tineye.com/api/v1/result_json/", True),
        ("https://saucenao.com/search.php", True),
        ("https://imgs.hcaptcha.com/x", True),
        ("https://anything.example/api/4504/envelope/", True),
        ("https://anything.example/csp-report", True),
        ("https://anything.example/upload", False),
        ("https://anything.example/collection", False),
        ("https://lens.google.com.evil.example/upload", False),
    ],
)
def test_foreign(url: str, foreign: bool) -> None:
    """Searches by picture, captchas and telemetry, by whole host and path."""
    assert foreign == is_foreign(exchange("POST", url, {}, b"x", 200, b""))


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({}, None),
        ({"Sec-Fetch-Dest": "image"}, None),
        ({"Sec-Purpose": "prefetch"}, "prefetch"),
        ({"Sec-Purpose": "prefetch;prerender", "Sec-Fetch-Dest": "image"}, "prefetch"),
        ({"Purpose": "prefetch"}, "prefetch"),
        ({"X-Moz": "prefetch"}, "prefetch"),
        ({"Sec-Fetch-Dest": "empty"}, "script"),
        ({"Sec-Fetch-Dest": "serviceworker"}, "script"),
    ],
)
def test_unseen(headers: dict[str, str], why: str | None) -> None:
    """What a browser says of the request tells whether the answer was shown."""
    assert why == unseen(exchange("GET", "https://a.test/x.png", headers, b"", 200, b"x"))


@pytest.mark.parametrize(
    ("path", "portrait"),
    [
        ("/system/accounts/avatars/000/013/original/a.jpg", True),
        ("/img/avatar/plain/did:plc:abc/b@jpeg", True),
        ("/profile_images/17/b.jpg", True),
        ("/media/avatar.jpg", False),
        ("/avatars-of-the-sea/a.jpg?folder=/avatar/", False),
    ],
)
def test_portraits(path: str, portrait: bool) -> None:
    """A whole folder's name says it, never a file's or a question's."""
    assert portrait == is_portrait(exchange("GET", f"https://any.example{path}", {}, b"", 200, b"x"))
