"""Who waits for money: a proposal under what is left, and the grants whose cover the director owes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import budget, cover
from engine.domain.budget import ledger
from engine.domain.escalation import Application
from engine.domain.grants import Grant
from engine.domain.ranking import CAVEAT, Candidate, propose
from engine.queries.budget.movements import seen_numbers
from engine.queries.budget.outlook import open_applications


@dataclass(frozen=True)
class Waiting:
    """One application. Its number and words are empty where the case does not exist for the reader."""

    id: str
    nummer: str
    what: str
    amount: Decimal
    per_year: dict[int, Decimal]
    urgent: bool
    written_on: date
    why_left_out: str


@dataclass(frozen=True)
class WaitingList:
    within: list[Waiting]
    left_out: list[Waiting]
    remaining: dict[int, Decimal]  # before the proposal
    left: dict[int, Decimal]  # after it
    caveat: str


@dataclass(frozen=True)
class Uncovered:
    """A grant of a necessary need that stands with the director until its cover is found."""

    nummer: str
    missing: Decimal
    since: date


def waiting(session: Session, username: str) -> WaitingList:
    """Urgent ones first, then those that have waited longest. Raises NoSuchBudget."""
    budget.must_read(session, username)
    rows = {row.id: row for row in open_applications(session)}
    remaining = _remaining(session, list(rows))
    found = propose([_candidate(session, row) for row in rows.values()], remaining)
    numbers = seen_numbers(session, username, {row.case_id for row in rows.values()})
    why = {each.key: each.why for each in found.left_out}
    told = {key: _told(session, row, numbers, why.get(key, "")) for key, row in rows.items()}
    return WaitingList(
        within=[told[key] for key in found.chosen],
        left_out=[told[each.key] for each in found.left_out],
        remaining=remaining,
        left=found.left,
        caveat=CAVEAT,
    )


def without_cover(session: Session, username: str) -> list[Uncovered]:
    """What the director has to find, the oldest first. Raises NoSuchBudget."""
    budget.must_read(session, username)
    query = (
        select(Application, Grant)
        .join(Grant, Grant.application_id == Application.id)
        .where(Grant.necessary, Grant.amount > 0)
        .order_by(Grant.decided_at, Grant.id)
    )
    found = _found(session)
    rows = [
        (row, grant, missing)
        for row, grant in session.execute(query)
        if (missing := grant.amount - grant.returned - found.get(row.id, Decimal(0))) > 0
    ]
    numbers = seen_numbers(session, username, {row.case_id for row, *_ in rows})
    return [
        Uncovered(numbers.get(row.case_id, ""), missing, clock.local(grant.decided_at).date())
        for row, grant, missing in rows
    ]


def _found(session: Session) -> dict[str, Decimal]:
    """Application -> all that is set aside for it or booked, on any line."""
    found: dict[str, Decimal] = {}
    for account in (ledger.RESERVED, ledger.COMMITTED, ledger.SPENT):
        held = ledger.sums(session, account, (ledger.BudgetEntry.subject,))
        for (subject,), amount in held.items():
            found[subject] = found.get(subject, Decimal(0)) + amount
    return found


def _remaining(session: Session, ids: list[str]) -> dict[int, Decimal]:
    """Year -> what is free, with what the waiting ones have set aside: all stand alike."""
    found = {}
    held = [budget.held(session, each) for each in ids]
    for year, line in budget.shared_lines(session).items():
        set_aside = sum((each.get(line, Decimal(0)) for each in held), Decimal(0))
        found[year] = budget.line(session, line).free + set_aside
    return found


def _candidate(session: Session, row: Application) -> Candidate:
    return Candidate(
        key=row.id,
        amounts=cover.years(session, row, row.amount),
        waiting_since=clock.local(row.written_at).date(),
        priority=1 if row.urgent else 2,
    )


def _told(session: Session, row: Application, numbers: dict[str, str], why: str) -> Waiting:
    seen = row.case_id in numbers
    return Waiting(
        id=row.id,
        nummer=numbers.get(row.case_id, ""),
        what=row.what if seen else "",
        amount=row.amount,
        per_year=cover.years(session, row, row.amount),
        urgent=row.urgent,
        written_on=clock.local(row.written_at).date(),
        why_left_out=why,
    )
