"""Instance state as JSON text: task trees without their past, and what is armed.

The spec is never part of it, nor are variables: those have a column of their own. Order
matters, parents stand before children: store it as text, never in a type that sorts keys.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from SpiffWorkflow.task import Task

from engine.bpmn.errors import Stuck
from engine.bpmn.run import Run
from engine.bpmn.waits import Wait
from engine.bpmn.workflow import Room, RootRoom, SubRoom, is_live
from engine.errors import Broken

FORMAT = 1


def dump(run: Run) -> bytes:
    top = run.top
    outer_first = sorted(top.subprocesses.values(), key=lambda room: room.depth)
    undated = [wait.dump() for wait in run.waits.undated.values()]
    return orjson.dumps(
        {
            "format": FORMAT,
            "process": top.spec.process,
            "ended": run.ended,
            "tasks": _tasks(top),
            "rooms": [
                {"task": str(room.parent_task_id), "spec": room.spec.name, "tasks": _tasks(room)}
                for room in outer_first
            ],
            "waits": [wait.dump() for wait in run.waits],
            **({"undated": undated} if undated else {}),
        }
    )


def load(run: Run, state: bytes) -> None:
    """Rebuild the task trees under the run's program."""
    plain = orjson.loads(state)
    if plain.get("format") != FORMAT:
        raise Broken(f"state of format {plain.get('format')} cannot be read here")
    specs = run.program.specs
    run.ended = plain["ended"]
    run.top = RootRoom(run, specs[plain["process"]], specs, deserializing=True)
    run.top.completed = run.ended
    _furnish(run.top, plain["tasks"])
    for room in plain["rooms"]:
        sub = SubRoom(specs[room["spec"]], UUID(room["task"]), run.top, deserializing=True)
        run.top.subprocesses[sub.parent_task_id] = sub
        _furnish(sub, room["tasks"])
    for wait in plain["waits"]:
        run.waits.arm(Wait.load(wait))
    for wait in plain.get("undated", ()):
        run.waits.put_off(Wait.load(wait))


def _tasks(room: Room) -> list[list[Any]]:
    """Each task as [id, parent, spec, state, internal data]."""
    return [
        [
            str(task.id),
            str(task._parent) if task._parent else None,
            task.task_spec.name,
            task.state,
            task.internal_data,
        ]
        for task in room.tasks.values()
    ]


def _furnish(room: Room, rows: list[list[Any]]) -> None:
    for task_id, parent, name, state, internal in rows:
        spec = room.spec.task_specs.get(name)
        if spec is None:
            raise Stuck(name, f"is not in {room.spec.name} any more")
        task = Task(room, spec, state=state, id=UUID(task_id))
        task.internal_data = internal
        if parent is None:
            room.task_tree = task
        else:
            task._parent = UUID(parent)
            room.tasks[task._parent]._children.append(task.id)


def compact(run: Run) -> int:
    """Take the finished past out of every room's tree. How many tasks that were.

    What is left is the root, the live tasks, and under a multi-instance body its open items:
    joins, boundary events and event sub-processes remember nothing in the past of the tree.
    """
    return sum(_compact(room) for room in run.top.rooms())


def _compact(room: Room) -> int:
    root, before = room.task_tree, len(room.tasks)
    kept = {t.id: t for t in room.tasks.values() if t is root or is_live(t)}
    for task in kept.values():
        task._children = [c for c in task._children if c in kept]
    for task in kept.values():
        if task is not root and task._parent not in kept:
            task._parent = root.id
            root._children.append(task.id)
    room.tasks = kept
    room.last_task = None
    return before - len(kept)
