"""Alembic's entry: the connection is handed over by `schema.migrate`."""

from alembic import context
from sqlmodel import SQLModel

from app.migrations import schema  # noqa: F401 — its imports fill the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
