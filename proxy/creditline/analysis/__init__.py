"""Judgements over readings: fields, provenance, consent, and what became of them; pure functions."""
