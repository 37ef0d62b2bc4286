"""Refs of served pictures: fresh, bounded, and of the shape that the extension takes."""

from __future__ import annotations

import re

from creditline.services.refs import HELD, Refs


def test_a_ref_leads_to_its_address() -> None:
    """Each time another one, of at most 64 word characters; a stranger's leads nowhere."""
    refs = Refs()

    one, other = refs.fresh("https://a.example/1"), refs.fresh("https://a.example/1")

    assert one != other
    assert all(re.fullmatch(r"[\w-]{1,64}", ref) for ref in (one, other))
    assert ("https://a.example/1", None, None) == (refs.address(one), refs.address("x"), refs.address(None))


def test_only_the_latest_are_held() -> None:
    """Pages cannot fill the memory."""
    refs = Refs()
    first = refs.fresh("https://a.example/first")

    last = [refs.fresh(f"https://a.example/{number}") for number in range(HELD)][-1]

    assert (None, f"https://a.example/{HELD - 1}") == (refs.address(first), refs.address(last))
