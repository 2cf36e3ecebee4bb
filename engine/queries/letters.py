"""A case's letters: to whom, and what became of each. They exist for those who see the letters."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import outbox
from engine.domain import access, cases, letters, people
from engine.domain.cases import Case
from engine.domain.letters import Letter
from engine.domain.organisation import Unit
from engine.incidents import Incident
from engine.outbox import Outgoing


class NoSuchLetter(cases.NoSuchCase):
    """Brevet findes ikke, eller du har ikke adgang til det."""


@dataclass(frozen=True)
class Dispatch:
    """What became of a letter. `again`: it did not get away, and somebody may try once more."""

    words: str
    at: datetime | None = None
    sent: bool = False
    again: bool = False
    incident: int | None = None


@dataclass(frozen=True)
class Line:
    journal_no: str
    title: str
    to: str
    written_at: datetime
    dispatch: Dispatch


@dataclass(frozen=True)
class Letters:
    case_id: str
    nummer: str
    citizens: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Page:
    case_id: str
    nummer: str
    line: Line
    letter: Letter = field(repr=False, compare=False)


def of_case(session: Session, username: str, nummer: str) -> Letters:
    """The letters of a case, the newest first. Raises NoSuchCase for what does not exist for the user."""
    case = _case(session, username, nummer)
    return Letters(
        case_id=case.id,
        nummer=case.nummer,
        citizens=tuple(person.name for person in people.citizens(session, case.id)),
        lines=lines(session, case),
    )


def lines(session: Session, case: Case) -> tuple[Line, ...]:
    """The same without the question who asks, for a page that has asked it."""
    rows = list(reversed(letters.of_case(session, case)))
    sent = {row.ref: row for row in session.scalars(_outgoing(case))}
    names = dict(session.execute(select(Unit.code, Unit.name)).all())
    return tuple(_line(session, row, sent.get(row.id), names) for row in rows)


def one(session: Session, username: str, nummer: str, journal_no: str) -> Page:
    """Raises NoSuchCase, NoSuchLetter."""
    case = _case(session, username, nummer)
    row = letters.by_journal_no(session, case, journal_no)
    if row is None:
        raise NoSuchLetter
    names = dict(session.execute(select(Unit.code, Unit.name)).all())
    sent = session.scalars(_outgoing(case).where(Outgoing.ref == row.id)).first()
    return Page(case.id, case.nummer, _line(session, row, sent, names), row)


def _case(session: Session, username: str, nummer: str) -> Case:
    case = cases.by_number(session, nummer)
    if access.LETTERS not in access.parts(session, username, case):
        raise cases.NoSuchCase
    return case


def _outgoing(case: Case):
    return select(Outgoing).where(Outgoing.kind == letters.OUTBOX, Outgoing.case_id == case.id)


def _line(session: Session, row: Letter, sent: Outgoing | None, names: dict[str, str]) -> Line:
    reader = people.person(session, row.person_id).name if row.person_id else ""
    return Line(
        journal_no=row.journal_no,
        title=row.title,
        to=reader or names.get(row.unit, row.unit or ""),
        written_at=row.written_at,
        dispatch=_dispatch(session, row, sent),
    )


def _dispatch(session: Session, row: Letter, sent: Outgoing | None) -> Dispatch:
    if row.stopped:
        return Dispatch("Ikke sendt: modtageren er død")
    if sent is None:
        return Dispatch("Skrevet, før afsendelse blev holdt øje med")
    if sent.state == outbox.SENT:
        return Dispatch("Afleveret til forsendelse", sent.sent_at, sent=True)
    if sent.state == outbox.NOT_SENT:
        return Dispatch("Ikke sendt: det her er en demonstration")
    if sent.attempts == 0:
        return Dispatch("Venter på at blive sendt")
    query = select(Incident.id).where(
        Incident.case_id == row.case_id,
        Incident.element == row.journal_no,
        Incident.resolved_at.is_(None),
    )
    number = session.scalar(query.limit(1))
    if sent.state == outbox.FAILED:
        return Dispatch("Kom ikke af sted, og vi prøver ikke igen", again=True, incident=number)
    return Dispatch("Kom ikke af sted. Vi prøver igen", sent.due_at, again=True, incident=number)
