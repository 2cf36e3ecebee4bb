"""Alembic's migrations, inside the package so that an installed engine can upgrade its database."""

from __future__ import annotations

import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def draft(revision: str, what: str) -> Path:
    """Write the migration that brings the newest schema up to the classes. For developers.

    Upgrades an empty temporary database, compares, and returns the new file, to be read and
    tidied before it is committed.
    """
    from alembic import command
    from alembic.config import Config

    from engine import schema
    from engine.store import Store

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/draft.db")
        schema.upgrade(store)
        with store.engine.begin() as connection:
            config.attributes["connection"] = connection
            script = command.revision(config, what, autogenerate=True, rev_id=revision)
        store.close()
    (HERE / "current").write_text(revision + "\n", encoding="utf-8")
    return Path(script.path)
