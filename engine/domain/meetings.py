"""Meetings of a case: who is invited and may be, what was agreed, who has the initiative.

Sources: seed 001 (R1.21, R1.27, R1.28), seed 002 (R2.21). Whether somebody may hear about the
citizen is the decision table `videregivelse` (D7); the light of each invitee is its answer.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from engine import clock
from engine.domain import ahead
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.errors import Refused
from engine.store import Base, Json, new_id

PLANNED, HELD, CANCELLED = "planlagt", "afholdt", "aflyst"
NETWORK, HANDOVER, FOLLOW_UP = "netvaerksmoede", "overdragelsesmoede", "opfoelgning"
GREEN, RED = "groen", "roed"


class IntetMoede(Refused):
    """Der er ikke indkaldt til noget møde i sagen. Indkald først, og skriv så referatet."""


class IngenInviterede(Refused):
    """Ingen af de inviterede må deltage uden borgerens samtykke. Tal med borgeren om samtykke, eller invitér andre."""


class IkkeDitMoede(Refused):
    """Kun koordinatoren, stedfortræderen og den, der har indkaldt, kan flytte eller aflyse mødet. Bed en af dem om det."""


class MoedetErHoldt(Refused):
    """Mødet er holdt, så det kan ikke flyttes eller aflyses. Skriv en note, hvis noget i referatet er forkert."""


class MoedetErAflyst(Refused):
    """Mødet er allerede aflyst. Vælg en ny dag, hvis I vil indkalde igen."""


class MoedeIFortiden(Refused):
    """Tidspunktet er gået. Vælg en dag og et klokkeslæt, der ligger forude."""


class GrundMangler(Refused):
    """Skriv, hvorfor mødet flyttes eller aflyses. Grunden gemmes i sagen."""


class OpfoelgningIOpgaven(Refused):
    """Dagen for en opfølgning ændres i opgaven, hvor opfølgningen forberedes, så fristerne følger med. Åbn opgaven fra sagen."""


class OverdragelseErIndkaldt(Refused):
    """Der er allerede indkaldt til overdragelsesmøde. Flyt mødet, hvis dagen ikke passer."""


_PLANNED = text(f"state = '{PLANNED}'")


class Meeting(Base):
    """One meeting, planned or held."""

    __tablename__ = "meetings"
    __table_args__ = (
        Index("ix_meetings_case_state", "case_id", "state"),
        Index("ix_meetings_planned", "at", sqlite_where=_PLANNED, postgresql_where=_PLANNED),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(30), default=NETWORK)
    purpose: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    place: Mapped[str | None] = mapped_column(String(160))
    form: Mapped[str | None] = mapped_column(String(30))
    agenda: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default=PLANNED)
    called_by: Mapped[str] = mapped_column(String(60))
    called_at: Mapped[datetime] = mapped_column(default=clock.now)
    agreed_goals: Mapped[str | None] = mapped_column(Text)
    roles: Mapped[list | None] = mapped_column(Json)
    initiative: Mapped[str | None] = mapped_column(String(160))
    citizens_summary: Mapped[str | None] = mapped_column(Text)
    minutes: Mapped[str | None] = mapped_column(Text)
    next_on: Mapped[str | None] = mapped_column(String(40))
    cancelled_because: Mapped[str | None] = mapped_column(String(200))
    #: How often the invitation has changed: calendars follow the highest.
    sequence: Mapped[int] = mapped_column(default=0)

    invitees: Mapped[list[Invitee]] = relationship(
        back_populates="meeting", order_by="Invitee.number", cascade="all"
    )

    @validates("at", "place")
    def _moved(self, name: str, value: object) -> object:
        if getattr(self, name) not in (None, value):
            self.sequence = (self.sequence or 0) + 1
        return value

    @property
    def all_day(self) -> bool:
        return is_all_day(self.kind)

    @property
    def invited(self) -> list[Invitee]:
        return [row for row in self.invitees if row.light == GREEN]


class Invitee(Base):
    """Somebody who was asked to come, or who was taken off the list for want of consent."""

    __tablename__ = "invitees"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meetings.id"), index=True)
    number: Mapped[int]
    who: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(30))
    light: Mapped[str] = mapped_column(String(10))
    answer: Mapped[str] = mapped_column(String(40))
    why: Mapped[str | None] = mapped_column(String(200))
    attended: Mapped[bool | None]

    meeting: Mapped[Meeting] = relationship(back_populates="invitees")


def is_all_day(kind: str) -> bool:
    """Whether only the day of such a meeting is agreed: a follow-up's, until somebody agrees on an
    hour."""
    return kind == FOLLOW_UP


def call(session: Session, case: Case, by: str, at: datetime, purpose: str, **facts) -> Meeting:
    """Plan a meeting; invitees are added with `invite`."""
    # What the flush would fill in is asked for before it.
    fresh = {"id": new_id(), "kind": NETWORK, "state": PLANNED, "sequence": 0}
    meeting = Meeting(case_id=case.id, called_by=by, at=at, purpose=purpose, **fresh | facts)
    ahead.of(session, case).meetings.append(meeting)
    session.add(meeting)
    return meeting


def invite(meeting: Meeting, who: str, kind: str, answer: str, why: str | None = None) -> Invitee:
    """Put somebody on the list with D7's answer; only `tilladt` ones are really invited."""
    light = GREEN if answer.startswith("tilladt") else RED
    row = Invitee(
        number=len(meeting.invitees) + 1, who=who, kind=kind, light=light, answer=answer, why=why
    )
    meeting.invitees.append(row)
    return row


def hold(meeting: Meeting, **minutes) -> None:
    """The meeting was held; `minutes` are its columns."""
    meeting.state = HELD
    for name, value in minutes.items():
        setattr(meeting, name, value)


def relight(row: Invitee, answer: str, why: str | None) -> None:
    """What D7 answers now of somebody who was invited before."""
    row.light = GREEN if answer.startswith("tilladt") else RED
    row.answer, row.why = answer, why


def must_be_ahead(at: datetime) -> None:
    """Raises MoedeIFortiden."""
    if at <= clock.now():
        raise MoedeIFortiden


def must_be_open(meeting: Meeting) -> None:
    """Raises MoedetErHoldt, OpfoelgningIOpgaven."""
    if meeting.state == HELD:
        raise MoedetErHoldt
    if meeting.kind == FOLLOW_UP:
        raise OpfoelgningIOpgaven


def move(session: Session, case: Case, meeting: Meeting, at: datetime, place: str) -> None:
    """A new moment or place; what was called off is on again."""
    known = ahead.of(session, case).meetings
    before = meeting.sequence
    meeting.state, meeting.cancelled_because = PLANNED, None
    meeting.at, meeting.place = at, place
    meeting.sequence = before + 1
    if meeting not in known:
        known.append(meeting)


def cancel(meeting: Meeting, why: str) -> None:
    meeting.state, meeting.cancelled_because = CANCELLED, why[:200]
    meeting.sequence += 1


def cancel_future(session: Session, case: Case, why: str) -> list[Meeting]:
    """Cancel every planned meeting of the case."""
    cancelled = planned(session, case)
    for meeting in cancelled:
        cancel(meeting, why)
    return cancelled


def planned(session: Session, case: Case, kind: str | None = None) -> list[Meeting]:
    """Meetings that have not been held, the next one first."""
    found = [
        meeting
        for meeting in ahead.of(session, case).meetings
        if meeting.state == PLANNED and kind in (None, meeting.kind)
    ]
    return sorted(found, key=lambda meeting: (meeting.at, meeting.id))


def next_planned(session: Session, case: Case, kind: str = NETWORK) -> Meeting:
    """Raises IntetMoede."""
    found = planned(session, case, kind)
    if not found:
        raise IntetMoede
    return found[0]


def of_case(session: Session, case: Case) -> list[Meeting]:
    query = select(Meeting).where(Meeting.case_id == case.id)
    return list(session.scalars(query.order_by(Meeting.at, Meeting.id)))


@fact("naeste_moede")
def _next(session: Session, case: Case) -> date | None:
    """The day of the next planned meeting."""
    rows = [m for m in planned(session, case) if m.at >= clock.now()]
    return clock.local(rows[0].at).date() if rows else None
