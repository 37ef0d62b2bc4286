"""Readers of image generators' own records: what is declared, never what the pixels look like."""

from creditline.metadata.generators import a1111, comfyui

GENERATORS = (comfyui, a1111)
"""Asked in this order; each offers `recognises(property)` and `read(property, others)`."""
