"""One process instance while it moves: what task specs may ask of it, and the loop itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.errors import BpmnError, NotJson, Stuck
from engine.bpmn.expressions import Expression
from engine.bpmn.host import Host, ServiceCall, Step, Throw
from engine.bpmn.program import Program
from engine.bpmn.scopes import Change, Scopes, item_scope
from engine.bpmn.specs import faults
from engine.bpmn.specs.base import Interrupted
from engine.bpmn.values import clean
from engine.bpmn.waits import Wait, Waits
from engine.bpmn.workflow import Room, RootRoom, is_live
from engine.feel import FeelError

#: More steps without waiting for anybody than any honest diagram takes.
MOST_STEPS = 20_000


class Run:
    """State and movement. `Flow` is this with verbs for the outside."""

    def __init__(self, program: Program, host: Host):
        self.program, self.host = program, host
        self.scopes, self.waits = Scopes(), Waits()
        self.ready: deque[Task] = deque()
        self.outgoing: list[Throw] = []
        self.journal: list[Step] = []
        self.ended = False
        self.top: RootRoom

    # What task specs ask.

    def now(self) -> datetime:
        return self.host.now()

    def chain(self, task: Task) -> list[str]:
        """Scope ids from a task out to its process instance."""
        found = _own_scopes(task)
        while not task.workflow.spec.is_process:
            task = self.top.get_task_from_id(task.workflow.parent_task_id)
            found += _own_scopes(task)
        return [*found, str(task.workflow.task_tree.id)]

    def context(self, task: Task) -> dict[str, Any]:
        """Everything an expression can see from a task."""
        return {**self.scopes.seen(self.chain(task)), "sag": self.host.sag()}

    def evaluate(
        self, task: Task, expression: Expression, extra: Mapping[str, Any] | None = None
    ) -> Any:
        if not expression.is_feel:
            return expression.text
        context = {**self.scopes.seen(self.chain(task)), **(extra or {})}
        if "sag" in expression.names:
            # Looking the case up costs; most expressions do not ask.
            context["sag"] = self.host.sag()
        try:
            return expression.evaluate(context, self.now)
        except FeelError as error:
            raise Stuck(task.task_spec.bpmn_id, f"{expression.text}: {error}") from error

    def mapped(self, task: Task, mappings, given: Mapping[str, Any] | None = None) -> dict:
        """Evaluate mappings in their order; later ones see what earlier ones made.

        With `given` they are output mappings: a path such as `plan.dato` then changes a copy
        of the variable `plan` that is there; an input mapping makes a new one.
        """
        made: dict[str, Any] = {}
        for mapping in mappings:
            value = self.evaluate(task, mapping.source, {**(given or {}), **made})
            name, *path = mapping.target.split(".")
            if not path:
                made[name] = value
                continue
            if name not in made:
                old = self.scopes.seen(self.chain(task)[1:]).get(name) if given is not None else {}
                made[name] = deepcopy(old) if isinstance(old, dict) else {}
            _put(made[name], path, value)
        return self._json(task, made)

    def merge(self, task: Task, data: Mapping[str, Any], mappings) -> None:
        """Let data become variables: by the output mappings where there are any, else as it is."""
        chain, data = self.chain(task), self._json(task, data)
        if mappings:
            data, chain = self.mapped(task, mappings, {**data}), chain[1:]
        for change in self.scopes.write(chain, data):
            self._note_change(task, change)

    def call(self, task: Task, service: str, given: Mapping | None = None) -> ServiceCall:
        """A service call from a task. Without input mappings it gets every variable in sight."""
        spec = task.task_spec
        seen = deepcopy(self.scopes.seen(self.chain(task)))
        local = self.scopes.local(str(task.id))
        inputs = {k: seen[k] for k in local} if spec.inputs_map or given is not None else {**seen}
        inputs.update(deepcopy(dict(given or {})))
        return ServiceCall(
            type=service,
            inputs=inputs,
            process=spec.element.process,
            element=spec.element.id,
            name=spec.element.name,
            item=self.item(task),
            headers=dict(spec.element.headers),
            properties=dict(spec.element.properties),
            variables=seen,
        )

    def item(self, task: Task) -> Any:
        """The item of the nearest multi-instance around a task, else None."""
        at: Task | None = task
        while at is not None:
            spec = at.task_spec
            if spec.is_inner and spec.element.loop.input_element:
                return self.scopes.local(item_scope(at)).get(spec.element.loop.input_element)
            room = at.workflow
            at = self.top.get_task_from_id(room.parent_task_id) if room.parent_task_id else None
        return None

    def broadcast(self, name: str, data: Mapping[str, Any]) -> int:
        """A signal to everybody in this instance who waits for it now. How many that were."""
        caught = 0
        for wait in self.waits:
            # An earlier one may have cancelled those that come after.
            if wait.kind == "signal" and wait.name == name and self.waits.get(wait.id):
                self.catch(wait, data)
                caught += 1
        return caught

    def catch(self, wait: Wait, data: Mapping[str, Any]) -> None:
        """An armed event has come."""
        host = self.task(wait.task)
        self.note_wait("caught", wait, event=wait.kind)
        host.workflow.spec.task_specs[wait.catcher].caught(host, data)

    def cancel(self, task: Task) -> None:
        """End a task and everything inside it."""
        for child in task.children if task.task_spec.is_multi_instance else ():
            self.cancel(child)
        room = self.top.subprocesses.get(task.id)
        if room is not None:
            self.empty(room)
            self._close(room)
        if is_live(task):
            task.cancel()
        self.forget(task)

    def empty(self, room: Room) -> None:
        """End every token of a room and disarm its event sub-processes."""
        for task in room.live():
            self.cancel(task)
        self.waits.drop_of(str(room.task_tree.id))

    def staying(
        self, stays: Callable[[str], bool], kept: Collection[str]
    ) -> tuple[list[Room], list[Task]]:
        """The open rooms of the processes that stay, rooms inside them too; tasks that are kept."""
        rooms = [room for room in self.top.rooms() if any(map(stays, self._around(room)))]
        hosts = {*kept, *(wait.task for wait in self.waits if wait.id in kept)}
        tasks = [task for r in self.top.rooms() for task in r.live() if str(task.id) in hosts]
        return rooms, tasks

    def leave_only(self, rooms: list[Room], tasks: list[Task]) -> None:
        """End every token but these tasks, those in these rooms, and those that lead to them.

        A token at a join is left: it waits for nobody, and the way on may still come by.
        """
        kept = {str(task.id) for task in tasks}
        leading = {task.id for room in rooms for task in self._hosts(room)}
        leading |= {host.id for task in tasks for host in self._lead(task)}
        for room in self.top.rooms():
            if room in rooms:
                continue
            for task in room.live():
                if task.id not in leading and not task.task_spec.is_join:
                    self.cancel(task)
            hosts = {str(task.id) for task in room.tasks.values()} - kept
            for wait in self.waits:
                if wait.kind == "timer" and wait.task in hosts:
                    self.waits.drop(wait.id)
            for wait in list(self.waits.undated.values()):
                if wait.task in hosts:
                    del self.waits.undated[wait.id]

    def _around(self, room: Room) -> list[str]:
        """The processes that a room stands in, its own first."""
        outer = [host.workflow.spec.process for host in self._hosts(room)]
        return list(dict.fromkeys([room.spec.process, *outer]))

    def _hosts(self, room: Room) -> list[Task]:
        """The live tasks that a room hangs on, the innermost first."""
        if room is self.top:
            return []
        return self._lead(self.top.get_task_from_id(room.parent_task_id))

    def _lead(self, task: Task) -> list[Task]:
        """A live task, and the live tasks around it."""
        found = []
        room, at = task.workflow, task
        while at is not None and is_live(at):
            found.append(at)
            at = at.parent
        return found + self._hosts(room)

    def forget(self, task: Task) -> None:
        """A task is over: disarm what it hosts, drop its local variables."""
        self.waits.drop_of(str(task.id))
        for scope in _own_scopes(task):
            self.scopes.close(scope)

    def note(self, kind: str, task: Task, /, **data: Any) -> None:
        element = task.task_spec.element
        if task.task_spec.is_inner:
            data["loop"] = task.internal_data["index"] + 1
        self.journal.append(Step(kind, element.process, element.id, element.name, data))

    def note_wait(self, kind: str, wait: Wait, /, **data: Any) -> None:
        data = {"id": wait.id, **data}
        self.journal.append(Step(kind, wait.process, wait.element, wait.name, data))

    def _note_change(self, task: Task, change: Change) -> None:
        room = task.workflow.spec
        element = task.task_spec.bpmn_id or room.bpmn_id
        data = {"scope": change.scope, "old": change.old, "new": change.new}
        self.journal.append(Step("variable", room.process, element, change.name, data))

    def _json(self, task: Task, data: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return clean(data)
        except NotJson as error:
            raise Stuck(task.task_spec.bpmn_id or "", str(error)) from error

    # The loop.

    def settle(self) -> None:
        """Run until everything waits, then check that it waits for something."""
        steps = 0
        while True:
            if self.ready:
                task = self.ready.popleft()
                if task.state == TaskState.READY and task.workflow.tasks.get(task.id) is task:
                    self._step(task)
                    steps += 1
                if steps > MOST_STEPS:
                    raise Stuck(task.task_spec.bpmn_id or "", "goes in circles without waiting")
            elif not self._fire_inclusive() and not self._end_room():
                break
        self.date_timers()
        self._check()

    def date_timers(self) -> None:
        """Arm the timers that had no time, where it has become known."""
        for wait in list(self.waits.undated.values()):
            host = self.task(wait.task)
            host.workflow.spec.task_specs[wait.catcher].trigger.try_again(host, wait)

    def _step(self, task: Task) -> None:
        try:
            task.run()
        except Interrupted:
            self.forget(task)
        except BpmnError as error:
            self.forget(task)
            faults.throw_error(task, error)

    def _fire_inclusive(self) -> bool:
        return any(
            gateway.try_fire(room) for room in self.top.rooms() for gateway in room.spec.inclusive
        )

    def _end_room(self) -> bool:
        """Close one room that no token is left in, the innermost first."""
        for room in self.top.rooms():
            if room.alive():
                continue
            if room is self.top:
                self._end()
                return False
            task = self.top.get_task_from_id(room.parent_task_id)
            held = self.scopes.local(str(room.task_tree.id)) if room.spec.is_process else {}
            self._close(room)
            task.task_spec.room_ended(task, held)
            return True
        return False

    def _close(self, room: Room) -> None:
        self.waits.drop_of(str(room.task_tree.id))
        self.scopes.close(str(room.task_tree.id))
        room.completed = True
        del self.top.subprocesses[room.parent_task_id]

    def _end(self) -> None:
        if not self.ended:
            self.ended = self.top.completed = True
            self.waits.drop_of(str(self.top.task_tree.id))
            spec = self.top.spec
            self.journal.append(Step("ended", spec.process, spec.process, spec.description))

    def _check(self) -> None:
        """The library can lose sight of a task without a word; we look at every one."""
        for room in self.top.rooms():
            live = room.live()
            for task in live:
                if not self._waits_for_something(task):
                    raise Stuck(task.task_spec.bpmn_id or room.spec.bpmn_id, "waits for nothing")
            if live and all(task.task_spec.is_join for task in live):
                raise Stuck(live[0].task_spec.bpmn_id, "waits for a token that can never come")

    def _waits_for_something(self, task: Task) -> bool:
        if task.state == TaskState.READY:
            return task.task_spec.manual
        if task.state == TaskState.STARTED:
            return task.id in self.top.subprocesses or any(is_live(c) for c in task.children)
        if task.state == TaskState.WAITING:
            waits = task.task_spec.is_join or "work" in task.internal_data
            return waits or bool(self.waits.of(str(task.id)))
        return False

    def task(self, task_id: str) -> Task | None:
        """A task of an open room, or None."""
        try:
            key = UUID(task_id)
        except ValueError:
            return None
        rooms = self.top.rooms()
        return next((room.tasks[key] for room in rooms if key in room.tasks), None)


def _own_scopes(task: Task) -> list[str]:
    """The scopes that a task may have opened, the inner first."""
    own = str(task.id)
    return [own, item_scope(task)] if task.task_spec.is_inner else [own]


def _put(target: dict, path: list[str], value: Any) -> None:
    *between, last = path
    for name in between:
        if not isinstance(target.get(name), dict):
            target[name] = {}
        target = target[name]
    target[last] = value
