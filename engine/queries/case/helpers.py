"""Who takes part in a case, and as what."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.domain import appointment, case_roles, cases, people
from engine.domain.cases import Case
from engine.queries import labels


@dataclass(frozen=True)
class Somebody:
    name: str
    role: str
    detail: str = ""


def of_case(session: Session, case: Case, names: dict, units: dict) -> list[Somebody]:
    found = [
        Somebody(party.person.name, labels.of(labels.PARTY_ROLES, party.role))
        for party in people.parties(session, case.id)
        if party.role != "borger"
    ]
    found += [
        Somebody(names.get(row.username, row.username), "Medkoordinator")
        for row in appointment.current(session, case, appointment.CO_COORDINATOR)
    ]
    taking_part = {code: units.get(code, code) for code in cases.units(session, case)}
    for row in case_roles.table(session, case):
        role, unit = labels.of(case_roles.ROLES, row.role), taking_part.get(row.unit)
        found.append(Somebody(row.who, f"{role}, {unit}" if unit else role, row.does))
    found += [Somebody(unit, "Enhed") for unit in taking_part.values()]
    return _each_once(found)


def _each_once(found: list[Somebody]) -> list[Somebody]:
    """One line per person and role, with all that they do."""
    said: dict[tuple[str, str], list[str]] = {}
    for row in found:
        said.setdefault((row.name, row.role), []).append(row.detail)
    return [
        Somebody(name, role, ", ".join(dict.fromkeys(filter(None, details))))
        for (name, role), details in said.items()
    ]
