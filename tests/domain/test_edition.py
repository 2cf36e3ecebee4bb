"""What everybody goes by is read once per edition, and nobody ever goes by an old one."""

from datetime import date

import pytest
from sqlalchemy import event

from engine import diagrams, municipality, tables
from engine.domain import calendar, rules
from engine.domain.calendar import WorkingDays

TABLES = {name: xml for name, xml in diagrams.shipped().items() if name.endswith(".dmn")}
CHRISTMAS_EVE = date(2026, 12, 24)


@pytest.fixture
def municipal(store):
    store.write(municipality.load)
    deploy(store, TABLES)
    return store


def deploy(store, files):
    store.write(
        lambda session: diagrams.deploy(
            session, files, by="procesejer-1", demo=True, accept_warnings=True
        )
    )


def asked(store):
    """What another session goes by, and how many statements it took it to know."""
    statements = []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    with store.reading() as session:
        value = rules.lookup(session, "KP-2").value
        is_open = WorkingDays.of(session).is_open(CHRISTMAS_EVE)
    event.remove(store.engine, "before_cursor_execute", note)
    return value, is_open, len([text for text in statements if text.startswith("SELECT")])


def test_under_one_edition_nothing_is_read_twice(municipal):
    asked(municipal)
    assert asked(municipal)[2] == 1  # what the edition is called


def test_a_change_is_known_to_the_next_session(municipal):
    months, is_open, _ = asked(municipal)
    assert is_open
    municipal.write(lambda session: rules.decide_locally(session, "KP-2", months + 2, by="p"))
    assert asked(municipal)[0] == months + 2
    municipal.write(lambda session: calendar.close(session, CHRISTMAS_EVE, "juleaften"))
    assert asked(municipal)[1] is False


def test_a_change_that_is_taken_back_is_known_to_nobody(municipal):
    months = asked(municipal)[0]

    def change_one_s_mind(session):
        rules.decide_locally(session, "KP-2", months + 2, by="p")
        assert rules.lookup(session, "KP-2").value == months + 2
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        municipal.write(change_one_s_mind)
    assert asked(municipal)[0] == months


def test_a_table_deployed_anew_is_asked_from_then_on(municipal):
    with municipal.reading() as session:
        before = tables.table(session, "frister")
    source = TABLES["frister.dmn"]
    deploy(
        municipal, {"frister.dmn": source.replace(b'name="Frister"', b'name="Andre frister"', 1)}
    )
    with municipal.reading() as session:
        assert (before.name, tables.table(session, "frister").name) == ("Frister", "Andre frister")
