"""Where a case is in its diagrams: the way it has come, and what it waits for now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock, jobs, xml
from engine.definitions import BPMN, Definition
from engine.diagrams import releases
from engine.domain import access, cases
from engine.domain.cases import Case
from engine.events import Event
from engine.instances import RUNNING, UNFINISHED, Instance, Subscription, WorkItem
from engine.queries import search

#: What each kind of event adds to the tokens that stand at its element.
_TOKENS = {"entered": 1, "completed": -1, "cancelled": -1, "passed": 0}


@dataclass(frozen=True)
class Chapter:
    """One process that the case has been in; `here` where the case is in it now."""

    process: str
    name: str
    here: bool


@dataclass(frozen=True)
class Wait:
    element: str
    text: str


@dataclass(frozen=True)
class Course:
    """`under_way`: parts that are drawn by themselves; `may_happen`: words that may come any time."""

    case_id: str
    nummer: str
    citizens: str
    chapters: list[Chapter]
    process: str
    name: str
    visited: list[str]
    waits: list[Wait]
    under_way: list[str]
    may_happen: list[str]
    here: list[str]


@dataclass(frozen=True)
class Drawing:
    case_id: str
    xml: bytes


@dataclass
class _Now:
    """What the case waits for in one process, by element."""

    tasks: dict[str, str] = field(default_factory=dict)
    times: dict[str, str] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)


def of_case(session: Session, username: str, nummer: str, process: str | None = None) -> Course:
    """The course in one of its processes, by default where the tasks are. Raises NoSuchCase."""
    case = _case(session, username, nummer)
    now, been = _waiting(session, case), _been(session, case)
    instances = list(session.scalars(_instances(case)))
    order = list(dict.fromkeys([i.process for i in instances] + [*been, *now]))
    names = _names(session, order)
    busy = [p for p in order if p in now and now[p].tasks]
    chosen = process if process in order else (busy or order)[0]
    labels = _labels(_drawing(session, case, chosen))
    counts, waits = been.get(chosen, Counter()), now.get(chosen, _Now())
    active = [e for e, open_ in counts.items() if open_ > 0 and e in labels and e != chosen]
    under_way = [e for e in active if e not in waits.tasks and e not in waits.times]
    return Course(
        case_id=case.id,
        nummer=case.nummer,
        citizens=search.citizens(session, [case.id], username).get(case.id, ""),
        chapters=[Chapter(p, names.get(p, p), p in now and bool(now[p].tasks)) for p in order],
        process=chosen,
        name=names.get(chosen, chosen),
        visited=[element for element, open_ in counts.items() if open_ <= 0],
        waits=[Wait(e, text) for e, text in waits.tasks.items()]
        + [Wait(e, f"{labels.get(e, e)}: {text}") for e, text in waits.times.items()],
        under_way=[labels[e] for e in under_way if e not in waits.words],
        may_happen=sorted(labels.get(e, e) for e in waits.words),
        here=[*waits.tasks, *(e for e in under_way if e not in waits.words), *waits.times],
    )


def drawing(session: Session, username: str, nummer: str, process: str) -> Drawing:
    """The diagram as this case runs it. Raises NoSuchCase, UnknownProcess."""
    case = _case(session, username, nummer)
    return Drawing(case.id, _drawing(session, case, process))


def _drawing(session: Session, case: Case, process: str) -> bytes:
    for instance in session.scalars(_instances(case)):
        try:
            return releases.diagram(session, instance.release_id, process)
        except releases.UnknownProcess:
            continue
    raise releases.UnknownProcess(process=process)


def _case(session: Session, username: str, nummer: str) -> Case:
    case = cases.by_number(session, nummer)
    if access.TASKS not in access.parts(session, username, case):
        raise cases.NoSuchCase
    return case


def _instances(case: Case):
    return select(Instance).where(Instance.case_id == case.id).order_by(Instance.started_at)


def _been(session: Session, case: Case) -> dict[str, Counter]:
    """Process -> element -> how many more times it was entered than left."""
    rows = session.execute(
        select(Event.process, Event.element, Event.kind, func.count())
        .where(
            Event.case_id == case.id,
            Event.kind.in_(_TOKENS),
            Event.process.is_not(None),
        )
        .group_by(Event.process, Event.element, Event.kind)
    )
    found: dict[str, Counter] = {}
    for process, element, kind, times in rows:
        found.setdefault(process, Counter())[element] += _TOKENS[kind] * times
    return found


def _waiting(session: Session, case: Case) -> dict[str, _Now]:
    found: dict[str, _Now] = {}

    def of(process: str) -> _Now:
        return found.setdefault(process, _Now())

    tasks = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.state.in_(UNFINISHED))
    for task in session.scalars(tasks):
        of(task.process).tasks.setdefault(task.element, task.name)
    timers = select(jobs.Job).where(jobs.Job.case_id == case.id, jobs.Job.kind == jobs.TIMER)
    for timer in session.scalars(timers.order_by(jobs.Job.due_at)):
        if timer.process and timer.element:
            due = f"{clock.local(timer.due_at):%d.%m.%Y}"
            of(timer.process).times.setdefault(timer.element, due)
    running = select(Instance.id).where(Instance.case_id == case.id, Instance.status == RUNNING)
    for word in session.scalars(select(Subscription).where(Subscription.instance_id.in_(running))):
        of(word.process).words.add(word.element)
    return found


def _labels(diagram: bytes) -> dict[str, str]:
    """Element -> its name in the drawing."""
    root = xml.harden(diagram)
    return {
        node.get("id"): " ".join(node.get("name").split())
        for node in root.iter()
        if isinstance(node.tag, str) and node.get("id") and node.get("name")
    }


def _names(session: Session, processes: list[str]) -> dict[str, str]:
    query = select(Definition.key, Definition.name).where(
        Definition.kind == BPMN, Definition.current, Definition.key.in_(processes)
    )
    return dict(session.execute(query).all())
