"""Efforts: what is done for the citizen, under which law, by which unit, in which order.

Sources: seed 001 (R1.04 collisions, R1.05 order and parallel efforts), seed 003 (R3.06 agreed
efforts are started), seed 004 (R4.10 who does what beside the coordinator, R4.13 types).
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Date, ForeignKey, Numeric, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import cases, deadlines, plan, rules
from engine.domain.calendar import WorkingDays
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.errors import Refused
from engine.store import Base, Json, new_id

PROPOSED, AWAITING_GRANT, GRANTED = "foreslaaet", "afventer_bevilling", "bevilget"
RUNNING, PAUSED = "i_gang", "paa_pause"
DONE_REACHED, DONE_OTHER, REFUSED = "afsluttet_maal_naaet", "afsluttet_andet", "afslaaet"
TO_START = (PROPOSED, GRANTED)
LIVE = (PROPOSED, AWAITING_GRANT, GRANTED, RUNNING, PAUSED)


class UkendtIndsats(Refused):
    """Indsatsen {indsats} findes ikke i sagen. Vælg en af planens indsatser."""


class IndsatsVenter(Refused):
    """Indsatsen kan ikke starte endnu, fordi {venter_paa} skal være i gang først. Tal med koordinatoren, hvis rækkefølgen skal ændres."""


class IndsatsOphoert(Refused):
    """Indsatsen er ophørt: {hvorfor}. Den skal ikke startes. Vælg, at den opgives, så forsvinder opgaven."""


class UdenBevilling(Refused):
    """Indsatsen venter på en bevilling og kan ikke starte. Visitationsudvalget eller enhedens leder afgør den først."""


class Effort(Base):
    """One effort of a case."""

    __tablename__ = "efforts"
    __table_args__ = (UniqueConstraint("case_id", "key"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    key: Mapped[str] = mapped_column(String(60))
    #: Whose effort it is, where the case holds a family; none means everybody's.
    person_id: Mapped[str | None] = mapped_column(ForeignKey("persons.id"))
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40), default="andet")
    law_area: Mapped[str | None] = mapped_column(String(40))
    paragraph: Mapped[str | None] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(ForeignKey("units.code"), index=True)
    supplier: Mapped[str | None] = mapped_column(String(160))
    goal_keys: Mapped[list] = mapped_column(Json, default=list)
    depends_on: Mapped[list] = mapped_column(Json, default=list)
    planned_start: Mapped[date | None] = mapped_column(Date)
    planned_end: Mapped[date | None] = mapped_column(Date)
    taken_up_on: Mapped[date | None] = mapped_column(Date)
    started_on: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    amount: Mapped[float | None] = mapped_column(Numeric(14, 2, asdecimal=False))
    funding: Mapped[str | None] = mapped_column(String(200))
    responsible: Mapped[str | None] = mapped_column(String(160))
    needs_decision: Mapped[bool] = mapped_column(default=False)
    application_id: Mapped[str | None] = mapped_column(ForeignKey("applications.id"))
    sector_plan_id: Mapped[str | None] = mapped_column(ForeignKey("sector_plans.id"))
    status: Mapped[str] = mapped_column(String(30), default=PROPOSED)
    stop_reason: Mapped[str | None] = mapped_column(Text)
    from_version: Mapped[int | None]

    @property
    def live(self) -> bool:
        return self.status in LIVE


class Obstacle(Base):
    """Something keeps an effort from starting or going on (F20), and what was agreed about it."""

    __tablename__ = "obstacles"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    effort_id: Mapped[str] = mapped_column(ForeignKey("efforts.id"), index=True)
    cause: Mapped[str] = mapped_column(Text)
    new_date: Mapped[date | None] = mapped_column(Date)
    help_wanted_from: Mapped[str | None] = mapped_column(String(160))
    reported_by: Mapped[str] = mapped_column(String(60))
    reported_on: Mapped[date] = mapped_column(Date)
    settled: Mapped[str | None] = mapped_column(Text)


def apply(session: Session, case: Case, version: plan.Plan) -> list[Effort]:
    """Make the case's efforts those of the accepted version.

    Running efforts keep their state. An effort that the new version no longer has, and that never
    started, ends; a running one is left to its unit. Returns the efforts that are new.
    """
    known = {row.key: row for row in of_case(session, case)}
    added = []
    for wanted in version.content["indsatser"]:
        row = known.pop(wanted["noegle"], None)
        if row is None:
            row = Effort(case_id=case.id, key=wanted["noegle"], from_version=version.version)
            session.add(row)
            added.append(row)
        _fill(row, wanted)
        cases.involve(session, case, row.unit, f"indsats i plan {version.version}")
    for gone in known.values():
        if gone.status in (PROPOSED, AWAITING_GRANT, GRANTED) and gone.from_version is not None:
            gone.status, gone.ended_on = DONE_OTHER, clock.today()
            gone.stop_reason = f"ikke med i plan {version.version}"
    session.flush()
    return added


def add(session: Session, case: Case, title: str, unit: str, **facts) -> Effort:
    """Add one effort outside the plan's text, such as one that a committee has granted."""
    from engine.domain.keys import key

    row = Effort(
        case_id=case.id,
        key=key(title, {e.key for e in of_case(session, case)}),
        title=title,
        unit=unit,
        **{"planned_start": None, **facts},
    )
    row.planned_start = row.planned_start or clock.today()
    session.add(row)
    cases.involve(session, case, unit, "indsats")
    session.flush()
    return row


def of_case(session: Session, case: Case) -> list[Effort]:
    """Every effort, in the order of planned start."""
    query = select(Effort).where(Effort.case_id == case.id)
    rows = session.scalars(query.order_by(Effort.planned_start, Effort.key))
    return list(rows)


def find(session: Session, case: Case, effort_key: str) -> Effort:
    """Raises UkendtIndsats."""
    found = session.scalar(
        select(Effort).where(Effort.case_id == case.id, Effort.key == effort_key)
    )
    if found is None:
        raise UkendtIndsats(indsats=effort_key)
    return found


def take_up(session: Session, case: Case) -> list[Effort]:
    """What is agreed or granted and nobody has been asked to start; now somebody is.

    An effort is taken up once: a grant may set efforts going while others still wait to begin.
    """
    found = [
        row for row in of_case(session, case) if row.status in TO_START and row.taken_up_on is None
    ]
    for row in found:
        row.taken_up_on = clock.today()
    return found


def start(session: Session, case: Case, effort: Effort, on: date | None = None) -> None:
    """The effort begins.

    Raises UdenBevilling, IndsatsOphoert where it is over, IndsatsVenter where another comes first.
    """
    if not effort.live:
        raise IndsatsOphoert(hvorfor=effort.stop_reason or "den er afsluttet")
    if effort.status == AWAITING_GRANT:
        raise UdenBevilling
    waiting = [
        other.title
        for other in of_case(session, case)
        if other.key in effort.depends_on and other.started_on is None and other.live
    ]
    if waiting:
        raise IndsatsVenter(venter_paa=" og ".join(waiting))
    effort.status, effort.started_on = RUNNING, on or clock.today()


def end(effort: Effort, status: str, reason: str | None = None, on: date | None = None) -> None:
    """The effort is over, with a status of the value list and why."""
    effort.status, effort.ended_on, effort.stop_reason = status, on or clock.today(), reason


def decided(effort: Effort, given: bool) -> None:
    """The decision that the effort waited for has been made."""
    effort.needs_decision = False
    if given:
        effort.status = GRANTED
    else:
        end(effort, REFUSED, "afgørelse")


def leave_out(session: Session, case: Case, person_id: str, why: str) -> list[Effort]:
    """One member of a family leaves: their own efforts end here, the others' go on (C4)."""
    left = [row for row in of_case(session, case) if row.person_id == person_id and row.live]
    for row in left:
        end(row, DONE_OTHER, why)
    return left


def report_obstacle(session: Session, effort: Effort, by: str, **facts) -> Obstacle:
    """Something is in the way; `facts` are the columns."""
    row = Obstacle(effort_id=effort.id, reported_by=by, reported_on=clock.today(), **facts)
    session.add(row)
    session.flush()
    return row


def open_obstacle(session: Session, effort: Effort) -> Obstacle | None:
    """The latest obstacle that nothing has been agreed about."""
    query = select(Obstacle).where(Obstacle.effort_id == effort.id, Obstacle.settled.is_(None))
    return session.scalars(query.order_by(Obstacle.reported_on.desc(), Obstacle.id)).first()


def collisions(session: Session, case: Case) -> list[tuple[Effort, Effort]]:
    """Pairs of efforts by different units that run at the same time towards the same goal (R1.04)."""
    rows = [row for row in of_case(session, case) if row.live]
    return [
        (one, other)
        for number, one in enumerate(rows)
        for other in rows[number + 1 :]
        if one.unit != other.unit
        and set(one.goal_keys) & set(other.goal_keys)
        and other.key not in one.depends_on
        and one.key not in other.depends_on
        and _overlap(one, other)
    ]


def _overlap(one: Effort, other: Effort) -> bool:
    def period(row: Effort) -> tuple[date, date]:
        begins = row.started_on or row.planned_start or date.min
        return begins, row.ended_on or row.planned_end or date.max

    (a, b), (c, d) = period(one), period(other)
    return a <= d and c <= b


def _fill(row: Effort, wanted: dict) -> None:
    row.title = wanted["titel"]
    row.person_id = wanted.get("person")
    row.kind = wanted.get("indsatstype") or "andet"
    row.law_area = wanted.get("lov")
    row.paragraph = wanted.get("paragraf")
    row.unit = wanted["enhed"]
    row.supplier = wanted.get("leverandoer")
    row.goal_keys = wanted.get("maal") or []
    row.depends_on = wanted.get("afhaenger_af") or []
    row.planned_start = _date(wanted.get("start")) or row.planned_start or clock.today()
    row.planned_end = _date(wanted.get("slut"))
    row.amount = wanted.get("beloeb")
    row.funding = wanted.get("oekonomi")
    row.responsible = wanted.get("ansvarlig") or row.responsible
    if row.status is None:
        row.needs_decision = bool(wanted.get("kraever_afgoerelse"))
        row.status = AWAITING_GRANT if wanted.get("kraever_bevilling") else PROPOSED


def _date(value: str | date | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else value or None


@fact("indsatser")
def _efforts(session: Session, case: Case) -> dict[str, dict]:
    """Each live effort by its key: title, unit, law, planned start, status, and when to ask after it."""
    return {
        row.key: {
            "titel": row.title,
            "enhed": row.unit,
            "lov": row.law_area,
            "type": row.kind,
            "beloeb": row.amount,
            "mangler_afgoerelse": row.needs_decision,
            "start": row.planned_start,
            "status": row.status,
            "rykkes": reminder(session, row, "KP-8"),
            "rykkes_leder": reminder(session, row, "KP-8-leder"),
        }
        for row in of_case(session, case)
        if row.live
    }


def reminder(session: Session, effort: Effort, regel: str) -> date | None:
    """The day after which an effort that has not begun is asked after; None without a rule."""
    if effort.planned_start is None:
        return None
    try:
        rule = rules.lookup(session, regel)
        due, _, _ = deadlines.compute(rule, effort.planned_start, WorkingDays.of(session))
    except (rules.RuleMissing, deadlines.NotComputable):
        return None
    return due + timedelta(days=1)
