"""A timer without a time: where a rule should have given it, somebody is asked to fix the date.

The duty is begun once for a rule and case, however many timers wait for it. A timer that no known
rule gives its time is a gap in a table or a diagram, which the process owner hears of. Timers that
wait are tried again whenever their instance moves, and when somebody fixes a date in their case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from engine import diagrams
from engine.diagrams.expressions import rules_in
from engine.domain import cases
from engine.domain.cases import Case
from engine.instances import RUNNING, Instance, Variable

if TYPE_CHECKING:
    from engine.casework.step import Run, Step

#: Fixes a date in the case, and asks the process owner for the rule.
IN_THE_CASE, OF_THE_OWNER = "frist_uden_regel", "manglende_regel"
DUTIES = (IN_THE_CASE, OF_THE_OWNER)
UNDATED, FIXED = "timer_undated", "deadline_fixed"


def look(step: Step) -> None:
    """Before the step is saved: ask about the timers that it left without a time, try old ones."""
    for case, entry in step.written(UNDATED):
        if case.locked:
            continue
        rules = rules_in(entry.facts["time"])
        for rule in rules:
            ask(step, case, rule)
        if not rules:
            _ask_owner(step, case, f"{entry.facts['label']} ({entry.process}/{entry.element})")
    for case_id in {case.id for case, _ in step.written(FIXED)}:
        for run in _running(step, case_id):
            run.host.look_anew()
            run.flow.run.date_timers()


def ask(step: Step, case: Case, rule: str) -> None:
    """Let somebody fix the rule's date in the case, unless somebody is asked already."""
    if stands(step, IN_THE_CASE, rule, case):
        return
    if _start(step, case, IN_THE_CASE, rule):
        step.record(case, "rule_missing", regel=rule)
        _ask_owner(step, case, rule)


def stands(step: Step, process: str, rule: str, case: Case) -> bool:
    """Whether the duty has been begun and not been done: in this case, or with the process owner."""
    here = None if process == OF_THE_OWNER else case.id
    runs = [run for run in step.runs.values() if run.flow is not None]
    begun = [
        (run.case.id, run.flow.variables())
        for run in runs
        if run.instance.process == process and not run.flow.ended
    ]
    begun += [(c.id, variables) for c, p, variables in step.starting() if p == process]
    if any(v.get("regel") == rule for case_id, v in begun if here in (None, case_id)):
        return True
    query = (
        select(Variable.value)
        .join(Instance, Instance.id == Variable.instance_id)
        .where(Instance.process == process, Instance.status == RUNNING, Variable.name == "regel")
        .where(Instance.id.not_in([run.instance.id for run in runs]))
    )
    if here is not None:
        query = query.where(Instance.case_id == here)
    return rule in step.session.scalars(query).all()


def _ask_owner(step: Step, case: Case, what: str) -> None:
    if not stands(step, OF_THE_OWNER, what, case):
        _start(step, case, OF_THE_OWNER, what)


def _running(step: Step, case_id: str) -> list[Run]:
    """Every running instance of the case, loaded."""
    query = select(Instance.id).where(Instance.case_id == case_id, Instance.status == RUNNING)
    for instance_id in step.session.scalars(query.order_by(Instance.started_at, Instance.id)).all():
        step.load(instance_id)
    return [r for r in step.runs.values() if r.case.id == case_id and not r.flow.ended]


def _start(step: Step, case: Case, process: str, rule: str) -> bool:
    try:
        diagrams.current_release(step.session, process)
    except diagrams.UnknownProcess:
        # A database without the process that asks somebody: leave at least a trace of it.
        step.record(case, "invariant_broken", process=process, regel=rule)
        return False
    # The process owner does not see the case: the work is nobody's.
    free = process == OF_THE_OWNER
    step.start(step.case(cases.create(step.session)) if free else case, process, {"regel": rule})
    return True
