"""A complaint starts its own diagram on the case it is about, open or closed."""

from collections.abc import Iterator

import pytest

from engine import casework
from engine.casework.refusals import NobodyWaits
from engine.casework.rights import SYSTEM
from engine.domain import access, cases
from engine.instances import Instance
from engine.store import Store
from tests import warm
from tests.conftest import DATABASES

pytestmark = pytest.mark.parametrize("fiktivby_url", DATABASES, indirect=True)


@pytest.fixture
def town(fiktivby_url) -> Iterator[Store]:
    """Fiktivby with what is shipped, on SQLite and on PostgreSQL."""
    opened = warm.store(fiktivby_url)
    yield opened
    opened.close()


def a_case(store, *, closed):
    def make(session):
        case = cases.create(session, "koordinering", owner_unit="VOK")
        if closed:
            cases.move(case, "AFSLUTTET")
        return case.nummer

    return store.write(make)


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("by_key", [False, True])
def test_a_complaint_that_nobody_waits_for_starts_on_its_case(town, closed, by_key):
    nummer = a_case(town, closed=closed)
    other = a_case(town, closed=False)
    casework.tell(town, "klage_modtaget", by=SYSTEM, **{"key" if by_key else "case": nummer})
    with town.reading() as session:
        found = {n: cases.by_number(session, n).id for n in (nummer, other)}
        running = session.query(Instance).filter_by(process="klage").all()
        assert [row.case_id for row in running] == [found[nummer]]
        assert cases.by_number(session, nummer).open is not closed


def test_a_message_that_nothing_starts_with_is_refused(town):
    nummer = a_case(town, closed=False)
    with pytest.raises(NobodyWaits):
        casework.tell(town, "ast_afgoerelse", by=SYSTEM, case=nummer)


@pytest.mark.parametrize("by", ["jurist", "sagsbehandler-job"])
def test_whoever_receives_a_complaint_hands_it_in_without_seeing_the_case(town, by):
    nummer = a_case(town, closed=True)
    with town.reading() as session:
        assert not access.may_see(session, by, cases.by_number(session, nummer))
    casework.tell(town, "klage_modtaget", by=by, case=nummer)
    with town.reading() as session:
        found = session.query(Instance).filter_by(process="klage").one()
        assert found.started_by == by


@pytest.mark.parametrize("message", ["samtykke_trukket", "indhentning_uden_samtykke"])
def test_nothing_else_is_told_to_a_case_that_one_may_not_see(town, message):
    nummer = a_case(town, closed=False)
    with pytest.raises(cases.NoSuchCase):
        casework.tell(town, message, by="sagsbehandler-job", case=nummer)
