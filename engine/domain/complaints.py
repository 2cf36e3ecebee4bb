"""Complaints: any channel will do; the municipality looks again, then the appeals body.

Sources: retssikkerhedsloven §§ 60, 66-69 (domain.md B3). A complaint that comes too late goes on as
well: the appeals body decides whether to take it.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain.budget import Kroner
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.domain.rulings import Ruling
from engine.errors import Refused
from engine.instances import UNFINISHED, WorkItem
from engine.store import Base, Json, new_id

OPEN, CLOSED = "aaben", "afsluttet"
UPHELD, GRANTED, PARTLY = "fastholdt", "medhold", "delvist"
CHANGED, SENT_BACK = "aendret", "hjemvist"
#: The task in which a complaint that has come in waits to be registered.
ARRIVED = "registrer_klage"
#: What the appeals body must have with a complaint.
ENCLOSED = {"genvurderingen": "genvurderingen med begrundelse", "akter": "sagens akter"}


class NotatMangler(Refused):
    """Klagen er mundtlig, og så er der notatpligt (offentlighedsloven § 13). Skriv, hvad der blev sagt."""


class IkkeMeddelt(Refused):
    """Borgeren har ikke fået afgørelsen endnu, så der er intet at klage over. Send den først."""


class ModtagetIFremtiden(Refused):
    """Klagen kan ikke være modtaget efter nu. Ret tidspunktet."""


class BilagMangler(Refused):
    """Klagen kan ikke sendes videre uden {mangler}."""


class UkendtKlage(Refused):
    """Klagen findes ikke i sagen. Registrer den først."""


class Complaint(Base):
    """One complaint over one ruling."""

    __tablename__ = "complaints"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    ruling_id: Mapped[str] = mapped_column(ForeignKey("rulings.id"))
    received_at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(String(30))
    content: Mapped[str] = mapped_column(Text)
    in_time: Mapped[bool]
    state: Mapped[str] = mapped_column(String(20), default=OPEN)
    registered_by: Mapped[str] = mapped_column(String(60))
    reassessed: Mapped[str | None] = mapped_column(String(20))
    reassessed_at: Mapped[datetime | None]
    reassessed_by: Mapped[str | None] = mapped_column(String(60))
    reassessed_because: Mapped[str | None] = mapped_column(Text)
    forwarded_at: Mapped[datetime | None]
    forwarded_to: Mapped[str | None] = mapped_column(ForeignKey("units.code"))
    enclosed: Mapped[list | None] = mapped_column(Json)
    outcome: Mapped[str | None] = mapped_column(String(20))
    outcome_because: Mapped[str | None] = mapped_column(Text)
    outcome_at: Mapped[datetime | None]
    extra: Mapped[Decimal] = mapped_column(Kroner, default=Decimal(0))
    closed_at: Mapped[datetime | None]


def register(
    session: Session, case: Case, ruling: Ruling, by: str, received_at: datetime, **facts: str
) -> Complaint:
    """Take a complaint in, in time or not. Raises IkkeMeddelt, ModtagetIFremtiden."""
    if ruling.told_at is None:
        raise IkkeMeddelt
    if received_at > clock.now():
        raise ModtagetIFremtiden
    row = Complaint(
        case_id=case.id,
        ruling_id=ruling.id,
        received_at=received_at,
        in_time=in_time(ruling, received_at),
        registered_by=by,
        extra=Decimal(0),
        **facts,
    )
    session.add(row)
    session.flush()
    return row


def in_time(ruling: Ruling, received_at: datetime) -> bool:
    """Whether it came by the last day. Without guidance given, the clock has not started."""
    return ruling.complain_by is None or clock.local(received_at).date() <= ruling.complain_by


def find(session: Session, case: Case, complaint_id: str | None) -> Complaint:
    """Raises UkendtKlage."""
    row = session.get(Complaint, complaint_id) if complaint_id else None
    if row is None or row.case_id != case.id:
        raise UkendtKlage
    return row


def ruling_of(session: Session, row: Complaint) -> Ruling:
    return session.get_one(Ruling, row.ruling_id)


def of_case(session: Session, case: Case) -> list[Complaint]:
    query = select(Complaint).where(Complaint.case_id == case.id)
    return list(session.scalars(query.order_by(Complaint.received_at, Complaint.id)))


def must_enclose(enclosed: list[str]) -> None:
    """Raise BilagMangler unless the reasons and the case's files go along."""
    missing = [words for name, words in ENCLOSED.items() if name not in enclosed]
    if missing:
        raise BilagMangler(mangler=" og ".join(missing))


def close(row: Complaint) -> None:
    row.state, row.closed_at = CLOSED, clock.now()


@fact("aabne_klager")
def count_open(session: Session, case: Case) -> int:
    """How many complaints run, with those not yet registered; a case does not close meanwhile."""
    running = select(func.count()).where(Complaint.case_id == case.id, Complaint.state == OPEN)
    arrived = select(func.count()).where(
        WorkItem.case_id == case.id,
        WorkItem.element == ARRIVED,
        WorkItem.state.in_(UNFINISHED),
    )
    return session.scalar(running) + session.scalar(arrived)


@fact("klager")
def _by_id(session: Session, case: Case) -> dict[str, dict]:
    """Each complaint by its id: which unit looks again."""
    return {
        row.id: {
            "enhed": ruling_of(session, row).unit,
            "tilstand": row.state,
            "rettidig": row.in_time,
        }
        for row in of_case(session, case)
    }
