"""Who could coordinate a case, ranked with reasons (P03, N8): the leader chooses, this only tells.

In order: who may take it before who has stepped aside; who needs no approval (D4); the unit where
the case is placed; who knows the citizen already; who knows about what the citizen needs; the
lowest load. Source: R3.04 (continuity), R1.55 and R0.12 (load), forvaltningsloven § 3.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock, tables
from engine.domain import (
    appointment,
    offers,
    placement,
    recusals,
    referral,
    screening,
    workload,
)
from engine.domain.appointment import CO_COORDINATOR, DEPUTY, INCOMING, Appointment
from engine.domain.cases import Case
from engine.domain.organisation import Absence
from engine.domain.workload import Load
from engine.instances import DONE, WorkItem

NOTHING, REASON, APPROVAL = "ingen", "begrundelse", "ledergodkendelse"
_STRAIN = (NOTHING, REASON, APPROVAL)


@dataclass(frozen=True)
class Candidate:
    """One person who may be chosen. Loads in percent of the norm, without and with this case; none
    where the person is to have no cases."""

    username: str
    name: str
    unit: str
    unit_name: str
    before: int | None
    after: int | None
    colour: str
    demand: str
    #: The unit is where the case is placed; the citizen has asked for it.
    placed: bool
    wished: bool
    #: How the person knows the citizen, and which of the citizen's needs they know about (areas).
    knows: tuple[str, ...]
    skills: tuple[str, ...]
    away_until: str
    recused: bool

    @property
    def rise(self) -> str:
        if self.after is None:
            return "har normen 0"
        return f"fra {self.before} % til {self.after} %"


def ranked(session: Session, case: Case) -> list[Candidate]:
    """Everybody who may coordinate the case, the best suited first."""
    people = appointment.candidates(session)
    usernames = [user.username for user in people]
    loads = workload.loads(session, usernames)
    homes, away = appointment.homes(session), _away(session)
    chosen = placement.latest(session, case)
    offer = offers.current(session, case)
    needs = _needs(session, case)
    known = _acquaintance(session, case)
    found = []
    for user in people:
        unit, unit_name = homes.get(user.username, ("", ""))
        carries = case.koordinator == user.username
        load = loads[user.username]
        more = load if carries else load.with_one_more()
        colour, demand = _strain(session, more, case.organisationsmodel)
        found.append(
            Candidate(
                username=user.username,
                name=user.name,
                unit=unit,
                unit_name=unit_name,
                before=_percent(session, load, case.organisationsmodel),
                after=_percent(session, more, case.organisationsmodel),
                colour=colour,
                demand=demand,
                placed=chosen is not None and unit == chosen.unit,
                wished=offer is not None and offer.wished_unit == unit,
                knows=tuple(known.get(user.username, ())),
                skills=tuple(area for area in user.skills if area in needs),
                away_until=away.get(user.username, ""),
                recused=recusals.has(case, user.username),
            )
        )
    return sorted(found, key=_rank)


def _rank(one: Candidate):
    return (
        one.recused,
        one.after is None,
        _STRAIN.index(one.demand) if one.demand in _STRAIN else len(_STRAIN),
        not one.placed,
        not one.wished,
        not one.knows,
        -len(one.skills),
        bool(one.away_until),
        one.after or 0,
        one.name,
    )


def _percent(session: Session, load: Load, model: str | None) -> int | None:
    return workload.percent(session, load, model) if load.norm else None


def _strain(session: Session, load: Load, model: str | None) -> tuple[str, str]:
    """The colour of the load, and what it demands of whoever chooses (table `kapacitet`)."""
    rows = tables.decide(session, "kapacitet", load.inputs(model)).value
    demands = {row["krav"] for row in rows}
    heaviest = max((d for d in demands if d in _STRAIN), key=_STRAIN.index, default=NOTHING)
    return (rows[-1]["farve"] if rows else "groen"), heaviest


def _needs(session: Session, case: Case) -> set[str]:
    """The areas where the citizen needs help: as screened, else as referred."""
    screened = screening.latest(session, case)
    if screened is not None:
        return set(screened.needs)
    received = referral.latest(session, case)
    return set(received.domains) if received is not None else set()


def _acquaintance(session: Session, case: Case) -> dict[str, list[str]]:
    """User name -> how they know the citizen of this case, the closest first."""
    held = select(Appointment.username, Appointment.role, Appointment.valid_to).where(
        Appointment.case_id == case.id, Appointment.role != INCOMING
    )
    known: dict[str, list[str]] = {}
    for username, role, ended in session.execute(held.order_by(Appointment.valid_from)):
        words = _ROLES.get(role, "koordinator")
        said = f"har været {words}" if ended else f"er {words}"
        known[username] = list(dict.fromkeys([*known.get(username, ()), said]))
    solved = Counter(
        dict(
            session.execute(
                select(WorkItem.completed_by, func.count())
                .where(WorkItem.case_id == case.id, WorkItem.state == DONE)
                .group_by(WorkItem.completed_by)
            ).all()
        )
    )
    for username, count in solved.items():
        tasks = "1 opgave" if count == 1 else f"{count} opgaver"
        known.setdefault(username, []).append(f"har løst {tasks} i sagen")
    return known


_ROLES = {DEPUTY: "stedfortræder", CO_COORDINATOR: "medkoordinator"}


def _away(session: Session) -> dict[str, str]:
    """User name -> the last day of an absence that runs today."""
    today = clock.today()
    query = select(Absence.username, func.max(Absence.last_day)).where(
        Absence.first_day <= today, Absence.last_day >= today
    )
    rows = session.execute(query.group_by(Absence.username))
    return {username: f"{last:%d.%m.%Y}" for username, last in rows}
