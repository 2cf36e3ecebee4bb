"""What a step expects to find, key by key, and the difference where it finds something else.

A name that nothing bears (a queue, a user, a rule) is a difference too: what is looked for in the
wrong place is never found, and an expectation of nothing would always hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine import clock, jobs
from engine.definitions import BPMN, Definition
from engine.domain import access, budget, cases, deadlines, letters, organisation, rules
from engine.domain.cases import Case
from engine.errors import Refused
from engine.events import Event
from engine.incidents import Incident
from engine.instances import RUNNING, UNFINISHED, Instance, Variable, WorkItem
from engine.scenarios.cast import Cast
from engine.scenarios.story import Step, moment
from engine.store import as_json

_DAY, _MINUTE = "%Y-%m-%d", "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class Difference:
    path: str
    expected: Any
    actual: Any


class Scene:
    """What there is to look at: the database now, the step's case, the instance opened there."""

    def __init__(self, session: Session, cast: Cast, step: Step):
        self.session, self.cast = session, cast
        self.case: Case | None = cast.row(session, step) if cast.cases else None
        self.instance_id = cast.instances.get(self.case.nummer) if self.case else None

    @property
    def case_ids(self) -> list[str]:
        """The step's case, and those that are nobody's."""
        own = [self.case.id] if self.case else []
        return own + self.cast.free_cases(self.session)


#: What can be looked at before any case has been opened.
_WITHOUT_CASE = frozenset({"tasks", "budget", "incidents"})


def differences(scene: Scene, key: str, wanted: Any) -> Iterator[Difference]:
    """Where what is found under one expectation key is not what is wanted."""
    if scene.case is None and key not in _WITHOUT_CASE:
        yield Difference(key, wanted, "ingen sag er åbnet endnu")
    else:
        yield from EXPECTATIONS[key](scene, wanted)


def _case(scene: Scene, wanted: Mapping[str, Any]) -> Iterator[Difference]:
    view = cases.view(scene.session, scene.case)
    columns = Case.__table__.columns.keys()
    for name, value in wanted.items():
        if name not in view and name not in columns:
            yield Difference(f"case.{name}", value, "en sag har ingen oplysning af det navn")
            continue
        found = view[name] if name in view else getattr(scene.case, name)
        yield from _compare_facts(f"case.{name}", value, _plain(scene, found))


def _compare_facts(path: str, expected: Any, actual: Any) -> Iterator[Difference]:
    """Of an object, those of its facts that are named; anything else as a whole."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            yield from _compare_facts(f"{path}.{name}", value, actual.get(name))
    else:
        yield from _compare(path, expected, actual)


def _tasks(scene: Scene, wanted: Mapping[str, list[str]]) -> Iterator[Difference]:
    query = select(WorkItem.queue, WorkItem.element).where(
        WorkItem.state.in_(UNFINISHED), WorkItem.case_id.in_(scene.case_ids)
    )
    rows = scene.session.execute(query).all()
    for queue, elements in wanted.items():
        if not organisation.queue_exists(scene.session, queue):
            yield Difference(f"tasks.{queue}", sorted(elements), "køen findes ikke")
            continue
        found = sorted(element for row_queue, element in rows if row_queue == queue)
        yield from _compare(f"tasks.{queue}", sorted(elements), found)


def _deadlines(scene: Scene, wanted: Mapping[str, Any]) -> Iterator[Difference]:
    for regel, value in wanted.items():
        rows = deadlines.open_deadlines(scene.session, scene.case, regel)
        if not rows and not _is_duty(scene.session, regel):
            yield Difference(f"deadlines.{regel}", value, "reglen findes ikke")
            continue
        found = _due(rows[-1]) if rows else None
        yield from _compare(f"deadlines.{regel}", _canonical(value), found)


def _is_duty(session: Session, regel: str) -> bool:
    """A rule of the table, or one that somebody has fixed a date for without it."""
    had = select(deadlines.Deadline.id).where(deadlines.Deadline.regel == regel).limit(1)
    return bool(rules.rows_of(session, regel)) or session.scalar(had) is not None


def _due(row: deadlines.Deadline) -> str:
    """The legal day; of a rule in hours the minute. Days are overdue from the midnight after."""
    at = clock.local(row.due_at)
    return at.strftime(_MINUTE) if at.date() == row.due else row.due.isoformat()


def _canonical(value: str | None) -> str | None:
    """A moment of the file as it is compared: a day, or a local minute."""
    if value is None:
        return None
    at = clock.local(moment(value, "expect"))
    return at.strftime(_MINUTE if len(value) > len("2026-12-02") else _DAY)


def _timers(scene: Scene, wanted: Mapping[str, Any]) -> Iterator[Difference]:
    query = select(jobs.Job).where(
        jobs.Job.case_id == scene.case.id,
        jobs.Job.kind == jobs.TIMER,
        jobs.Job.state == jobs.WAITING,
    )
    armed: dict[str, list[datetime]] = {}
    for job in scene.session.scalars(query.order_by(jobs.Job.due_at)):
        armed.setdefault(job.element, []).append(clock.local(job.due_at))
    for element, value in wanted.items():
        path, moments = f"timers.{element}", armed.get(element, [])
        if isinstance(value, list):
            expected = sorted(_canonical(one) for one in value)
            # The form of each says what is compared: a day, or a minute of it.
            found = _in_form_of(expected, moments)
            yield from _compare(path, expected, found)
        elif value is None:
            found = [at.strftime(_MINUTE) for at in moments] or None
            if found is None and not _is_drawn(scene.session, element):
                found = "elementet findes ikke i noget diagram"
            yield from _compare(path, None, found)
        else:
            expected = _canonical(value)
            form = _MINUTE if "T" in expected else _DAY
            found = [at.strftime(form) for at in moments]
            if expected not in found:
                yield Difference(path, value, found or None)


def _is_drawn(session: Session, element: str) -> bool:
    query = select(Definition.content).where(Definition.kind == BPMN)
    return any(f'id="{element}"'.encode() in content for content in session.scalars(query))


def _in_form_of(expected: list[str], moments: list[datetime]) -> list[str]:
    form = _MINUTE if any("T" in one for one in expected) else _DAY
    return sorted(at.strftime(form) for at in moments)


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
        path, found = f"decisions.{decision}", latest.get(decision)
        if found is None:
            yield Difference(path, value, "tabellen er ikke spurgt")
        elif isinstance(value, list):
            yield from _compare(path, sorted(value), sorted(found))
        else:
            alone = found[0] if len(found) == 1 else found or None
            yield from _compare(path, value, alone)


def _letters(scene: Scene, wanted: list[str]) -> Iterator[Difference]:
    """Each letter named was sent at least as often as it is named; an empty list means none."""
    found = Counter(letter.code for letter in letters.of_case(scene.session, scene.case))
    missing = Counter(wanted) - found
    if missing or (not wanted and found):
        yield Difference("letters", sorted(wanted), sorted(found.elements()))


def _budget(scene: Scene, wanted: Mapping[str, Mapping[str, Any]]) -> Iterator[Difference]:
    for line, amounts in wanted.items():
        try:
            balance = budget.balance(scene.session, line)
        except Refused as refusal:
            yield Difference(f"budget.{line}", amounts, str(refusal))
            continue
        for name, value in amounts.items():
            yield from _compare(f"budget.{line}.{name}", value, as_json(balance[name]))


def _visible_to(scene: Scene, wanted: list[str] | str) -> Iterator[Difference]:
    for username, seen in _sight(scene, "visible_to", wanted):
        if seen is not True:
            yield Difference("visible_to", username, seen or "sagen findes ikke for brugeren")


def _invisible_to(scene: Scene, wanted: list[str] | str) -> Iterator[Difference]:
    for username, seen in _sight(scene, "invisible_to", wanted):
        if seen is not False:
            yield Difference(
                "invisible_to", username, "brugeren ser sagen" if seen is True else seen
            )


def _sight(scene: Scene, key: str, wanted: list[str] | str) -> Iterator[tuple[str, bool | str]]:
    for username in wanted if isinstance(wanted, list) else [wanted]:
        if scene.session.get(organisation.User, username) is None:
            yield username, "brugeren findes ikke"
        else:
            yield username, access.may_see(scene.session, username, scene.case)


def _variables(scene: Scene, wanted: Mapping[str, Any]) -> Iterator[Difference]:
    query = select(Variable).where(Variable.instance_id == scene.instance_id)
    found = {row.name: row.value for row in scene.session.scalars(query)}
    for name, value in wanted.items():
        yield from _compare(f"variables.{name}", value, _plain(scene, found.get(name)))


def _incidents(scene: Scene, wanted: Any) -> Iterator[Difference]:
    """How many are open, or the elements where they arose."""
    here = or_(Incident.case_id.in_(scene.case_ids), Incident.case_id.is_(None))
    rows = list(scene.session.scalars(select(Incident).where(here, Incident.resolved_at.is_(None))))
    if isinstance(wanted, list):
        found = sorted(row.element or row.verb for row in rows)
        yield from _compare("incidents", sorted(wanted), found)
    else:
        yield from _compare("incidents", wanted, len(rows))


def _ended(scene: Scene, wanted: bool) -> Iterator[Difference]:
    if scene.instance_id is None:
        yield Difference("ended", wanted, "ingen proces er startet her")
        return
    query = select(func.count()).where(Instance.id == scene.instance_id, Instance.status == RUNNING)
    yield from _compare("ended", wanted, scene.session.scalar(query) == 0)


def _compare(path: str, expected: Any, actual: Any) -> Iterator[Difference]:
    if not _same(expected, actual):
        yield Difference(path, expected, actual)


def _same(one: Any, other: Any) -> bool:
    """Equal in type and value all the way down; 2 and 2.0 are one number, 1 and true are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other


def _plain(scene: Scene, value: Any) -> Any:
    """A fact as a scenario writes it: dates as text, people by their keys."""
    if isinstance(value, datetime):
        return clock.local(value).strftime(_MINUTE)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(scene, inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(scene, inner) for inner in value]
    if value is None or isinstance(value, bool | int | float | str):
        return scene.cast.key_of(value)
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
