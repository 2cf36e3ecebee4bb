"""How Alembic runs here: on the connection that `engine.schema` hands over."""

from alembic import context
from alembic.operations import ops
from sqlalchemy import BigInteger, TypeDecorator, text

from engine import schema  # noqa: F401  (knows every module that has tables)
from engine.migrations.operations import MakeAppendOnly, MakeGuards
from engine.store import Base, unique_keys


def render_type(kind, value, _autogen):
    """Our own column types as the plain ones they are in the database."""
    if kind == "type" and isinstance(value, TypeDecorator):
        return f"sa.{value.impl_instance!r}"
    return False


def compare_type(_context, _column, _metadata_column, found, wanted):
    # SQLite's identity is an INTEGER, whatever the width elsewhere.
    if _context.dialect.name == "sqlite" and isinstance(wanted, BigInteger):
        return False
    return None


def add_triggers(_context, _revision, directives):
    """A new table gets its triggers in the migration that creates it."""
    upgrade = directives[0].upgrade_ops
    for operation in list(upgrade.ops):
        if isinstance(operation, ops.CreateTableOp):
            table = Base.metadata.tables[operation.table_name]
            if table.info.get("append_only"):
                upgrade.ops.append(MakeAppendOnly(table.name, unique_keys(table)))
            if table.info.get("guards"):
                upgrade.ops.append(MakeGuards(table.name, table.info["guards"]))


connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    # Nobody waits behind a migration that waits for a lock.
    connection.execute(text("SET LOCAL lock_timeout = '4s'"))
    connection.execute(text("SET LOCAL statement_timeout = '5s'"))
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_type,
    compare_type=compare_type,
    process_revision_directives=add_triggers,
)
with context.begin_transaction():
    context.run_migrations()
