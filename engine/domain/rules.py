"""The law as dated rows: the deadline table `frister`, and the municipality's own values on top.

A row of the table whose `art` is `lokal` may get a local value of the municipality; so may any rule
in the demonstration. A local value never shortens what a law fixes: `art` and source stay the row's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.errors import Refused
from engine.store import Base, Json, new_id


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

    @property
    def is_local(self) -> bool:
        return self.art == "lokal"

    @property
    def in_hours(self) -> bool:
        return self.unit == "timer"


def lookup(session: Session, regel: str, on: date | None = None) -> Rule:
    """The rule as it stands on the day (today). Raises RuleMissing where no row is valid."""
    from engine import diagrams

    day = on or clock.today()
    answer = diagrams.decide(session, "frister", {"regel": regel}, on=day)
    if not answer.matched:
        raise RuleMissing(regel=regel, dag=f"{day:%d.%m.%Y}")
    row = answer.value[0]
    local = local_value(session, regel)
    return Rule(
        id=regel,
        value=row["vaerdi"] if local is None else local,
        unit=row["enhed"],
        art=row["art"],
        direction=row["retning"],
        base=row.get("base"),
        source=row.get("hjemmel"),
        row=answer.rules[0],
    )


def local_value(session: Session, regel: str) -> Any:
    """The municipality's latest value for the rule, or None."""
    query = (
        select(LocalRule.value)
        .where(LocalRule.regel == regel)
        .order_by(LocalRule.decided_at.desc(), LocalRule.id)
        .limit(1)
    )
    return session.scalar(query)


def decide_locally(session: Session, regel: str, value: Any, by: str) -> None:
    """Put a new local value on the rule from now on. Running deadlines keep theirs."""
    session.add(LocalRule(regel=regel, value=value, decided_at=clock.now(), decided_by=by))
    session.flush()
