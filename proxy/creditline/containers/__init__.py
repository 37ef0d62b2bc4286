"""Where metadata lies in a file, and how to swap it without touching a byte around it."""

from creditline.containers import jpeg, png, webp
from creditline.containers.finder import Finder

FINDERS: tuple[Finder, ...] = (jpeg, png, webp)
