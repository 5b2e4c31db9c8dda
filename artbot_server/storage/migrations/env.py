"""Alembic's entry: it works on the connection that `storage.migrate` hands over, in its transaction."""

from alembic import context

from artbot_server.storage.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
