"""Nets that must end as an incident: joins that never fire, loops that never wait, dead catches.

Nothing is guessed here. A join is complained of when no two tokens can meet at it, a loop when its
own constants send it round; what depends on answers or services is left to the diagram.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator

from engine import feel
from engine.bpmn.dialect import Element, Process
from engine.bpmn.lint.findings import Report

#: More pairs of places than this has no diagram that anybody drew.
_MOST_PAIRS = 200_000
_MOST_STEPS = 200
_AUTOMATIC = frozenset(("scriptTask", "exclusiveGateway", "intermediateThrowEvent"))
_FAULTS = {"error": "fejlen", "escalation": "eskaleringen"}


def check(process: Process, report: Report) -> None:
    scopes = {e.scope for e in process.elements.values()}
    for scope in sorted(scopes):
        _joins(_Net(process, scope), report)
    _loops(process, report)
    _twice_caught(process, report)


class _Net:
    """One scope as places and moves; which places can hold tokens at the same time.

    The relation is the usual one (Kovalyov, Esparza 1996): at least every pair that can happen.
    """

    def __init__(self, process: Process, scope: str):
        self.here = {e.id: e for e in process.inside(scope)}
        self.into: dict[str, list[str]] = defaultdict(list)
        self.out: dict[str, list[str]] = defaultdict(list)
        self.target: dict[str, str] = {}
        for flow in process.flows.values():
            if flow.source in self.here and flow.target in self.here:
                self.out[flow.source].append(flow.id)
                self.into[flow.target].append(flow.id)
                self.target[flow.id] = flow.target
        self.joins = [
            e.id
            for e in self.here.values()
            if e.kind == "parallelGateway" and len(self.into[e.id]) > 1
        ]
        self.guards: dict[str, list[Element]] = defaultdict(list)
        self.links: dict[str | None, list[str]] = defaultdict(list)
        for element in self.here.values():
            if element.kind == "boundaryEvent":
                self.guards[element.attached_to or ""].append(element)
            elif element.kind == "intermediateCatchEvent" and _is_link(element):
                self.links[element.event.name].append(element.id)

    def moves(self, place: str) -> Iterator[tuple[str, ...]]:
        """What one token at a place becomes, one way after the other; joins stand apart."""
        if place in self.target:
            if self.target[place] not in self.joins:
                yield (self.target[place],)
            return
        element = self.here[place]
        if element.kind in ("exclusiveGateway", "eventBasedGateway"):
            yield from ((flow,) for flow in self.out[place])
        elif element.kind == "intermediateThrowEvent" and _is_link(element):
            yield from ((caught,) for caught in self.links[element.event.name])
        elif self.out[place]:
            yield tuple(self.out[place])
        for guard in self.guards[place]:
            yield (guard.id,) if guard.interrupting else (place, guard.id)

    def together(self) -> tuple[set[str], set[tuple[str, str]]] | None:
        """The places a token can reach, and the pairs that can be held at once; None if too many."""
        reached: set[str] = set()
        pairs: set[tuple[str, str]] = set()
        near: dict[str, set[str]] = defaultdict(set)
        waiting: deque[tuple[str, str | None]] = deque()

        def reach(place: str) -> None:
            if place not in reached:
                reached.add(place)
                waiting.append((place, None))

        def meet(one: str, other: str) -> None:
            if (one, other) not in pairs:
                pairs.update(((one, other), (other, one)))
                near[one].add(other)
                near[other].add(one)
                waiting.append((one, other))
                waiting.append((other, one))

        def move(place: str, beside: str | None, become: tuple[str, ...]) -> None:
            for number, new in enumerate(become):
                reach(new)
                if beside is not None:
                    meet(new, beside)
                for other in become[number + 1 :]:
                    meet(new, other)

        for element in self.here.values():
            if element.kind == "startEvent":
                reach(element.id)
        while waiting:
            if len(pairs) > _MOST_PAIRS:
                return None
            place, beside = waiting.popleft()
            for become in self.moves(place):
                move(place, beside, become)
                for other in tuple(near[place]) if beside is None else ():
                    move(place, other, become)
            join = self.target.get(place)
            if join in self.joins and self._full(join, pairs):
                move(join, None, (join,))
                flows = self.into[join]
                for other in set.intersection(*(near[flow] for flow in flows)):
                    meet(join, other)
        return reached, pairs

    def _full(self, join: str, pairs: set[tuple[str, str]]) -> bool:
        flows = self.into[join]
        return all((a, b) in pairs for n, a in enumerate(flows) for b in flows[n + 1 :])


def _joins(net: _Net, report: Report) -> None:
    found = net.together() if net.joins else None
    if found is None:
        return
    reached, _ = found
    for join in net.joins:
        if join in reached or not any(flow in reached for flow in net.into[join]):
            continue
        report.error(
            join,
            "join-never",
            f"{_called(net.here[join])} venter på alle sine pile, men der kan aldrig komme én ad "
            "hver af dem på samme tid; sagen ville standse her.",
            "Saml med en eksklusiv gateway efter et valg; brug kun den parallelle, "
            "hvor vejene er delt med en parallel gateway.",
        )


def _loops(process: Process, report: Report) -> None:
    """Rounds of scripts and gateways that their own constants send round again."""
    said: set[str] = set()
    for element in process.elements.values():
        if element.kind != "exclusiveGateway" or element.id in said:
            continue
        ring = _ring(process, element)
        if not ring or said & set(ring):
            continue
        said |= set(ring)
        report.error(
            element.id,
            "endless-loop",
            f"Fra {_called(element)} går sagen i ring for evigt uden at vente på nogen: "
            f"{' → '.join([*ring, ring[0]])}.",
            "Lad betingelsen afhænge af noget, der ændrer sig i hver runde, eller sæt en opgave "
            "eller en timer ind i ringen.",
        )


def _ring(process: Process, start: Element) -> list[str]:
    """The elements of a round that cannot be left, from this gateway; empty when it can be."""
    known: dict[str, object] = {}
    passed: dict[tuple, int] = {}
    way: list[str] = []
    at: Element | None = start
    while at is not None and len(way) < _MOST_STEPS:
        moment = (at.id, repr(sorted(known.items())))
        if moment in passed:
            ring = way[passed[moment] :]
            return ring if start.id in ring else []
        passed[moment] = len(way)
        way.append(at.id)
        at = _next(process, at, known)
    return []


def _next(process: Process, at: Element, known: dict[str, object]) -> Element | None:
    """Where the token certainly goes, what the script makes kept in `known`; else None."""
    if at.kind not in _AUTOMATIC or at.loop is not None or at.inputs or at.outputs or at.task:
        return None
    if any(e.attached_to == at.id for e in process.elements.values()):
        return None
    ways = process.outgoing(at.id)
    if at.kind == "scriptTask":
        sure, value = _value(at.script.expression if at.script else "", known)
        if not sure:
            known.pop(at.script.result if at.script else "", None)
        elif at.script:
            known[at.script.result] = value
    chosen = ways[0] if len(ways) == 1 else None
    if at.kind == "exclusiveGateway" and len(ways) > 1:
        chosen = None
        for flow in ways:
            if flow.id == at.default:
                continue
            sure, value = _value(flow.condition or "", known)
            if not sure:
                return None
            if value is True:
                chosen = flow
                break
        else:
            chosen = next((f for f in ways if f.id == at.default), None)
    return process.elements.get(chosen.target) if chosen is not None else None


def _value(text: str, known: dict[str, object]) -> tuple[bool, object]:
    """Whether a text's value is known beforehand, and the value."""
    text = text.strip()
    if not text.startswith("=") or "now(" in text or "today(" in text:
        return False, None
    try:
        tree = feel.parse(text[1:].strip())
        if not tree.names <= set(known):
            return False, None
        return True, feel.to_json(tree.evaluate(dict(known)))
    except feel.FeelError:
        return False, None


def constant(text: str | None) -> tuple[bool, object]:
    """Whether an expression asks for nothing, and then its value: `= 3` is (True, 3)."""
    return _value(text or "", {})


def _twice_caught(process: Process, report: Report) -> None:
    """Of two who catch the same fault on the same edge, or in the same scope, one never does."""
    first: dict[tuple, Element] = {}
    for element in process.elements.values():
        if element.event is None or element.event.kind not in _FAULTS:
            continue
        owner = process.elements.get(element.scope)
        if element.kind == "boundaryEvent":
            where = element.attached_to
        elif element.kind == "startEvent" and owner is not None and owner.event_subprocess:
            where = owner.scope
        else:
            continue
        place = (element.kind, where, element.event.kind, element.event.name)
        other = first.setdefault(place, element)
        if other is not element:
            report.error(
                element.id,
                "caught-twice",
                f"{_called(element)} kan aldrig ske: {_called(other)} griber "
                f"{_FAULTS[element.event.kind]} {element.event.name or '(alle)'} samme sted.",
                "Slet den ene, eller giv dem hver sin kode.",
            )


def _is_link(element: Element) -> bool:
    return element.event is not None and element.event.kind == "link"


def _called(element: Element) -> str:
    return f'"{element.name}"' if element.name else element.id
