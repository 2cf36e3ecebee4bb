"""Whose figures a person may read (domain.md C8): one's own, one's units', or the whole municipality's.

Whoever works in a unit may open a number of it: to see which rows it was counted from, those of
cases one may not see without saying whose. The whole municipality is told in numbers alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.domain import organisation
from engine.domain.cases import Case
from engine.domain.organisation import Unit
from engine.errors import Refused
from engine.queries.figures.figure import Row

_OWN = frozenset({"koordinator", "fs_sagsbehandler"})
_OF_UNIT = frozenset({"leder", "sagsbehandler"})
_OF_ALL = frozenset({"chef", "procesejer", "leder"})
#: Who leads the coordinators of every unit.
_LEADS_ALL = "chef"
MINE, EVERYTHING = "mine", "alle"


class NoSuchFigures(Refused):
    """Nøgletallene findes ikke for dig. Vælg en anden afgrænsning, eller spørg din leder."""


@dataclass(frozen=True)
class Scope:
    """Which cases are counted, and whether the reader may open the numbers."""

    key: str
    name: str
    unit: str | None = None
    username: str | None = None
    cases: frozenset[str] = field(default=frozenset(), repr=False)
    #: Whether each coordinator's load is told, too.
    staff: bool = True

    @property
    def opens(self) -> bool:
        return self.key != EVERYTHING

    def holds(self, row: Row) -> bool:
        """Whether the row counts here: by the unit it names, else by its case."""
        if row.unit is not None and self.unit is not None:
            return row.unit == self.unit
        return row.case_id in self.cases


def are_there(session: Session, username: str) -> bool:
    """Whether there are any figures for the person."""
    roles = organisation.roles_of(session, username)
    return any(role.role in _OWN | _OF_UNIT | _OF_ALL for role in roles)


def scopes(session: Session, username: str) -> list[tuple[str, str]]:
    """(key, name) of what the person may read figures of, the nearest first."""
    found: list[tuple[str, str]] = []
    roles = organisation.roles_of(session, username)
    if any(role.role in _OWN for role in roles):
        found.append((MINE, "Mine forløb"))
    units = dict.fromkeys(role.unit for role in roles if role.role in _OF_UNIT)
    for unit in session.scalars(select(Unit).where(Unit.code.in_(units)).order_by(Unit.name)):
        if not unit.partner:
            found.append((unit.code, unit.name))
    if any(role.role in _OF_ALL for role in roles):
        found.append((EVERYTHING, "Hele kommunen"))
    return found


def scope(session: Session, username: str, key: str | None) -> Scope:
    """The scope of that key, the nearest without one. Raises NoSuchFigures."""
    names = dict(scopes(session, username))
    if key is None:
        key = next(iter(names), None)
    if key not in names:
        raise NoSuchFigures
    query = select(Case.id).where(Case.locked.is_(False))
    if key == MINE:
        query = query.where(or_(Case.koordinator == username, Case.stedfortraeder == username))
        return Scope(key, names[key], None, username, _ids(session, query))
    if key == EVERYTHING:
        leads = any(role.role == _LEADS_ALL for role in organisation.roles_of(session, username))
        return Scope(key, names[key], None, None, _ids(session, query), staff=leads)
    query = query.where(Case.owner_unit == key)
    return Scope(key, names[key], key, None, _ids(session, query))


def owners(session: Session, case_ids: Iterable[str]) -> dict[str, str]:
    """Case id -> the name of the unit that answers for it."""
    query = select(Case.id, Unit.name).outerjoin(Unit, Unit.code == Case.owner_unit)
    wanted = set(case_ids)
    return {case_id: name or "" for case_id, name in session.execute(query) if case_id in wanted}


def _ids(session: Session, query) -> frozenset[str]:
    return frozenset(session.scalars(query))
