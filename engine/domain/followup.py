"""Follow-up: which duties a case has, what a round found, and when the next one is due.

Sources: seed 001 (R1.28 who has the initiative, R1.31 a minimum interval), domain.md B1: every law's
duty has its own date, the common meeting is planned at the earliest, and one meeting may meet
several duties. The numbers are rows of the table `frister` (D5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import deadlines, plan, rules
from engine.domain.cases import Case
from engine.domain.deadlines import Deadline
from engine.domain.facts import fact
from engine.errors import Refused
from engine.store import Base, Json, new_id

FIRST, NEXT = "foerste_opfoelgning", "naeste_opfoelgning"
#: Occasions of the table `frister` that are a follow-up of what is going on.
OCCASIONS = (FIRST, NEXT, "opfoelgning", "anbragt_barn_opfoelgning")
#: The coordinating plan's own follow-ups (the second is every next one), and their area. They count
#: also where a day was decided in the case because the table had no row.
OWN, PLAN_AREA = ("KP-1", "KP-2"), "koordinerende_plan"
PLAN_RULE = OWN[1]

#: The message that lets a waiting round look at the dates again.
CHANGED = "frist_aendret"
#: The message that begins a waiting round now, and the element at which a round waits for it.
NEWS, WAITING = "ny_oplysning", "ny_oplysning_modtaget"

CONTINUE, REVISE, GRANT, CLOSE = "fortsaet", "revider", "bevilling", "afslut"
#: What the meeting decided, as the spine goes on.
OUTCOMES = {"ingen": CONTINUE, "juster_plan": REVISE, "bevilling": GRANT, "afslut": CLOSE}


class OpfoelgningIFremtiden(Refused):
    """Opfølgningen kan først registreres, når den er holdt. Skriv den dag, I mødtes, eller vent, til mødet er holdt."""


class NaesteOpfoelgningForSent(Refused):
    """Den næste opfølgning skal holdes senest {senest}, og den kan ikke aftales til {valgt}. Vælg fristen eller en tidligere dag."""


class NaesteOpfoelgningForTidligt(Refused):
    """Den næste opfølgning kan ikke ligge før den, der lige er holdt. Vælg en senere dag."""


class RytmeMangler(Refused):
    """Efter {hjemmel} skal rytmen for de næste opfølgninger fastsættes i sagen. Skriv antallet af måneder og begrundelsen, og giv barnet og forældrene den."""


class FollowUp(Base):
    """One follow-up that was held: which duties it met, what it found, what it decided."""

    __tablename__ = "followups"
    __table_args__ = (Index("ix_followups_case_held", "case_id", "held_on"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    held_on: Mapped[date] = mapped_column(Date)
    form: Mapped[str | None] = mapped_column(String(30))
    rules: Mapped[list] = mapped_column(Json, default=list)
    due: Mapped[date | None] = mapped_column(Date)
    news: Mapped[str | None] = mapped_column(Text)
    citizens_words: Mapped[str | None] = mapped_column(Text)
    collision: Mapped[str | None] = mapped_column(String(20))
    change: Mapped[str] = mapped_column(String(20))
    change_reason: Mapped[str | None] = mapped_column(Text)
    outside_help: Mapped[str | None] = mapped_column(Text)
    initiative: Mapped[str | None] = mapped_column(String(160))
    next_planned: Mapped[date | None] = mapped_column(Date)
    next_due: Mapped[date | None] = mapped_column(Date)
    rhythm_months: Mapped[int | None]
    rhythm_reason: Mapped[str | None] = mapped_column(Text)
    registered_at: Mapped[datetime]
    registered_by: Mapped[str] = mapped_column(String(60))

    @property
    def on_time(self) -> bool | None:
        """Whether it was held by the earliest duty's day; None when none was due."""
        return None if self.due is None else self.held_on <= self.due


class Progress(Base):
    """Where one goal stood at one follow-up."""

    __tablename__ = "goal_progress"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    followup_id: Mapped[str] = mapped_column(ForeignKey("followups.id"), index=True)
    goal_key: Mapped[str] = mapped_column(String(60))
    status: Mapped[str] = mapped_column(String(20))
    progress: Mapped[int | None]
    what_worked: Mapped[str | None] = mapped_column(Text)


def duties(session: Session, case: Case) -> list[Deadline]:
    """The case's open follow-up duties, the earliest first."""
    running = deadlines.open_deadlines(session, case)
    running = [row for row in running if row.occasion in OCCASIONS or row.regel in OWN]
    return sorted(running, key=lambda row: (row.planned, row.due, row.regel))


def next_rule(session: Session, duty: Deadline) -> rules.Rule | None:
    """The rule of what follows on this duty in its own area of law; None where there is none."""
    area = PLAN_AREA if duty.regel in OWN else duty.area
    return rules.next_in(session, area, NEXT) if area else None


def covered(session: Session, case: Case, wanted: list[str] | None) -> list[Deadline]:
    """The open duties that a meeting met: those of the rules named, all when none is."""
    return [d for d in duties(session, case) if not wanted or d.regel in wanted]


def decided_in_the_case(session: Session, met: Iterable[Deadline]) -> list[rules.Rule]:
    """The rules whose next date has to be decided here, with reasons (barnets lov § 95 stk. 3)."""
    following = [next_rule(session, duty) for duty in met]
    return [rule for rule in following if rule is not None and rule.art == rules.IN_THE_CASE]


def day_held(said: str) -> date:
    """The day of a follow-up, from ISO text. Raises OpfoelgningIFremtiden."""
    held_on = date.fromisoformat(said)
    if held_on > clock.today():
        raise OpfoelgningIFremtiden
    return held_on


def register(
    session: Session, case: Case, held_on: date, met: list[Deadline], by: str, **facts: Any
) -> FollowUp:
    """Keep one follow-up, the duties it met, and what is next: those duties have begun."""
    row = FollowUp(
        id=new_id(),
        case_id=case.id,
        held_on=held_on,
        rules=[duty.regel for duty in met],
        due=min((duty.due for duty in met), default=None),
        next_planned=planned(session, case),
        next_due=due(session, case),
        registered_at=clock.now(),
        registered_by=by,
        **facts,
    )
    session.add(row)
    return row


def note_progress(
    session: Session, case: Case, row: FollowUp, statuses: Iterable[Mapping[str, Any]]
) -> None:
    """Bring the goals to where they were found to be. Raises plan.UkendtMaal."""
    statuses = list(statuses)
    known = {goal.key: goal for goal in plan.goals(session, case)} if statuses else {}
    for said in statuses:
        goal = known.get(said["maal"]) or plan.goal(session, case, said["maal"])
        goal.status = said["status"]
        goal.progress = goal.progress if said.get("fremdrift") is None else said["fremdrift"]
        session.add(
            Progress(
                followup_id=row.id,
                goal_key=goal.key,
                status=goal.status,
                progress=said.get("fremdrift"),
                what_worked=said.get("hvad_virkede"),
            )
        )


def agree_earlier(session: Session, case: Case, day: date, held_on: date) -> None:
    """Plan the next follow-up on a day of the citizen's choice, never after the law's.

    Raises NaesteOpfoelgningForSent, NaesteOpfoelgningForTidligt.
    """
    latest = due(session, case)
    if latest is not None and day > latest:
        raise NaesteOpfoelgningForSent(senest=f"{latest:%d.%m.%Y}", valgt=f"{day:%d.%m.%Y}")
    if day <= held_on:
        raise NaesteOpfoelgningForTidligt
    for duty in duties(session, case)[:1]:
        duty.planned = day


def of_case(session: Session, case: Case) -> list[FollowUp]:
    """Every follow-up that was held, in order."""
    query = select(FollowUp).where(FollowUp.case_id == case.id)
    return list(session.scalars(query.order_by(FollowUp.held_on, FollowUp.registered_at)))


def last_held(session: Session, case: Case) -> date | None:
    held = of_case(session, case)
    return held[-1].held_on if held else None


def progress_of(session: Session, row: FollowUp) -> list[Progress]:
    query = select(Progress).where(Progress.followup_id == row.id)
    return list(session.scalars(query.order_by(Progress.goal_key)))


@fact("naeste_opfoelgning")
def planned(session: Session, case: Case) -> date | None:
    """The day the next follow-up is planned: the earliest of all duties."""
    return min((duty.planned for duty in duties(session, case)), default=None)


@fact("opfoelgning_senest")
def due(session: Session, case: Case) -> date | None:
    """The earliest day by which a law, or the municipality itself, wants a follow-up."""
    return min((duty.due for duty in duties(session, case)), default=None)


@fact("rytme_frister")
def _rhythm(session: Session, case: Case) -> list[str]:
    """The open duties whose next date has to be decided in the case."""
    return [d.regel for d in duties(session, case) if decided_in_the_case(session, [d])]


@fact("valg_opfoelgningsfrister")
def _choices(session: Session, case: Case) -> list[dict[str, str]]:
    """The open duties as a form offers them."""
    return [
        {"value": d.regel, "label": f"{rules.name_of(session, d.regel)}, senest {d.due:%d.%m.%Y}"}
        for d in duties(session, case)
    ]
