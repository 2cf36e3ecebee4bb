"""The local frame of a unit: what the municipality has laid down about its part in coordination.

Sources: seed 001 (R1.29: the municipality organises follow-up and each unit's role in it), seed 000
(R0.14: quality standards say what is delivered, and what mandate the coordinator has). No law gives
the words: every row is a local decision, dated, and says who decided it. A row is never changed; a
newer one takes its place from its day.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock, events
from engine.domain import organisation
from engine.errors import Refused
from engine.store import Base, Store, new_id

#: The parts of a frame, and what each answers.
PARTS = {
    "rolle": ("Rolle i opfølgningen", "Hvad gør enheden, når der følges op?"),
    "initiativ": ("Initiativpligt", "Hvornår skal enheden selv tage initiativ?"),
    "kvalitet": ("Kvalitetsstandard", "Hvad leverer enheden, og hvor hurtigt?"),
    "mandat": ("Mandat", "Hvad må koordinatoren sætte i gang og ændre i enheden?"),
}
LEADERS = ("leder", "chef")


class MaaIkkeRette(Refused):
    """Kun enhedens leder kan skrive den lokale ramme. Bed lederen om det."""


class UkendtDel(Refused):
    """Den del findes ikke i den lokale ramme. Vælg en af de fire dele."""


class RammeMangler(Refused):
    """Skriv teksten, fra hvilken dag den gælder, og hvem der har besluttet den."""


class RammeTilbage(Refused):
    """Rammen kan ikke gælde fra en dag, der er gået: det, der gjaldt den dag, bliver stående. Vælg i dag eller en senere dag."""


class Frame(Base):
    """One part of a unit's frame, in force from its day until a newer one begins."""

    __tablename__ = "frames"
    __table_args__ = (Index("ix_frames_unit_part", "unit", "part", "valid_from"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    unit: Mapped[str] = mapped_column(ForeignKey("units.code"))
    part: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date] = mapped_column(Date)
    #: The council, committee or leader that decided, and where it can be read.
    decided_by: Mapped[str] = mapped_column(String(200))
    written_by: Mapped[str] = mapped_column(String(60))
    written_at: Mapped[datetime]

    @property
    def label(self) -> str:
        return PARTS[self.part][0]


def decide(
    store: Store, unit: str, part: str, text: str, valid_from: date, decided_by: str, *, by: str
) -> None:
    """Write a part of the unit's frame, in force from a day that has not passed.

    Raises MaaIkkeRette, UkendtDel, RammeMangler, RammeTilbage, UnknownUnit.
    """

    def write(session: Session) -> None:
        organisation.unit(session, unit)
        if not may_write(session, by, unit):
            raise MaaIkkeRette
        if part not in PARTS:
            raise UkendtDel
        if not text.strip() or not decided_by.strip():
            raise RammeMangler
        if valid_from < clock.today():
            raise RammeTilbage
        row = Frame(
            unit=unit,
            part=part,
            text=text.strip(),
            valid_from=valid_from,
            decided_by=decided_by.strip()[:200],
            written_by=by,
            written_at=clock.now(),
        )
        session.add(row)
        session.flush()
        told = {"unit": unit, "part": part, "from": valid_from.isoformat(), "frame": row.id}
        events.record_system(session, events.Entry("frame_decided", by, facts=told))

    store.write(write)


def may_write(session: Session, username: str, unit: str) -> bool:
    held = organisation.roles_of(session, username)
    return any(role.unit == unit and role.role in LEADERS for role in held)


def history(session: Session, unit: str) -> list[Frame]:
    """Every row of the unit, the newest first within each part."""
    query = select(Frame).where(Frame.unit == unit)
    return list(
        session.scalars(query.order_by(Frame.valid_from.desc(), Frame.written_at.desc(), Frame.id))
    )


def for_unit(session: Session, unit: str, day: date | None = None) -> list[Frame]:
    """What holds in the unit on the day (today), in the order of PARTS; parts without words are left out."""
    day = day or clock.today()
    newest: dict[str, Frame] = {}
    for row in history(session, unit):
        if row.valid_from <= day:
            newest.setdefault(row.part, row)
    return [newest[part] for part in PARTS if part in newest]
