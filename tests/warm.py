"""Stores that remember, from one test to the next, how their statements are written.

SQLAlchemy writes each statement once per engine; with an engine per test that is a third of the
time. So all databases of one process that lie at the same address, one after the other, share one.
"""

from __future__ import annotations

from sqlalchemy import URL, Engine, make_url

from engine.store import Store

_engines: dict[URL, Engine] = {}


def store(url: str | URL) -> Store:
    """A store at the address. What a test listens to on its engine ends with the test."""
    opened = Store(url)
    first = _engines.setdefault(make_url(url), opened.engine)
    opened.engine = first.execution_options()
    return opened
