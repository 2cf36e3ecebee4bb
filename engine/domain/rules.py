"""The law as dated rows: the deadline table `frister`, and the municipality's own values on top.

A row of the table whose `art` is `lokal` may get a local value of the municipality; so may any rule
in the demonstration. A local value never shortens what a law fixes: `art` and source stay the row's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock, edition, tables
from engine.decisions import Row
from engine.errors import Refused
from engine.store import Base, Json, new_id

#: `art` of a row that nobody has confirmed, and of one whose number is decided in each case.
UNCONFIRMED, IN_THE_CASE = "KONTROL", "sag"


class RuleMissing(Refused):
    """Der findes ingen gældende regel {regel} for {dag}. Fristen skal fastsættes i sagen, og procesejeren får besked."""


class LocalRule(Base):
    """A value that the municipality has decided for a rule, from a moment on."""

    __tablename__ = "local_rules"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    regel: Mapped[str] = mapped_column(String(40), index=True)
    value: Mapped[Any] = mapped_column(Json)
    decided_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(String(60))


@dataclass(frozen=True)
class Rule:
    """One duty as the law or the municipality puts it on a day."""

    id: str
    value: int | None
    unit: str
    art: str
    direction: str
    base: str | None
    source: str | None
    row: str
    area: str | None = None
    occasion: str | None = None

    @property
    def is_local(self) -> bool:
        return self.art == "lokal"

    @property
    def in_hours(self) -> bool:
        return self.unit == "timer"


def lookup(session: Session, regel: str, on: date | None = None) -> Rule:
    """The rule as it stands on the day (today).

    Raises RuleMissing where no row is valid, or where the only one is unconfirmed and has no value.
    """
    found = _ask(session, on, regel=regel)
    if found is None:
        raise RuleMissing(regel=regel, dag=f"{on or clock.today():%d.%m.%Y}")
    return found


def next_in(session: Session, area: str, occasion: str, on: date | None = None) -> Rule | None:
    """The rule of an area of law for an occasion, such as its next follow-up; None without one."""
    return _ask(session, on, omraade=area, anledning=occasion)


def rows_of(session: Session, regel: str) -> list[Row]:
    """The rule's rows in the deadline table, valid today or not; none for an unknown rule."""
    try:
        table = tables.table(session, "frister")
    except tables.UnknownDecision:
        return []
    row = regel.lower().replace("-", "_").replace(" ", "_")
    rows = table.decisions["frister"].rows
    return [found for found in rows if found.id == row or found.id.startswith(f"{row}_")]


def name_of(session: Session, regel: str) -> str:
    """What the duty is called in words; its id where nobody has named it."""
    return next((row.name for row in rows_of(session, regel) if row.name), regel)


def belongs_to(session: Session, regel: str) -> tuple[str | None, str | None]:
    """(area, occasion) of a rule that has a row today, with a number or without; else twice None."""
    answer = tables.look_up(session, "frister", clock.today(), regel=regel)
    row = answer.value[0] if answer.matched else {}
    return row.get("omraade"), row.get("anledning")


def _ask(session: Session, on: date | None, **inputs: str) -> Rule | None:
    answer = tables.look_up(session, "frister", on or clock.today(), **inputs)
    if not answer.matched:
        return None
    row = answer.value[0]
    regel = row["regel"]
    local = local_value(session, regel)
    if row["art"] == UNCONFIRMED and row["vaerdi"] is None and local is None:
        return None
    return Rule(
        id=regel,
        value=row["vaerdi"] if local is None else local,
        unit=row["enhed"],
        art=row["art"],
        direction=row["retning"],
        base=row.get("base"),
        source=row.get("hjemmel"),
        row=answer.rules[0],
        area=row["omraade"],
        occasion=row["anledning"],
    )


def local_value(session: Session, regel: str) -> Any:
    """The municipality's latest value for the rule, or None."""
    return edition.kept(session, "local_values", lambda: _local_values(session)).get(regel)


def _local_values(session: Session) -> dict[str, Any]:
    query = select(LocalRule.regel, LocalRule.value)
    rows = session.execute(query.order_by(LocalRule.decided_at, LocalRule.id.desc()))
    return {row.regel: row.value for row in rows}


def decide_locally(session: Session, regel: str, value: Any, by: str) -> None:
    """Put a new local value on the rule from now on. Running deadlines keep theirs.

    Of two decisions at the same moment the last one stands.
    """
    same = (LocalRule.regel == regel, LocalRule.decided_at == clock.now())
    session.execute(delete(LocalRule).where(*same))
    session.add(LocalRule(regel=regel, value=value, decided_at=clock.now(), decided_by=by))
    session.flush()
    edition.renew(session)
