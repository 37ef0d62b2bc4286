"""The order of steps: what one exchange, one picture, one question needs from the rooms below."""
