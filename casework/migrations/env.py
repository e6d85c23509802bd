"""How Alembic runs here: on the connection that casework.database hands over, in its transaction."""

from alembic import context

from casework.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
