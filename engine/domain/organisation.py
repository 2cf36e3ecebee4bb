"""Who works here: units, users, their roles, and the municipality's own settings."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Date, ForeignKey, Select, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.errors import Refused
from engine.store import Base, Json, new_id, once


class UnknownUser(Refused):
    """Brugeren findes ikke eller er ikke længere ansat. Spørg administratoren."""


class UnknownUnit(Refused):
    """Enheden findes ikke i organisationen. Spørg administratoren."""


class Unit(Base):
    """A unit of the municipality, or an outside partner, by its code."""

    __tablename__ = "units"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    partner: Mapped[bool] = mapped_column(default=False)
    parent: Mapped[str | None] = mapped_column(String(20))
    law_areas: Mapped[list] = mapped_column(Json, default=list)
    hosts_coordinators: Mapped[bool] = mapped_column(default=False)
    on_acute_duty: Mapped[bool] = mapped_column(default=False)
    phone: Mapped[str | None] = mapped_column(String(30))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class User(Base):
    __tablename__ = "users"

    username: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(30))
    email: Mapped[str | None] = mapped_column(String(200))
    skills: Mapped[list] = mapped_column(Json, default=list)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)


class Role(Base):
    """A user holds a role in a unit for a period."""

    __tablename__ = "roles"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(ForeignKey("users.username"), index=True)
    unit: Mapped[str] = mapped_column(ForeignKey("units.code"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class Absence(Base):
    """A user is away and a deputy works in their place, both names in the trail."""

    __tablename__ = "absences"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(ForeignKey("users.username"), index=True)
    deputy: Mapped[str] = mapped_column(ForeignKey("users.username"), index=True)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)


class Setting(Base):
    """A decision of the municipality's own, by name; the law stands in the decision tables."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    value: Mapped[dict | None] = mapped_column(Json)


# The queue of a unit's leaders is named after the unit.
LEADER_SUFFIX = "-leder"
# Queues that a role fills whatever the case.
ROLE_QUEUES = {
    "udvalg": "udvalg",
    "udvalg-formand": "udvalg_formand",
    "udvalg-sekretaer": "udvalg_sekretaer",
    "jurist": "jurist",
}
# Queues that the case itself fills: its coordinator, its owner unit, the unit that referred.
CASE_QUEUES = frozenset({"koordinator", "stedfortraeder", "ejer", "ejer-leder", "henviser"})


def in_force(row: type, day: date):
    """The SQL condition that a dated row holds on the day, both ends included."""
    return or_(row.valid_from.is_(None), row.valid_from <= day) & or_(
        row.valid_to.is_(None), row.valid_to >= day
    )


def user(session: Session, username: str) -> User:
    """The active user of that name. Raises UnknownUser."""
    found = session.get(User, username)
    if found is None or not found.active:
        raise UnknownUser(f"({username})")
    return found


def unit(session: Session, code: str) -> Unit:
    """The unit of that code. Raises UnknownUnit."""
    found = session.get(Unit, code)
    if found is None:
        raise UnknownUnit(f"({code})")
    return found


def roles_of(session: Session, username: str, day: date | None = None) -> list[Role]:
    """The roles that the user holds on the day (today)."""
    day = day or clock.today()

    def held() -> list[Role]:
        query = select(Role).where(Role.username == username, in_force(Role, day))
        return list(session.scalars(query))

    return once(session, ("roles", username, day), held)


def holders(role: str, unit_code: str | None = None, day: date | None = None) -> Select:
    """Select the user names that hold the role, in one unit or anywhere."""
    query = select(Role.username).where(Role.role == role, in_force(Role, day or clock.today()))
    return query.where(Role.unit == unit_code) if unit_code else query


def leaders(session: Session, unit_code: str) -> list[str]:
    """User names of the unit's leaders."""
    return list(session.scalars(holders("leder", unit_code).order_by(Role.username)))


def setting(session: Session, name: str, default: Any = None) -> Any:
    """The value of a local setting, or the default where the municipality has none."""
    row = session.get(Setting, name)
    return default if row is None else row.value


def change_setting(session: Session, name: str, value: Any) -> None:
    row = session.get(Setting, name)
    if row is None:
        session.add(Setting(name=name, value=value))
    else:
        row.value = value


def stands_in_for(session: Session, username: str, day: date | None = None) -> list[str]:
    """The colleagues whose work the user does today because they are away."""
    day = day or clock.today()

    def away() -> list[str]:
        query = select(Absence.username).where(
            Absence.deputy == username, Absence.first_day <= day, Absence.last_day >= day
        )
        return list(session.scalars(query))

    return once(session, ("stands in", username, day), away)


def queue_exists(session: Session, queue: str) -> bool:
    """A unit's code, its leaders' queue, or one of the fixed queues."""
    if queue in ROLE_QUEUES or queue in CASE_QUEUES:
        return True
    return session.get(Unit, queue.removesuffix(LEADER_SUFFIX)) is not None
