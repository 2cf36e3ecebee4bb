"""The list behind one number of a line: what it is made of, adding up to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain import budget
from engine.domain.budget import BudgetEntry, BudgetLine, ledger
from engine.domain.organisation import Unit
from engine.errors import Refused
from engine.queries.budget.movements import CALLED
from engine.queries.budget.whose import Whose, whose

NONE = Decimal(0)
FRAME, FREE = "ramme", "fri"
#: A number that is made of applications -> the accounts of the ledger that it adds up.
OF_APPLICATIONS = {
    "ansoegt": (ledger.REQUESTED,),
    "reserveret": (ledger.RESERVED,),
    "bevilget": (ledger.COMMITTED, ledger.SPENT),
    "forbrugt": (ledger.SPENT,),
}
NUMBERS = (FRAME, *OF_APPLICATIONS, FREE)


class NoSuchNumber(Refused):
    """Tallet findes ikke på budgetlinjen. Gå til linjen, og vælg et af dens tal."""


@dataclass(frozen=True)
class Part:
    """One row of the list.

    `what` is the unit that pays or the kind of movement; of an application it is empty, and whose it
    is stands in `nummer` and `citizens`, as far as that exists for the reader.
    """

    amount: Decimal
    what: str = ""
    nummer: str = ""
    citizens: str = ""
    decided_by: str = ""
    decided_on: date | None = None


@dataclass(frozen=True)
class Account:
    """`unit` is the name of the one unit whose share this is; empty for all of it."""

    line: str
    name: str
    year: int
    number: str
    unit: str
    parts: list[Part]

    @property
    def amount(self) -> Decimal:
        return sum((part.amount for part in self.parts), NONE)


def account(session: Session, username: str, line: str, number: str, unit: str = "") -> Account:
    """One of `NUMBERS` of the line, or the share in it of the unit of that code.

    Raises NoSuchBudget, UnknownLine, NoSuchNumber.
    """
    budget.must_read(session, username)
    row = budget.line(session, line)
    names = dict(session.execute(select(Unit.code, Unit.name)).all())
    if number not in NUMBERS or (unit and (number not in OF_APPLICATIONS or unit not in names)):
        raise NoSuchNumber
    if number == FRAME:
        parts = _paid(session, row, names)
    elif number == FREE:
        parts = _moved(session, line)
    else:
        parts = _applied(session, username, line, OF_APPLICATIONS[number], unit)
    return Account(line, row.name, row.year, number, names.get(unit, ""), list(parts))


def by_application(
    session: Session, line: str, accounts: tuple[str, ...], unit: str = ""
) -> dict[tuple[str, str], Decimal]:
    """(case id, application) -> what the accounts hold of it on the line; those that hold something."""
    entry, found = BudgetEntry, {}
    where = [entry.line == line, *([entry.unit == unit] if unit else [])]
    for one in accounts:
        for key, amount in ledger.sums(
            session, one, (entry.case_id, entry.subject), *where
        ).items():
            found[key] = found.get(key, NONE) + amount
    return {key: amount for key, amount in found.items() if amount}


def _applied(
    session: Session, username: str, line: str, accounts: tuple[str, ...], unit: str
) -> list[Part]:
    found = by_application(session, line, accounts, unit)
    cases = whose(session, username, {case_id for case_id, _ in found})
    parts = [
        Part(amount, **vars(cases.get(case_id, Whose()))) for (case_id, _), amount in found.items()
    ]
    return sorted(parts, key=lambda part: (not part.nummer, part.nummer, -part.amount))


def _paid(session: Session, row: BudgetLine, names: dict[str, str]) -> Iterator[Part]:
    """What each unit pays, by its latest decision; the rest was given whole."""
    latest = {each.unit: each for each in budget.history(session, row.line)}
    for unit, each in sorted(latest.items()):
        yield Part(each.amount, names.get(unit, unit), "", "", each.decided_by, each.decided_on)
    whole = row.total - sum((each.amount for each in latest.values()), NONE)
    if whole or not latest:
        yield Part(whole, names.get(row.unit, "") or "Givet som én ramme")


def _moved(session: Session, line: str) -> Iterator[Part]:
    entry = BudgetEntry
    sums = ledger.sums(session, ledger.FREE, (entry.debit, entry.credit), entry.line == line)
    by_kind = {kind: sums[kind] for kind in CALLED if kind in sums}
    for kind, amount in by_kind.items():
        yield Part(amount, CALLED[kind])
