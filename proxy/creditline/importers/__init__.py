"""Importers: each reads one kind of archive of traffic, or of an account, and hands on what is in it.

An importer has `NAME`, `recognises(path, head) -> bool` and `read(path, cap) -> Iterator[Item]`; the first that
recognises a file wins.
"""

from creditline.importers import export_zip, flows, har, warc

IMPORTERS = (warc, export_zip, har, flows)
