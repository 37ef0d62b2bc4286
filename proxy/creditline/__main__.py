"""`creditline` and `python -m creditline`."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line."""
    from creditline.cli._quick import inspected

    gc.disable()  # one picture makes little garbage, and the process ends
    if inspected(sys.argv[1:]):
        os._exit(0)  # all is printed; taking the interpreter down in order would take a tenth of the time again
    gc.enable()
    from creditline.cli.main import cli

    cli()


if __name__ == "__main__":
    main()
