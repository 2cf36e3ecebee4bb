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


# kind -> how it is told. What is not here is for auditors: every arrow of the diagram.
_TOLD = {
    "case_opened": "Sagen blev oprettet",
    "referral_joined": "En ny henvisning kom ind på sagen",
    "completed": "Løste »{task}«",
    "svar_rettet": "Rettede svaret i »{task}«",
    "claimed": "Tog »{task}«",
    "released": "Lagde »{task}« tilbage",
    "assigned": "Gav »{task}« til {to}",
    "held": "Satte »{task}« i bero",
    "resumed": "Tog »{task}« frem igen",
    "hold_ended": "»{task}« kom tilbage fra bero",
    "fell_away": "»{label}« er ikke længere aktuel",
    "state_changed": "Sagen er nu: {new}",
    "owner_changed": "{unit} er nu ansvarlig for sagen",
    "coordinator_appointed": "{user} blev koordinator",
    "coordinator_changed": "{user} blev koordinator",
    "deputy_appointed": "{user} blev stedfortræder",
    "note_written": "Skrev en note",
    "note_corrected": "Rettede en note",
    "document_added": "Lagde et dokument på sagen",
    "document_replaced": "Lagde en ny udgave af et dokument på sagen",
    "letter_sent": "Brevet {letter} blev afleveret til forsendelse",
    "ruling_told": "Afgørelsen efter {law} er meddelt. Klagefristen er {complain_by}",
    "letter_failed": "Brevet {letter} kom ikke af sted",
    "letter_retried": "Bad om at sende brevet {letter} igen",
    "timer_fired": "Tiden var gået: {label}",
    "rule_missing": "Der mangler en regel: {regel}",
    "brought_in": "Sagen blev overført fra et andet system",
    "incident_opened": "Noget gik i stå. Administratoren har fået besked",
}


def of_case(session: Session, username: str, nummer: str, before: int | None = None) -> Trail:
    """A page of the trail, going back from the entry `before`. Raises NoSuchCase."""
    case = cases.by_number(session, nummer)
    if access.TRAIL not in access.parts(session, username, case):
        raise cases.NoSuchCase
    query = select(Event).where(Event.case_id == case.id, Event.kind.in_(_TOLD))
    if before is not None:
        query = query.where(Event.seq < before)
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
        return _TOLD[event.kind].format(
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
