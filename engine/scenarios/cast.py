"""Who and what a story has so far: its citizens, its cases, and the tasks that its people see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework.saving import as_text
from engine.domain import access
from engine.domain.cases import Case
from engine.instances import UNFINISHED, Instance, WorkItem
from engine.scenarios.story import Step
from engine.store import Store

#: The type of a case that is no citizen's: work for the process owner, a committee's meeting.
FREE = "andet"


class Stop(Exception):
    """The story cannot go on: a step did not go as told."""

    def __init__(self, path: str, expected: Any, actual: Any):
        self.path, self.expected, self.actual = path, expected, actual
        super().__init__(path)


@dataclass
class Cast:
    """A story's people and cases by the names that the story gives them."""

    store: Store
    #: The key of a citizen -> the person's id, in the order of the file.
    persons: dict[str, str] = field(default_factory=dict)
    #: Numbers of the cases that steps have opened, in order.
    cases: list[str] = field(default_factory=list)
    #: Case number -> the instance that was opened there last.
    instances: dict[str, str] = field(default_factory=dict)

    def case(self, step: Step) -> str:
        """The number of the case that the step is about: the one it names, else the last."""
        if not self.cases:
            raise Stop("case", "en sag", "ingen sag er åbnet endnu")
        position = step.get("case", len(self.cases))
        if position > len(self.cases):
            raise Stop("case", position, f"der er åbnet {len(self.cases)}")
        return self.cases[position - 1]

    def row(self, session: Session, step: Step) -> Case:
        return session.scalars(select(Case).where(Case.nummer == self.case(step))).one()

    def free_cases(self, session: Session) -> list[str]:
        """Ids of cases that no citizen has and no step has opened: work that arose by itself."""
        query = select(Case.id).where(Case.type == FREE, Case.nummer.not_in(self.cases))
        return list(session.scalars(query))

    def opened(self, nummer: str, instance: str | None) -> None:
        """A step has started a process on the case, perhaps a case that was there already."""
        if nummer not in self.cases:
            self.cases.append(nummer)
        if instance is not None:
            self.instances[nummer] = instance

    def adopt(self, processes: set[str]) -> None:
        """While no step has opened a case: what the story's own processes began by themselves."""
        if self.cases or not processes:
            return
        query = (
            select(Case.nummer, Instance.id)
            .join(Instance, Instance.case_id == Case.id)
            .where(Instance.process.in_(processes))
            .order_by(Case.nummer, Instance.started_at)
        )
        with self.store.reading() as session:
            for nummer, instance in session.execute(query).all():
                if nummer not in self.cases:
                    self.opened(nummer, instance)

    def instances_of(self, process: str) -> set[str]:
        with self.store.reading() as session:
            return set(session.scalars(select(Instance.id).where(Instance.process == process)))

    def task(self, step: Step, element: str) -> WorkItem:
        """The task of that element that the step means.

        It lies in the step's case, or in one that is nobody's, and the user can see it. Where the
        step is to be refused, also one that the user cannot see or that is over: then the verb
        says so.
        """
        with self.store.reading() as session:
            case = self.row(session, step)
            query = select(WorkItem).where(
                WorkItem.case_id.in_([case.id, *self.free_cases(session)])
            )
            tasks = list(session.scalars(query))
            session.expunge_all()
            seen = access.visible_tasks(session, step.get("by")).with_only_columns(WorkItem.id)
            visible = set(session.scalars(seen))
        fitting = [task for task in tasks if task.element == element and self._is(task, step)]
        mine = (step.get("by"), step.get("on_behalf_of"))
        order = {person: place for place, person in enumerate(self.persons.values())}

        def rank(task: WorkItem) -> tuple:
            return (
                task.id not in visible,
                task.state not in UNFINISHED,
                task.case_id != case.id,
                task.assignee not in mine,
                task.assignee is not None,
                task.created_at,
                order.get(task.item, len(order)),
                task.item or "",
            )

        chosen = min(fitting, key=rank, default=None)
        # Who may give away a task need not be able to work it.
        anyhow = step.refused is not None or step.action == "assign"
        if chosen is None or (chosen.id not in visible and not anyhow):
            item = "" if step.get("item") is None else f" [{step.get('item')}]"
            raise Stop(step.action, f"{element}{item}", self._seen(step, tasks, visible))
        return chosen

    def _is(self, task: WorkItem, step: Step) -> bool:
        """Whether it is the one of a multi-instance that the step names."""
        item = step.get("item")
        if item is None:
            return True
        names = {as_text(item), self.persons.get(item) if isinstance(item, str) else None}
        return any(value in names for value in _values(task.item))

    def _seen(self, step: Step, tasks: Iterable[WorkItem], visible: set[str]) -> str:
        found = sorted(f"{task.element} ({task.queue})" for task in tasks if task.id in visible)
        return f"{step.get('by')} ser {', '.join(found) or 'ingen opgaver'}"

    def key_of(self, value: Any) -> Any:
        """People by the story's keys, wherever an id of theirs stands."""
        if not isinstance(value, str):
            return value
        return next((key for key, id_ in self.persons.items() if id_ == value), value)


def _values(item: str | None) -> Iterable[str | None]:
    """An item as text, and the values inside it where it is an object."""
    yield item
    if item and item[0] == "{":
        for value in orjson.loads(item).values():
            yield as_text(value)
