"""One tree of errors, each with a code of its own."""

from __future__ import annotations

import inspect
import re

from creditline.model import errors
from creditline.model.errors import CreditlineError, FetchError

CLASSES = [item for _, item in inspect.getmembers(errors, inspect.isclass) if issubclass(item, CreditlineError)]


def test_the_tree_is_the_drawn_one() -> None:
    """The module's docstring draws every class, with what it stands for, under its parent."""
    drawn = re.findall(r"([│├└─ ]*)(\w+Error)", errors.__doc__ or "")
    parents: list[str] = []
    for branch, name in drawn:
        parents[len(branch) // 4 :] = [name]
        bases = [base.__name__ for base in getattr(errors, name).__bases__]

        assert [parents[-2]] == bases if len(parents) > 1 else bases == ["Exception"]
    assert {item.__name__ for item in CLASSES} == {name for _, name in drawn}


def test_codes_are_stable_and_distinct() -> None:
    """No two classes share a code, and each explains itself."""
    assert len(CLASSES) == len({item.code for item in CLASSES})
    assert all(item.__doc__ for item in CLASSES)


def test_a_sentence_a_code_and_the_next_step() -> None:
    """`str()` is the sentence; code and next step may be said more exactly."""
    plain, exact = FetchError("It is gone."), FetchError("It is gone.", code="fetch_status", next_step="try again")

    assert ("It is gone.", "fetch", None) == (str(plain), plain.code, plain.next_step)
    assert ("fetch_status", "try again") == (exact.code, exact.next_step)
    assert "fetch" == FetchError.code
