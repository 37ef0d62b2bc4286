"""`creditline` and `python -m creditline`."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from creditline.cli.main import cli

    cli()


if __name__ == "__main__":
    main()
