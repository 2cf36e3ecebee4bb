"""Cover: money set aside for an application, each year's part on that year's own shared line.

Invariant: no grant without cover in the budget (domain.md C4 v). What a year's line cannot hold, or
what falls in a year that has no line yet, is missing; it is never taken from another year unasked.
The director points out where it comes from (F53), where the need is necessary.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from engine import clock
from engine.domain import budget, grants
from engine.domain.budget import kr
from engine.domain.escalation import Application
from engine.domain.splitting import by_year
from engine.errors import Refused


class IngenDaekning(Refused):
    """Der er kun dækning for {daekket} kr. af de {bevilget} kr. Bevilg højst det, der er dækning for, eller vurder behovet nødvendigt, så anviser direktionen resten."""


class DaekningPasserIkke(Refused):
    """Der mangler {mangler} kr., men der er anvist {anvist} kr. Beløbene skal passe sammen."""


def years(session: Session, row: Application, amount: Decimal) -> dict[int, Decimal]:
    """What of the amount falls in each year; without a first day all of it on the line applied to."""
    if row.starts_on is not None:
        return by_year(amount, row.starts_on, row.months)
    year = budget.line(session, row.line).year if row.line else clock.local(row.written_at).year
    return {year: amount}


def lines(session: Session, row: Application) -> dict[int, str]:
    """Year -> the shared line that the application draws on."""
    found = budget.shared_lines(session)
    if row.line:
        found[budget.line(session, row.line).year] = row.line
    return found


def request(session: Session, row: Application, by: str) -> None:
    """Note what is asked of each year's line, in place of what was asked before."""
    entry = {"by": by, "case_id": row.case_id, "subject": row.id}
    wanted = years(session, row, row.amount)
    for year, line in sorted(lines(session, row).items(), key=lambda each: each[1]):
        budget.request(session, line, wanted.get(year, Decimal(0)), **entry)


def reserve(session: Session, row: Application, by: str) -> Decimal:
    """Set aside what there is on each year's line; what is still missing in all."""
    entry = {"by": by, "case_id": row.case_id, "subject": row.id}
    known, left = lines(session, row), uncovered(session, row)
    short = sorted(
        (known[year], part) for year, part in missing(session, row).items() if year in known
    )
    for line, part in short:
        left -= budget.reserve_up_to(session, line, min(part, left), **entry)
    return left


def missing(session: Session, row: Application) -> dict[int, Decimal]:
    """Year -> what neither that year's line holds nor has been pointed out elsewhere."""
    grant, known = grants.of(session, row), lines(session, row)
    held, booked = budget.held(session, row.id), budget.committed(session, row.id)
    left, found = uncovered(session, row), {}
    for year, part in years(session, row, grant.amount if grant else row.amount).items():
        on_line = [each.get(known.get(year), Decimal(0)) for each in (held, booked)]
        found[year] = min(max(part - sum(on_line), Decimal(0)), left)
        left -= found[year]
    return {year: part for year, part in found.items() if part > 0}


def reserved(session: Session, row: Application) -> Decimal:
    """What is set aside for the application, on all lines."""
    return sum(budget.held(session, row.id).values(), Decimal(0))


def uncovered(session: Session, row: Application) -> Decimal:
    """What has been granted (or is asked for), and is neither set aside, booked nor given back."""
    grant = grants.of(session, row)
    wanted = grant.amount - grant.returned if grant else row.amount
    booked = sum(budget.committed(session, row.id).values(), Decimal(0))
    return max(wanted - reserved(session, row) - booked, Decimal(0))


def must_be_covered(session: Session, row: Application) -> None:
    """Raise IngenDaekning where the grant is larger than its cover and the need not necessary."""
    grant = grants.of(session, row)
    short = uncovered(session, row)
    if short > 0 and not grant.necessary:
        raise IngenDaekning(daekket=kr(grant.amount - short), bevilget=kr(grant.amount))


def point_out(session: Session, row: Application, sources: list[dict], by: str) -> None:
    """Set aside what is missing, from the lines and units that are pointed out (F53).

    Raises DaekningPasserIkke, budget.NoCover.
    """
    short = uncovered(session, row)
    pointed_out = sum((Decimal(str(each["beloeb"])) for each in sources), Decimal(0))
    if pointed_out != short:
        raise DaekningPasserIkke(mangler=kr(short), anvist=kr(pointed_out))
    entry = {"by": by, "case_id": row.case_id, "subject": row.id}
    for each in sorted(sources, key=lambda source: source["fra"]):
        budget.point_out(session, each["fra"], Decimal(str(each["beloeb"])), **entry)


def release_rest(session: Session, row: Application, by: str) -> Decimal:
    """Give back what is still set aside, and return how much that was."""
    held = budget.held(session, row.id)
    for line, amount in held.items():
        budget.release(session, line, amount, by=by, case_id=row.case_id, subject=row.id)
    return sum(held.values(), Decimal(0))
