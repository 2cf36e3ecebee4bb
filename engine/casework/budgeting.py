"""The verbs of the budget: a year is opened, gets its frame or what the units pay, and has costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from engine import events
from engine.casework.opening import locked_by_number
from engine.casework.running import About, run
from engine.casework.step import Step
from engine.domain import budget, spending
from engine.domain.spending import Payment
from engine.errors import Refused
from engine.store import Store


class BudgetFindes(Refused):
    """Der er allerede en linje, der hedder {linje}. Ret den, eller giv den nye et andet navn."""


class LinjeAfvist(Refused):
    """Række {raekke} (sag {sag}, bilag {bilag}) blev afvist: {hvorfor} Ingen af rækkerne er gemt."""


class UkendtBevilling(Refused):
    """Sag {sag} har ikke en bogført bevilling nummer {nummer}. Se på sagen, hvilke bevillinger der er bogført."""


def open_budget(
    store: Store,
    line: str,
    name: str,
    year: int,
    contributions: Mapping[str, Decimal],
    *,
    decided_by: str,
    decided_on: date,
    by: str,
) -> None:
    """Open the shared line of a year with what each unit (by code) pays into it.

    Raises KunBudgettetsFolk, BudgetFindes, UnknownUnit.
    """

    def write(session: Session) -> None:
        budget.must_decide(session, by)
        if session.get(budget.BudgetLine, line) is not None:
            raise BudgetFindes(linje=line)
        budget.open_line(session, line, name, year, 0)
        _contribute(session, line, contributions, decided_by, decided_on, by)
        events.record_system(
            session, events.Entry("budget_opened", by, facts={"line": line, "year": year})
        )

    run(store, About("open_budget", by), write)


def contribute(
    store: Store,
    line: str,
    contributions: Mapping[str, Decimal],
    *,
    decided_by: str,
    decided_on: date,
    by: str,
) -> None:
    """Units pay these amounts into the line from now on; those not named pay as before.

    Raises KunBudgettetsFolk, BelowCommitted, OwnLine, UnknownLine, UnknownUnit.
    """

    def write(session: Session) -> None:
        budget.must_decide(session, by)
        _contribute(session, line, contributions, decided_by, decided_on, by)

    run(store, About("contribute", by), write)


def set_frame(
    store: Store, line: str, total: Decimal, *, decided_by: str, decided_on: date, by: str
) -> None:
    """Give a shared line another total as one amount, where no units pay into it.

    Raises KunBudgettetsFolk, BelowCommitted, SumOfContributions, OwnLine, UnknownLine.
    """

    def write(session: Session) -> None:
        budget.must_decide(session, by)
        if budget.line(session, line).unit is not None:
            raise budget.OwnLine(linje=line)
        budget.set_total(session, line, total, by=by)
        told = {"line": line, "total": str(total), "decided_by": decided_by}
        told["decided_on"] = decided_on.isoformat()
        events.record_system(session, events.Entry("budget_frame_set", by, facts=told))

    run(store, About("set_frame", by), write)


def note_spending(store: Store, payments: Iterable[Payment], *, by: str) -> int:
    """Note bills on booked grants, all or none; how many. A negative amount corrects a bill.

    Raises KunOekonomi, and LinjeAfvist with the row and what `spending.note` refused.
    """
    rows = list(payments)

    def write(session: Session) -> int:
        budget.must_note(session, by)
        step = Step(session, by)
        # The cases are locked in one order, whoever sends which file.
        order = sorted(range(len(rows)), key=lambda number: (rows[number].nummer, number))
        for number in order:
            try:
                _note(step, rows[number], by)
            except Refused as refusal:
                told = rows[number]
                raise LinjeAfvist(
                    raekke=number + 1, sag=told.nummer, bilag=told.voucher, hvorfor=str(refusal)
                ) from refusal
        step.save()
        return len(rows)

    return run(store, About("note_spending", by), write)


def _note(step: Step, told: Payment, by: str) -> None:
    case = locked_by_number(step, told.nummer)
    booked = spending.booked(step.session, case)
    if not 1 <= told.number <= len(booked):
        raise UkendtBevilling(sag=told.nummer, nummer=told.number)
    row = booked[told.number - 1]
    bill = spending.note(step.session, row, told.amount, told.paid_on, told.voucher, by)
    step.record(
        case, "bills_noted", application=row.id, voucher=bill.voucher, amount=str(bill.amount)
    )


def _contribute(
    session: Session,
    line: str,
    contributions: Mapping[str, Decimal],
    decided_by: str,
    decided_on: date,
    by: str,
) -> None:
    budget.contribute(
        session, line, contributions, decided_by=decided_by, decided_on=decided_on, by=by
    )
    told = {
        "line": line,
        "contributions": {unit: str(amount) for unit, amount in sorted(contributions.items())},
        "decided_by": decided_by,
        "decided_on": decided_on.isoformat(),
    }
    events.record_system(session, events.Entry("contributions_decided", by, facts=told))
