"""Totals: a line is opened for a year, and its total is raised or lowered, never below what is bound."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.domain.budget import ledger, lines
from engine.domain.budget.ledger import ALLOCATION, FREE, BudgetEntry
from engine.domain.budget.lines import BudgetLine
from engine.domain.budget.money import kr, whole
from engine.domain.budget.moves import move
from engine.errors import Refused


class BelowCommitted(Refused):
    """Rammen på {linje} kan ikke sættes under det, der allerede er reserveret og bevilget ({bundet} kr.)."""


class SumOfContributions(Refused):
    """Rammen på {linje} er summen af enhedernes bidrag. Ret enhedernes bidrag, så følger rammen med."""


def open_line(
    session: Session, line: str, name: str, year: int, total: int | Decimal, unit: str | None = None
) -> BudgetLine:
    """The line of that id, made with its total if it is not there."""
    found = session.get(BudgetLine, line)
    if found is not None:
        return found
    try:
        with session.begin_nested():
            session.add(BudgetLine(line=line, name=name, year=year, unit=unit))
    except IntegrityError:
        return session.get_one(BudgetLine, line)  # somebody else has just opened it
    set_total(session, line, total)
    return session.get_one(BudgetLine, line)


def set_total(session: Session, line: str, total: int | Decimal, by: str = "system") -> None:
    """Give the line another total. Raises BelowCommitted, SumOfContributions, UnknownLine."""
    row = lines.locked(session, line)
    if contributions(session, line):
        raise SumOfContributions(linje=line)
    change(session, row, Decimal(str(total)) - row.total, by=by)


def change(session: Session, row: BudgetLine, by_how_much: Decimal, **entry: Any) -> None:
    """Make a locked line larger or smaller. Raises BelowCommitted."""
    bound, amount = row.reserved + row.granted, whole(abs(by_how_much))
    to, taken_from = (FREE, ALLOCATION) if by_how_much > 0 else (ALLOCATION, FREE)
    if not move(session, row.line, to, taken_from, amount, **entry):
        raise BelowCommitted(linje=row.line, bundet=kr(bound))


def contributions(session: Session, line: str) -> dict[str, Decimal]:
    """What each unit pays into the line; empty where the total was given as a whole."""
    row = BudgetEntry
    found = ledger.sums(session, ALLOCATION, (row.unit,), row.line == line, row.unit.is_not(None))
    return {unit: -amount for (unit,), amount in found.items()}
