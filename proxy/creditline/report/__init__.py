"""The record for people: one format-free document, and a renderer for each format.

A renderer is `(name, module)`; the module's `render(document) -> bytes` is imported on use, so that the command line
starts without a template engine, and the PDF's package is missed only by who asks for a PDF.
"""

RENDERERS = (
    ("html", "creditline.report.html"),
    ("pdf", "creditline.report.pdf"),
    ("csv", "creditline.report.csv"),
    ("json", "creditline.report.json"),
    ("markdown", "creditline.report.markdown"),
    ("letter", "creditline.report.letter"),
)
