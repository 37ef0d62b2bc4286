"""Putting back what was lost: plan, write, sign."""
