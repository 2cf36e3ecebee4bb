"""A case that ran somewhere else before it came here: what was told of it, and what is missing.

It begins in the middle: the plan is in force, and the next follow-up is counted from the last one
held. Nothing is assumed: a consent that was not brought along is sought as a task.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import consent, obligations, organisation
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.errors import Refused
from engine.store import Base, Json

#: The message by which the spine begins in the middle.
MESSAGE = "sag_overfoert"
#: The process in which a partner's missing consent is a task.
SEEKING = "manglende_samtykker"
LEADERS = frozenset({"leder", "chef"})
ADMINISTRATOR = "administrator"


class MaaIkkeOverfoere(Refused):
    """Kun administratoren og lederen af den enhed, der skal have sagen, kan overføre den. Bed en af dem om det."""


class EnhedUdenKoordinatorer(Refused):
    """{enhed} har ingen koordinatorer og kan ikke have sagen. Vælg en enhed med koordinatorer."""


class HarAabenSag(Refused):
    """Borgeren har allerede en åben sag her, og en borger har én. Henvis i stedet, så kommer det nye ind på den."""


class IkkeOverfoert(Refused):
    """Sagen er ikke meldt som overført. Brug siden »Overfør sager«."""


class BroughtIn(Base):
    """Where a case comes from; the same case of the same system comes in once."""

    __tablename__ = "brought_in"
    __table_args__ = (UniqueConstraint("system", "old_number"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    system: Mapped[str] = mapped_column(String(60))
    old_number: Mapped[str] = mapped_column(String(60))
    by: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
    #: What was told of the case, until its plan is in force.
    told: Mapped[dict | None] = mapped_column(Json)


@dataclass(frozen=True)
class Held:
    """A consent that the citizen gave there."""

    kind: str
    given_on: date
    form: str
    counterpart: str | None = None
    types: tuple[str, ...] = ()
    purpose: str | None = None


@dataclass(frozen=True)
class Owed:
    """What a unit owes the case, and whom one calls."""

    unit: str
    does: str
    contact: str | None = None


@dataclass(frozen=True)
class RunningCase:
    """One case as it stood. The numbers of the citizen go no further than to the person."""

    system: str
    old_number: str
    name: str
    unit: str
    coordinator: str
    accepted_on: date
    goals: tuple[str, ...]
    owed: tuple[Owed, ...]
    consents: tuple[Held, ...] = ()
    deputy: str | None = None
    last_held: date | None = None
    cpr: str | None = field(default=None, repr=False)
    replacement: str | None = field(default=None, repr=False)
    birth_date: date | None = None
    address: str | None = None
    address_protected: bool = False

    @property
    def told(self) -> dict[str, Any]:
        """What the services that place the case are told: everything but who the citizen is."""
        citizens_own = ("name", "cpr", "replacement", "birth_date", "address", "address_protected")
        kept = {name: value for name, value in asdict(self).items() if name not in citizens_own}
        return orjson.loads(orjson.dumps(kept))


def read_told(kept: dict[str, Any]) -> dict[str, Any]:
    """What was kept by `mark`, its days as dates again."""
    held = kept["last_held"]
    return {
        **kept,
        "accepted_on": date.fromisoformat(kept["accepted_on"]),
        "last_held": date.fromisoformat(held) if held else None,
        "consents": [
            {**row, "given_on": date.fromisoformat(row["given_on"])} for row in kept["consents"]
        ],
    }


def may(session: Session, username: str) -> bool:
    """Whether the user may bring in cases at all."""
    return bool(hosts(session, username))


def hosts(session: Session, username: str) -> list[organisation.Unit]:
    """The units to which the user may bring cases: those with coordinators, all or those they lead."""
    held = organisation.roles_of(session, username)
    led = {role.unit for role in held if role.role in LEADERS}
    everywhere = any(role.role == ADMINISTRATOR for role in held)
    query = select(organisation.Unit).where(
        organisation.Unit.hosts_coordinators, ~organisation.Unit.partner
    )
    found = session.scalars(query.order_by(organisation.Unit.name))
    return [unit for unit in found if everywhere or unit.code in led]


def check(session: Session, username: str, code: str) -> None:
    """Raises MaaIkkeOverfoere, EnhedUdenKoordinatorer, UnknownUnit."""
    unit = organisation.unit(session, code)
    if not unit.hosts_coordinators:
        raise EnhedUdenKoordinatorer(enhed=unit.name)
    if code not in {unit.code for unit in hosts(session, username)}:
        raise MaaIkkeOverfoere


def find(session: Session, system: str, old_number: str) -> BroughtIn | None:
    return session.scalar(
        select(BroughtIn).where(BroughtIn.system == system, BroughtIn.old_number == old_number)
    )


def of_case(session: Session, case: Case) -> BroughtIn | None:
    return session.get(BroughtIn, case.id)


def mark(session: Session, case: Case, told: RunningCase, by: str) -> BroughtIn:
    """Keep where the case comes from."""
    row = BroughtIn(
        case_id=case.id,
        system=told.system,
        old_number=told.old_number,
        by=by,
        at=clock.now(),
        told=told.told,
    )
    session.add(row)
    session.flush()
    return row


@fact("modtagere_uden_samtykke")
def recipients_without(session: Session, case: Case) -> list[str]:
    """Outside partners that have a part in the case, and that no consent lets us share with."""
    codes = [row.unit for row in obligations.running(session, case)]
    outside = [code for code in codes if organisation.unit(session, code).partner]
    return [code for code in outside if not consent.covers(session, case, code)]


@fact("manglende_modtagere")
def _names(session: Session, case: Case) -> str:
    """Their names, as a form shows them."""
    codes = recipients_without(session, case)
    return ", ".join(organisation.unit(session, code).name for code in codes)
