"""Where a grant's money lies, what it has cost, and what the pages are told of it."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pypdf
import pytest
from sqlalchemy import select

from engine import casework, clock, documents
from engine.casework.budgeting import LinjeAfvist
from engine.domain import (
    booking,
    budget,
    cover,
    efforts,
    escalation,
    grants,
    organisation,
    spending,
)
from engine.domain.budget import KunOekonomi, NoCover, NoSuchBudget
from engine.domain.cases import NoSuchCase
from engine.domain.spending import Payment
from engine.instances import WorkItem
from engine.queries import budget as query
from engine.queries import committee
from tests.committee.conftest import AGENDA, GRANTED, LINE, OPINION, PAPERS, PARTLY, REASONS

NEXT = "faelles-2027"
THREE_MONTHS = {"beloeb": 30_000, "varighed": 3, "fra_dato": "2026-11-26"}


def application(hall):
    return hall.read(lambda s, c: escalation.of_case(s, c)[-1].id)


def bill(hall, voucher, amount, on="2026-12-30", by="sagsbehandler-oek"):
    told = Payment(hall.nummer, voucher, date.fromisoformat(on), Decimal(amount))
    return casework.note_spending(hall.store, [told], by=by)


def reconciled(hall):
    with hall.store.reading() as session:
        return budget.reconcile(session) == []


def booked(hall, **booking):
    hall.line_has(60_000)
    hall.line_has(15_000, NEXT)
    hall.at_the_table(**THREE_MONTHS)
    hall.do("udvalg-sekretaer", "beslutning", **(GRANTED | {"beloeb_bevilget": 30_000}))
    hall.ruled()
    hall.do("sagsbehandler-oek", "bogfoer", stemmer=True, **booking)


def test_each_year_of_a_grant_lies_on_that_years_line_and_is_split_between_the_units(hall):
    booked(hall)
    assert (hall.balance()["granted"], hall.balance(NEXT)["granted"]) == (20_000, 10_000)
    with hall.store.reading() as session:
        assert budget.by_unit(session, LINE) == {"JOB": 12_000, "MIS": 8_000}
        assert budget.by_unit(session, NEXT) == {"JOB": 6_000, "MIS": 4_000}
    per_year = hall.read(lambda s, c: grants.of(s, escalation.of_case(s, c)[0]).per_year)
    assert per_year == [{"aar": 2026, "beloeb": 20_000}, {"aar": 2027, "beloeb": 10_000}]


def asked_of(hall, element):
    """What the form of the open task begins with."""

    def read(session, case):
        query = select(WorkItem).where(WorkItem.element == element)
        task = session.scalars(query.order_by(WorkItem.created_at.desc()).limit(1)).one()
        told = committee.prefilled(session, task, task.form_id)
        return {key: value for key, (value, _where) in told.items()}

    return hall.read(read)


def test_every_shared_line_of_the_municipality_says_what_the_units_pay(hall):
    with hall.store.reading() as session:
        found = query.lines(session, "chef-1", 2026)
        for line in (*found.shared, *found.ahead):
            assert not line.given_whole
            assert sum(share.paid for share in line.shares) == line.total == 1_000_000
            assert {each.decided_by for each in budget.history(session, line.line)} == {
                f"Byrådet, budget {line.year}"
            }
        assert budget.reconcile(session) == []


def test_a_grant_is_proposed_split_as_the_units_pay_and_booked_so_to_the_oere(hall):
    told = {"decided_by": "Byrådet", "decided_on": date(2026, 10, 8), "by": "sagsbehandler-oek"}
    for line, paid in ((LINE, {"JOB": 200_000, "MIS": 100_000}), (NEXT, {"JOB": 1})):
        parts = dict.fromkeys(("JOB", "VOK", "MIS", "FAM", "PSY", "KUI"), 0) | paid
        hall.store.write(
            lambda s, line=line, parts=parts: budget.contribute(s, line, parts, **told)
        )
    hall.line_has(1_000_000, NEXT)
    hall.at_the_table(**THREE_MONTHS)
    # 20,000 of it falls in 2026, where MIS pays a third; the rest in 2027, where it pays nothing.
    split = asked_of(hall, "beslutning")["fordeling"]
    assert split == [{"enhed": "JOB", "procent": 77.78}, {"enhed": "MIS", "procent": 22.22}]
    granted = GRANTED | {"beloeb_bevilget": 30_000, "fordeling": split}
    hall.do("udvalg-sekretaer", "beslutning", **granted)
    hall.ruled()
    hall.do("sagsbehandler-oek", "bogfoer", stemmer=True)
    with hall.store.reading() as session:
        assert budget.by_unit(session) == {"JOB": 23_334, "MIS": 6_666}
    assert reconciled(hall)


def test_a_unit_that_grants_of_its_own_is_proposed_no_split(hall):
    hall.apply(beloeb=20_000, ydelser=[{"ydelse": "Støtte", "lov": "SEL", "enhed": "VOK"}])
    assert asked_of(hall, "leder_bevilger") == {}


def test_a_partial_grant_takes_of_each_year_and_gives_the_rest_back(hall):
    hall.at_the_table(**THREE_MONTHS)
    hall.do("udvalg-sekretaer", "beslutning", **(PARTLY | {"beloeb_bevilget": 15_000}))
    hall.ruled(resultat="delvist", **REASONS)
    hall.do("sagsbehandler-oek", "bogfoer", stemmer=True)
    assert (hall.balance()["granted"], hall.balance(NEXT)["granted"]) == (10_000, 5_000)
    assert (hall.balance()["reserved"], hall.balance(NEXT)["reserved"]) == (0, 0)


def test_okonomi_may_lay_the_years_out_otherwise_where_the_lines_have_room(hall):
    hall.line_has(60_000)
    hall.line_has(15_000, NEXT)
    hall.at_the_table(**THREE_MONTHS)
    hall.do("udvalg-sekretaer", "beslutning", **(GRANTED | {"beloeb_bevilget": 30_000}))
    hall.ruled()
    too_much = [{"aar": 2026, "beloeb": 14_000}, {"aar": 2027, "beloeb": 16_000}]
    with pytest.raises(NoCover, match="faelles-2027"):
        hall.do("sagsbehandler-oek", "bogfoer", stemmer=True, beloeb_per_aar=too_much)
    fits = [{"aar": 2026, "beloeb": 15_000}, {"aar": 2027, "beloeb": 15_000}]
    hall.do("sagsbehandler-oek", "bogfoer", stemmer=True, beloeb_per_aar=fits)
    assert (hall.balance()["granted"], hall.balance(NEXT)["granted"]) == (15_000, 15_000)
    assert reconciled(hall)


def test_a_year_without_a_line_is_missing_cover_and_no_reason_to_stop_asking(hall):
    hall.at_the_table(beloeb=30_000, varighed=3, fra_dato="2027-12-01")
    missing = hall.read(lambda s, c: cover.missing(s, escalation.of_case(s, c)[0]))
    assert missing == {2028: 20_000}
    with hall.store.reading() as session:
        note = query.cover_note(session, "koordinator-3", hall.nummer, application(hall))
    assert [(y.year, y.line, y.reserved, y.missing) for y in note.years] == [
        (2027, "Fælles budget 2027", 10_000, 0),
        (2028, "", 0, 20_000),
    ]
    assert "ikke åbnet et budget for 2028" in note.years[1].note
    granted = GRANTED | {"beloeb_bevilget": 30_000}
    hall.do("udvalg-sekretaer", "beslutning", **granted)
    # Necessary, so it stands with the director where all can see it, and is never lost.
    assert hall.queues()["DIR"] == ["anvis_daekning"]
    with hall.store.reading() as session:
        assert [row.missing for row in query.without_cover(session, "chef-1")] == [20_000]


def test_bills_use_the_grant_up_and_never_go_beyond_it(hall):
    booked(hall)
    assert bill(hall, "B-1", "12000.50") == 1
    bill(hall, "B-2", "10000", on="2027-01-15")
    assert (hall.balance()["spent"], hall.balance(NEXT)["spent"]) == (12_000.5, 10_000)
    with pytest.raises(LinjeAfvist, match=r"7\.999,50 kr\. tilbage .* 8\.000 kr\."):
        bill(hall, "B-3", "8000")
    with pytest.raises(LinjeAfvist, match="allerede noteret"):
        bill(hall, "B-1", "1")
    with pytest.raises(KunOekonomi):
        bill(hall, "B-3", "1", by="koordinator-3")
    bill(hall, "B-1-ret", "-2000.50")
    assert hall.balance()["spent"] == 10_000
    with hall.store.reading() as session:
        assert budget.spent_by_unit(session) == {"JOB": 12_000, "MIS": 8_000}
    assert reconciled(hall)


def test_a_file_of_bills_is_noted_whole_or_not_at_all(hall):
    booked(hall)
    rows = [
        Payment(hall.nummer, "B-1", date(2026, 12, 30), Decimal(100)),
        Payment(hall.nummer, "B-2", date(2026, 12, 30), Decimal(100), number=2),
    ]
    with pytest.raises(LinjeAfvist, match=r"Række 2 .* bevilling nummer 2"):
        casework.note_spending(hall.store, rows, by="sagsbehandler-oek")
    assert hall.balance()["spent"] == 0


def test_okonomi_is_asked_to_settle_once_when_every_effort_has_ended(hall):
    booked(hall)

    def begin(session, case):
        row = escalation.of_case(session, case)[0]
        for title, unit in (("Mentor", "JOB"), ("Behandling", "MIS")):
            efforts.add(session, case, title, unit).application_id = row.id

    def end(session, case, number):
        efforts.end(efforts.of_case(session, case)[number], efforts.DONE_OTHER, "ophørt")

    def a_day_passes():
        casework.arm(hall.store)
        hall.clock.move_to(clock.now() + timedelta(days=1))
        casework.run_due(hall.store)
        return hall.queues().get("OEK", [])

    hall.write(begin)
    hall.write(lambda s, c: end(s, c, 0))
    assert a_day_passes() == []
    hall.write(lambda s, c: end(s, c, 1))
    assert a_day_passes() == ["opgoer"]
    assert a_day_passes() == ["opgoer"]
    bill(hall, "B-1", "100.01")
    hall.do("sagsbehandler-oek", "opgoer", alle_noteret=True)
    assert (hall.balance()["granted"], hall.balance()["spent"]) == (100.01, 100.01)
    assert hall.balance(NEXT)["granted"] == 0
    with pytest.raises(LinjeAfvist, match="gjort op"):
        bill(hall, "B-2", "1")
    assert reconciled(hall)


def test_a_complaint_on_a_settled_grant_opens_it_again_for_the_rest_alone(hall):
    booked(hall)
    bill(hall, "B-1", "12000")

    def story(session, case):
        row = escalation.of_case(session, case)[0]
        returned = spending.settle(session, row, "sagsbehandler-oek")
        grants.add(session, row, Decimal(5_000))
        missing = cover.uncovered(session, row)
        cover.point_out(session, row, [{"fra": "VOK", "beloeb": 5_000}], "chef-1")
        return returned, missing, booking.book(session, row, "sagsbehandler-oek")

    assert hall.write(story) == (18_000, 5_000, 5_000)
    assert hall.balance("vok-2026")["granted"] == 5_000
    bill(hall, "B-2", "5000")
    with pytest.raises(LinjeAfvist, match=r"Der er 0 kr\. tilbage"):
        bill(hall, "B-3", "1")
    assert reconciled(hall)


def test_the_pages_are_told_what_the_budget_holds_and_where_it_goes(hall):
    booked(hall)
    bill(hall, "B-1", "12000", on="2026-11-30")
    hall.apply(beloeb=50_000)
    with hall.store.reading() as session:
        (line,) = query.lines(session, "udvalg-sekretaer").shared
        assert (line.granted, line.spent, line.free) == (20_000, 12_000, 40_000)
        assert {share.unit: share.granted for share in line.shares}
        found = query.outlook(session, "udvalg-sekretaer", LINE)
        assert found.at_year_end == 20_000 + 50_000
        assert [month.spent for month in found.months if month.spent] == [12_000]
        assert found.months[10].spent == 12_000, "paid in November, noted in December"
        assert found.over == 10_000
        assert found.assumptions
        listed = query.waiting(session, "udvalg-sekretaer")
        assert ([w.amount for w in listed.within], [w.amount for w in listed.left_out]) == (
            [],
            [50_000],
        )
        assert "mangler 10.000 kr." in listed.left_out[0].why_left_out
        moves = query.movements(session, "koordinator-3", LINE)
        assert {"Bevilget", "Forbrugt", "Reserveret", "Ansøgt"} <= {move.what for move in moves}
        for ask in (query.lines, query.waiting, query.without_cover):
            with pytest.raises(NoSuchBudget):
                ask(session, "sagsbehandler-mis")


def test_whose_money_it_is_is_told_of_cases_that_exist_for_the_reader_alone(hall):
    hall.apply(beloeb=50_000)
    with hall.store.reading() as session:
        own = query.waiting(session, "koordinator-3").within[0]
        others = query.waiting(session, "leder-fam").within[0]
        assert (own.nummer, own.what != "") == (hall.nummer, True)
        assert (others.nummer, others.what, others.amount) == ("", "", 50_000)
        told = query.movements(session, "leder-fam", LINE)
        assert [(move.what, move.nummer) for move in told if move.what == "Ansøgt"] == [
            ("Ansøgt", "")
        ]
        with pytest.raises(NoSuchCase):
            query.cover_note(session, "leder-fam", hall.nummer, own.id)


def test_what_a_no_costs_is_told_where_the_application_says_it(hall):
    hall.apply(pris_ved_nej=180_000, pris_ved_nej_grundlag="Fire måneders døgnbehandling")
    with hall.store.reading() as session:
        found = query.cost_of_no(session, "koordinator-3", hall.nummer, application(hall))
    assert (found.cost, found.difference) == (180_000, 96_000 - 180_000)
    assert found.because == "Fire måneders døgnbehandling"


def test_the_cover_note_says_on_paper_where_each_years_money_is(hall):
    hall.store.write(lambda s: organisation.change_setting(s, "kommune", "Prøve Kommune"))
    hall.line_has(60_000)
    hall.line_has(4_000, NEXT)
    hall.on_agenda(**THREE_MONTHS)
    for unit in ("MIS", "JOB"):
        hall.do(f"sagsbehandler-{unit.lower()}", "udtalelse", item=unit, **OPINION)
    hall.do("udvalg-sekretaer", "goer_sagen_klar", **PAPERS)
    assert AGENDA["moededato"].startswith("2026-12-17")
    with hall.store.reading() as session:
        note = query.cover_note(session, "koordinator-3", hall.nummer, application(hall))
        content = documents.cover_note_pdf(session, note)
    year, following = note.years
    assert (year.free_before, year.reserved, year.missing) == (60_000, 20_000, 0)
    assert (following.free_before, following.reserved, following.missing) == (4_000, 4_000, 6_000)
    text = " ".join(pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text().split())
    for words in ("Dækningsnote", "Fælles budget 2027", "60.000 kr.", "Der mangler 6.000 kr."):
        assert words in text
