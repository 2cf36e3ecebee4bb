"""The site without a browser: Flask's own client, signed in as somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import URL

from engine import clock
from engine.store import Store
from tests import warm
from web.app import create_app


@pytest.fixture
def site_store(fiktivby_url: str | URL) -> Iterator[Store]:
    """A copy of the furnished database."""
    store = warm.store(fiktivby_url)
    yield store
    store.close()


@pytest.fixture
def app(site_store: Store):
    """The site, Monday 23 November 2026 at nine, without the guard against forged requests."""
    with clock.travelling(datetime(2026, 11, 23, 9)):
        made = create_app(site_store)
        made.config.update(TESTING=False, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        yield made


@pytest.fixture
def client_of(app) -> Callable[[str], FlaskClient]:
    """`client_of(username)`: a client signed in as that person."""

    def enter(username: str) -> FlaskClient:
        client = app.test_client()
        answer = client.post("/log-paa", data={"brugernavn": username, "adgangskode": "fiktivby"})
        assert answer.status_code == 302, answer.text
        return client

    return enter
