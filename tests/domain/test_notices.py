"""Notices: told when their cause arises, gone when it is, on both databases."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from engine import casework, clock, mail, outbox
from engine.domain import (
    cases,
    consent,
    deadlines,
    delegation,
    meetings,
    notices,
    people,
    plan,
    rules,
)
from engine.domain.calendar import WorkingDays
from engine.domain.cases import Case
from engine.domain.deadlines import Deadline
from engine.domain.escalation import Application
from engine.domain.grants import Grant
from engine.domain.organisation import Absence, Role, User
from engine.domain.plan import Plan, PlanComment
from engine.outbox import Outgoing
from engine.queries import notices as query
from engine.settings import Settings
from tests import smtp
from tests.queries import papers_world as world

DAYS = WorkingDays()
LEADER = "lis"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.COPENHAGEN)


@pytest.fixture
def case(store, virtual_clock):
    """(store, the id of a case in KUI) with a leader there and mail addresses."""
    nummer = world.furnish(store)

    def more(session) -> str:
        session.add(User(username=LEADER, name="Lis Leder", skills=[]))
        session.flush()
        session.add(Role(username=LEADER, unit="KUI", role="leder"))
        for name in world.EVERYBODY:
            session.get_one(User, name).email = f"{name}@fiktivby.example"
        return cases.by_number(session, nummer).id

    return store, store.write(more)


def a_duty(store, case_id: str, start: datetime, due: date, **facts) -> str:
    def write(session) -> str:
        row = Deadline(
            case_id=case_id,
            regel="KP-3",
            start=start,
            due=due,
            due_at=deadlines.midnight(due + timedelta(days=1)),
            planned=due,
            words="",
            opened_at=start,
            **{"art": "lokal"} | facts,
        )
        session.add(row)
        session.flush()
        return row.id

    return store.write(write)


def told(store, username: str) -> list[tuple]:
    with store.reading() as session:
        return [(n.kind, n.facts.get("percent"), n.new) for n in query.listed(session, username)]


def see_all(store, username: str) -> None:
    with store.reading() as session:
        keys = query.keys(session, username)
    notices.see(store, username, keys, keys)


def test_a_deadline_is_told_at_half_four_fifths_and_all_of_its_time():
    start, due_at = at("2026-01-05T00:00"), at("2026-01-15T00:00")
    found = {}
    with clock.travelling(start) as virtual:
        while virtual.now() <= due_at:
            gone = notices.Shares([50, 80, 100], DAYS).passed(start, due_at)
            if gone:
                found.setdefault(gone[0], clock.local(virtual.now()).date())
            virtual.advance(hours=6)
    # Half is a Saturday: told on the working day before it.
    assert found == {50: date(2026, 1, 9), 80: date(2026, 1, 13), 100: date(2026, 1, 15)}


def test_nobody_is_told_on_a_closed_day_that_yesterday_was_the_last():
    start, saturday = at("2026-01-05T00:00"), at("2026-01-10T00:00")
    with clock.travelling(at("2026-01-11T12:00")) as virtual:
        assert notices.Shares([100], DAYS).passed(start, saturday) is None
        virtual.move_to(at("2026-01-12T00:00"))
        assert notices.Shares([100], DAYS).passed(start, saturday) == (100, at("2026-01-12T00:00"))


def test_a_duty_without_a_task_is_told_to_the_coordinator_until_it_is_met(case, virtual_clock):
    store, case_id = case
    duty = a_duty(store, case_id, at("2026-01-05T00:00"), date(2026, 1, 14))
    assert told(store, world.COORDINATOR) == []
    virtual_clock.move_to(at("2026-01-09T09:00"))
    assert told(store, world.COORDINATOR) == [("frist", 50, True)]
    assert told(store, world.COLLEAGUE) == told(store, world.STRANGER) == []
    see_all(store, world.COORDINATOR)
    assert told(store, world.COORDINATOR) == [("frist", 50, False)]
    virtual_clock.move_to(at("2026-01-13T09:00"))
    assert told(store, world.COORDINATOR) == [("frist", 80, True)]
    store.write(lambda session: setattr(session.get_one(Deadline, duty), "state", deadlines.MET))
    assert told(store, world.COORDINATOR) == []


def test_a_leader_hears_of_what_is_overdue_once_a_working_day(case, virtual_clock):
    store, case_id = case
    a_duty(store, case_id, at("2026-01-05T00:00"), date(2026, 1, 8))
    virtual_clock.move_to(at("2026-01-09T07:59"))
    assert told(store, LEADER) == []
    virtual_clock.move_to(at("2026-01-09T08:00"))
    with store.reading() as session:
        [notice] = query.listed(session, LEADER)
        # The case is not the leader's to see: a count, and no number.
        assert notice.facts["lines"][0]["count"] == 1
        assert notice.facts["lines"][0]["numbers"] == []
    see_all(store, LEADER)
    virtual_clock.move_to(at("2026-01-11T12:00"))  # Sunday
    assert told(store, LEADER) == [("overskredet", None, False)]
    virtual_clock.move_to(at("2026-01-12T08:00"))
    assert told(store, LEADER) == [("overskredet", None, True)]


def test_a_deputy_is_told_that_it_begins_and_that_it_has_ended(case, virtual_clock):
    store, _ = case
    away = Absence(username=world.COORDINATOR, deputy=world.COLLEAGUE)
    away.first_day, away.last_day = date(2026, 1, 6), date(2026, 1, 7)
    store.write(lambda session: session.add(away))
    assert told(store, world.COLLEAGUE) == []
    virtual_clock.move_to(at("2026-01-06T08:00"))
    assert told(store, world.COLLEAGUE) == [("stedfortraeder", None, True)]
    see_all(store, world.COLLEAGUE)
    virtual_clock.move_to(at("2026-01-08T08:00"))
    assert told(store, world.COLLEAGUE) == [("stedfortraeder_slut", None, True)]
    see_all(store, world.COLLEAGUE)
    assert told(store, world.COLLEAGUE) == []


def withdraw(store, case_id: str) -> None:
    """The school may no longer know, and the family's unit is in the case no more."""

    def give(session) -> None:
        case = session.get_one(cases.Case, case_id)
        [citizen] = people.citizens(session, case_id)
        content = {"counterpart": "X-SKO", "data_types": ["familie"], "purpose": "planen"}
        consent.give(session, case, citizen.id, consent.PLAN)
        consent.give(session, case, citizen.id, consent.DISCLOSE, **content)

    def take(session) -> None:
        consent.withdraw(session, session.get_one(cases.Case, case_id), consent.EVERYTHING)

    store.write(give)
    store.write(take)


def test_a_withdrawal_is_told_without_the_case_to_those_who_lost_it(case):
    store, case_id = case
    withdraw(store, case_id)
    with store.reading() as session:
        [notice] = query.listed(session, world.SCHOOL)
    assert (notice.kind, notice.nummer, notice.case_id, notice.citizens) == (
        "samtykke",
        None,
        None,
        "",
    )
    assert told(store, world.FAMILY) == [("samtykke", None, True)]
    assert told(store, world.STRANGER) == told(store, world.COORDINATOR) == []
    see_all(store, world.SCHOOL)
    assert told(store, world.SCHOOL) == []


def test_an_invitation_lasts_until_the_meeting_and_ends_with_access(case, virtual_clock):
    store, case_id = case

    def call(session) -> None:
        row = session.get_one(cases.Case, case_id)
        meeting = meetings.call(session, row, world.COORDINATOR, at("2026-01-12T10:00"), "Plan")
        meetings.invite(meeting, "FAM", "enhed", "tilladt")

    store.write(call)
    assert told(store, world.FAMILY) == [("moede", None, True)]
    assert told(store, world.STRANGER) == told(store, world.COORDINATOR) == []
    with store.reading() as session:
        nummer = session.get_one(cases.Case, case_id).nummer
    world.leave(store, nummer)
    assert told(store, world.FAMILY) == []


def an_application(session, case_id: str, written_by: str = world.COORDINATOR) -> str:
    words = dict.fromkeys(
        ("what", "why_beyond", "goals", "alternatives", "consequence", "citizens_view"), "x"
    )
    row = Application(
        case_id=case_id, services=[], amount=1000, months=1, written_by=written_by,
        written_at=clock.now(), **words,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def decided(store, case_id: str, by: str) -> None:
    def write(session) -> None:
        row = Grant(
            case_id=case_id, application_id=an_application(session, case_id), result="afslag",
            amount=0, decided_by="leder", registered_by=by, decided_at=clock.now(),
        )  # fmt: skip
        session.add(row)

    store.write(write)


def test_a_grant_is_told_to_whoever_asked_until_seen_or_old_and_not_to_whoever_wrote_it(
    case, virtual_clock
):
    store, case_id = case
    decided(store, case_id, by=world.COORDINATOR)
    assert told(store, world.COORDINATOR) == []
    decided(store, case_id, by=LEADER)
    assert told(store, world.COORDINATOR) == [("bevilling", None, True)]
    assert told(store, world.FAMILY) == told(store, world.STRANGER) == []
    virtual_clock.advance(days=14, minutes=1)
    assert told(store, world.COORDINATOR) == []
    decided(store, case_id, by=LEADER)
    see_all(store, world.COORDINATOR)
    assert told(store, world.COORDINATOR) == []


def delegated(store, case_id: str) -> str:
    def write(session) -> str:
        row = delegation.grant(
            session, session.get_one(Case, case_id), world.COORDINATOR, LEADER, unit="KUI",
            law_area="LAB", decision_types=["mentor"], max_amount=None,
            valid_from=clock.today(), valid_to=clock.today() + timedelta(days=30),
            decided_by="Byrådet", reference="77",
        )  # fmt: skip
        return row.id

    return store.write(write)


def test_a_delegation_that_comes_and_goes_is_told_to_whoever_holds_it(case, virtual_clock):
    store, case_id = case
    first = delegated(store, case_id)
    assert told(store, world.COORDINATOR) == [("delegation", None, True)]
    assert told(store, LEADER) == told(store, world.STRANGER) == []
    see_all(store, world.COORDINATOR)
    assert told(store, world.COORDINATOR) == []
    casework.withdraw_delegation(store, first, "Loven er ændret", by=LEADER)
    with store.reading() as session:
        (notice,) = query.listed(session, world.COORDINATOR)
    assert (notice.facts["taken"], notice.facts["because"]) == (True, "Loven er ændret")
    # Given anew it is the coordinator's again, and nothing is gone.
    virtual_clock.advance(minutes=1)
    delegated(store, case_id)
    with store.reading() as session:
        assert [n.facts["taken"] for n in query.listed(session, world.COORDINATOR)] == [False]
    virtual_clock.advance(days=14, minutes=1)
    assert told(store, world.COORDINATOR) == []


def test_a_delegation_taken_back_is_no_news_to_who_no_longer_has_the_case(case):
    store, case_id = case
    given = delegated(store, case_id)
    casework.withdraw_delegation(store, given, "Loven er ændret", by=LEADER)
    assert told(store, world.COORDINATOR) == [("delegation", None, True)]
    store.write(lambda s: setattr(s.get_one(Case, case_id), "koordinator", None))
    assert told(store, world.COORDINATOR) == []


def test_a_rule_that_nobody_has_confirmed_is_told_to_process_owners_while_a_duty_runs_by_it(case):
    store, case_id = case

    def hire(session) -> None:
        session.add(User(username="pia", name="Pia Procesejer", skills=[]))
        session.flush()
        session.add(Role(username="pia", unit="KUI", role="procesejer"))

    store.write(hire)
    start, due = at("2026-01-05T00:00"), date(2026, 3, 1)
    duties = [a_duty(store, case_id, start, due, art=rules.UNCONFIRMED) for _ in range(2)]
    with store.reading() as session:
        [notice] = query.listed(session, "pia")
    assert (notice.kind, notice.facts["rule"], notice.facts["count"]) == ("kontrol", "KP-3", 2)
    assert notice.case_id is None
    assert told(store, world.COORDINATOR) == told(store, LEADER) == []
    see_all(store, "pia")
    assert told(store, "pia") == [("kontrol", None, False)]  # it still goes on
    for duty in duties:
        store.write(lambda s, d=duty: setattr(s.get_one(Deadline, d), "state", deadlines.MET))
    assert told(store, "pia") == []


def test_a_day_that_a_changed_rule_moved_is_told_to_whoever_has_the_case(case, virtual_clock):
    store, case_id = case

    def move(session) -> None:
        facts = {"regel": "KP-3", "til": world.COORDINATOR}
        outbox.put(session, "frist_flyttet", case_id=case_id, **facts)

    store.write(move)
    assert told(store, world.COORDINATOR) == [("frist_flyttet", None, True)]
    assert told(store, world.COLLEAGUE) == told(store, world.STRANGER) == []

    def leave(session) -> None:
        session.get_one(cases.Case, case_id).koordinator = None

    store.write(leave)
    # Nobody has it: whoever works where it belongs is told.
    assert told(store, world.COLLEAGUE) == [("frist_flyttet", None, True)]
    assert told(store, world.STRANGER) == []
    see_all(store, world.COLLEAGUE)
    assert told(store, world.COLLEAGUE) == []


def test_a_unit_that_said_nothing_to_a_draft_is_told_to_its_leader_while_it_still_can(case):
    store, case_id = case

    def silence(session) -> str:
        row = Plan(
            case_id=case_id, version=1, mode="x", content={}, content_hash="", state=plan.DRAFT,
            written_by=world.COORDINATOR, written_at=clock.now(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.add(PlanComment(plan_id=row.id, unit="KUI", silent=True, written_at=clock.now()))
        return row.id

    row = store.write(silence)
    with store.reading() as session:
        [notice] = query.listed(session, LEADER)
    assert (notice.kind, notice.nummer) == ("intet_svar", None)
    assert "Kommunal ungeindsats" in notice.facts["unit"]
    assert told(store, world.COORDINATOR) == told(store, world.FAMILY) == []
    store.write(lambda session: setattr(session.get_one(Plan, row), "state", plan.ACCEPTED))
    assert told(store, LEADER) == []


def mails(store) -> list[str]:
    with store.reading() as session:
        rows = session.query(Outgoing).where(Outgoing.kind == mail.OUTBOX).order_by(Outgoing.id)
        return [row.ref for row in rows]


def test_one_mail_a_day_at_the_hour_however_often_it_is_asked(case, virtual_clock):
    store, case_id = case
    a_duty(store, case_id, at("2026-01-05T00:00"), date(2026, 1, 14))
    for moment in ("2026-01-09T07:00", "2026-01-10T09:00", "2026-01-11T09:00"):
        virtual_clock.move_to(at(moment))
        mail.Mails(store).put_due()
    assert mails(store) == []
    virtual_clock.move_to(at("2026-01-12T08:00"))
    pump = mail.Mails(store)
    assert (pump.put_due(), pump.put_due(), mail.Mails(store).put_due()) == (1, 0, 0)
    assert mails(store) == [world.COORDINATOR]
    virtual_clock.move_to(at("2026-01-13T08:00"))
    assert pump.put_due() == 1


def test_a_withdrawal_is_mailed_at_once_and_once(case, virtual_clock):
    store, case_id = case
    virtual_clock.move_to(at("2026-01-10T22:00"))  # a Saturday evening
    withdraw(store, case_id)
    assert mail.Mails(store).put_due() == 2
    assert mail.Mails(store).put_due() == 0
    assert mails(store) == [world.FAMILY, world.SCHOOL]


def test_a_mail_says_how_many_and_nothing_else(case):
    store, case_id = case
    withdraw(store, case_id)
    mail.Mails(store).put_due()
    sent = []
    sender = mail.Sender(store, sent.append, "overligger@fiktivby.example")
    assert outbox.send_due(store, {mail.OUTBOX: sender}) == 2
    assert sent[0]["To"] == "fie@fiktivby.example"
    assert sent[0].get_content() == "Du har 1 ny besked i Overligger. Log på for at læse den.\n"
    assert outbox.send_due(store, {mail.OUTBOX: sender}) == 0


def test_a_server_that_fails_gets_the_mail_again_and_once(
    case, virtual_clock, tmp_path, monkeypatch
):
    store, case_id = case
    withdraw(store, case_id)
    mail.Mails(store).put_due()
    with smtp.serving(tmp_path, refusing=3) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        where = {"smtp_url": server.url, "mail_from": "overligger@fiktivby.example"}
        senders = mail.senders(store, Settings(**where))
        assert [outbox.send_due(store, senders) for _ in range(2)] == [0, 0]
        for _ in range(3):
            virtual_clock.advance(hours=1)
            outbox.send_due(store, senders)
        assert sorted(m["To"] for m in server.mails) == [
            "fie@fiktivby.example",
            "skole@fiktivby.example",
        ]
        assert len({m["Message-ID"] for m in server.mails}) == 2
        with store.reading() as session:
            nummer = session.get_one(cases.Case, case_id).nummer
        for sent in server.mails:
            said = sent.as_string() + sent.get_payload(decode=True).decode()
            assert not [word for word in (nummer, "Mads", "Prøvesen", "samtykke") if word in said]


def test_a_server_that_is_not_trusted_gets_no_mail(case, tmp_path):
    store, case_id = case
    withdraw(store, case_id)
    mail.Mails(store).put_due()
    with smtp.serving(tmp_path) as server:
        where = {"smtp_url": server.url, "mail_from": "overligger@fiktivby.example"}
        assert outbox.send_due(store, mail.senders(store, Settings(**where))) == 0
        assert server.mails == []
    with store.reading() as session:
        rows = session.query(Outgoing).where(Outgoing.kind == mail.OUTBOX)
        assert {(row.state, row.error) for row in rows} == {
            (outbox.WAITING, "SSLCertVerificationError")
        }


def test_without_a_server_mails_wait_and_in_a_demonstration_they_are_marked(case, caplog):
    store, case_id = case
    withdraw(store, case_id)
    mail.Mails(store).put_due()
    assert outbox.send_due(store, mail.senders(store, Settings())) == 0
    assert "OVERLIGGER_SMTP_URL" in caplog.text
    assert outbox.send_due(store, mail.senders(store, Settings(demo=True))) == 0
    with store.reading() as session:
        states = {row.state for row in session.query(Outgoing).where(Outgoing.kind == mail.OUTBOX)}
    assert states == {outbox.NOT_SENT}
