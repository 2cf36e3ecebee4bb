"""Økonomi's cover note (dækningsnote): where the money for one application is, year by year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain import access, budget, cases, cover, escalation, grants
from engine.domain.cases import Case
from engine.domain.escalation import Application
from engine.domain.organisation import Unit
from engine.domain.splitting import shares

NONE = Decimal(0)
NO_LINE = (
    "Der er ikke åbnet et budget for {aar}. Økonomi åbner det, eller direktionen anviser dækning."
)
MISSING = "Manglende penge kan aldrig være den eneste grund til et afslag. Er behovet nødvendigt, anviser direktionen dækning."


@dataclass(frozen=True)
class YearCover:
    """One year: its line, what was free before the application, what is set aside or booked of it."""

    year: int
    line: str  # the line's name; empty where the year has none
    needed: Decimal
    free_before: Decimal
    reserved: Decimal
    granted: Decimal
    missing: Decimal
    note: str


@dataclass(frozen=True)
class CoverNote:
    id: str
    case_id: str
    nummer: str
    what: str
    asked: Decimal
    granted: Decimal | None
    starts_on: date | None
    months: int
    years: list[YearCover]
    elsewhere: list[tuple[str, Decimal]]  # pointed out on other lines: name, amount
    split: list[tuple[str, Decimal]]  # unit, amount
    missing: Decimal
    note: str


def cover_note(session: Session, username: str, nummer: str, application_id: str) -> CoverNote:
    """Raises NoSuchCase where the case's grants do not exist for the reader, UkendtIndstilling."""
    case = cases.by_number(session, nummer)
    row = of_reader(session, username, case, application_id)
    grant = grants.of(session, row)
    missing = cover.uncovered(session, row)
    return CoverNote(
        id=row.id,
        case_id=case.id,
        nummer=case.nummer,
        what=row.what,
        asked=row.amount,
        granted=grant and grant.amount,
        starts_on=row.starts_on,
        months=row.months,
        years=_years(session, row, grant.amount if grant else row.amount),
        elsewhere=_elsewhere(session, row),
        split=_split(session, grant),
        missing=missing,
        note=MISSING if missing else "",
    )


def of_reader(session: Session, username: str, case: Case, application_id: str) -> Application:
    """The application, for one who sees the case's grants."""
    if access.GRANTS not in access.parts(session, username, case):
        raise cases.NoSuchCase
    return escalation.find(session, case, application_id)


def _years(session: Session, row: Application, amount: Decimal) -> list[YearCover]:
    known, missing = cover.lines(session, row), cover.missing(session, row)
    held, booked = budget.held(session, row.id), budget.committed(session, row.id)
    found = []
    for year, needed in cover.years(session, row, amount).items():
        line = budget.line(session, known[year]) if year in known else None
        reserved = held.get(line.line, NONE) if line else NONE
        granted = booked.get(line.line, NONE) if line else NONE
        found.append(
            YearCover(
                year=year,
                line=line.name if line else "",
                needed=needed,
                free_before=line.free + reserved + granted if line else NONE,
                reserved=reserved,
                granted=granted,
                missing=missing.get(year, NONE),
                note="" if line else NO_LINE.format(aar=year),
            )
        )
    return found


def _elsewhere(session: Session, row: Application) -> list[tuple[str, Decimal]]:
    own = {cover.lines(session, row).get(year) for year in cover.years(session, row, row.amount)}
    found: dict[str, Decimal] = {}
    for held in (budget.held(session, row.id), budget.committed(session, row.id)):
        for line, amount in held.items():
            if line not in own:
                name = budget.line(session, line).name
                found[name] = found.get(name, NONE) + amount
    return sorted(found.items())


def _split(session: Session, grant: grants.Grant | None) -> list[tuple[str, Decimal]]:
    if grant is None or not grant.split or not grant.amount:
        return []
    names = dict(session.execute(select(Unit.code, Unit.name)).all())
    return [(names.get(unit, unit), part) for unit, part in shares(grant.amount, grant.split)]
