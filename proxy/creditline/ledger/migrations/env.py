"""Runs the revisions on the connection that `ledger.migrate` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from creditline.ledger.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
