"""Who waits for money: a proposal under what is left, and the grants whose cover the director owes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import access, budget, cover
from engine.domain.budget import ledger
from engine.domain.escalation import Application
from engine.domain.grants import Grant
from engine.domain.ranking import CAVEAT, Candidate, propose
from engine.instances import WorkItem
from engine.queries.budget.outlook import open_applications
from engine.queries.budget.whose import Whose, whose

NONE = Decimal(0)
#: The task of pointing out cover.
TO_FIND = "anvis_daekning"


@dataclass(frozen=True)
class Waiting:
    """One application. Its number and words are empty where the case does not exist for the reader."""

    id: str
    nummer: str
    citizens: str
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
    """A grant of a necessary need that stands with the director until its cover is found.

    `task_id` is that of the task, where it is the reader's to do; else empty.
    """

    nummer: str
    citizens: str
    missing: Decimal
    since: date
    task_id: str


@dataclass(frozen=True)
class Asking:
    """An open application's part on one line: what is set aside for it, and what is missing.

    Missing is what the line could not give it now, if it stood alone.
    """

    id: str
    nummer: str
    citizens: str
    amount: Decimal
    reserved: Decimal
    missing: Decimal
    urgent: bool
    written_on: date


def waiting(session: Session, username: str) -> WaitingList:
    """Urgent ones first, then those that have waited longest. Raises NoSuchBudget."""
    budget.must_read(session, username)
    rows = {row.id: row for row in open_applications(session)}
    remaining = _remaining(session, list(rows))
    found = propose([_candidate(session, row) for row in rows.values()], remaining)
    cases = whose(session, username, {row.case_id for row in rows.values()})
    why = {each.key: each.why for each in found.left_out}
    told = {
        key: _told(session, row, cases[row.case_id], why.get(key, "")) for key, row in rows.items()
    }
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
        if (missing := grant.amount - grant.returned - found.get(row.id, NONE)) > 0
    ]
    cases = whose(session, username, {row.case_id for row, *_ in rows})
    tasks = open_tasks(session, username, TO_FIND)
    return [
        Uncovered(
            **vars(cases[row.case_id]),
            missing=missing,
            since=clock.local(grant.decided_at).date(),
            task_id=tasks.get(row.case_id, ""),
        )
        for row, grant, missing in rows
    ]


def asking(session: Session, username: str, line: str) -> list[Asking]:
    """The open applications that draw on the line, the one that has waited longest first.

    Raises NoSuchBudget, UnknownLine.
    """
    budget.must_read(session, username)
    drawn_on = budget.line(session, line)
    year = drawn_on.year
    rows = [
        (row, part)
        for row in open_applications(session)
        if cover.lines(session, row).get(year) == line
        and (part := cover.years(session, row, row.amount).get(year))
    ]
    cases = whose(session, username, {row.case_id for row, _ in rows})
    return [
        Asking(
            id=row.id,
            **vars(cases[row.case_id]),
            amount=part,
            reserved=budget.held_by(session, line, row.id),
            missing=max(cover.missing(session, row).get(year, NONE) - drawn_on.free, NONE),
            urgent=row.urgent,
            written_on=clock.local(row.written_at).date(),
        )
        for row, part in rows
    ]


def open_tasks(session: Session, username: str, element: str) -> dict[str, str]:
    """Case id -> the open task of that kind, where it is the reader's to do."""
    query = access.visible_tasks(session, username).where(WorkItem.element == element)
    return {task.case_id: task.id for task in session.scalars(query)}


def _found(session: Session) -> dict[str, Decimal]:
    """Application -> all that is set aside for it or booked, on any line."""
    found: dict[str, Decimal] = {}
    for account in (ledger.RESERVED, ledger.COMMITTED, ledger.SPENT):
        held = ledger.sums(session, account, (ledger.BudgetEntry.subject,))
        for (subject,), amount in held.items():
            found[subject] = found.get(subject, NONE) + amount
    return found


def _remaining(session: Session, ids: list[str]) -> dict[int, Decimal]:
    """Year -> what is free, with what the waiting ones have set aside: all stand alike."""
    found = {}
    held = [budget.held(session, each) for each in ids]
    for year, line in budget.shared_lines(session).items():
        set_aside = sum((each.get(line, NONE) for each in held), NONE)
        found[year] = budget.line(session, line).free + set_aside
    return found


def _candidate(session: Session, row: Application) -> Candidate:
    return Candidate(
        key=row.id,
        amounts=cover.years(session, row, row.amount),
        waiting_since=clock.local(row.written_at).date(),
        priority=1 if row.urgent else 2,
    )


def _told(session: Session, row: Application, case: Whose, why: str) -> Waiting:
    return Waiting(
        id=row.id,
        **vars(case),
        what=row.what if case.nummer else "",
        amount=row.amount,
        per_year=cover.years(session, row, row.amount),
        urgent=row.urgent,
        written_on=clock.local(row.written_at).date(),
        why_left_out=why,
    )
