"""Closing a case: what stands in the way, what was weighed, and what ends with it.

Sources: seed 001 (R1.33 the plan closes when parallel efforts end, R1.39 units are obliged until they
are released), domain.md C4 (iv) and D8. The answer itself is the decision table `afslutning`.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import (
    cases,
    complaints,
    consent,
    deadlines,
    letters,
    meetings,
    notes,
    obligations,
)
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.errors import Refused
from engine.store import Base, new_id

#: Why a case closed (C3 `afslutning_aarsag`).
REASONS = {
    "maal_opfyldt": "Mål opfyldt",
    "sideloebende_ophoert": "Sideløbende indsatser ophørt",
    "samtykke_trukket": "Borgeren trak samtykket tilbage",
    "fraflyttet": "Fraflyttet",
    "doed": "Død",
    "ikke_kontakt": "Ikke kontakt",
    "overgaaet_til_anden_ordning": "Overgået til anden ordning",
    "fejloprettet": "Fejloprettet",
}
#: Reasons under which a lawyer owns what is still open, so that it does not hold the case (C4 iv).
OWNED_BY_A_LAWYER = ("doed", "fraflyttet", "fejloprettet")
#: What a row of the table `afslutning` is called as a reason.
BY_ROW = {
    "maal_naaet": "maal_opfyldt",
    "maal_naaet_parallelle": "maal_opfyldt",
    "parallelle_ophoert": "sideloebende_ophoert",
    "ikke_kontakt": "ikke_kontakt",
    "afvikling": "samtykke_trukket",
}
#: Duties that outlive the coordination: a complaint, insight, a breach.
STAYING = ("retssikkerhed", "databeskyttelse", "aktindsigt")


class SagenKanIkkeLukkes(Refused):
    """Sagen kan ikke lukkes endnu: {hvad}. Når det er løst, kan den lukkes."""


class Closure(Base):
    """One attempt to close a case: what was weighed, decided and told (F43, F46)."""

    __tablename__ = "closures"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    begun_at: Mapped[datetime]
    given_reason: Mapped[str | None] = mapped_column(String(40))
    goals_reached: Mapped[str | None] = mapped_column(String(20))
    parallel: Mapped[str | None] = mapped_column(String(20))
    no_contact: Mapped[bool] = mapped_column(default=False)
    coordinators_view: Mapped[str | None] = mapped_column(String(20))
    reasons: Mapped[str | None] = mapped_column(Text)
    leaders_decision: Mapped[str | None] = mapped_column(String(20))
    leaders_reasons: Mapped[str | None] = mapped_column(Text)
    row: Mapped[str | None] = mapped_column(String(40))
    result: Mapped[str | None] = mapped_column(String(40))
    citizen_knows_who: Mapped[bool | None]
    contact: Mapped[str | None] = mapped_column(Text)
    coherence: Mapped[str | None] = mapped_column(String(20))
    told_may_return: Mapped[bool | None]
    may_follow_up: Mapped[str | None] = mapped_column(String(10))
    closed_on: Mapped[date | None] = mapped_column(Date)


def begin(session: Session, case: Case, given_reason: str | None) -> Closure:
    """A new attempt, from now."""
    row = Closure(
        case_id=case.id, begun_at=clock.now(), given_reason=given_reason, no_contact=False
    )
    session.add(row)
    session.flush()
    return row


def latest(session: Session, case: Case) -> Closure | None:
    query = select(Closure).where(Closure.case_id == case.id).order_by(Closure.begun_at.desc())
    return session.scalars(query.limit(1)).first()


def complaint_runs(session: Session, case: Case) -> bool:
    """Whether a complaint about the case is not settled yet."""
    return complaints.count_open(session, case) > 0


def papers(session: Session, case: Case) -> list[str]:
    """In Danish, each complaint and document that holds the case open."""
    found = ["en klage er ikke afgjort"] if complaint_runs(session, case) else []
    for note in notes.not_on_record(session, case):
        found.append(f"dokumentet »{note.title}« er ikke journaliseret")
    for letter in letters.unsent(session, case):
        found.append(f"brevet »{letter.title}« er ikke kommet af sted")
    return found


def obstacles(session: Session, case: Case) -> list[str]:
    """In Danish, everything that keeps the case from closing (C4 iv)."""
    unreleased = [
        f"{row.unit} har hverken afsluttet eller overført sin forpligtelse"
        for row in obligations.running(session, case)
    ]
    return papers(session, case) + unreleased


def close(session: Session, case: Case, reason: str) -> None:
    """Close the case for one of REASONS, and end what lives only with it.

    Raises SagenKanIkkeLukkes with the list of what stands in the way.
    """
    if reason not in OWNED_BY_A_LAWYER:
        found = obstacles(session, case)
        if found:
            raise SagenKanIkkeLukkes(hvad="; ".join(found))
    why = f"sagen er lukket: {REASONS[reason].lower()}"
    wind_up(session, case, why)
    case.afslutning_aarsag = reason
    cases.move(case, "AFSLUTTET")


def wind_up(session: Session, case: Case, why: str) -> None:
    """Meetings are cancelled, duties and consents end, and units take part no longer."""
    meetings.cancel_future(session, case, why)
    end_duties(session, case, why)
    consent.lapse(session, case, why)
    for unit in cases.units(session, case):
        cases.let_go(session, case, unit)
    session.flush()


def end_duties(session: Session, case: Case, why: str) -> None:
    """The case's deadlines fall away, except those that outlive it."""
    for row in deadlines.open_deadlines(session, case):
        if row.area not in STAYING:
            deadlines.cancel(session, case, row.regel, why, row.subject)


@fact("spaerrer_afslutning")
def _in_the_way(session: Session, case: Case) -> str:
    """What keeps the case from closing, as one Danish sentence for the form."""
    return "; ".join(papers(session, case)) or "Intet spærrer længere"
