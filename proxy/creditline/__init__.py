"""Credit, consent and AI provenance of pictures: what a site took out, and where."""

__version__ = "0.1.0"
