"""Where metadata lies in a file, and how to swap it without touching a byte around it."""

from creditline.containers.finder import Finder, OnUse

FINDERS: tuple[Finder, ...] = (
    OnUse("jpeg", ("jpeg",)),
    OnUse("png", ("png",)),
    OnUse("webp", ("webp",)),
    OnUse("gif", ("gif",)),
    OnUse("tiff", ("tiff", "dng")),
    OnUse("isobmff", ("heic",), "HEIC"),
    OnUse("isobmff", ("avif",), "AVIF"),
    OnUse("isobmff_movie", ("mp4",), "MP4"),
    OnUse("isobmff_movie", ("mov",), "MOV"),
    OnUse("jxl", ("jxl",)),
    OnUse("svg", ("svg",)),
)
"""Module, formats, and the finder's name where a module holds several; each is imported for its first file."""
