"""From a parsed file to task specs, through the library's parser with our classes in its map.

The library walks along the sequence flows, one call inside the other: long diagrams overflow
its stack and elements without a flow vanish. Here all elements are made first and connected
afterwards. Every process is parsed in a parser of its own, and an embedded sub-process is named
`<process>/<id>`, so two processes may both hold a sub-process of the same id.
"""

from __future__ import annotations

from typing import ClassVar

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from engine.bpmn import dialect
from engine.bpmn.dialect import Element
from engine.bpmn.errors import DiagramError
from engine.bpmn.expressions import Expression
from engine.bpmn.specs import BY_KIND, EventSubprocess, LinkCatch, MultiInstance, ScopeSpec
from engine.bpmn.specs.base import Node, Way
from engine.bpmn.specs.catch import CatchEvent, ReceiveTask
from engine.bpmn.specs.joins import InclusiveGateway

CONDITIONAL = frozenset({"exclusiveGateway", "inclusiveGateway"})


class ElementParser(TaskParser):
    """Makes the task spec of one element; connects nothing."""

    @property
    def element(self) -> Element:
        return self.process_parser.parser.process.elements[self.bpmn_id]

    def parse_node(self) -> Node:
        element = self.element
        if element.loop is None:
            return self.create(element.id)
        inner = self.create(f"{element.id} [child]")
        inner.is_inner = True
        return MultiInstance(self.spec, element.id, element, inner.name)

    def create(self, name: str) -> Node:
        element = self.element
        if element.kind == "subProcess":
            return self._sub_process(name, element)
        if element.kind == "callActivity":
            if element.called is None or not element.called.process:
                raise DiagramError(element.id, "the call activity calls no process")
            return self.spec_class(self.spec, name, element, element.called.process)
        if element.kind == "intermediateCatchEvent" and element.event.kind == "link":
            return LinkCatch(self.spec, name, element)
        return self.spec_class(self.spec, name, element)

    def _sub_process(self, name: str, element: Element) -> Node:
        parser = self.process_parser.parser
        parser.create_parser(self.node)
        room = parser.room_name(self.node)
        starts = [e for e in parser.process.inside(element.id) if e.kind == "startEvent"]
        if len(starts) != 1:
            raise DiagramError(element.id, "a sub-process needs exactly one start event")
        if element.event_subprocess:
            return EventSubprocess(self.spec, name, element, room, starts[0])
        if starts[0].event.kind != "none":
            raise DiagramError(starts[0].id, "a sub-process starts with a plain start event")
        return self.spec_class(self.spec, name, element, room)


class RoomParser(ProcessParser):
    """A process or sub-process: all elements, then everything that joins them."""

    spec: ScopeSpec

    @property
    def bpmn_id(self) -> str:
        return self.parser.room_name(self.node)

    @property
    def scope(self) -> str:
        return self.node.get("id")

    def _parse(self) -> None:
        process = self.parser.process
        embedded = None if self.scope == process.id else self.scope
        self.spec = ScopeSpec(self.bpmn_id, process.id, embedded, self.node.get("name", ""))
        self.add_tasks()

    def add_tasks(self) -> None:
        for node in self.node:
            if isinstance(node.tag, str) and etree.QName(node).localname in dialect.FLOW_NODES:
                self.parse_node(node)
        elements = list(self.parser.process.inside(self.scope))
        self._connect(elements)
        self._guard(elements)
        self._link(elements)
        self._starts(elements)
        self.spec.event_subprocesses = tuple(
            spec for spec in self.spec.task_specs.values() if isinstance(spec, EventSubprocess)
        )
        self._joins(elements)

    def _connect(self, elements: list[Element]) -> None:
        specs = self.spec.task_specs
        for element in elements:
            flows = self.parser.process.outgoing(element.id)
            spec = specs[element.id]
            for flow in flows:
                if flow.target not in specs:
                    raise DiagramError(flow.id, f"leads to {flow.target}, which is not here")
                spec.connect(specs[flow.target])
            spec.ways = tuple(
                Way(f.id, f.name, f.target, self._condition(element, f, len(flows))) for f in flows
            )
            if element.kind == "eventBasedGateway":
                self._only_events(element, spec)

    def _condition(self, element, flow, siblings: int) -> Expression | None:
        if flow.condition is None:
            if element.kind in CONDITIONAL and siblings > 1 and flow.id != element.default:
                raise DiagramError(flow.id, "has no condition and is not the default flow")
            return None
        if element.kind not in CONDITIONAL:
            raise DiagramError(flow.id, "has a condition, but does not leave a gateway")
        if flow.id == element.default:
            raise DiagramError(flow.id, "is the default flow and has a condition")
        return Expression.feel(flow.condition, flow.id)

    def _only_events(self, element: Element, spec: Node) -> None:
        for way in spec.ways:
            target = self.spec.task_specs[way.target]
            if not isinstance(target, CatchEvent | ReceiveTask):
                raise DiagramError(element.id, f"{way.target} behind it is no event to wait for")

    def _guard(self, elements: list[Element]) -> None:
        for element in elements:
            if element.kind == "boundaryEvent":
                host = self.spec.task_specs.get(element.attached_to)
                if not hasattr(host, "guards"):
                    raise DiagramError(element.id, "does not sit on an activity")
                host.guards = (*host.guards, self.spec.task_specs[element.id])

    def _link(self, elements: list[Element]) -> None:
        linked = [e for e in elements if e.event is not None and e.event.kind == "link"]
        catches: dict[str, str] = {}
        for catch in (e for e in linked if e.kind == "intermediateCatchEvent"):
            if catches.setdefault(catch.event.name, catch.id) != catch.id:
                raise DiagramError(catch.id, f"a second catch of the link '{catch.event.name}'")
        for throw in (e for e in linked if e.kind == "intermediateThrowEvent"):
            if throw.event.name not in catches:
                raise DiagramError(throw.id, f"no link event catches '{throw.event.name}'")
            target = catches[throw.event.name]
            spec = self.spec.task_specs[throw.id]
            spec.connect(self.spec.task_specs[target])
            spec.ways = (Way(f"link:{throw.event.name}", throw.event.name, target),)

    def _starts(self, elements: list[Element]) -> None:
        starts = [e for e in elements if e.kind == "startEvent"]
        if not starts:
            raise DiagramError(self.scope, "has no start event")
        # The plain start comes first: it is the one that is meant where nothing is said.
        starts.sort(key=lambda e: e.event.kind != "none")
        self.spec.starts = tuple(e.id for e in starts)
        for start in starts:
            self.spec.start.connect(self.spec.task_specs[start.id])

    def _joins(self, elements: list[Element]) -> None:
        for element in elements:
            spec = self.spec.task_specs[element.id]
            if spec.is_join:
                spec.flows_in = tuple(f.id for f in self.parser.process.incoming(element.id))
        inclusive = [s for s in self.spec.task_specs.values() if isinstance(s, InclusiveGateway)]
        for gateway in inclusive:
            for element in elements:
                gateway.reach[element.id] = _reach(self.spec, element.id, gateway)
        self.spec.inclusive = tuple(inclusive)


def _reach(room: ScopeSpec, origin: str, gateway: Node) -> frozenset[str]:
    """The gateway's incoming flows that a token at an element can come to without passing it.

    A boundary event that may take the token counts as a way out of its activity.
    """
    found: set[str] = set()
    seen, todo = {gateway.name, origin}, [origin]
    while todo:
        spec = room.task_specs[todo.pop()]
        for out in (spec, *getattr(spec, "guards", ())):
            for way in out.ways:
                if way.target == gateway.name:
                    found.add(way.id)
                elif way.target not in seen:
                    seen.add(way.target)
                    todo.append(way.target)
    return frozenset(found)


class DiagramParser(BpmnParser):
    """One executable process of one file."""

    PROCESS_PARSER_CLASS = RoomParser
    PARSER_CLASSES: ClassVar = {
        full_tag(kind): (ElementParser, spec) for kind, spec in BY_KIND.items()
    }

    def __init__(self, process: dialect.Process):
        super().__init__()
        self.process = process

    def room_name(self, node: etree._Element) -> str:
        element = node.get("id")
        return element if element == self.process.id else f"{self.process.id}/{element}"

    # Drawing, or read by the dialect; the library's own readers refuse what they do not know.

    def _add_data_stores(self, bpmn) -> None:
        pass

    def _add_correlations(self, bpmn) -> None:
        pass

    def _add_diagram_indexes(self, bpmn) -> None:
        pass

    def _add_processes(self, bpmn, filename=None) -> None:
        for node in bpmn.iterfind(full_tag("process")):
            if node.get("id") == self.process.id:
                self.create_parser(node)


def rooms(root: etree._Element, process: dialect.Process) -> dict[str, ScopeSpec]:
    """The specs of a process and of every sub-process in it, by name.

    Raises `DiagramError`. A parser that has failed holds half-built specs, so each call has
    its own.
    """
    parser = DiagramParser(process)
    try:
        parser.add_bpmn_xml(root)
        specs: dict[str, ScopeSpec] = {}
        # Parsing a room makes parsers for the rooms inside it.
        while missing := [name for name in parser.process_parsers if name not in specs]:
            for name in missing:
                specs[name] = parser.get_spec(name)
        return specs
    except DiagramError as error:
        raise DiagramError(error.element, error.message, process.id) from error
    except ValidationException as error:
        raise DiagramError(error.id or process.id, str(error), process.id) from error
