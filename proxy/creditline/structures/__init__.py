"""Syntax that finders and readers share: what the bytes are, never what they mean."""
