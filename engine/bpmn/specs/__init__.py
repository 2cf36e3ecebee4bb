"""One behaviour per file: what each element of a diagram does with a token."""

from engine.bpmn.specs.boundary import BoundaryEvent
from engine.bpmn.specs.catch import CatchEvent, EventGateway, ReceiveTask
from engine.bpmn.specs.event_subprocess import EventSubprocess
from engine.bpmn.specs.gateways import ExclusiveGateway
from engine.bpmn.specs.joins import InclusiveGateway, ParallelGateway
from engine.bpmn.specs.link import LinkCatch
from engine.bpmn.specs.multi_instance import MultiInstance
from engine.bpmn.specs.scopes import ScopeSpec
from engine.bpmn.specs.service_task import BusinessRuleTask, ScriptTask, ServiceTask
from engine.bpmn.specs.start import StartEvent
from engine.bpmn.specs.subprocess import CallActivity, SubProcess
from engine.bpmn.specs.throw import EndEvent, SendTask, ThrowEvent
from engine.bpmn.specs.user_task import UserTask

#: BPMN tag to the class that executes it; what is missing here is not executed.
BY_KIND = {
    "startEvent": StartEvent,
    "endEvent": EndEvent,
    "intermediateCatchEvent": CatchEvent,
    "intermediateThrowEvent": ThrowEvent,
    "boundaryEvent": BoundaryEvent,
    "userTask": UserTask,
    "manualTask": UserTask,
    "serviceTask": ServiceTask,
    "sendTask": SendTask,
    "receiveTask": ReceiveTask,
    "businessRuleTask": BusinessRuleTask,
    "scriptTask": ScriptTask,
    "callActivity": CallActivity,
    "subProcess": SubProcess,
    "exclusiveGateway": ExclusiveGateway,
    "parallelGateway": ParallelGateway,
    "inclusiveGateway": InclusiveGateway,
    "eventBasedGateway": EventGateway,
}

__all__ = ["BY_KIND", "EventSubprocess", "LinkCatch", "MultiInstance", "ScopeSpec"]
