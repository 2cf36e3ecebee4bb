"""Letters: what was written to whom, journalised, and handed to the outbox.

A letter is a code (B01…B16 of domain.md C9, and our own B17) with the facts its text needs. It holds no CPR number;
the address is looked up when it is sent.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock, outbox
from engine.domain.cases import Case
from engine.domain.people import Person
from engine.errors import Broken
from engine.store import Base, Json, new_id

#: The kind of a letter in the outbox.
OUTBOX = "brev"
TITLES = {
    "B01": "Tilbud om koordinering",
    "B02": "Din koordinator",
    "B03": "Indkaldelse til netværksmøde",
    "B04": "Din plan",
    "B05": "Kvittering for samtykke",
    "B06": "Afgørelse med begrundelse og klagevejledning",
    "B07": "Bekræftelse af tilbagetrækning",
    "B08": "Partshøring",
    "B09": "Kvittering til henviser",
    "B10": "Vi mangler oplysninger",
    "B11": "Skift af koordinator",
    "B12": "Afslutning: her får du hjælp fremover",
    "B13": "Børnevenligt brev",
    "B14": "Genvurdering eller fremsendelse til Ankestyrelsen",
    "B15": "Håndskrevet postkort",
    "B16": "Du er fyldt 18",
    "B16-F": "Afsluttende brev til forældremyndighedsindehaver",
    "B17": "Vi har hentet oplysninger uden dit samtykke",
}


class UnknownLetter(Broken):
    """A diagram or service asks for a letter that does not exist."""


class Letter(Base):
    __tablename__ = "letters"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    code: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(160))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("persons.id"))
    unit: Mapped[str | None] = mapped_column(ForeignKey("units.code"))
    facts: Mapped[dict] = mapped_column(Json, default=dict)
    written_at: Mapped[datetime]
    written_by: Mapped[str] = mapped_column(String(60))
    journal_no: Mapped[str] = mapped_column(String(40), unique=True)
    stopped: Mapped[bool] = mapped_column(default=False)


class Copy(Base):
    """What a letter said when it was handed over: the text as it was, whatever happens to the facts."""

    __tablename__ = "letter_copies"

    letter_id: Mapped[str] = mapped_column(ForeignKey("letters.id"), primary_key=True)
    text_version: Mapped[int]
    content: Mapped[dict] = mapped_column(Json)
    made_at: Mapped[datetime]


def send(
    session: Session, case: Case, code: str, to: Person | str, by: str = "system", **facts
) -> Letter:
    """Write, journalise and post a letter to a person, or to a unit or partner by its code.

    `facts` are plain JSON values for the text. Raises UnknownLetter.
    """
    if code not in TITLES:
        raise UnknownLetter(code)
    count = len(of_case(session, case)) + 1
    person = to if isinstance(to, Person) else None
    letter = Letter(
        id=new_id(),
        case_id=case.id,
        code=code,
        title=TITLES[code],
        person_id=person and person.id,
        unit=None if person else to,
        facts=facts,
        written_at=clock.now(),
        written_by=by,
        journal_no=f"{case.nummer}-B{count:03}",
        # Nobody writes to the dead: the letter is journalised and goes no further.
        stopped=person is not None and person.died_on is not None,
    )
    session.add(letter)
    session.flush()
    if not letter.stopped:
        outbox.put(session, OUTBOX, case_id=case.id, ref=letter.id)
    return letter


def stop(session: Session, case: Case, person: Person) -> None:
    """What was written to the person and has not been sent is held back."""
    for letter in of_case(session, case):
        if letter.person_id == person.id:
            letter.stopped = True


def of_case(session: Session, case: Case) -> list[Letter]:
    query = select(Letter).where(Letter.case_id == case.id)
    return list(session.scalars(query.order_by(Letter.written_at, Letter.journal_no)))


def by_journal_no(session: Session, case: Case, journal_no: str) -> Letter | None:
    query = select(Letter).where(Letter.case_id == case.id, Letter.journal_no == journal_no)
    return session.scalar(query)


def keep_copy(session: Session, letter: Letter, version: int, content: dict) -> None:
    """Keep what the letter says, the first time it is handed over."""
    if session.get(Copy, letter.id) is None:
        row = Copy(letter_id=letter.id, text_version=version, content=content, made_at=clock.now())
        session.add(row)


def has_left(session: Session, letter: Letter) -> bool:
    """Whether it has been handed over; in a demonstration, whether it would have been."""
    return session.get(Copy, letter.id) is not None


def unsent(session: Session, case: Case) -> list[Letter]:
    """The case's letters that could not be sent, and still are not."""
    query = (
        select(Letter)
        .join(outbox.Outgoing, outbox.Outgoing.ref == Letter.id)
        .where(
            Letter.case_id == case.id,
            Letter.stopped.is_(False),
            outbox.Outgoing.kind == OUTBOX,
            outbox.Outgoing.state.in_((outbox.WAITING, outbox.FAILED)),
            outbox.Outgoing.attempts > 0,
        )
    )
    return list(session.scalars(query.order_by(Letter.journal_no)))
