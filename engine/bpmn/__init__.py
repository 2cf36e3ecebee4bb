"""BPMN diagrams that execute; the only importer of SpiffWorkflow.

`compile` makes a `Program` of diagrams; a `Flow` is one instance of it, moved by verbs, with a
`Host` around it that knows the case. See `flow` for the verbs and `dialect` for the diagrams.
"""

from engine.bpmn.errors import (
    BpmnError,
    DiagramError,
    NobodyWaits,
    NotJson,
    Stuck,
    TimerGone,
    UncaughtError,
    UncaughtEscalation,
    WorkGone,
)
from engine.bpmn.flow import Flow
from engine.bpmn.host import Decided, Host, ServiceCall, Step, Throw
from engine.bpmn.program import Program, Source, Start, compile
from engine.bpmn.waits import Subscription, Timer
from engine.bpmn.work import WorkItem

__all__ = [
    "BpmnError",
    "Decided",
    "DiagramError",
    "Flow",
    "Host",
    "NobodyWaits",
    "NotJson",
    "Program",
    "ServiceCall",
    "Source",
    "Start",
    "Step",
    "Stuck",
    "Subscription",
    "Throw",
    "Timer",
    "TimerGone",
    "UncaughtError",
    "UncaughtEscalation",
    "WorkGone",
    "WorkItem",
    "compile",
]
