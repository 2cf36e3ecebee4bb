"""What a step expects to find, key by key, and the difference where it finds something else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock, jobs
from engine.domain import access, budget, cases, deadlines, letters
from engine.domain.cases import Case
from engine.events import Event
from engine.incidents import Incident
from engine.instances import RUNNING, UNFINISHED, Instance, Variable, WorkItem
from engine.store import as_json


@dataclass(frozen=True)
class Difference:
    path: str
    expected: Any
    actual: Any


@dataclass(frozen=True)
class Scene:
    """What there is to look at: the database now, the step's case, the instance it was opened with."""

    session: Session
    case: Case | None
    instance_id: str | None
    person_keys: Mapping[str, str]

    def key_of(self, value: Any) -> Any:
        """People by the story's keys, wherever an id of theirs stands."""
        return self.person_keys.get(value, value) if isinstance(value, str) else value


def differences(scene: Scene, wanted: Mapping[str, Any]) -> Iterator[Difference]:
    """Every expectation that does not hold."""
    for key, value in wanted.items():
        try:
            yield from EXPECTATIONS[key](scene, value)
        except (AttributeError, TypeError, ValueError) as error:
            yield Difference(key, value, f"the expectation has another shape ({error})")


def _case(scene: Scene, wanted: Mapping[str, Any]) -> Iterator[Difference]:
    view = cases.view(scene.session, scene.case)
    for name, value in wanted.items():
        if name not in view and not hasattr(Case, name):
            yield Difference(f"case.{name}", value, "a case has no such fact")
            continue
        found = view[name] if name in view else getattr(scene.case, name)
        yield from _compare(f"case.{name}", value, _plain(scene, found))


def _tasks(scene: Scene, wanted: Mapping[str, list[str]]) -> Iterator[Difference]:
    query = select(WorkItem.queue, WorkItem.element).where(WorkItem.state.in_(UNFINISHED))
    rows = scene.session.execute(query.where(WorkItem.case_id == scene.case.id)).all()
    for queue, elements in wanted.items():
        found = sorted(element for row_queue, element in rows if row_queue == queue)
        if sorted(elements) != found:
            yield Difference(f"tasks.{queue}", sorted(elements), found)


def _deadlines(scene: Scene, wanted: Mapping[str, Any]) -> Iterator[Difference]:
    for regel, value in wanted.items():
        rows = deadlines.open_deadlines(scene.session, scene.case, regel)
        found = None
        if rows:
            row = rows[-1]
            in_hours = row.due_at != deadlines.midnight(clock.local(row.due_at).date())
            found = f"{clock.local(row.due_at):%Y-%m-%dT%H:%M}" if in_hours else row.due.isoformat()
        yield from _compare(f"deadlines.{regel}", value, found)


def _timers(scene: Scene, wanted: Mapping[str, Any]) -> Iterator[Difference]:
    query = select(jobs.Job).where(
        jobs.Job.case_id == scene.case.id,
        jobs.Job.kind == jobs.TIMER,
        jobs.Job.state == jobs.WAITING,
    )
    armed: dict[str, list[datetime]] = {}
    for job in scene.session.scalars(query):
        armed.setdefault(job.element, []).append(clock.local(job.due_at))
    for element, value in wanted.items():
        moments = sorted(armed.get(element, []))
        if value is None:
            found = [f"{moment:%Y-%m-%dT%H:%M}" for moment in moments] or None
            yield from _compare(f"timers.{element}", None, found)
            continue
        for expected in value if isinstance(value, list) else [value]:
            form = "%Y-%m-%dT%H:%M" if "T" in str(expected) else "%Y-%m-%d"
            found = [f"{moment:{form}}" for moment in moments]
            if str(expected) not in found:
                yield Difference(f"timers.{element}", expected, found or None)


def _decisions(scene: Scene, wanted: Mapping[str, Any]) -> Iterator[Difference]:
    query = (
        select(Event.facts)
        .where(Event.case_id == scene.case.id, Event.kind == "decided")
        .order_by(Event.seq.desc())
    )
    latest: dict[str, list[str]] = {}
    for facts in scene.session.scalars(query):
        latest.setdefault(facts["decision"], list(facts["rules"]))
    for decision, value in wanted.items():
        found = latest.get(decision)
        if found is None:
            yield Difference(f"decisions.{decision}", value, "it was not asked")
        elif isinstance(value, list):
            if sorted(value) != sorted(found):
                yield Difference(f"decisions.{decision}", value, found)
        elif found != ([] if value is None else [value]):
            yield Difference(f"decisions.{decision}", value, found)


def _letters(scene: Scene, wanted: list[str]) -> Iterator[Difference]:
    """Each letter named was sent at least as often as it is named; an empty list means none."""
    found = Counter(letter.code for letter in letters.of_case(scene.session, scene.case))
    missing = Counter(wanted) - found
    if missing or (not wanted and found):
        yield Difference("letters", wanted, sorted(found.elements()))


def _budget(scene: Scene, wanted: Mapping[str, Mapping[str, Any]]) -> Iterator[Difference]:
    for line, amounts in wanted.items():
        balance = budget.balance(scene.session, line)
        for name, value in amounts.items():
            if name not in balance:
                yield Difference(f"budget.{line}.{name}", value, f"known are {', '.join(balance)}")
            else:
                yield from _compare(f"budget.{line}.{name}", value, as_number(balance[name]))


def as_number(value: Any) -> Any:
    """An amount in kroner as a whole number where it is one."""
    return as_json(value) if not isinstance(value, int | float | str | None) else value


def _visible_to(scene: Scene, wanted: list[str]) -> Iterator[Difference]:
    for username in _names(wanted):
        if not access.may_see(scene.session, username, scene.case):
            yield Difference("visible_to", username, "the case does not exist for this user")


def _invisible_to(scene: Scene, wanted: list[str]) -> Iterator[Difference]:
    for username in _names(wanted):
        if access.may_see(scene.session, username, scene.case):
            yield Difference("invisible_to", username, "the user sees the case")


def _names(wanted: Any) -> list[str]:
    return wanted if isinstance(wanted, list) else [wanted]


def _variables(scene: Scene, wanted: Mapping[str, Any]) -> Iterator[Difference]:
    query = select(Variable).where(Variable.instance_id == scene.instance_id)
    found = {row.name: row.value for row in scene.session.scalars(query)}
    for name, value in wanted.items():
        yield from _compare(f"variables.{name}", value, _plain(scene, found.get(name)))


def _incidents(scene: Scene, wanted: Any) -> Iterator[Difference]:
    """How many are open in the case, or the elements where they arose."""
    query = select(Incident).where(
        Incident.case_id == scene.case.id, Incident.resolved_at.is_(None)
    )
    rows = list(scene.session.scalars(query))
    if isinstance(wanted, list):
        found: Any = sorted(str(row.element) for row in rows)
        wanted = sorted(wanted)
    else:
        found = len(rows)
    yield from _compare("incidents", wanted, found)


def _ended(scene: Scene, wanted: bool) -> Iterator[Difference]:
    query = select(func.count()).where(Instance.id == scene.instance_id, Instance.status == RUNNING)
    yield from _compare("ended", wanted, scene.session.scalar(query) == 0)


def _compare(path: str, expected: Any, actual: Any) -> Iterator[Difference]:
    if type(expected) is not type(actual) and not _both_numbers(expected, actual):
        yield Difference(path, expected, actual)
    elif expected != actual:
        yield Difference(path, expected, actual)


def _both_numbers(one: Any, other: Any) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in (one, other))


def _plain(scene: Scene, value: Any) -> Any:
    """A fact as a scenario writes it: dates as text, people by their keys."""
    if isinstance(value, datetime):
        return f"{clock.local(value):%Y-%m-%dT%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(scene, inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(scene, inner) for inner in value]
    if value is None or isinstance(value, bool | int | float | str):
        return scene.key_of(value)
    return orjson.loads(orjson.dumps(value, default=as_json))


EXPECTATIONS: dict[str, Callable[[Scene, Any], Iterator[Difference]]] = {
    "case": _case,
    "tasks": _tasks,
    "deadlines": _deadlines,
    "timers": _timers,
    "decisions": _decisions,
    "letters": _letters,
    "budget": _budget,
    "visible_to": _visible_to,
    "invisible_to": _invisible_to,
    "variables": _variables,
    "incidents": _incidents,
    "ended": _ended,
}
