"""The case around a flow: what a diagram may ask for and set in motion while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import clock, services, tables
from engine.bpmn import BpmnError, Decided, ServiceCall
from engine.casework import undated
from engine.casework.rights import SYSTEM
from engine.domain import cases
from engine.events import Entry

if TYPE_CHECKING:
    from engine.casework.step import Run, Step


class CaseHost:
    """Answers an adapter's questions for one instance inside one step (`engine.bpmn.Host`)."""

    def __init__(self, step: Step, run: Run):
        self.step, self.run = step, run
        self._sag: Mapping[str, Any] | None = None

    def now(self) -> datetime:
        return clock.now()

    def sag(self) -> Mapping[str, Any]:
        if self._sag is None:
            self._sag = cases.view(self.step.session, self.run.case)
        return self._sag

    def look_anew(self) -> None:
        """Something outside this instance has changed the case."""
        self._sag = None

    def serve(self, call: ServiceCall) -> Mapping[str, Any] | None:
        """Run a registered service; what it changed is seen by the next expression."""
        return self._call(call, {**self.run.told, **call.variables, **call.inputs})

    def complete_listener(self, call: ServiceCall) -> Mapping[str, Any] | None:
        """Run what turns a form's answers into facts; an older answer never speaks for a new one."""
        older = {k: v for k, v in call.variables.items() if k not in self.run.asked}
        return self._call(call, {**older, **call.inputs})

    def _call(self, call: ServiceCall, values: Mapping[str, Any]) -> Mapping[str, Any] | None:
        service = services.find(call.type)
        try:
            return service.call(self._context(call), values)
        except services.BpmnError as error:
            raise BpmnError(error.code, error.message) from error
        finally:
            self._sag = None

    def decide(self, decision: str, context: Mapping[str, Any]) -> Decided:
        answer = tables.decide(self.step.session, decision, context)
        return Decided(answer.value, tuple(answer.rules))

    def _context(self, call: ServiceCall) -> services.Context:
        return services.Context(
            session=self.step.session,
            case=self.run.case,
            actor=self.step.actor or SYSTEM,
            on_behalf_of=self.step.on_behalf_of,
            now=clock.now(),
            today=clock.today(),
            process=call.process,
            element=call.element,
            item=call.item,
            variables=call.variables,
            job_id=self.step.job_id,
            verbs=ServiceVerbs(self),
        )


class ServiceVerbs:
    """What a service may set in motion (`engine.services.Verbs`), collected for after the step."""

    def __init__(self, host: CaseHost):
        self.host, self.step, self.run = host, host.step, host.run

    def decide(self, context: services.Context, decision_id: str, inputs: Mapping[str, Any]):
        answer = tables.decide(self.step.session, decision_id, inputs)
        facts = {"decision": decision_id, "rules": list(answer.rules), "matched": answer.matched}
        self.record(context, "decided", facts)
        return answer

    def tell(self, context: services.Context, message: str, data: Mapping[str, Any]) -> None:
        self.step.send(self.run.case, message, dict(data))

    def start(
        self,
        context: services.Context,
        process: str,
        variables: Mapping[str, Any],
        case_free: bool = False,
    ) -> bool:
        if process in undated.DUTIES and undated.stands(
            self.step, process, str(variables.get("regel")), self.run.case
        ):
            return False
        case = cases.create(self.step.session) if case_free else self.run.case
        self.step.start_later(self.step.case(case), process, dict(variables))
        return True

    def record(self, context: services.Context, kind: str, facts: Mapping[str, Any]) -> None:
        self.step.note(
            self.run.case,
            Entry(
                kind=kind,
                actor=self.step.actor,
                on_behalf_of=self.step.on_behalf_of,
                instance_id=self.run.instance.id,
                process=context.process,
                element=context.element,
                release_id=self.run.instance.release_id,
                facts=facts,
            ),
        )
