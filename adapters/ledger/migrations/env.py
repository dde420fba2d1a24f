"""Runs the migrations on the connection that the ledger hands over; Alembic executes this file."""

from alembic import context

from adapters.ledger.tables import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    # SQLite alters a table by copying it; later migrations need that.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
