"""What is known about the citizen's whole situation, and where it came from.

Sources: seed 001 (R1.25 barriers and resources clear to both sides), seed 002 (R2.17 domains), B3:
information is obtained with a consent that names source, types and case (retssikkerhedslov § 11 a).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import consent
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.errors import Refused
from engine.store import Base, new_id


class SamtykkeMangler(Refused):
    """Borgeren har ikke givet samtykke til at indhente oplysninger fra {kilde}. Spørg borgeren først, og registrer samtykket; ellers må oplysningerne ikke indhentes."""


class KildenMaaIkkeSpoerges(Refused):
    """{kilde} må ikke spørges til dette formål, heller ikke med samtykke. Spørg juristen, hvis oplysningerne er nødvendige."""


class Finding(Base):
    """What is seen in one domain of life: situation, resources, barriers, the citizen's words."""

    __tablename__ = "findings"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    domain: Mapped[str] = mapped_column(String(40))
    situation: Mapped[str] = mapped_column(Text)
    resources: Mapped[str | None] = mapped_column(Text)
    barriers: Mapped[str | None] = mapped_column(Text)
    own_words: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(40), default="borger")
    professional: Mapped[str | None] = mapped_column(String(160))
    written_by: Mapped[str] = mapped_column(String(60))
    written_at: Mapped[datetime]


class InformationRequest(Base):
    """Information was asked for from one source under one consent (F11)."""

    __tablename__ = "information_requests"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    source: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(200))
    period: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(Text)
    consent_ref: Mapped[str] = mapped_column(String(120))
    sent_on: Mapped[date | None] = mapped_column(Date)
    answer_by: Mapped[date | None] = mapped_column(Date)
    received_on: Mapped[date | None] = mapped_column(Date)
    assessment: Mapped[str | None] = mapped_column(Text)
    registered_by: Mapped[str] = mapped_column(String(60))


def find_out(session: Session, case: Case, by: str, rows: list[dict]) -> list[Finding]:
    """Keep what the assessment says, one finding per domain; `rows` use the form's keys."""
    findings = [
        Finding(
            case_id=case.id,
            domain=row["domaene"],
            situation=row["situation"],
            resources=row.get("ressourcer"),
            barriers=row.get("barrierer"),
            own_words=row.get("borgerens_ord"),
            source=row.get("kilde") or "borger",
            professional=row.get("fagperson"),
            written_by=by,
            written_at=clock.now(),
        )
        for row in rows
    ]
    session.add_all(findings)
    session.flush()
    return findings


def findings(session: Session, case: Case) -> list[Finding]:
    query = select(Finding).where(Finding.case_id == case.id)
    return list(session.scalars(query.order_by(Finding.written_at, Finding.domain)))


def request(session: Session, case: Case, by: str, **facts) -> InformationRequest:
    row = InformationRequest(case_id=case.id, registered_by=by, **facts)
    session.add(row)
    session.flush()
    return row


def requests(session: Session, case: Case) -> list[InformationRequest]:
    query = select(InformationRequest).where(InformationRequest.case_id == case.id)
    return list(session.scalars(query.order_by(InformationRequest.sent_on, InformationRequest.id)))


@fact("kilder")
def _sources(session: Session, case: Case) -> list[str]:
    """The sources that the citizen has said yes to asking, and that have not been asked yet."""
    asked = {row.source for row in requests(session, case)}
    allowed = consent.in_force(session, case, consent.OBTAIN)
    return [s for s in dict.fromkeys(c.counterpart for c in allowed) if s not in asked]
