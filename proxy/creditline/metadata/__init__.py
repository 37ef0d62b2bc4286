"""Readers: what one metadata block means. One module per carrier; none of them looks for blocks."""
