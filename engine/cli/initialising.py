"""A database is made, or brought up to date."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import click

from engine.cli.options import DATABASE, NotADemo
from engine.console import Wrong, is_demo, opened, say, shown
from engine.settings import enter_demo

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.store import Store


@click.command()
@click.option("--demo", is_flag=True, help="Load the demo municipality and mark the database.")
@DATABASE
def init(demo: bool, database: str | None) -> None:
    """Create or upgrade the database. May be run again at any time."""
    from alembic.util import CommandError

    from engine import schema

    with opened(database, make=True) as store:
        try:
            schema.upgrade(store)
        except CommandError as error:
            told = f"Databasen kan ikke bringes op til denne udgave: {error}"
            raise Wrong(told) from error
        if demo:
            _make_demo(store)
        say(f"Databasen er klar: {shown(store.url)}")


def _make_demo(store: Store) -> None:
    """The demo municipality and what is shipped, brought up to date; the database marked."""
    from sqlalchemy import func, select

    from engine import diagrams, municipality
    from engine.casework.rights import SYSTEM
    from engine.domain import passwords
    from engine.domain.cases import Case

    with store.reading() as session:
        used = session.scalar(select(func.count()).select_from(Case)) > 0
    if used and not is_demo(store):
        raise NotADemo
    enter_demo()
    store.write(municipality.load)
    store.write(passwords.give_demo)
    store.write(_mark_demo)
    files = _news(store, SYSTEM)
    if files:
        store.write(
            lambda session: diagrams.deploy(
                session, files, by=SYSTEM, demo=True, accept_warnings=True
            )
        )
    say(f"{len(files)} diagrammer, tabeller og formularer er taget i brug.")


def _mark_demo(session: Session) -> None:
    from engine import events
    from engine.domain import organisation

    if organisation.setting(session, "demo") is not True:
        organisation.change_setting(session, "demo", True)
        facts = {"name": "demo", "value": True}
        events.record_system(session, events.Entry("setting_changed", events.SYSTEM, facts=facts))


def _news(store: Store, shipper: str) -> dict[str, bytes]:
    """Shipped files that are new here. What somebody has changed since stays as it is."""
    from sqlalchemy import select

    from engine import diagrams
    from engine.files import identity

    with store.reading() as session:
        known = list(session.scalars(select(diagrams.Definition)))
    current = {(row.kind, row.key): row for row in known if row.current}
    seen = {(row.kind, row.key, row.checksum) for row in known}

    def is_news(file: str, data: bytes) -> bool:
        checksum, row = hashlib.sha256(data).hexdigest(), current.get(identity(file))
        if row is None or row.checksum == checksum:
            return row is None
        return row.deployed_by == shipper or (row.kind, row.key, checksum) not in seen

    return {file: data for file, data in diagrams.shipped().items() if is_news(file, data)}
