"""A process instance and its verbs: the whole surface that the rest of the engine sees.

A verb runs until the instance waits again. After any exception the flow is to be thrown away:
it may have moved halfway. Nothing is stored here; `state` and `scopes` are for the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import state
from engine.bpmn.errors import BpmnError, NobodyWaits, Stuck, TimerGone, WorkGone
from engine.bpmn.expressions import Expression
from engine.bpmn.host import Host, Step, Throw
from engine.bpmn.program import Program
from engine.bpmn.run import Run
from engine.bpmn.specs import faults
from engine.bpmn.values import clean
from engine.bpmn.waits import Subscription, Timer, Wait
from engine.bpmn.work import WorkItem
from engine.bpmn.workflow import RootRoom


class Flow:
    """Start or load one, call one verb, drain what it left, save it."""

    #: Off only where a test wants to see the whole past.
    compacting = True

    def __init__(self, run: Run):
        self.run = run

    @classmethod
    def start(
        cls,
        program: Program,
        host: Host,
        *,
        process: str | None = None,
        variables: Mapping[str, Any] | None = None,
        start_event: str | None = None,
        message: str | None = None,
    ) -> Flow:
        """Start a process, the program's root where none is named, and run until it waits.

        It starts at the named start event, or at the one for the message, or at the plain
        one. `variables` are the instance's first; for a message start they are its data.
        """
        run = Run(program, host)
        spec = program.specs[process or program.root]
        chosen = _start_event(program, spec.process, start_event, message)
        given = clean(variables or {})
        run.top = RootRoom(run, spec, program.specs)
        root = run.top.task_tree
        root.internal_data["start"] = chosen
        run.scopes.open(str(root.id))
        run.journal.append(Step("started", spec.process, chosen, spec.description))
        if message is None:
            run.merge(root, given, ())
        else:
            root.internal_data["caught"] = given
        flow = cls(run)
        flow._done()
        return flow

    @classmethod
    def load(
        cls, program: Program, host: Host, stored: bytes, scopes: bytes | Mapping[str, Any]
    ) -> Flow:
        """A flow as `state` and `scopes` gave it."""
        run = Run(program, host)
        text = isinstance(scopes, bytes | str)
        run.scopes.rows = orjson.loads(scopes) if text else deepcopy(dict(scopes))
        state.load(run, stored)
        return cls(run)

    # Verbs.

    def complete(
        self, work_id: str, answers: Mapping[str, Any], raw: Mapping[str, Any] | None = None
    ) -> None:
        """A person is done with a task. `raw` goes to the completing listener instead of the
        answers, and never into a variable.

        Raises `WorkGone`, what the listener refuses, and `NotJson`.
        """
        task = self._open_work(work_id, TaskState.READY)
        answers = clean(answers)
        try:
            heard = self._listen(task, answers if raw is None else raw)
        except BpmnError as error:
            self._fail(task, error)
            return
        task.task_spec.result(task, {**answers, **heard})
        task.complete()
        self._done()

    def seen_by(self, work_id: str) -> dict[str, Any]:
        """Every variable in sight of an open task, its own rooms first. Raises `WorkGone`."""
        return self.run.call(self._open_work(work_id, TaskState.READY), "").variables

    def resume(self, work_id: str, result: Mapping[str, Any] | None = None) -> None:
        """An asynchronous service is done. Raises `WorkGone`."""
        task = self._open_work(work_id, TaskState.WAITING)
        self.run.note("served", task, type=task.task_spec.element.task.type)
        task.task_spec.result(task, result or {})
        task.complete()
        self._done()

    def fail(self, work_id: str, error: BpmnError) -> None:
        """An asynchronous service failed for good: the error goes to whoever catches it.

        Raises `WorkGone` and `UncaughtError`.
        """
        self._fail(self._open_work(work_id, TaskState.WAITING), error)

    def tell(
        self,
        message: str,
        data: Mapping[str, Any] | None = None,
        among: Collection[str] | None = None,
    ) -> None:
        """A message for the innermost who waits for it, `among` these subscriptions if named.

        Raises `NobodyWaits`.
        """
        waiting = [w for w in self.run.waits if w.kind == "message" and w.name == message]
        if among is not None:
            waiting = [w for w in waiting if w.id in among]
        if not waiting:
            raise NobodyWaits(message)
        data = clean(data or {})
        self.run.catch(min(waiting, key=self._outwardness), data)
        self._done()

    def signal(self, name: str, data: Mapping[str, Any] | None = None) -> int:
        """A signal for all in this instance who wait for it. How many caught it."""
        caught = self.run.broadcast(name, clean(data or {}))
        self._done()
        return caught

    def fire(self, timer_id: str) -> None:
        """A timer is due. A cycle with occurrences left keeps its id and gets its next due.

        Raises `TimerGone`.
        """
        timer = self._timer(timer_id)
        self.run.note_wait("timer_fired", timer, due=timer.schedule.due.isoformat())
        following = timer.schedule.following()
        if following is None:
            self.run.waits.drop(timer.id)
        else:
            self.run.waits.reschedule(timer, following)
        self.run.catch(timer, {})
        self._done()

    def move_timer(self, timer_id: str, due: datetime) -> None:
        """Let a timer come due at another aware moment. Raises `TimerGone`."""
        timer = self._timer(timer_id)
        due = due.astimezone(UTC)
        old = timer.schedule.due.isoformat()
        self.run.waits.reschedule(timer, replace(timer.schedule, due=due))
        self.run.note_wait("timer_moved", timer, old=old, new=due.isoformat())

    def reread(self, process: str, element: str, answers: Mapping[str, Any]) -> dict[str, Any]:
        """What answers become as variables, by the element's output mappings where it has any."""
        outputs = self.run.program.element(process, element).outputs
        if not outputs:
            return clean(answers)
        made = {}
        for mapping in outputs:
            source = Expression(mapping.source, element)
            context = {**self.variables(), **answers, "sag": self.run.host.sag()}
            made[mapping.target] = source.evaluate(context, self.run.now)
        return clean(made)

    def correct(
        self, scope: str, name: str, value: Any, process: str, element: str, task: str
    ) -> bool:
        """Give a variable another value without running; False when its scope is closed."""
        row = self.run.scopes.rows.get(scope)
        if row is None or name not in row:
            return False
        data = {"scope": scope, "old": row[name], "new": value, "corrected": task}
        row[name] = value
        self.journal.append(Step("variable", process, element, name, data))
        return True

    def cancel(self, reason: str) -> None:
        """End the instance wherever it stands."""
        process = self.run.top.spec.process
        self.journal.append(Step("cancelled", process, process, "", {"reason": reason}))
        self.run.empty(self.run.top)
        self._done()

    def wind_up(self, stays: Callable[[str], bool], kept: Collection[str], reason: str) -> None:
        """End all that stands outside the processes that stay; where nothing does, the instance.

        `stays` is asked with a process's id; a process stays with everything that it calls.
        `kept` are ids of work and timers that stay wherever they stand.
        """
        rooms, tasks = self.run.staying(stays, kept)
        if not rooms and not tasks:
            self.cancel(reason)
            return
        self.run.leave_only(rooms, tasks)
        self._done()

    # What the caller stores and shows.

    @property
    def ended(self) -> bool:
        return self.run.ended

    @property
    def journal(self) -> list[Step]:
        """What has happened since the caller last emptied the list."""
        return self.run.journal

    @property
    def outgoing(self) -> list[Throw]:
        """What has been thrown since the caller last emptied the list."""
        return self.run.outgoing

    def state(self) -> bytes:
        """JSON text without the diagram and without variables."""
        return state.dump(self.run)

    def scopes(self) -> bytes:
        """The variables by scope id, as JSON text."""
        return orjson.dumps({scope: row for scope, row in self.run.scopes.rows.items() if row})

    @property
    def work(self) -> list[WorkItem]:
        """Open work, the oldest first within a room, the outermost room first."""
        return [
            self._item(task)
            for room in reversed(self.run.top.rooms())
            for task in room.live()
            if "work" in task.internal_data
        ]

    @property
    def timers(self) -> list[Timer]:
        return [w.timer() for w in self.run.waits if w.kind == "timer"]

    @property
    def subscriptions(self) -> list[Subscription]:
        return [w.subscription() for w in self.run.waits if w.kind != "timer"]

    def variables(self) -> dict[str, Any]:
        """A copy of the variables of the instance that was opened."""
        return deepcopy(self.run.scopes.local(str(self.run.top.task_tree.id)))

    # Inside.

    def _done(self) -> None:
        self.run.settle()
        if self.compacting:
            state.compact(self.run)

    def _open_work(self, work_id: str, expected: int) -> Task:
        task = self.run.task(work_id)
        if task is None or task.state != expected or "work" not in task.internal_data:
            raise WorkGone
        return task

    def _fail(self, task: Task, error: BpmnError) -> None:
        task.error()
        self.run.forget(task)
        faults.throw_error(task, error)
        self._done()

    def _listen(self, task: Task, answers: Mapping[str, Any]) -> dict[str, Any]:
        heard: dict[str, Any] = {}
        for listener in task.task_spec.element.listeners:
            if listener.event == "completing":
                call = self.run.call(task, listener.type, answers)
                heard.update(self.run.host.complete_listener(call) or {})
        return heard

    def _timer(self, timer_id: str) -> Wait:
        timer = self.run.waits.get(timer_id)
        if timer is None or timer.kind != "timer":
            raise TimerGone
        return timer

    def _outwardness(self, wait: Wait) -> tuple[int, int]:
        """The innermost room first, and in it those on the way, then guards, then the room."""
        host = self.run.task(wait.task)
        if host is host.workflow.task_tree:
            rank = 2
        else:
            rank = 1 if wait.catcher in {g.name for g in _guards(host)} else 0
        return -host.workflow.depth, rank

    def _item(self, task: Task) -> WorkItem:
        element, work = task.task_spec.element, task.internal_data["work"]
        service = element.task is not None and not task.task_spec.manual
        return WorkItem(
            id=str(task.id),
            kind="service" if service else task.task_spec.work_kind,
            process=element.process,
            element=element.id,
            name=element.name,
            queue=work.get("queue"),
            form_id=element.form_id,
            scope_id=self.run.chain(task)[-1],
            item=deepcopy(self.run.item(task)),
            priority=work.get("priority"),
            due=_moment(work.get("due")),
            follow_up=_moment(work.get("follow_up")),
            retries=task.task_spec.retries if service else None,
            call=task.task_spec.call(task) if service else None,
        )


def _guards(task: Task):
    return getattr(task.task_spec, "guards", ())


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _start_event(program: Program, process: str, named: str | None, message: str | None) -> str:
    starts = program.starts(process)
    if message is not None:
        fitting = [s for s in starts if s.kind == "message" and s.name == message]
    elif named is not None:
        fitting = [s for s in starts if s.element == named]
    else:
        fitting = [s for s in starts if s.kind == "none"]
    if not fitting:
        raise Stuck(process, f"has no start event for {message or named or 'a plain start'}")
    return fitting[0].element
