"""The story as it is told: lines made of the trail, the letters and the deadlines, never of the file.

A story for people has the work, the time, the rules and the letters; every other arrow of the
diagram is for auditors and stands in the trail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from engine import clock, tables
from engine.definitions import BPMN, Definition
from engine.domain import deadlines, people
from engine.domain.cases import Case
from engine.domain.deadlines import Deadline
from engine.domain.letters import Letter
from engine.errors import Refused
from engine.events import Event
from engine.instances import WorkItem
from engine.scenarios.cast import Cast
from engine.scenarios.story import Step
from engine.store import Store

#: What a step of the municipality's own is told by, and what its trail would say again.
_DECIDED = frozenset({"set_budget", "set_rule", "absent"})


@dataclass(frozen=True)
class Line:
    """One line of the story; `why` is for people and not part of what machines read."""

    n: int
    at: datetime
    by: str | None
    kind: str
    element: str | None
    text: str
    why: str = ""


# Made once: it is asked after every step.
_NEWS = select(Event).where(Event.id > bindparam("last")).order_by(Event.id)


@dataclass
class Teller:
    """Reads on from where it stopped last and tells what is new."""

    store: Store
    cast: Cast
    told: list[Line]
    _last: int = 0
    _letters: set[str] = field(default_factory=set)
    _duties: dict[str, tuple] = field(default_factory=dict)
    _done: set[str] = field(default_factory=set)
    _just_done: list[WorkItem] = field(default_factory=list)

    def skip(self) -> None:
        """Begin to tell from here."""
        with self.store.reading() as session:
            self._last = session.scalar(select(func.max(Event.id))) or 0

    def catch_up(self, step: Step | int) -> None:
        """Tell what has happened since last time, as part of the step."""
        number = step if isinstance(step, int) else step.number
        with self.store.reading() as session:
            events = list(session.scalars(_NEWS, {"last": self._last}))
            if not events:
                return
            self._last = events[-1].id
            self._just_done = self._tasks_done(session, events)
            lines = [line for event in events for line in self._event(session, number, event)]
            lines += self._new_letters(session, number)
            lines += self._new_duties(session, number)
        self.told += sorted(lines, key=lambda line: line.at)

    def refused(self, step: Step, refusal: Refused) -> None:
        text = f"{refusal} ({type(refusal).__name__})"
        self._say(step, "refused", _element(step), text)

    def decided(self, step: Step) -> None:
        """A decision of the municipality's own; what a citizen's case did stands in its trail."""
        if step.action in _DECIDED:
            self._say(step, step.action, None, _WORDS[step.action](step.get(step.action)))

    def _say(self, step: Step, kind: str, element: str | None, text: str, why: str = "") -> None:
        by = step.get("by")
        self.told.append(Line(step.number, clock.now(), by, kind, element, text, why))

    def _event(self, session: Session, number: int, event: Event) -> Iterator[Line]:
        if event.kind == "completed":
            said = self._completed(session, event)
        else:
            tell = EVENTS.get(event.kind)
            said = tell(session, event) if tell else None
        if said is not None:
            text, why = said if isinstance(said, tuple) else (said, "")
            yield Line(number, event.at, event.actor, event.kind, event.element, text, why)

    def _tasks_done(self, session: Session, events: list[Event]) -> list[WorkItem]:
        query = select(WorkItem).where(
            WorkItem.completed_at.between(events[0].at, events[-1].at),
            WorkItem.completed_by.is_not(None),
        )
        return [task for task in session.scalars(query) if task.id not in self._done]

    def _completed(self, session: Session, event: Event) -> str | None:
        """A task of somebody's, with its item; the rest of the elements come and go."""
        for task in self._just_done:
            here = (task.instance_id, task.element, task.completed_at)
            if here == (event.instance_id, event.element, event.at) and task.id not in self._done:
                self._done.add(task.id)
                return f"{_name(session, event)}{self._which(session, task)}"
        return None

    def _which(self, session: Session, task: WorkItem) -> str:
        """Which one of a multi-instance, where it can be said in a word."""
        if not task.item or task.item[0] in "{[":
            return ""
        person = session.get(people.Person, task.item)
        return f" ({person.name if person else task.item})"

    def _new_letters(self, session: Session, number: int) -> Iterator[Line]:
        query = select(Letter).order_by(Letter.written_at, Letter.journal_no)
        for letter in session.scalars(query):
            if letter.id not in self._letters:
                self._letters.add(letter.id)
                text = f"{letter.code} {letter.title}{_recipient(session, letter)}"
                at, by = letter.written_at, letter.written_by
                yield Line(number, at, by, "letter", letter.code, text)

    def _new_duties(self, session: Session, number: int) -> Iterator[Line]:
        query = select(Deadline).order_by(Deadline.opened_at, Deadline.regel, Deadline.id)
        for duty in session.scalars(query):
            before, now = self._duties.get(duty.id), (duty.state, duty.due_at)
            if before == now:
                continue
            self._duties[duty.id] = now
            due = duty.due_at if deadlines.OPEN == duty.state and before is None else None
            at = duty.opened_at if due else duty.ended_at or clock.now()
            yield Line(number, at, None, "deadline", duty.regel, *_duty(duty, before))


def _duty(duty: Deadline, before: tuple | None) -> tuple[str, str]:
    proof = f": {duty.proof}" if duty.proof else ""
    if duty.state == deadlines.MET:
        return f"{duty.regel} overholdt{proof}", ""
    if duty.state == deadlines.CANCELLED:
        return f"{duty.regel} bortfalder{proof}", ""
    at = clock.local(duty.due_at)
    if at.date() == duty.due:
        return f"{duty.regel} senest {at:%d.%m.%Y kl. %H.%M}", duty.words
    moved = "" if before is None else " flyttes"
    when = "" if f"{duty.due:%d.%m.%Y}" in duty.words else f"senest {duty.due:%d.%m.%Y}. "
    return f"{duty.regel}{moved}: {when}{duty.words}", ""


def _recipient(session: Session, letter: Letter) -> str:
    if letter.person_id:
        return f" til {people.person(session, letter.person_id).name}"
    return f" til {letter.unit}" if letter.unit else ""


def _element(step: Step) -> str | None:
    said = step.get(step.action)
    return said.get("task") if isinstance(said, Mapping) else said


# --- what the municipality decides ----------------------------------------------------------------


def _budget(said: Mapping[str, Any]) -> str:
    return "; ".join(f"{line}: {kroner(amounts['total'])}" for line, amounts in said.items())


def kroner(amount: float) -> str:
    """1234567 as Danes write it: 1.234.567 kr."""
    return f"{amount:,.0f} kr.".replace(",", ".")


def _rule(said: Mapping[str, Any]) -> str:
    running = ", også for det, der er i gang" if said.get("applies_to_running") else ""
    return f"{said['id']} = {said['value']}{running}"


def _absence(said: Mapping[str, Any]) -> str:
    return f"{said['user']} {said['from']} til {said['to']}; {said['deputy']} er stedfortræder"


_WORDS = {"set_budget": _budget, "set_rule": _rule, "absent": _absence}


# --- what the trail says --------------------------------------------------------------------------

Said = str | tuple[str, str] | None


def _case_opened(session: Session, event: Event) -> Said:
    case = session.get(Case, event.case_id)
    about = ", ".join(person.name for person in people.citizens(session, event.case_id))
    name = _process_name(session, event.process)
    return " · ".join(filter(None, (case.nummer, name, about)))


def _referral_joined(session: Session, event: Event) -> Said:
    return f"{session.get(Case, event.case_id).nummer}, som allerede er åben"


def _process_name(session: Session, process: str | None) -> str:
    query = select(Definition.name).where(
        Definition.kind == BPMN, Definition.key == process, Definition.current
    )
    return session.scalar(query) or process or ""


def _name(session: Session, event: Event) -> str:
    return event.facts.get("label") or event.element or ""


def _waiting(session: Session, event: Event) -> Said:
    if event.facts.get("kind") == "service":
        return None
    case, queue = session.get(Case, event.case_id), event.facts.get("queue")
    unit = f" ({case.owner_unit})" if queue in ("ejer", "ejer-leder", None) else ""
    return f"{_name(session, event)} → {queue or 'ejer-leder'}{unit}"


def _to(session: Session, event: Event) -> Said:
    to, name = event.facts.get("to"), _task_name(session, event)
    return f"{name} → {to}" if to and to != event.actor else name


def _task_name(session: Session, event: Event) -> str:
    task = session.get(WorkItem, event.facts.get("task", ""))
    return task.name if task and task.name else event.element or ""


def _held(session: Session, event: Event) -> Said:
    until = clock.local(datetime.fromisoformat(event.facts["until"]))
    return f"{_task_name(session, event)} til {until:%d.%m.%Y kl. %H.%M}"


def _fell_away(session: Session, event: Event) -> Said:
    person = event.facts.get("what") in ("user", "manual")
    return f"{_name(session, event)} ({event.facts['reason']})" if person else None


def _caught(session: Session, event: Event) -> Said:
    # A timer has told that it fired.
    return None if event.facts.get("event") == "timer" else _name(session, event)


def _decided(session: Session, event: Event) -> Said:
    decision, fired = event.facts["decision"], event.facts.get("rules") or ()
    try:
        found = tables.table(session, decision).decisions[decision]
    except tables.UnknownDecision:
        return f"{decision}: {', '.join(fired)}"
    rows = [row for row in found.rows if row.id in fired]
    why = "; ".join(dict.fromkeys(filter(None, (_law(row) for row in rows))))
    return f"{found.name}: {', '.join(fired) or 'ingen række passer'}", why


def _law(row: Any) -> str:
    """Where a row comes from, in words; what no law fixes says so."""
    local = row.kind == "lokal" and "lokal beslutning" not in row.source.lower()
    if not row.source:
        return "lokal beslutning" if local else ""
    return f"{row.source} (lokal beslutning)" if local else row.source


def _chose(session: Session, event: Event) -> Said:
    names = [name for name in event.facts.get("names") or () if name]
    return f"{_name(session, event)} {', '.join(names)}" if names else None


def _state_changed(session: Session, event: Event) -> Said:
    reason = event.facts.get("reason") or ""
    return f"{event.facts.get('old') or '—'} → {event.facts.get('new')}", str(reason)


def _incident(session: Session, event: Event) -> Said:
    return f"nr. {event.facts.get('incident')} ved {event.element or event.facts.get('verb')}"


def _fault(session: Session, event: Event) -> Said:
    return f"{event.facts.get('code') or ''} ved {_name(session, event)}".strip()


def _fact(name: str, before: str = "") -> Callable[[Session, Event], Said]:
    return lambda session, event: f"{before}{event.facts.get(name) or '—'}"


EVENTS: dict[str, Callable[[Session, Event], Said]] = {
    "case_opened": _case_opened,
    "referral_joined": _referral_joined,
    "waiting": _waiting,
    "claimed": _to,
    "released": _to,
    "assigned": _to,
    "held": _held,
    "hold_ended": _to,
    "fell_away": _fell_away,
    "timer_fired": _name,
    "caught": _caught,
    "decided": _decided,
    "chose": _chose,
    "error": _fault,
    "escalation": _fault,
    "state_changed": _state_changed,
    "owner_changed": _fact("new"),
    "coordinator_appointed": _fact("user", "koordinator: "),
    "coordinator_changed": _fact("new", "koordinator: "),
    "deputy_appointed": _fact("user", "stedfortræder: "),
    "rule_missing": lambda session, event: f"{event.facts.get('regel')} mangler for dagen",
    "incident_opened": _incident,
    "incident_retried": _incident,
    "ended": _name,
}
