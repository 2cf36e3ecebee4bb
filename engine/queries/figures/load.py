"""What each coordinator carries, in percent of the norm (K13, decision table `kapacitet`)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import tables
from engine.domain import appointment, organisation, workload
from engine.domain.workload import Load
from engine.queries.figures.scope import EVERYTHING, Scope

#: The colours of the table, in words: a colour never stands alone.
_WORDS = {"groen": "Under normen", "gul": "Tæt på normen", "roed": "Over normen"}


@dataclass(frozen=True)
class Carried:
    """One coordinator: cases at each stage, and what they weigh against the norm."""

    name: str
    unit: str
    load: Load
    #: None where the person is to have no cases: a norm of nought.
    percent: int | None
    colour: str
    words: str


def carried(session: Session, chosen: Scope) -> list[Carried]:
    """The coordinators of the scope, the heaviest load first; none of units one does not lead."""
    if not chosen.staff:
        return []
    model = organisation.setting(session, "organisationsmodel")
    people = [
        user
        for user in appointment.candidates(session)
        if chosen.key == EVERYTHING
        or user.username == chosen.username
        or (chosen.unit and appointment.home(session, user.username) == chosen.unit)
    ]
    loads = workload.loads(session, [user.username for user in people])
    found = []
    for user in people:
        load = loads[user.username]
        colours = [
            row["farve"] for row in tables.decide(session, "kapacitet", load.inputs(model)).value
        ]
        colour = colours[0] if colours else "groen"
        home = appointment.home(session, user.username) or ""
        percent = workload.percent(session, load, model) if load.norm else None
        found.append(Carried(user.name, home, load, percent, colour, _WORDS[colour]))
    return sorted(found, key=lambda one: (-(one.percent or 0), one.name))
