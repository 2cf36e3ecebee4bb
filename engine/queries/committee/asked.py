"""What an application asks for: on the table of the committee, and beside the tasks about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain import budget, cover, hearings, opinions
from engine.domain.cases import Case
from engine.domain.escalation import Application
from engine.domain.organisation import Unit
from engine.queries import labels

ADVICE = {
    "anbefales": "Anbefales",
    "anbefales_med_vilkaar": "Anbefales med vilkår",
    "anbefales_ikke": "Anbefales ikke",
}


@dataclass(frozen=True)
class Opinion:
    unit: str
    advice: str
    silent: bool
    reason: str
    share: float | None


@dataclass(frozen=True)
class Money:
    """One line of the shared budget: what the item can draw on, and what is left if it all is."""

    name: str
    year: int
    before: Decimal
    asked: Decimal
    after: Decimal


@dataclass(frozen=True)
class Asked:
    """What is applied for."""

    what: str
    why: str
    goals: str
    services: list[tuple[str, str, str]]  # service, law, unit
    amount: Decimal
    months: int
    starts_on: date | None
    alternatives: str
    consequence: str
    cost_of_no: Decimal | None
    cost_of_no_because: str
    citizens_view: str
    urgent_because: str
    leader: str
    leader_reason: str
    opinions: list[Opinion]
    money: list[Money]
    heard: str


def asked(session: Session, row: Application) -> Asked:
    """The application in words. Whether it exists for the reader is asked before."""
    units = dict(session.execute(select(Unit.code, Unit.name)).all())
    return Asked(
        what=row.what,
        why=row.why_beyond,
        goals=row.goals,
        services=[
            (
                service["ydelse"],
                " ".join(filter(None, (service["lov"], service.get("paragraf")))),
                units.get(service["enhed"], service["enhed"]),
            )
            for service in row.services
        ],
        amount=row.amount,
        months=row.months,
        starts_on=row.starts_on,
        alternatives=row.alternatives,
        consequence=row.consequence,
        cost_of_no=row.cost_of_no,
        cost_of_no_because=row.cost_of_no_because or "",
        citizens_view=row.citizens_view,
        urgent_because=row.urgent_because or "",
        leader=labels.of(ADVICE, row.leader_advice) if row.leader_advice else "",
        leader_reason=row.leader_reason or "",
        opinions=_opinions(session, row, units),
        money=_money(session, row),
        heard=_heard(session, row),
    )


def _opinions(session: Session, row: Application, units: dict[str, str]) -> list[Opinion]:
    given = {opinion.unit: opinion for opinion in opinions.all_of(session, row)}
    found = []
    for unit in dict.fromkeys([*row.asked_units, *given]):
        one = given.get(unit)
        silent = one is None or one.silent
        found.append(
            Opinion(
                unit=units.get(unit, unit),
                advice=opinions.NONE_GIVEN if silent else labels.of(ADVICE, one.advice),
                silent=silent,
                reason="" if silent else one.reason or "",
                share=None if silent else one.share,
            )
        )
    return found


def _money(session: Session, row: Application) -> list[Money]:
    lines, held = cover.lines(session, row), budget.held(session, row.id)
    found = []
    for year, part in sorted(cover.years(session, row, row.amount).items()):
        code = lines.get(year)
        if code is None:
            found.append(Money("", year, Decimal(0), part, -part))
            continue
        line = budget.line(session, code)
        # What is set aside for this very item is there for it.
        before = line.free + held.get(code, Decimal(0))
        found.append(Money(line.name, year, before, part, before - part))
    return found


def _heard(session: Session, row: Application) -> str:
    case = session.get_one(Case, row.case_id)
    if hearings.pending(session, case, row.id):
        return "Borgeren mangler at blive hørt, så punktet kan kun udskydes"
    found = hearings.of(session, case, row.id)
    if not found:
        return ""
    answers = "; ".join(filter(None, (one.answer for one in found)))
    return f"Borgeren er hørt. {answers}".strip()
