"""Tasks that the engine does itself: services, decisions, scripts."""

from __future__ import annotations

from SpiffWorkflow.task import Task

from engine.bpmn.errors import DiagramError, Stuck
from engine.bpmn.expressions import Expression
from engine.bpmn.host import ServiceCall
from engine.bpmn.specs.activity import Activity
from engine.bpmn.specs.base import run_of, wait


class ServiceTask(Activity):
    """Calls a registered service: inside the step, or with `retries` as a job."""

    def __init__(self, wf_spec, name, element):
        super().__init__(wf_spec, name, element)
        self.retries: int | None = None
        if element.task is None:
            self.without_service()
            return
        if element.task.type.startswith("=") or not element.task.type:
            raise DiagramError(element.id, "the service type must be a plain name")
        if element.task.retries is not None:
            self.retries = _retries(element.id, element.task.retries)

    def without_service(self) -> None:
        raise DiagramError(self.bpmn_id, "the task names no service (zeebe:taskDefinition type)")

    def begin(self, task: Task) -> bool:
        if self.retries is None:
            return True
        task.internal_data["work"] = {}
        run_of(task).note("waiting", task, kind="service", type=self.element.task.type)
        return wait(task)

    def act(self, task: Task) -> None:
        if self.element.task is None:
            self.do(task)
            return
        run = run_of(task)
        call = self.call(task)
        result = run.host.serve(call)
        run.note("served", task, type=call.type)
        self.result(task, result)

    def do(self, task: Task) -> None:
        """What the element does where it calls no service."""

    def call(self, task: Task) -> ServiceCall:
        return run_of(task).call(task, self.element.task.type)


class ScriptTask(ServiceTask):
    """Works out one FEEL expression into one variable."""

    def without_service(self) -> None:
        script = self.element.script
        if script is None or not script.expression or not script.result:
            raise DiagramError(self.bpmn_id, "the script has no expression or no result variable")
        self.expression = Expression.feel(script.expression, self.bpmn_id)

    def do(self, task: Task) -> None:
        value = run_of(task).evaluate(task, self.expression)
        self.result(task, {self.element.script.result: value})


class BusinessRuleTask(ServiceTask):
    """Asks a decision table; the rules that fired go into the journal."""

    def without_service(self) -> None:
        called = self.element.decision
        if called is None or not called.id or not called.result:
            raise DiagramError(self.bpmn_id, "the task calls no decision or names no result")
        self.decision = Expression(called.id, self.bpmn_id)

    def do(self, task: Task) -> None:
        run = run_of(task)
        decision = run.evaluate(task, self.decision)
        if not isinstance(decision, str):
            raise Stuck(self.bpmn_id, f"{self.decision.text} names no decision")
        decided = run.host.decide(decision, run.context(task))
        run.note("decided", task, decision=decision, value=decided.value, rules=list(decided.rules))
        self.result(task, {self.element.decision.result: decided.value})


def _retries(element: str, text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise DiagramError(element, f"retries must be a whole number, not '{text}'")
    return int(text)
