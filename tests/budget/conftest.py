"""A shared line of 2026 to move money on, and many who do it at the same moment."""

import threading

import pytest

from engine.domain import budget, cases
from engine.domain.organisation import Unit

LINE = "faelles-2026"
ENTRY = {"by": "sagsbehandler-oek"}


@pytest.fixture
def line(store):
    """A shared line of 60,000 kr., on SQLite and on PostgreSQL."""
    store.write(lambda session: budget.open_line(session, LINE, "Fælles", 2026, 60_000))
    return store


def units(session, *codes) -> None:
    """The units of these codes."""
    session.add_all(Unit(code=code, name=code, partner=False, law_areas=[]) for code in codes)
    session.flush()


def case(session) -> str:
    return cases.create(session, "andet").id


def balance(store, line=LINE):
    with store.reading() as session:
        return budget.balance(session, line)


def differences(store):
    with store.reading() as session:
        return budget.reconcile(session)


def together(count, act):
    """Run `act(number)` in threads that begin at the same moment; what they returned or raised."""
    barrier, found = threading.Barrier(count), [None] * count

    def run(number):
        barrier.wait()
        try:
            found[number] = act(number)
        except Exception as error:
            found[number] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
