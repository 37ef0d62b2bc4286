"""The ledger: what was seen, chained and append-only; the one room that knows the database."""
