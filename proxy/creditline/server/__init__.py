"""The server on the user's machine: dashboard, API and the guard before both (contract §6)."""
