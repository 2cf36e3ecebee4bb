"""What units pay into a shared line is its total, dated, with who decided it."""

from datetime import date
from decimal import Decimal

import pytest

from engine import casework
from engine.domain import budget, organisation
from engine.domain.budget import BelowCommitted, KunBudgettetsFolk, OwnLine, SumOfContributions
from engine.domain.organisation import Role, User
from tests.budget.conftest import ENTRY, LINE, balance, differences, units

DECIDED = {"decided_by": "Byrådet, punkt 7", "decided_on": date(2026, 10, 8)}


@pytest.fixture
def paying(line):
    line.write(lambda session: units(session, "JOB", "MIS", "OEK"))
    return line


def contribute(store, **amounts):
    store.write(lambda s: budget.contribute(s, LINE, amounts, by="sagsbehandler-oek", **DECIDED))


def paid(store):
    with store.reading() as session:
        return budget.contributions(session, LINE)


def test_the_first_contributions_take_the_place_of_a_total_that_was_given_whole(paying):
    assert paid(paying) == {}
    contribute(paying, JOB=Decimal("25000.50"), MIS=Decimal(40_000))
    assert balance(paying)["total"] == Decimal("65000.50")
    contribute(paying, JOB=Decimal(30_000))
    assert paid(paying) == {"JOB": 30_000, "MIS": 40_000}
    assert balance(paying)["total"] == 70_000
    assert differences(paying) == []
    with paying.reading() as session:
        assert [
            (row.unit, row.amount, row.decided_by) for row in budget.history(session, LINE)
        ] == [
            ("JOB", Decimal("25000.50"), "Byrådet, punkt 7"),
            ("MIS", 40_000, "Byrådet, punkt 7"),
            ("JOB", 30_000, "Byrådet, punkt 7"),
        ]


def test_a_total_that_units_pay_is_changed_by_what_they_pay(paying):
    contribute(paying, JOB=Decimal(60_000))
    with pytest.raises(SumOfContributions):
        paying.write(lambda s: budget.set_total(s, LINE, 70_000))


def test_a_new_total_is_paid_in_the_same_parts_to_the_oere(paying):
    contribute(paying, JOB=Decimal(40_000), MIS=Decimal(20_000))
    told = DECIDED | {"by": "oek"}
    for total, job, mis in ((100, "66.67", "33.33"), (0, "0", "0"), (50_000, "25000", "25000")):
        paying.write(lambda s, total=total: budget.keep_shares(s, LINE, total, **told))
        assert paid(paying) == {"JOB": Decimal(job), "MIS": Decimal(mis)}
        assert balance(paying)["total"] == total
    assert differences(paying) == []


def test_a_new_total_where_no_unit_pays_is_one_amount(paying):
    told = DECIDED | {"by": "oek"}
    paying.write(lambda s: budget.keep_shares(s, LINE, 70_000, **told))
    assert (paid(paying), balance(paying)["total"]) == ({}, 70_000)


def test_units_cannot_take_back_what_is_bound(paying):
    paying.write(lambda s: budget.reserve(s, LINE, 50_000, subject="a", **ENTRY))
    with pytest.raises(BelowCommitted, match=r"50\.000"):
        contribute(paying, JOB=Decimal(49_999))
    assert balance(paying)["total"] == 60_000
    contribute(paying, JOB=Decimal(20_000), MIS=Decimal(30_000))
    assert balance(paying)["free"] == 0
    contribute(paying, JOB=Decimal(30_000), MIS=Decimal(20_000))
    assert differences(paying) == []


def test_a_units_own_line_takes_no_contributions(paying):
    paying.write(lambda s: budget.open_line(s, "mis-2026", "MIS", 2026, 0, "MIS"))
    with pytest.raises(OwnLine):
        paying.write(
            lambda s: budget.contribute(s, "mis-2026", {"JOB": Decimal(1)}, by="x", **DECIDED)
        )


def test_a_year_is_opened_with_what_the_units_pay_by_those_who_keep_the_budget(paying):
    def people(session):
        session.add_all(
            User(username=name, name=name, skills=[], active=True) for name in ("oek", "anden")
        )
        session.flush()
        for name, unit in (("oek", "OEK"), ("anden", "JOB")):
            first = date(2020, 1, 1)
            session.add(Role(username=name, role="sagsbehandler", unit=unit, valid_from=first))

    paying.write(people)
    told = {"JOB": Decimal(500_000), "MIS": Decimal(250_000)}
    with pytest.raises(KunBudgettetsFolk):
        casework.open_budget(paying, "f-2027", "Fælles 2027", 2027, told, by="anden", **DECIDED)
    casework.open_budget(paying, "f-2027", "Fælles 2027", 2027, told, by="oek", **DECIDED)
    assert balance(paying, "f-2027")["total"] == 750_000
    with paying.reading() as session:
        assert budget.shared_line(session, 2027) == "f-2027"
        assert organisation.unit(session, "JOB").code == "JOB"
    casework.contribute(paying, "f-2027", {"MIS": Decimal(0)}, by="oek", **DECIDED)
    assert balance(paying, "f-2027")["total"] == 500_000


def test_a_line_gets_its_frame_as_one_amount_until_units_pay_into_it(paying):
    def people(session):
        session.add(User(username="oek", name="oek", skills=[], active=True))
        session.flush()
        session.add(
            Role(username="oek", role="sagsbehandler", unit="OEK", valid_from=date(2020, 1, 1))
        )

    paying.write(people)
    with pytest.raises(KunBudgettetsFolk):
        casework.set_frame(paying, LINE, Decimal(80_000), by="anden", **DECIDED)
    casework.set_frame(paying, LINE, Decimal("80000.50"), by="oek", **DECIDED)
    assert balance(paying)["total"] == Decimal("80000.50")
    paying.write(lambda s: budget.reserve(s, LINE, 50_000, subject="a", **ENTRY))
    with pytest.raises(BelowCommitted):
        casework.set_frame(paying, LINE, Decimal(49_999), by="oek", **DECIDED)
    paying.write(lambda s: budget.open_line(s, "mis-2026", "MIS", 2026, 0, "MIS"))
    with pytest.raises(OwnLine):
        casework.set_frame(paying, "mis-2026", Decimal(1), by="oek", **DECIDED)
    contribute(paying, JOB=Decimal(60_000))
    with pytest.raises(SumOfContributions):
        casework.set_frame(paying, LINE, Decimal(70_000), by="oek", **DECIDED)
    assert balance(paying)["total"] == 60_000
    assert differences(paying) == []
