"""Alembic revisions of the ledger's tables, run by `ledger.migrate`; no `alembic.ini` is needed."""
