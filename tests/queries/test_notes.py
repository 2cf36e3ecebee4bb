"""A note is written by whoever works on the case, and exists for nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import audit, casework
from engine.domain import access, cases
from engine.domain.notes import (
    Note,
    NoteAlreadyCorrected,
    NoteWithoutText,
    NothingCorrectedInNote,
)
from engine.events import Content, Event
from engine.queries import notes
from tests.queries.papers_world import (
    COLLEAGUE,
    COORDINATOR,
    EVERYBODY,
    FAMILY,
    SCHOOL,
    STRANGER,
    furnish,
    leave,
    share,
)


@pytest.fixture
def nummer(store, virtual_clock) -> str:
    return furnish(store)


def seen(store, username: str, nummer: str, words: str = "") -> list[notes.Line] | None:
    with store.reading() as session:
        case = cases.by_number(session, nummer)
        parts = access.parts(session, username, case)
        found = notes.of_case(session, username, case, parts, words)
        return None if found is None else found.lines


def found_by(store, username: str, words: str) -> list[str]:
    with store.reading() as session:
        return [hit.title for hit in notes.search_papers(session, username, words)]


def test_a_call_is_noted_with_a_title_of_its_own_and_a_journal_number(store, nummer):
    casework.note(store, nummer, "Mads ringede.\r\nHan er glad. ", by=COORDINATOR, with_whom="Mads")
    (line,) = seen(store, COORDINATOR, nummer)
    assert (line.title, line.text) == (
        "Telefonsamtale 5. januar 2026",
        "Mads ringede.\nHan er glad.",
    )
    assert (line.who, line.with_whom) == ("Liv Koordinatorsen", "Mads")
    assert line.journal_no == f"{nummer}-N001"


def test_the_trail_tells_that_a_note_was_written_and_keeps_its_words_beside(store, nummer):
    casework.note(store, nummer, "Mads ringede.", by=COORDINATOR)
    with store.reading() as session:
        event = session.scalar(select(Event).where(Event.kind == "note_written"))
        content = session.get(Content, (event.case_id, event.seq)).content
        assert audit.verify(session)["ok"]
    assert event.actor == COORDINATOR and "ringede" not in str(event.facts)
    assert content["text"] == "Mads ringede."


def test_what_a_unit_writes_is_the_units_and_what_the_coordinator_writes_is_the_cases(
    store, nummer
):
    for by in (FAMILY, COORDINATOR):
        casework.note(store, nummer, "Mads ringede.", by=by)
    with store.reading() as session:
        assert dict(session.execute(select(Note.author, Note.unit)).all()) == {
            FAMILY: "FAM",
            COORDINATOR: None,
        }


@pytest.mark.parametrize("stranger", [STRANGER, SCHOOL])
def test_who_has_no_part_in_the_case_neither_writes_reads_nor_finds(store, nummer, stranger):
    note = casework.note(store, nummer, "Mads ringede.", by=COORDINATOR)
    with pytest.raises(cases.NoSuchCase):
        casework.note(store, nummer, "Snagen.", by=stranger)
    with pytest.raises(cases.NoSuchCase):
        casework.correct_note(store, nummer, note, "Titel", "Snagen.", by=stranger)
    assert seen(store, stranger, nummer) is None
    assert found_by(store, stranger, "ringede") == []


def test_a_unit_that_takes_part_reads_its_own_notes_and_no_others(store, nummer):
    casework.note(store, nummer, "Mads ringede.", by=COORDINATOR)
    casework.note(store, nummer, "Moren ringede.", by=FAMILY)
    assert [line.text for line in seen(store, FAMILY, nummer)] == ["Moren ringede."]
    assert len(found_by(store, FAMILY, "RINGEDE")) == 1
    assert {line.text for line in seen(store, COLLEAGUE, nummer)} == {
        "Mads ringede.",
        "Moren ringede.",
    }
    leave(store, nummer)
    assert seen(store, FAMILY, nummer) is None
    assert found_by(store, FAMILY, "ringede") == []


def test_a_correction_stands_beside_what_it_corrects(store, nummer, virtual_clock):
    first = casework.note(store, nummer, "Møde den 3.", by=COORDINATOR, kind="moede")
    virtual_clock.advance(days=1)
    second = casework.correct_note(store, nummer, first, "Møde", "Møde den 4.", by=COORDINATOR)
    (line,) = seen(store, COORDINATOR, nummer)
    assert (line.id, line.text) == (second, "Møde den 4.")
    assert [old.text for old in line.earlier] == ["Møde den 3."]
    with pytest.raises(NoteAlreadyCorrected):
        casework.correct_note(store, nummer, first, "Møde", "Møde den 5.", by=COORDINATOR)
    with pytest.raises(NothingCorrectedInNote):
        casework.correct_note(store, nummer, second, "Møde", "Møde den 4.", by=COORDINATOR)
    with store.reading() as session:
        assert session.get(Note, first).text == "Møde den 3."
    # Found also by a word that only the old version has.
    assert [line.id for line in seen(store, COORDINATOR, nummer, "3.")] == [second]
    assert seen(store, COORDINATOR, nummer, "ålborg") == []


def test_what_is_sent_twice_is_written_once(store, nummer):
    ids = {"note_id": "3b0b9f7e-54cf-4d3c-8f0c-6a50e4a6a7a1"}
    casework.note(store, nummer, "Mads ringede.", by=COORDINATOR, **ids)
    casework.note(store, nummer, "Mads ringede.", by=COORDINATOR, **ids)
    assert len(seen(store, COORDINATOR, nummer)) == 1


def test_an_empty_note_is_refused(store, nummer):
    with pytest.raises(NoteWithoutText):
        casework.note(store, nummer, " \n ", by=COORDINATOR)


def test_a_search_takes_signs_for_themselves_and_danish_letters_in_any_case(store, nummer):
    casework.note(store, nummer, "100 % enige om ØKONOMI", by=COORDINATOR)
    casework.note(store, nummer, "100 kr.", by=COORDINATOR)
    assert len(found_by(store, COORDINATOR, "100 %")) == 1
    assert len(found_by(store, COORDINATOR, "økonomi")) == 1


def test_whole_cases_are_those_of_which_access_gives_every_part(store, nummer):
    share(store, nummer, STRANGER)
    with store.reading() as session:
        case = cases.by_number(session, nummer)
        for name in EVERYBODY:
            whole = session.scalar(access.whole_cases(session, name)) is not None
            assert whole == (access.parts(session, name, case) == access.EVERY_PART), name
