"""What has happened in a case, in words: the events a person would tell, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain import access, cases
from engine.domain.organisation import Unit, User
from engine.events import Event
from engine.instances import WorkItem
from engine.queries import labels, search
from engine.queries.trail_words import TOLD

PAGE = 40


@dataclass(frozen=True)
class Entry:
    seq: int
    at: datetime
    who: str
    on_behalf_of: str | None
    text: str


@dataclass(frozen=True)
class Trail:
    """One page of it; `older` is where the next page begins."""

    case_id: str
    nummer: str
    citizens: str
    entries: list[Entry]
    older: int | None


def of_case(session: Session, username: str, nummer: str, before: int | None = None) -> Trail:
    """A page of the trail, going back from the entry `before`. Raises NoSuchCase."""
    case = cases.by_number(session, nummer)
    if access.TRAIL not in access.parts(session, username, case):
        raise cases.NoSuchCase
    query = select(Event).where(Event.case_id == case.id, Event.kind.in_(TOLD))
    if before is not None:
        # An address may say any number, also one that no database holds.
        query = query.where(Event.seq < max(0, min(before, case.event_seq + 1)))
    told: list[Entry] = []
    names = _Names(session)
    for event in session.scalars(query.order_by(Event.seq.desc()).execution_options(yield_per=100)):
        text = names.told(event)
        if text:
            told.append(
                Entry(
                    seq=event.seq,
                    at=event.at,
                    who=names.person(event.actor),
                    on_behalf_of=event.on_behalf_of and names.person(event.on_behalf_of),
                    text=text,
                )
            )
        if len(told) == PAGE:
            break
    full = len(told) == PAGE
    citizens = search.citizens(session, [case.id], username).get(case.id, "")
    return Trail(case.id, case.nummer, citizens, told, told[-1].seq if full else None)


class _Names:
    """The words behind the names in events, each looked up once."""

    def __init__(self, session: Session):
        self._session = session
        self._people = dict(session.execute(select(User.username, User.name)).all())
        self._units = dict(session.execute(select(Unit.code, Unit.name)).all())

    def person(self, username: str) -> str:
        return "Systemet" if username == "system" else self._people.get(username, username)

    def told(self, event: Event) -> str | None:
        facts = dict(event.facts)
        task = self._task(event)
        if event.kind == "completed" and task is None:
            return None  # a service, not a person
        facts.setdefault("label", event.element or "")
        return TOLD[event.kind].format(
            task=task or facts["label"],
            label=facts["label"],
            to=self.person(facts.get("to") or ""),
            new=labels.of(labels.CASE_STATES, str(facts.get("new") or "")).lower(),
            unit=self._units.get(facts.get("new"), facts.get("new")),
            user=self.person(str(facts.get("user") or facts.get("new") or "")),
            regel=facts.get("regel", ""),
            letter=facts.get("letter", ""),
            law=facts.get("law", ""),
            complain_by=_day(facts.get("complain_by")),
        )

    def _task(self, event: Event) -> str | None:
        if "task" in event.facts:
            row = self._session.get(WorkItem, event.facts["task"])
            return row and row.name
        if event.kind != "completed":
            return None
        return self._session.scalar(
            select(WorkItem.name)
            .where(
                WorkItem.instance_id == event.instance_id,
                WorkItem.element == event.element,
                WorkItem.completed_by == event.actor,
            )
            .limit(1)
        )


def _day(iso: str | None) -> str:
    return f"{date.fromisoformat(iso):%d.%m.%Y}" if iso else "ikke fastsat endnu"
