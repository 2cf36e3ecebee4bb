"""Letters get away, or stand where somebody sees it; a ruling is told when its letter has left."""

from __future__ import annotations

from datetime import date, timedelta

import orjson
import pytest
from sqlalchemy import select

from engine import clock, dispatch, events, outbox
from engine.domain import (
    cases,
    closure,
    complaints,
    deadlines,
    letters,
    organisation,
    people,
    rules,
    rulings,
)
from engine.domain.letters import Letter
from engine.incidents import Incident
from engine.outbox import Outgoing
from engine.queries import letters as query
from engine.queries import trail
from engine.settings import Settings
from tests.queries import papers_world as world


@pytest.fixture
def case(store, virtual_clock):
    """A case whose citizen lives at a protected address; the town has the channels' table."""
    from engine import diagrams
    from engine.settings import ROOT

    nummer = world.furnish(store)

    def write(session):
        organisation.change_setting(session, "kommune", "Prøve Kommune")
        session.add(organisation.Unit(code="X-AST", name="Ankestyrelsen", law_areas=[]))
        files = {
            name: (ROOT / "processes" / name).read_bytes() for name in ("kanal.dmn", "frister.dmn")
        }
        diagrams.deploy(session, files, by="systemet", demo=True, accept_warnings=True)
        citizen = people.citizens(session, cases.by_number(session, nummer).id)[0]
        citizen.address, citizen.address_protected = "Hemmelig Vej 7", True
        citizen.birth_date = date(1990, 1, 1)

    store.write(write)
    return nummer


@pytest.fixture
def folder(tmp_path):
    """Where the municipality's post collects."""
    found = tmp_path / "ud"
    found.mkdir()
    return found


def write_letter(store, nummer, code="B01", **facts):
    def write(session):
        case = cases.by_number(session, nummer)
        citizen = people.citizens(session, case.id)[0]
        return letters.send(session, case, code, citizen, world.COORDINATOR, **facts).journal_no

    return store.write(write)


def write_ruling(store, nummer):
    """A refusal and the letters that are to tell it: the last one's journal number."""

    def write(session):
        case = cases.by_number(session, nummer)
        ruling = rulings.Ruling(
            case_id=case.id, key="sel", law="SEL", unit="FAM", result="afslag", text="Nej",
            guidance="Du kan klage til Ankestyrelsen.", appeals_body="X-AST", decided_by="fie",
            decided_at=clock.now(), reason_facts="Fakta",
        )  # fmt: skip
        session.add(ruling)
        told = [rulings.in_letter(ruling)]
        for citizen in people.citizens(session, case.id):
            letter = letters.send(
                session, case, "B06", citizen, world.COORDINATOR, afgoerelser=told
            )
        return letter.journal_no

    return store.write(write)


def beat(store, **chosen):
    return outbox.send_due(store, dispatch.senders(store, Settings(**chosen)))


def look(store, nummer, journal_no):
    with store.reading() as session:
        return query.one(session, world.COORDINATOR, nummer, journal_no).line.dispatch


def clock_of(store, nummer):
    """(when the ruling was told, the day to complain by, that day's open deadline)"""
    with store.reading() as session:
        case = cases.by_number(session, nummer)
        ruling = rulings.find(session, case, "sel")
        due = deadlines.open_deadlines(session, case, rulings.TO_COMPLAIN, ruling.id)
        return ruling.told_at, ruling.complain_by, [row.due for row in due]


def test_a_letter_is_left_in_the_folder_with_what_its_carrier_must_know(store, case, folder):
    number = write_letter(store, case)
    assert beat(store, letters_out=folder) == 1
    assert sorted(file.name for file in folder.iterdir()) == [f"{number}.json", f"{number}.pdf"]
    facts = orjson.loads((folder / f"{number}.json").read_bytes())
    assert facts["noegle"].startswith("outbox-") and facts["kanaler"] == [
        "digital_post",
        "uden_adresse_til_partnere",
    ]
    assert facts["modtager"]["navn"] == "Mads Prøvesen"
    assert facts["modtager"]["adressebeskyttet"] and facts["modtager"]["adresse"] is None
    assert b"Hemmelig" not in (folder / f"{number}.json").read_bytes()
    assert (folder / f"{number}.pdf").read_bytes().startswith(b"%PDF")
    told = look(store, case, number)
    assert told.sent and told.words == "Afleveret til forsendelse"


def test_what_was_sent_is_kept_as_it_was(store, case, folder):
    from engine import documents

    number = write_letter(store, case)
    beat(store, letters_out=folder)

    def marry(session):
        people.citizens(session, cases.by_number(session, case).id)[0].name = "Mads Nytnavn"

    store.write(marry)
    with store.reading() as session:
        row = session.scalar(select(Letter).where(Letter.journal_no == number))
        assert documents.sheet_of(session, row).greeting == "Kære Mads Prøvesen"
        assert documents.compose(session, row).greeting == "Kære Mads Nytnavn"


def test_a_demonstration_sends_nothing_and_says_so(store, case):
    number = write_letter(store, case)
    assert beat(store, demo=True) == 0
    told = look(store, case, number)
    assert not told.sent and told.words == "Ikke sendt: det her er en demonstration"


def test_without_a_folder_letters_wait(store, case):
    number = write_letter(store, case)
    assert beat(store) == 0
    assert look(store, case, number).words == "Venter på at blive sendt"


def test_nobody_writes_to_the_dead(store, case, folder):
    number = write_letter(store, case)

    def die(session):
        found = cases.by_number(session, case)
        letters.stop(session, found, people.citizens(session, found.id)[0])

    store.write(die)
    assert beat(store, letters_out=folder) == 0 and list(folder.iterdir()) == []
    assert look(store, case, number).words == "Ikke sendt: modtageren er død"


def test_a_letter_that_fails_is_an_incident_holds_the_case_and_starts_no_complaint_clock(
    store, case, folder
):
    number = write_ruling(store, case)
    gone = folder / "endnu_ikke"
    assert clock_of(store, case) == (None, None, [])
    assert beat(store, letters_out=gone) == 0
    told = look(store, case, number)
    assert told.again and told.incident
    assert clock_of(store, case) == (None, None, [])
    with store.reading() as session:
        found = cases.by_number(session, case)
        assert any("er ikke kommet af sted" in why for why in closure.papers(session, found))
        with pytest.raises(complaints.IkkeMeddelt):
            ruling = rulings.find(session, found, "sel")
            complaints.register(session, found, ruling, "fie", clock.now(), channel="brev")

    # Three days later the folder is there: the clock runs from that day, and from no earlier one.
    clock._clock.advance(days=3)
    gone.mkdir()
    assert beat(store, letters_out=gone) == 1
    when, by, due = clock_of(store, case)
    assert clock.local(when).date() == date(2026, 1, 8)
    assert (by, due) == (date(2026, 2, 5), [date(2026, 2, 5)])
    with store.reading() as session:
        found = cases.by_number(session, case)
        assert closure.papers(session, found) == []
        assert session.scalar(select(Incident)).resolved_at is not None
        kinds = [
            row.kind for row in session.scalars(select(events.Event).order_by(events.Event.seq))
        ]
        assert [kind for kind in kinds if kind.startswith(("letter_", "ruling_"))] == [
            "letter_failed",
            "letter_sent",
            "ruling_told",
        ]
        told = [entry.text for entry in trail.of_case(session, world.COORDINATOR, case).entries]
    assert told[:3] == [
        "Afgørelsen efter SEL er meddelt. Klagefristen er 05.02.2026",
        f"Brevet {number} blev afleveret til forsendelse",
        f"Brevet {number} kom ikke af sted",
    ]


def test_a_letter_that_goes_twice_moves_no_clock(store, case, folder):
    write_ruling(store, case)
    beat(store, letters_out=folder)
    before = clock_of(store, case)
    assert before[2] == [date(2026, 2, 2)]
    # The power went before it was written that the letter had gone.
    clock._clock.advance(days=2)
    store.write(lambda session: outbox.again(session.scalars(select(Outgoing)).one()))
    assert beat(store, letters_out=folder) == 1
    assert clock_of(store, case) == before


def test_a_family_has_been_told_when_the_last_letter_has_left_or_goes_nowhere(store, case, folder):
    def join(session):
        found = cases.by_number(session, case)
        for name in ("Mor Prøvesen", "Far Prøvesen"):
            people.add_party(session, found.id, people.register(session, name).id, "borger")

    store.write(join)
    write_ruling(store, case)

    def hold_back(session, which, until):
        rows = session.scalars(select(Outgoing).order_by(Outgoing.id)).all()
        rows[which].due_at = until

    for number in (1, 2):
        store.write(lambda s, n=number: hold_back(s, n, clock.now() + timedelta(days=n)))
    assert beat(store, letters_out=folder) == 1
    clock._clock.advance(days=1)
    assert beat(store, letters_out=folder) == 1
    assert clock_of(store, case) == (None, None, [])
    clock._clock.advance(days=1)

    def die(session):
        found = cases.by_number(session, case)
        letters.stop(session, found, people.citizens(session, found.id)[2])

    store.write(die)
    assert beat(store, letters_out=folder) == 0
    assert clock_of(store, case)[2] == [date(2026, 2, 4)]


def test_where_no_rule_gives_the_day_the_letter_goes_once_and_somebody_is_asked(
    store, case, folder, monkeypatch
):
    def missing(*_):
        raise rules.RuleMissing(regel="RSL-1", dag="i dag")

    monkeypatch.setattr(deadlines, "start", missing)
    write_ruling(store, case)
    assert beat(store, letters_out=folder) == 1
    assert clock_of(store, case)[1:] == (None, [])
    assert clock_of(store, case)[0] is not None
    with store.reading() as session:
        kinds = session.scalars(select(events.Event.kind)).all()
    # Nothing is shipped here that could ask; the trail says that somebody should have been.
    assert "invariant_broken" in kinds


def test_a_complaint_that_has_come_stops_the_clock_for_good(store, case, folder):
    write_ruling(store, case)
    beat(store, letters_out=folder)

    def complain(session):
        found = cases.by_number(session, case)
        ruling = rulings.find(session, found, "sel")
        deadlines.meet(session, found, rulings.TO_COMPLAIN, "der er klaget", ruling.id)

    store.write(complain)
    clock._clock.advance(days=2)
    store.write(lambda session: outbox.again(session.scalars(select(Outgoing)).one()))
    assert beat(store, letters_out=folder) == 1
    assert clock_of(store, case)[2] == []


def test_somebody_sends_again_what_was_given_up(store, case, folder):
    gone = folder / "endnu_ikke"
    number = write_letter(store, case)
    for _ in range(outbox.TRIES):
        beat(store, letters_out=gone)
        clock._clock.advance(hours=12)
    assert look(store, case, number).words == "Kom ikke af sted, og vi prøver ikke igen"
    gone.mkdir()
    assert beat(store, letters_out=gone) == 0

    def case_id(session):
        return cases.by_number(session, case).id

    with store.reading() as session:
        found = case_id(session)
        assert session.scalar(select(Incident.attempts)) == outbox.TRIES
    dispatch.send_again(store, found, number, by=world.COORDINATOR)
    assert beat(store, letters_out=gone) == 1
    assert look(store, case, number).sent
    with pytest.raises(dispatch.AlreadySent):
        dispatch.send_again(store, found, number, by=world.COORDINATOR)
    with pytest.raises(cases.NoSuchCase):
        dispatch.send_again(store, found, "2026-9999-B001", by=world.COORDINATOR)


def test_only_those_who_see_the_letters_of_a_case_find_one(store, case):
    number = write_letter(store, case)
    with store.reading() as session:
        assert query.of_case(session, world.COORDINATOR, case).lines[0].journal_no == number
        for other in (world.FAMILY, world.STRANGER, world.SCHOOL):
            with pytest.raises(cases.NoSuchCase):
                query.one(session, other, case, number)
        with pytest.raises(query.NoSuchLetter):
            query.one(session, world.COORDINATOR, case, "2026-9999-B001")
        assert session.scalar(select(Outgoing.kind)) == letters.OUTBOX
