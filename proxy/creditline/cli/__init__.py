"""One file per command: arguments in, lines out."""
