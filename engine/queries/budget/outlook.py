"""The outlook of a line: month by month to the end of its year."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import budget, cover, escalation, grants
from engine.domain.budget import BudgetEntry, BudgetLine, ledger
from engine.domain.escalation import Application
from engine.domain.forecast import Month, Stretch, assumptions, forecast, granted_share
from engine.domain.grants import Grant
from engine.queries.budget.lines import Line, lines
from engine.queries.budget.rights import is_there


@dataclass(frozen=True)
class Outlook:
    """`at_year_end` is what the year comes to; `over` how far that lies above the line's total."""

    line: str
    name: str
    year: int
    total: Decimal
    months: list[Month]
    at_year_end: Decimal
    over: Decimal
    assumptions: list[str]


def outlook(session: Session, username: str, line: str) -> Outlook:
    """Raises NoSuchBudget, UnknownLine."""
    budget.must_read(session, username)
    row = budget.line(session, line)
    share = granted_share(_decided(session))
    months = forecast(
        row.year,
        clock.today(),
        spent=_spent(session, row),
        committed=_committed(session, row),
        applied=_applied(session, row),
        share=Decimal(1) if share is None else share,
    )
    at_year_end = months[-1].total
    return Outlook(
        line=line,
        name=row.name,
        year=row.year,
        total=row.total,
        months=months,
        at_year_end=at_year_end,
        over=max(at_year_end - row.total, Decimal(0)),
        assumptions=assumptions(share),
    )


def this_year(session: Session, username: str) -> list[tuple[Line, Outlook]]:
    """The shared lines of this year with what they come to; none where the reader has no budget."""
    if not is_there(session, username):
        return []
    shared = lines(session, username).shared
    return [(each, outlook(session, username, each.line)) for each in shared]


def open_applications(session: Session) -> list[Application]:
    """Those that nobody has decided on, the one that has waited longest first."""
    query = (
        select(Application)
        .outerjoin(Grant, Grant.application_id == Application.id)
        .where(
            Grant.id.is_(None), Application.state.in_((escalation.WRITTEN, escalation.ON_AGENDA))
        )
    )
    return list(session.scalars(query.order_by(Application.written_at, Application.id)))


def _spent(session: Session, row: BudgetLine):
    """What the line has paid, and when the bill was paid."""
    entry = BudgetEntry
    query = select(entry.day, entry.amount, entry.debit).where(
        entry.line == row.line, (entry.debit == ledger.SPENT) | (entry.credit == ledger.SPENT)
    )
    for day, amount, debit in session.execute(query):
        yield day, amount if debit == ledger.SPENT else -amount


def _committed(session: Session, row: BudgetLine):
    entry = BudgetEntry
    left = ledger.sums(session, ledger.COMMITTED, (entry.subject,), entry.line == row.line)
    known = _applications(session, [subject for (subject,) in left])
    for (subject,), amount in left.items():
        if amount:
            yield _stretch(amount, known.get(subject))


def _applied(session: Session, row: BudgetLine):
    for each in open_applications(session):
        line = cover.lines(session, each).get(row.year)
        asked = cover.years(session, each, each.amount).get(row.year)
        if line == row.line and asked:
            yield _stretch(asked, each)


def _stretch(amount: Decimal, row: Application | None) -> Stretch:
    first = row and (row.starts_on or clock.local(row.written_at).date())
    return Stretch(amount, first or clock.today(), row.months if row else 1)


def _applications(session: Session, ids: list[str]) -> dict[str, Application]:
    query = select(Application).where(Application.id.in_(ids))
    return {row.id: row for row in session.scalars(query)}


def _decided(session: Session):
    query = (
        select(Application.amount, Grant.amount)
        .join(Grant, Grant.application_id == Application.id)
        .where(Grant.result.in_(grants.DECISIONS))
    )
    yield from session.execute(query)
