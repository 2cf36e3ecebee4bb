"""The shared budget: it cannot be overspent, whatever is approved at the same moment.

Every change of a line is one guarded UPDATE (a line without cover is simply not changed) and one
row in an append-only ledger, in the same transaction. A request blocks nothing; a reservation does;
a commitment turns a reservation into a grant; what is not needed is released. Amounts are kroner.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    TypeDecorator,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain.facts import fact
from engine.domain.organisation import Unit
from engine.errors import Broken, Refused
from engine.store import Base, append_only, new_id


class Kroner(TypeDecorator):
    """An amount in kroner, kept as whole øre: both databases count those exactly."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else int((Decimal(value) * 100).to_integral_exact())

    def process_result_value(self, value, dialect):
        return None if value is None else Decimal(value) / 100


REQUEST, RESERVE, RELEASE, COMMIT, UNCOMMIT, SPEND, TOTAL = (
    "ansoegt",
    "reserveret",
    "frigivet",
    "bevilget",
    "tilbagefoert",
    "forbrugt",
    "ramme",
)


class NoCover(Refused):
    """Der er ikke dækning på budgetlinjen {linje}: der er {fri} kr. fri, og der mangler {mangler} kr. Direktionen kan anvise dækning."""


class UnknownLine(Refused):
    """Budgetlinjen {linje} findes ikke. Spørg Økonomi, hvilke linjer der er."""


class BelowCommitted(Refused):
    """Rammen på {linje} kan ikke sættes under det, der allerede er reserveret og bevilget ({bundet} kr.)."""


class NotReserved(Broken):
    """More is to be released or committed than the case has reserved."""


class BudgetLine(Base):
    """One line of one year, with its running sums; the ledger says how they came about."""

    __tablename__ = "budget_lines"
    __table_args__ = (
        CheckConstraint(
            "reserved >= 0 AND granted >= 0 AND reserved + granted <= total", name="covered"
        ),
    )

    line: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    year: Mapped[int]
    unit: Mapped[str | None] = mapped_column(ForeignKey("units.code"))
    total: Mapped[Decimal] = mapped_column(Kroner)
    reserved: Mapped[Decimal] = mapped_column(Kroner, default=Decimal(0))
    granted: Mapped[Decimal] = mapped_column(Kroner, default=Decimal(0))


class BudgetEntry(Base):
    """One movement on a line. Written once."""

    __tablename__ = "budget_entries"
    __table_args__ = (Index("ix_budget_entries_line", "line", "kind"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    line: Mapped[str] = mapped_column(ForeignKey("budget_lines.line"))
    kind: Mapped[str] = mapped_column(String(20))
    amount: Mapped[Decimal] = mapped_column(Kroner)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"), index=True)
    subject: Mapped[str | None] = mapped_column(String(36), index=True)
    unit: Mapped[str | None] = mapped_column(String(20))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(60))


append_only(BudgetEntry.__table__)


def open_line(
    session: Session, line: str, name: str, year: int, total: int | Decimal, unit: str | None = None
) -> BudgetLine:
    """The line of that id, made with its total if it is not there."""
    found = session.get(BudgetLine, line)
    if found is None:
        found = BudgetLine(
            line=line, name=name, year=year, unit=unit, total=Decimal(total), reserved=0, granted=0
        )
        session.add(found)
        session.flush()
        _enter(session, line, TOTAL, Decimal(total), by="systemet")
    return found


def set_total(session: Session, line: str, total: int | Decimal, by: str = "systemet") -> None:
    """Give the line another total. Raises BelowCommitted, UnknownLine."""
    before = _line(session, line)
    changed = session.execute(
        update(BudgetLine)
        .where(
            BudgetLine.line == line,
            BudgetLine.reserved + BudgetLine.granted <= literal(total, Kroner()),
        )
        .values(total=Decimal(total))
    )
    if changed.rowcount == 0:
        raise BelowCommitted(linje=line, bundet=kr(before.reserved + before.granted))
    _enter(session, line, TOTAL, Decimal(total) - before.total, by=by)
    session.expire(before)


def request(session: Session, line: str, amount: Decimal, **entry) -> None:
    """Note what is asked for; it blocks nothing."""
    _line(session, line)
    _enter(session, line, REQUEST, Decimal(amount), **entry)


def reserve(session: Session, line: str, amount: Decimal, **entry) -> None:
    """Set the amount aside. Raises NoCover and changes nothing where it is not there."""
    amount = Decimal(amount)
    row = _line(session, line)
    changed = session.execute(
        update(BudgetLine)
        .where(
            BudgetLine.line == line,
            BudgetLine.reserved + BudgetLine.granted + literal(amount, Kroner())
            <= BudgetLine.total,
        )
        .values(reserved=BudgetLine.reserved + amount)
    )
    session.expire(row)
    if changed.rowcount == 0:
        free = _line(session, line).total - row.reserved - row.granted
        raise NoCover(linje=line, fri=kr(free), mangler=kr(amount - free))
    _enter(session, line, RESERVE, amount, **entry)


def reserve_up_to(session: Session, line: str, amount: Decimal, **entry) -> Decimal:
    """Set aside what there is of the amount, and return how much that was."""
    amount = Decimal(amount)
    for _ in range(20):
        row = _line(session, line)
        session.refresh(row)
        part = min(amount, row.total - row.reserved - row.granted)
        if part <= 0:
            return Decimal(0)
        try:
            reserve(session, line, part, **entry)
        except NoCover:
            continue  # somebody was faster; take what is left now
        return part
    return Decimal(0)


def release(session: Session, line: str, amount: Decimal, **entry) -> None:
    """Give a reservation back to the line. Raises NotReserved."""
    _move(session, line, Decimal(amount), reserved=-1, granted=0)
    _enter(session, line, RELEASE, Decimal(amount), **entry)


def commit(session: Session, line: str, amount: Decimal, **entry) -> None:
    """Turn a reservation into a grant. Raises NotReserved."""
    _move(session, line, Decimal(amount), reserved=-1, granted=1)
    _enter(session, line, COMMIT, Decimal(amount), **entry)


def uncommit(session: Session, line: str, amount: Decimal, **entry) -> None:
    """Give a grant that will not be used back to the line."""
    _move(session, line, Decimal(amount), reserved=0, granted=-1)
    _enter(session, line, UNCOMMIT, Decimal(amount), **entry)


def spend(session: Session, line: str, amount: Decimal, **entry) -> None:
    """Note what a grant has cost; the grant holds it already."""
    _line(session, line)
    _enter(session, line, SPEND, Decimal(amount), **entry)


def balance(session: Session, line: str) -> dict[str, Decimal]:
    """The line's sums in kroner: total, requested, reserved, granted, spent, free."""
    row = _line(session, line)
    session.refresh(row)
    return {
        "total": row.total,
        "requested": _sum(session, line, REQUEST),
        "reserved": row.reserved,
        "granted": row.granted,
        "spent": _sum(session, line, SPEND),
        "free": row.total - row.reserved - row.granted,
    }


def held(session: Session, subject: str) -> dict[str, Decimal]:
    """What is still reserved for one application, line by line."""
    return _left(session, subject, RESERVE, RELEASE, COMMIT)


def committed(session: Session, subject: str) -> dict[str, Decimal]:
    """What has been granted for one application, line by line."""
    return _left(session, subject, COMMIT, UNCOMMIT)


def held_by(session: Session, line: str, subject: str) -> Decimal:
    """What is still reserved on the line for one application."""
    return held(session, subject).get(line, Decimal(0))


def by_unit(session: Session, line: str | None = None) -> dict[str, Decimal]:
    """What each unit carries of the grants, on one line or on all: the split of the report."""
    query = (
        select(BudgetEntry.unit, BudgetEntry.kind, func.sum(BudgetEntry.amount))
        .where(BudgetEntry.kind.in_((COMMIT, UNCOMMIT)), BudgetEntry.unit.is_not(None))
        .group_by(BudgetEntry.unit, BudgetEntry.kind)
    )
    if line is not None:
        query = query.where(BudgetEntry.line == line)
    found: dict[str, Decimal] = {}
    for unit, kind, amount in session.execute(query):
        sign = 1 if kind == COMMIT else -1
        found[unit] = found.get(unit, Decimal(0)) + sign * amount
    return dict(sorted(found.items()))


def shared_line(session: Session, year: int) -> str:
    """The shared budget of a year. Raises UnknownLine."""
    query = select(BudgetLine.line).where(BudgetLine.year == year, BudgetLine.unit.is_(None))
    found = session.scalar(query.order_by(BudgetLine.line).limit(1))
    if found is None:
        raise UnknownLine(linje=f"fælles {year}")
    return found


def point_out(session: Session, source: str, amount: Decimal, **entry) -> None:
    """Set the amount aside on a line, or let a unit bear it out of its own means.

    A unit's own budget is not kept here: what it is told to find becomes its line `<unit>-<year>`,
    which is always covered. Raises NoCover, UnknownLine.
    """
    unit = session.get(Unit, source)
    if unit is None:
        reserve(session, source, amount, **entry)
        return
    year = clock.today().year
    own = open_line(session, f"{unit.code.lower()}-{year}", f"{unit.name} {year}", year, 0, source)
    short = amount - (own.total - own.reserved - own.granted)
    if short > 0:
        set_total(session, own.line, own.total + short, by=entry["by"])
    reserve(session, own.line, amount, **entry)


def release_case(session: Session, case_id: str, by: str) -> Decimal:
    """Give back everything the case has set aside and not committed; how much that was."""
    query = (
        select(BudgetEntry.line, BudgetEntry.subject)
        .where(BudgetEntry.case_id == case_id, BudgetEntry.kind == RESERVE)
        .distinct()
        .order_by(BudgetEntry.line, BudgetEntry.subject)
    )
    given_back = Decimal(0)
    for line, subject in session.execute(query).all():
        held = held_by(session, line, subject)
        if held > 0:
            release(session, line, held, by=by, case_id=case_id, subject=subject)
            given_back += held
    return given_back


def kr(amount: Decimal) -> str:
    """An amount as Danes write it."""
    whole = amount == amount.to_integral_value()
    text = f"{amount:,.0f}" if whole else f"{amount:,.2f}"
    return text.translate(str.maketrans(",.", ".,"))


def _move(session: Session, line: str, amount: Decimal, reserved: int, granted: int) -> None:
    row = _line(session, line)
    after_reserved = BudgetLine.reserved + literal(reserved * amount, Kroner())
    after_granted = BudgetLine.granted + literal(granted * amount, Kroner())
    changed = session.execute(
        update(BudgetLine)
        .where(
            BudgetLine.line == line,
            after_reserved >= literal(0, Kroner()),
            after_granted >= literal(0, Kroner()),
        )
        .values(reserved=after_reserved, granted=after_granted)
    )
    session.expire(row)
    if changed.rowcount == 0:
        raise NotReserved(f"{line}: {amount}")


def _line(session: Session, line: str) -> BudgetLine:
    found = session.get(BudgetLine, line)
    if found is None:
        raise UnknownLine(linje=line)
    return found


def _left(session: Session, subject: str, come: str, *gone: str) -> dict[str, Decimal]:
    query = (
        select(BudgetEntry.line, BudgetEntry.kind, func.sum(BudgetEntry.amount))
        .where(BudgetEntry.subject == subject, BudgetEntry.kind.in_((come, *gone)))
        .group_by(BudgetEntry.line, BudgetEntry.kind)
        .order_by(BudgetEntry.line)
    )
    left: dict[str, Decimal] = {}
    for line, kind, amount in session.execute(query):
        left[line] = left.get(line, Decimal(0)) + (amount if kind == come else -amount)
    return {line: amount for line, amount in left.items() if amount > 0}


def _sum(session: Session, line: str, kind: str) -> Decimal:
    query = select(func.coalesce(func.sum(BudgetEntry.amount), 0)).where(
        BudgetEntry.line == line, BudgetEntry.kind == kind
    )
    return Decimal(session.scalar(query))


def _enter(
    session: Session,
    line: str,
    kind: str,
    amount: Decimal,
    *,
    by: str,
    case_id: str | None = None,
    subject: str | None = None,
    unit: str | None = None,
) -> None:
    session.add(
        BudgetEntry(
            line=line,
            kind=kind,
            amount=amount,
            case_id=case_id,
            subject=subject,
            unit=unit,
            at=clock.now(),
            by=by,
        )
    )
    session.flush()


@fact("valg_budgetlinjer")
def _lines(session: Session, case: object) -> list[dict]:
    """The lines of this year and later, with what is free."""
    query = select(BudgetLine).where(BudgetLine.year >= clock.today().year)
    return [
        {
            "value": row.line,
            "label": f"{row.name}: {row.total - row.reserved - row.granted:.0f} kr. fri",
        }
        for row in session.scalars(query.order_by(BudgetLine.year, BudgetLine.line))
    ]


@fact("valg_daekning")
def _sources(session: Session, case: object) -> list[dict]:
    """Where cover may be pointed out: the lines, and the units' own means."""
    query = select(Unit).where(Unit.partner.is_(False)).order_by(Unit.name)
    units = [{"value": u.code, "label": f"{u.name}: egen ramme"} for u in session.scalars(query)]
    return _lines(session, case) + units
