"""Codes of a picture: exact ones of its bytes, perceptual ones of what it looks like."""
