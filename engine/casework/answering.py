"""Keeps what tasks are answered with: content of the trail, which can be erased by law."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.domain.cases import Case
from engine.instances import WorkItem

if TYPE_CHECKING:
    from engine.casework.step import Step

ANSWERED = "answered"


def record_answer(step: Step, case: Case, task: WorkItem, answers: Mapping[str, Any]) -> None:
    """Keep what a task was answered with, as erasable content of the trail."""
    kept = without_cpr(answers)
    where = {"instance_id": task.instance_id, "process": task.process, "element": task.element}
    content = {"answers": kept} if kept else None
    facts = {"task": task.id, "keys": sorted(kept)}
    step.record(case, ANSWERED, content, release_id=task.release_id, **where, **facts)


def without_cpr(value: Any) -> Any:
    """The answers without CPR numbers, which are stored sealed and nowhere else."""
    if isinstance(value, Mapping):
        return {k: without_cpr(v) for k, v in value.items() if "cpr" not in k.lower()}
    return [without_cpr(v) for v in value] if isinstance(value, list) else value
