"""Opens pages as somebody, without a browser or a network: what the benchmarks measure."""

from __future__ import annotations

from collections.abc import Callable

from engine.domain import sign_ins
from engine.settings import Settings
from engine.store import Store
from web import signing
from web.app import create_app


def opener(store: Store) -> Callable[[str], Callable[[str], str]]:
    """`opener(store)(username)(address)`: the text of the page. Raises AssertionError without one."""
    app = create_app(store, Settings(database_url=str(store.url), secret_key="measured"))

    def as_somebody(username: str) -> Callable[[str], str]:
        client = app.test_client()
        token = store.write(lambda session: sign_ins.start(session, username))
        with client.session_transaction() as cookie:
            cookie[signing.TOKEN] = token

        def open_page(address: str) -> str:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
            return answer.text

        return open_page

    return as_somebody
