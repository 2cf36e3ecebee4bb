"""The people of a case keep the order in which they were named, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import date

import pytest

from engine import clock
from engine.domain import capacity, cases, people

BORN = [date(1980 + year, 5, 1) for year in range(8)]


@pytest.fixture
def family(store) -> str:
    """Eight people named in one case on one day, the oldest first."""

    def open_case(session) -> str:
        case = cases.create(session, "koordinering")
        for born in BORN:
            person = people.register(session, f"Født {born.year}", birth_date=born)
            people.add_party(session, case.id, person.id, "borger")
        return case.id

    return store.write(open_case)


def born(session, case_id: str) -> list[date]:
    return [person.birth_date for person in people.citizens(session, case_id)]


def test_a_family_stands_in_the_order_in_which_it_was_named(store, family):
    with store.reading() as session:
        case = session.get(cases.Case, family)
        assert born(session, family) == BORN
        assert cases.view(session, case)["foedselsdag"] == BORN[0]
        assert cases.view(session, case)["alder"] == people.age_on(BORN[0], clock.today())


def test_who_joins_later_comes_last_also_after_one_has_left(store, family):
    def change(session) -> None:
        case = session.get(cases.Case, family)
        first, *_, last = people.parties(session, family, "borger")
        people.end(last, "doed")
        people.end(first, "fraflyttet")
        session.flush()
        parent = people.register(session, "Mor")
        capacity.represent(session, case, first.person_id, parent, capacity.CUSTODY)
        joins = people.register(session, "Født 1970", birth_date=date(1970, 1, 1))
        people.add_party(session, family, joins.id, "borger")

    store.write(change)
    with store.reading() as session:
        assert born(session, family) == [*BORN[1:-1], date(1970, 1, 1)]
        gone = people.gone(session, family, "borger")
        assert [party.ended_because for party in gone] == ["fraflyttet", "doed"]
        assert [party.number for party in people.parties(session, family)] == [*range(2, 8), 9, 10]
