"""Our own steps in a migration: what the database itself refuses of a table's rows."""

from __future__ import annotations

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations

from engine.store import append_only_statements


@Operations.register_operation("make_append_only")
class MakeAppendOnly(MigrateOperation):
    """`op.make_append_only("events", [["id"], ["case_id", "seq"]])`: the table and its keys."""

    def __init__(self, table: str, keys: list[list[str]]):
        self.table, self.keys = table, keys

    @classmethod
    def make_append_only(cls, operations: Operations, table: str, keys: list[list[str]]) -> None:
        operations.invoke(cls(table, keys))

    def reverse(self) -> MigrateOperation:
        # The triggers go with their table.
        return MakeAppendOnly(self.table, self.keys)


@Operations.implementation_for(MakeAppendOnly)
def _make(operations: Operations, operation: MakeAppendOnly) -> None:
    dialect = operations.get_bind().dialect.name
    for statement in append_only_statements(operation.table, operation.keys, dialect):
        operations.get_bind().exec_driver_sql(statement)


@renderers.dispatch_for(MakeAppendOnly)
def _render(_context, operation: MakeAppendOnly) -> str:
    return f"op.make_append_only({operation.table!r}, {operation.keys!r})"


@Operations.register_operation("make_guards")
class MakeGuards(MigrateOperation):
    """`op.make_guards("ballots", {"sqlite": [...], "postgresql": [...]})`: triggers by dialect."""

    def __init__(self, table: str, statements: dict[str, list[str]]):
        self.table, self.statements = table, statements

    @classmethod
    def make_guards(
        cls, operations: Operations, table: str, statements: dict[str, list[str]]
    ) -> None:
        operations.invoke(cls(table, statements))

    def reverse(self) -> MigrateOperation:
        # The triggers go with their table.
        return MakeGuards(self.table, self.statements)


@Operations.implementation_for(MakeGuards)
def _guard(operations: Operations, operation: MakeGuards) -> None:
    for statement in operation.statements.get(operations.get_bind().dialect.name, ()):
        operations.get_bind().exec_driver_sql(statement)


@renderers.dispatch_for(MakeGuards)
def _render_guards(_context, operation: MakeGuards) -> str:
    return f"op.make_guards({operation.table!r}, {operation.statements!r})"
