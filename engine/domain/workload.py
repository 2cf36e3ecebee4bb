"""How much a coordinator carries, against the norm.

Sources: seed 001 (about 30 cases each), domain.md C4 (ii). The weights of the stages and the colours
are the decision table `kapacitet` (D4); the norm is the municipality's own (`norm`, `norm.<user>`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock, tables
from engine.domain import organisation
from engine.domain.appointment import CO_COORDINATOR, Appointment, in_force
from engine.domain.cases import Case

# Which stage of work a case is at (R0.12): drafting the plan dominates at the start.
STAGES = {
    "start": ("SAMTYKKE_GIVET", "KOORDINATOR_UDPEGET", "PLAN_UDARBEJDES", "PLAN_AFVENTER_BORGER"),
    "drift": ("PLAN_AKTIV", "PLAN_REVIDERES"),
    "afslutning": ("AFSLUTNING_FORBEREDES", "AFVIKLING", "SAMTYKKE_TRUKKET"),
}


@dataclass(frozen=True)
class Load:
    """How many cases a person coordinates, by stage, against the norm; a shared case is a part."""

    start: float
    drift: float
    afslutning: float
    norm: int

    def with_one_more(self, stage: str = "start", part: float = 1) -> Load:
        """The load when one case at that stage is added, or the part of one."""
        return replace(self, **{stage: getattr(self, stage) + part})

    def weighted(self, weights: dict[str, float]) -> float:
        """The cases counted by the weight of their stage."""
        return sum(getattr(self, stage) * weights.get(stage, 1) for stage in STAGES)

    def inputs(self, model: str | None) -> dict:
        """The context of the decision table `kapacitet`."""
        return {
            "antal_start": self.start,
            "antal_drift": self.drift,
            "antal_afslutning": self.afslutning,
            "norm": self.norm,
            "model": model,
        }


def load(session: Session, username: str) -> Load:
    """What the person coordinates today, counted from the open cases that name them."""
    return loads(session, [username])[username]


def loads(session: Session, usernames: list[str]) -> dict[str, Load]:
    """The load of each of these people, counted in two queries: their own cases, and the shared."""
    own = (
        select(Case.koordinator, Case.tilstand, func.count())
        .where(Case.koordinator.in_(usernames), Case.closed_at.is_(None))
        .group_by(Case.koordinator, Case.tilstand)
    )
    shared = (
        select(Appointment.username, Case.tilstand, func.count())
        .join(Case, Case.id == Appointment.case_id)
        .where(
            Appointment.role == CO_COORDINATOR,
            Appointment.username.in_(usernames),
            in_force(clock.today()),
            Case.closed_at.is_(None),
        )
        .group_by(Appointment.username, Case.tilstand)
    )
    counted = {name: dict.fromkeys(STAGES, 0) for name in usernames}
    for query, part in ((own, 1), (shared, share(session))):
        for name, state, number in session.execute(query):
            stage = stage_of(state)
            if stage is not None:
                counted[name][stage] += number * part
    return {name: Load(**counted[name], norm=norm(session, name)) for name in usernames}


def stage_of(state: str) -> str | None:
    """The stage of work that a case in this state is at; None before the yes and after the end."""
    return next((stage for stage, states in STAGES.items() if state in states), None)


def share(session: Session) -> float:
    """How much of a case weighs on its co-coordinator: a local decision."""
    return organisation.setting(session, "medkoordinator.andel", 0.5)


def weights(session: Session, model: str | None) -> dict[str, float]:
    """How much a case weighs at each stage (decision table `kapacitet`)."""
    answer = tables.decide(session, "stadievaegt", {"model": model})
    return {row["stadie"]: float(row["vaegt"]) for row in answer.value}


def percent(session: Session, load: Load, model: str | None) -> int:
    """The load in percent of the norm (decision table `kapacitet`)."""
    return round(tables.decide(session, "belastning", load.inputs(model)).value)


def norm(session: Session, username: str) -> int:
    """The person's own norm, else the municipality's."""
    own = organisation.setting(session, f"norm.{username}")
    return own if own is not None else organisation.setting(session, "norm", 30)
