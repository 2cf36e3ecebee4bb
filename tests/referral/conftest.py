"""A session on the demo municipality, and a case with one citizen in it."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from engine import municipality
from engine.domain import cases, people
from engine.domain.cases import Case
from engine.domain.people import Person
from tests.coordination.conftest import town  # noqa: F401


@pytest.fixture
def session(sqlite_store, virtual_clock) -> Iterator[Session]:
    """Nothing is committed: each test ends where it began."""
    sqlite_store.write(municipality.load)
    with Session(sqlite_store.engine) as opened:
        yield opened


@pytest.fixture
def case(session) -> Case:
    return cases.create(session, "koordinering", owner_unit="BOS")


@pytest.fixture
def mads(session, case) -> Person:
    """Sixteen years old on 5 January 2026."""
    person = people.register(session, "Mads Prøvesen", "740309-4001", key="mads")
    people.add_party(session, case.id, person.id, "borger")
    return person
