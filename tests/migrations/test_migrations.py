"""The migrations lead to the same schema as the classes, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from engine import migrations, schema
from engine.store import Store

VERSIONS = Path(migrations.__file__).parent / "versions"
both = pytest.mark.parametrize("empty_url", ["sqlite", "postgresql"], indirect=True)


def described(store: Store) -> dict:
    """Everything about the schema that matters, in a form that compares."""
    found, look = {}, inspect(store.engine)
    for table in sorted(look.get_table_names()):
        if table == "alembic_version":
            continue
        found[table] = {
            "columns": {
                column["name"]: (
                    str(column["type"]),
                    column["nullable"],
                    str(column["default"]) if "nextval" not in str(column["default"]) else "auto",
                )
                for column in look.get_columns(table)
            },
            "key": look.get_pk_constraint(table)["constrained_columns"],
            "foreign": sorted(
                (key["constrained_columns"], key["referred_table"], key["referred_columns"])
                for key in look.get_foreign_keys(table)
            ),
            "unique": sorted(
                (key["name"] or "", key["column_names"])
                for key in look.get_unique_constraints(table)
            ),
            "checks": sorted(
                (key["name"] or "", key["sqltext"]) for key in look.get_check_constraints(table)
            ),
            "indexes": sorted(
                (
                    index["name"],
                    index["column_names"],
                    bool(index["unique"]),
                    {k: str(v) for k, v in index.get("dialect_options", {}).items()},
                )
                for index in look.get_indexes(table)
            ),
        }
    return found


def triggers(store: Store) -> list[tuple]:
    query = (
        "SELECT tgname, tgrelid::regclass::text, tgtype FROM pg_trigger WHERE NOT tgisinternal"
        if store.is_postgresql
        else "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    )
    with store.reading() as session:
        return sorted(tuple(row) for row in session.execute(text(query)))


@both
def test_the_migrations_make_what_the_classes_say(empty_url, database_of_classes):
    migrated = Store(empty_url)
    schema.upgrade(migrated)
    wanted = database_of_classes(migrated.dialect)
    try:
        assert described(migrated) == described(wanted)
        assert triggers(migrated) == triggers(wanted) != []
    finally:
        wanted.close()
        migrated.close()


@both
def test_upgrading_again_changes_nothing(empty_url):
    store = Store(empty_url)
    schema.upgrade(store)
    before = described(store), triggers(store)
    schema.upgrade(store)
    assert (described(store), triggers(store)) == before
    store.close()


def test_the_newest_migration_is_named_in_one_place():
    """Two branches that each add a migration conflict in this file, not in production."""
    newest = max(file.name.split("_")[0] for file in VERSIONS.glob("[0-9]*.py"))
    current = (VERSIONS.parent / "current").read_text(encoding="utf-8").strip()
    assert current == newest


def test_the_migrations_follow_each_other_in_one_line():
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(VERSIONS.parent))
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


@pytest.fixture
def database_of_classes(tmp_path, request):
    from tests import postgres

    opened = []

    def make(dialect: str) -> Store:
        if dialect == "sqlite":
            url = f"sqlite:///{tmp_path / 'classes.db'}"
        else:
            kept = postgres.database(request.getfixturevalue("postgres_server"))
            url = kept.__enter__()
            opened.append(kept)
        store = Store(url)
        schema.create(store)
        return store

    yield make
    for kept in opened:
        kept.__exit__(None, None, None)


@both
def test_a_database_from_before_the_tables_were_settled_is_refused_with_what_it_lacks(empty_url):
    store = Store(empty_url)
    schema.upgrade(store)
    store.write(
        lambda session: session.execute(text("ALTER TABLE notes DROP COLUMN title")) and None
    )
    with pytest.raises(schema.UlaeseligDatabase, match=r"notes\.title"):
        schema.upgrade(store)
    store.close()
