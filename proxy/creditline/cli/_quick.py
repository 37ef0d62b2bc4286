"""The short way of `creditline inspect FILE`: the one command that people run in a loop, picture by picture.

Most of its time would go into machinery that one file does not need: options, settings, tables. What is not plainly
one readable file with known flags is left to the command itself, which prints the same.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from creditline.model.reading import Inspection

FLAGS = frozenset({"--json", "--pixels", "--no-pixels"})
CONFIG_NAME, TRUST = "config.toml", "trust"


def inspected(arguments: Sequence[str]) -> bool:
    """Whether these arguments were an inspection of one file, and it has been printed."""
    if list(arguments[:1]) != ["inspect"] or _has_settings():
        return False
    flags = [word for word in arguments[1:] if word.startswith("-")]
    names = [word for word in arguments[1:] if not word.startswith("-")]
    if len(names) != 1 or not FLAGS.issuperset(flags):
        return False
    from creditline.services.check import MAX_PICTURE, inspect_bytes

    try:
        with open(names[0], "rb") as file:  # noqa: PTH123 - pathlib would be a twentieth of the whole
            data = file.read(MAX_PICTURE + 1)
    except OSError:
        return False  # the command says what is wrong, and so it does below
    if not 0 < len(data) <= MAX_PICTURE:
        return False
    pixels = next((flag == "--pixels" for flag in reversed(flags) if flag != "--json"), True)
    inspection = inspect_bytes(data, path=names[0], pixels=pixels)
    try:
        _print(inspection, as_json="--json" in flags)
    except BrokenPipeError:
        # The reader of our output went away, as `head` does; what is still buffered goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True


def _has_settings() -> bool:
    """Whether there may be settings, or roots of the user's own: then the command itself must look (contract §1)."""
    if any(name.startswith("CREDITLINE_") and name != "CREDITLINE_HOME" for name in os.environ):
        return True
    home = os.environ.get("CREDITLINE_HOME")
    if not home:
        if sys.platform != "linux":
            return True
        data = os.environ.get("XDG_DATA_HOME", "").strip() or "~/.local/share"
        home = f"{data}/creditline"
    folder = os.path.expanduser(home)  # noqa: PTH111 - before pathlib, as below
    return os.path.exists(f"{folder}/{CONFIG_NAME}") or os.path.exists(f"{folder}/{TRUST}")  # noqa: PTH110


def _print(inspection: Inspection, *, as_json: bool) -> None:
    if as_json:
        import json

        from creditline.cli._terminal import utf8

        sys.stdout.buffer.write(utf8(f"{json.dumps(inspection.to_json(), ensure_ascii=False)}\n"))
        sys.stdout.buffer.flush()
        return
    from creditline.cli._inspection_view import lines, styled
    from creditline.cli._terminal import show

    for line in lines(inspection, styled=styled()):
        show(line)
    sys.stdout.flush()
