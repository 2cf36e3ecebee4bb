"""Deadlines with their law, their computation in words, and the proof that they were met.

Computation rules: domain.md B1. A follow-up deadline is a latest day and is planned before when the
day is closed; a complaint deadline rolls forward to a working day.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import ahead, rules
from engine.domain.calendar import WorkingDays, add_months
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.errors import Broken, Refused
from engine.store import Base, new_id

OPEN, MET, CANCELLED = "aaben", "overholdt", "annulleret"


class NotComputable(Broken):
    """A rule without a number, or with a unit that is no time, was asked for a date."""


class DayHasPassed(Refused):
    """Dagen er allerede gået. Vælg i dag eller en senere dag."""


class Deadline(Base):
    """One duty of one case: which rule, counted from when, due when, met how."""

    __tablename__ = "deadlines"
    __table_args__ = (Index("ix_deadlines_case_state", "case_id", "state"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    regel: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str | None] = mapped_column(String(120))
    start: Mapped[datetime]
    due: Mapped[date] = mapped_column(Date)
    due_at: Mapped[datetime] = mapped_column(index=True)
    planned: Mapped[date] = mapped_column(Date)
    art: Mapped[str] = mapped_column(String(20))
    source: Mapped[str | None] = mapped_column(String(200))
    area: Mapped[str | None] = mapped_column(String(40))
    occasion: Mapped[str | None] = mapped_column(String(60))
    words: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(20), default=OPEN)
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    proof: Mapped[str | None] = mapped_column(String(200))

    @property
    def overdue(self) -> bool:
        return self.state == OPEN and clock.now() >= self.due_at


def compute(
    rule: rules.Rule, start: date | datetime, days: WorkingDays
) -> tuple[date, datetime, date]:
    """When the duty is due: (legal day, the moment from which it is overdue, day to plan it on).

    Raises NotComputable for a rule without a number or a unit of time.
    """
    if rule.value is None:
        raise NotComputable(rule.id)
    if rule.in_hours:
        moment = _moment(start) + timedelta(hours=rule.value)
        day = clock.local(moment).date()
        return day, moment, day
    day = _day(start)
    match rule.unit:
        case "maaneder":
            due = add_months(day, rule.value)
        case "aar":
            due = add_months(day, 12 * rule.value)
        case "uger" | "uge":
            due = day + timedelta(weeks=rule.value)
        case "dage" | "kalenderdage":
            due = day + timedelta(days=rule.value)
        case "arbejdsdage":
            due = days.add(day, rule.value)
        case other:
            raise NotComputable(f"{rule.id}: {other}")
    if rule.direction == "frem":
        due = days.on_or_after(due)
    return due, midnight(due + timedelta(days=1)), days.on_or_before(due)


def start(
    session: Session,
    case: Case,
    regel: str,
    start: date | datetime | None = None,
    subject: str | None = None,
) -> Deadline:
    """Open the duty, counted from the start (now). An open one of the same rule and subject ends.

    Raises rules.RuleMissing where no row is valid: services use `services.deadlines.begin`, which
    turns that into a task.
    """
    start = start or clock.now()
    rule = rules.lookup(session, regel, on=_day(start) if rule_is_dated_by_start(regel) else None)
    for earlier in open_deadlines(session, case, regel, subject):
        _end(earlier, CANCELLED, "afløst af en ny frist")
    due, due_at, planned = compute(rule, start, WorkingDays.of(session))
    deadline = Deadline(
        case_id=case.id,
        regel=regel,
        subject=subject,
        start=_moment(start),
        due=due,
        due_at=due_at,
        planned=planned,
        art=rule.art,
        source=rule.source,
        area=rule.area,
        occasion=rule.occasion,
        words=in_words(rule, _day(start), due),
        opened_at=clock.now(),
    )
    return _open(session, case, deadline)


def rule_is_dated_by_start(regel: str) -> bool:
    """Legal rows are looked up on the day the duty arose; local ones on today."""
    return not regel.startswith("KP-")


def fix(session: Session, case: Case, regel: str, due: date, reason: str) -> Deadline:
    """Open a duty whose date somebody has decided because no rule gives it (F52)."""
    for earlier in open_deadlines(session, case, regel):
        _end(earlier, CANCELLED, "afløst af en fastsat frist")
    area, occasion = rules.belongs_to(session, regel)
    deadline = Deadline(
        case_id=case.id,
        regel=regel,
        area=area,
        occasion=occasion,
        start=clock.now(),
        due=due,
        due_at=midnight(due + timedelta(days=1)),
        planned=WorkingDays.of(session).on_or_before(due),
        art="sag",
        words=f"Fastsat i sagen: {reason}"[:300],
        opened_at=clock.now(),
    )
    return _open(session, case, deadline)


def count_again(deadline: Deadline, rule: rules.Rule, days: WorkingDays) -> None:
    """The rule has another value: count from the same start. An earlier day that was agreed stays."""
    agreed = deadline.planned if deadline.planned < days.on_or_before(deadline.due) else None
    start = deadline.start if rule.in_hours else clock.local(deadline.start).date()
    before = deadline.due
    deadline.due, deadline.due_at, deadline.planned = compute(rule, start, days)
    deadline.planned = min(deadline.planned, agreed or deadline.planned)
    words = in_words(rule, clock.local(deadline.start).date(), deadline.due)
    deadline.words = f"{words}, før {before:%d.%m.%Y}"[:300]


def move_to(deadline: Deadline, due: date, why: str, days: WorkingDays) -> None:
    """Change a running duty's date; the old one stays in the words."""
    deadline.words = f"{why} (før {deadline.due:%d.%m.%Y})"[:300]
    deadline.due, deadline.planned = due, days.on_or_before(due)
    deadline.due_at = midnight(due + timedelta(days=1))


def meet(
    session: Session, case: Case, regel: str, proof: str, subject: str | None = None
) -> list[Deadline]:
    """The duty was done; the proof says by what. Nothing open is no error."""
    met = open_deadlines(session, case, regel, subject)
    for deadline in met:
        _end(deadline, MET, proof)
    return met


def cancel(
    session: Session,
    case: Case,
    regel: str | None = None,
    why: str = "",
    subject: str | None = None,
) -> list[Deadline]:
    """The duty falls away: one rule's, or all of the case's."""
    gone = open_deadlines(session, case, regel, subject)
    for deadline in gone:
        _end(deadline, CANCELLED, why)
    return gone


def open_deadlines(
    session: Session, case: Case, regel: str | None = None, subject: str | None = None
) -> list[Deadline]:
    """The case's open duties, the latest opened last."""
    found = [
        row
        for row in ahead.of(session, case).duties
        if row.state == OPEN
        and (regel is None or row.regel == regel)
        and (subject is None or row.subject == subject)
    ]
    return sorted(found, key=lambda row: (row.opened_at, row.due_at, row.id))


def _open(session: Session, case: Case, deadline: Deadline) -> Deadline:
    # What the flush would fill in is asked for before it.
    deadline.id, deadline.state = new_id(), OPEN
    ahead.of(session, case).duties.append(deadline)
    session.add(deadline)
    return deadline


def in_words(rule: rules.Rule, start: date, due: date) -> str:
    """How the date came about, for the one who asks why."""
    units = {
        "maaneder": ("måned", "måneder"),
        "aar": ("år", "år"),
        "uger": ("uge", "uger"),
        "uge": ("uge", "uger"),
        "dage": ("dag", "dage"),
        "kalenderdage": ("kalenderdag", "kalenderdage"),
        "arbejdsdage": ("arbejdsdag", "arbejdsdage"),
        "timer": ("time", "timer"),
    }
    one, many = units[rule.unit]
    source = "lokal beslutning" if rule.is_local else rule.source or rule.art
    return (
        f"{rule.value} {one if rule.value == 1 else many} efter {start:%d.%m.%Y}: "
        f"senest {due:%d.%m.%Y} ({source})"
    )[:300]


def midnight(day: date) -> datetime:
    """The moment the day begins in Copenhagen."""
    return datetime.combine(day, time(), clock.COPENHAGEN)


def _end(deadline: Deadline, state: str, proof: str) -> None:
    deadline.state, deadline.ended_at, deadline.proof = state, clock.now(), proof[:200] or None


def _day(start: date | datetime) -> date:
    return clock.local(start).date() if isinstance(start, datetime) else start


def _moment(start: date | datetime) -> datetime:
    return start if isinstance(start, datetime) else midnight(start)


@fact("frister")
def _due_days(session: Session, case: Case) -> dict[str, date]:
    """The legal day of each rule's latest open duty."""
    return {row.regel: row.due for row in open_deadlines(session, case)}


@fact("planlagt")
def _planned_days(session: Session, case: Case) -> dict[str, date]:
    """The day to plan each duty on: the working day before where the legal day is closed."""
    return {row.regel: row.planned for row in open_deadlines(session, case)}


@fact("frist_tider")
def _due_moments(session: Session, case: Case) -> dict[str, datetime]:
    """The moment from which each duty is overdue."""
    return {row.regel: row.due_at for row in open_deadlines(session, case)}
