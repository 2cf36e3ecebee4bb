"""The site over a world that is put back as it was before each state."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from engine import clock
from engine.domain import sign_ins
from engine.store import Store
from tests.barrier import world
from web.app import create_app


class Site:
    """Runs over a copy of the world: `renew` puts it back."""

    def __init__(self, built: Path, folder: Path):
        self.built, self.file = built, folder / "barrier.db"
        self.renew()
        self.store: Store = world.opened(self.file)
        with clock.travelling(world.NOW):
            self.app: Flask = create_app(self.store)
        self.app.config.update(TESTING=False, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        self.rules = list(self.app.url_map.iter_rules())
        self.aimed = False

    def aim(self, routes: list[str]) -> None:
        """Ask only the routes that begin so."""
        self.rules = [rule for rule in self.rules if rule.rule.startswith(tuple(routes))]
        self.aimed = True

    def renew(self) -> None:
        world.copied(self.built, self.file)

    def client(self, username: str) -> FlaskClient:
        client = self.app.test_client()
        token = self.store.write(lambda session: sign_ins.start(session, username))
        with client.session_transaction() as kept:
            kept["token"] = token
        return client

    def close(self) -> None:
        self.store.close()
