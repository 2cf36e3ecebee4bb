"""Booking: what is set aside becomes a grant, year by year and unit by unit, to the øre (F30)."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from engine import clock
from engine.domain import budget, cover, grants
from engine.domain.budget import kr
from engine.domain.cover import IngenDaekning
from engine.domain.escalation import Application
from engine.domain.grants import Grant
from engine.domain.splitting import check_split, shares
from engine.errors import Refused


class FordelingMangler(Refused):
    """Der er ikke skrevet, hvilke enheder der deler bevillingen. Skriv fordelingen, før der bogføres."""


class BeloebPerAarPasserIkke(Refused):
    """Beløbene per år giver {sum} kr., men bevillingen er på {bevilget} kr."""


class IntetBevilget(Refused):
    """Der er ikke bevilget noget, der kan bogføres."""


def book(
    session: Session,
    row: Application,
    by: str,
    split: list[dict] | None = None,
    per_year: list[dict] | None = None,
) -> Decimal:
    """Turn what is set aside into a grant, and return how much that was.

    `split` is `[{enhed, procent}]`, `per_year` `[{aar, beloeb}]`; without the latter each month
    costs the same. What the grant does not need stays reserved until it is released. Raises
    IntetBevilget, IngenDaekning, FordelingMangler, FordelingPasserIkke, BeloebPerAarPasserIkke,
    and what `budget.reserve` raises where a year's line lacks what is laid on it.
    """
    grant = grants.of(session, row)
    if grant is None or grant.amount <= 0:
        raise IntetBevilget
    if split:
        check_split(split)
        grant.split = split
    if not grant.split:
        raise FordelingMangler
    short = cover.uncovered(session, row)
    if short > 0:
        raise IngenDaekning(daekket=kr(grant.amount - short), bevilget=kr(grant.amount))
    if per_year:
        _lay_out(session, row, grant, per_year, by)
    booked = _commit(session, row, grant, per_year, by)
    grant.per_year = per_year or _as_committed(session, row)
    grant.booked_at = clock.now()
    return booked


def proposed_split(session: Session, row: Application) -> list[dict]:
    """`[{enhed, procent}]` as the units pay into the lines of the years that it falls in.

    Empty where no units pay into them.
    """
    weights: dict[str, Decimal] = {}
    known = cover.lines(session, row)
    for year, amount in cover.years(session, row, row.amount).items():
        paid = budget.contributions(session, known[year]) if year in known else {}
        for unit, part in budget.portions(amount, paid).items():
            weights[unit] = weights.get(unit, Decimal(0)) + part
    parts = budget.portions(Decimal(100), weights)
    largest_first = sorted(parts.items(), key=lambda each: (-each[1], each[0]))
    return [{"enhed": unit, "procent": budget.plain(part)} for unit, part in largest_first]


def _lay_out(
    session: Session, row: Application, grant: Grant, per_year: list[dict], by: str
) -> None:
    """Move what is set aside to the years that Økonomi names, where it all lies on shared lines.

    Where the director has pointed out other money, the years are noted only: he said where it lies.
    """
    wanted = _years(per_year)
    total = sum(wanted.values(), Decimal(0))
    if total != grant.amount:
        raise BeloebPerAarPasserIkke(sum=kr(total), bevilget=kr(grant.amount))
    known, entry = cover.lines(session, row), _entry(row, by)
    held, booked = budget.held(session, row.id), budget.committed(session, row.id)
    if grant.returned or not {*held, *booked} <= set(known.values()):
        return
    short = {}
    for year in sorted({*wanted, *known}):
        line = known.get(year) or budget.shared_line(session, year)
        part = max(wanted.get(year, Decimal(0)) - booked.get(line, Decimal(0)), Decimal(0))
        if held.get(line, Decimal(0)) > part:
            budget.release(session, line, held[line] - part, **entry)
        elif part > held.get(line, Decimal(0)):
            short[line] = part - held.get(line, Decimal(0))
    for line, part in sorted(short.items()):
        budget.reserve(session, line, part, **entry)


def _commit(
    session: Session, row: Application, grant: Grant, per_year: list[dict] | None, by: str
) -> Decimal:
    """Each year's part from its own line; what that cannot give, from where it was set aside."""
    booked = budget.committed(session, row.id)
    held, known = budget.held(session, row.id), cover.lines(session, row)
    total = left = grant.amount - grant.returned - sum(booked.values(), Decimal(0))
    years = _years(per_year) if per_year else cover.years(session, row, grant.amount)
    parts = dict.fromkeys(held, Decimal(0))
    for year, amount in years.items():
        line = known.get(year)
        if line in held:
            parts[line] = min(
                max(amount - booked.get(line, Decimal(0)), Decimal(0)), held[line], left
            )
            left -= parts[line]
    for line in parts:
        more = min(held[line] - parts[line], left)
        parts[line] += more
        left -= more
    for line, part in sorted(parts.items()):
        for unit, amount in _borne(session, line, part, grant.split):
            budget.commit(session, line, amount, unit=unit, **_entry(row, by))
    return total


def _borne(
    session: Session, line: str, amount: Decimal, split: list[dict]
) -> list[tuple[str, Decimal]]:
    """Who bears a part: the unit whose own line it is, else the units of the split."""
    own = budget.line(session, line).unit
    return [(own, amount)] if own else shares(amount, split)


def _years(per_year: list[dict]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for each in per_year:
        year = int(each["aar"])
        found[year] = found.get(year, Decimal(0)) + Decimal(str(each["beloeb"]))
    return found


def _as_committed(session: Session, row: Application) -> list[dict]:
    found: dict[int, Decimal] = {}
    for line, amount in budget.committed(session, row.id).items():
        year = budget.line(session, line).year
        found[year] = found.get(year, Decimal(0)) + amount
    return [{"aar": year, "beloeb": float(amount)} for year, amount in sorted(found.items())]


def _entry(row: Application, by: str) -> dict[str, str]:
    return {"by": by, "case_id": row.case_id, "subject": row.id}
