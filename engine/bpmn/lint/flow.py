"""How elements hang together: starts, ends, connections, gateways."""

from __future__ import annotations

from collections.abc import Iterable

from engine.bpmn.dialect import Element, Process, SequenceFlow
from engine.bpmn.lint import texts
from engine.bpmn.lint.findings import Report

GATEWAYS = frozenset(
    ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway")
)
_CHOOSING = frozenset(("exclusiveGateway", "inclusiveGateway"))
_SCOPES = frozenset(("subProcess", "transaction", "adHocSubProcess"))


def check(process: Process, report: Report) -> None:
    _flows(process, report)
    _scope(process, process.id, None, report)
    for element in process.elements.values():
        if element.kind in _SCOPES:
            _scope(process, element.id, element, report)
    for element in process.elements.values():
        _connections(process, element, report)
        if element.kind in GATEWAYS:
            _gateway(process, element, report)


def _flows(process: Process, report: Report) -> None:
    for flow in process.flows.values():
        ends = [process.elements.get(end) for end in (flow.source, flow.target)]
        if None in ends:
            report.error(
                flow.id,
                "loose-flow",
                f"Pilen {flow.name or flow.id} går fra {flow.source or 'intet'} til "
                f"{flow.target or 'intet'}, og det findes ikke i processen.",
                "Slet pilen og tegn den igen.",
            )
        elif ends[0].scope != ends[1].scope:
            report.error(
                flow.id,
                "flow-across",
                f"Pilen {flow.name or flow.id} går ind i eller ud af en delproces.",
                "Lad pilen gå til delprocessens kant, eller brug en hændelse.",
            )


def _scope(process: Process, scope: str, owner: Element | None, report: Report) -> None:
    """The inside of a process, an embedded sub-process or an event sub-process."""
    inside = list(process.inside(scope))
    starts = [e for e in inside if e.kind == "startEvent"]
    ends = [e for e in inside if e.kind == "endEvent"]
    where = "Delprocessen" if owner else "Processen"
    if not starts:
        report.error(
            scope, "no-start", f"{where} har ingen starthændelse.", "Tegn en starthændelse."
        )
    if not ends:
        report.error(
            scope,
            "no-end",
            f"{where} har ingen sluthændelse.",
            "Slut hver vej med en sluthændelse.",
        )
    plain = [e for e in starts if e.event is None or e.event.kind == "none"]
    if owner is None:
        if len(plain) > 1:
            _too_many_starts(plain[1], report)
    elif len(starts) > 1:
        _too_many_starts(starts[1], report)
    elif owner.event_subprocess and plain:
        report.error(
            plain[0].id,
            "event-subprocess-start",
            "En hændelsesdelproces kan ikke begynde af sig selv.",
            "Giv starthændelsen en besked, timer, fejl, eskalering eller et signal.",
        )
    _reachable(process, inside, starts, report)


def _too_many_starts(start: Element, report: Report) -> None:
    report.error(
        start.id,
        "several-starts",
        "Der er flere almindelige starthændelser; maskinen kan ikke vide, hvilken der gælder.",
        "Behold én, og vælg vej med en gateway.",
    )


def _reachable(process, inside: list[Element], starts: list[Element], report: Report) -> None:
    """Everything must be on a way from a start; an unconnected element would never happen."""
    here = {e.id: e for e in inside}
    links: dict[str | None, list[str]] = {}
    for element in inside:
        if element.kind == "intermediateCatchEvent" and element.event and _is_link(element):
            links.setdefault(element.event.name, []).append(element.id)
    guards: dict[str | None, list[str]] = {}
    for element in inside:
        if element.kind == "boundaryEvent":
            guards.setdefault(element.attached_to, []).append(element.id)
    seen: set[str] = set()
    waiting = [e.id for e in starts]
    while waiting:
        at = waiting.pop()
        if at in seen or at not in here:
            continue
        seen.add(at)
        waiting += [f.target for f in process.outgoing(at)]
        waiting += guards.get(at, [])
        if here[at].kind == "intermediateThrowEvent" and _is_link(here[at]):
            waiting += links.get(here[at].event.name, [])
    for element in inside:
        if element.id not in seen and not element.event_subprocess and starts:
            report.error(
                element.id,
                "unreachable",
                f"{_called(element)} kan ikke nås fra starten.",
                "Forbind det med en pil, eller slet det.",
            )


def _is_link(element: Element) -> bool:
    return element.event is not None and element.event.kind == "link"


def _connections(process: Process, element: Element, report: Report) -> None:
    incoming, outgoing = process.incoming(element.id), process.outgoing(element.id)
    if element.event_subprocess:
        if incoming or outgoing:
            report.error(
                element.id,
                "event-subprocess-flow",
                "En hændelsesdelproces startes af sin hændelse og kan ikke have pile.",
                "Slet pilene, eller gør den til en almindelig delproces.",
            )
        return
    nothing_in = element.kind in ("startEvent", "boundaryEvent") or (
        element.kind == "intermediateCatchEvent" and _is_link(element)
    )
    nothing_out = element.kind == "endEvent" or (
        element.kind == "intermediateThrowEvent" and _is_link(element)
    )
    if nothing_in and incoming:
        report.error(
            element.id,
            "flow-into-start",
            f"{_called(element)} kan ikke have pile ind.",
            "Lad pilen gå til det næste element.",
        )
    if nothing_out and outgoing:
        report.error(
            element.id,
            "flow-out-of-end",
            f"{_called(element)} kan ikke have pile ud.",
            "Slet pilen, eller brug en mellemliggende hændelse.",
        )
    if not nothing_out and not outgoing:
        report.error(
            element.id,
            "no-way-out",
            f"{_called(element)} har ingen pil ud; sagen ville standse her.",
            "Tegn en pil videre, eller til en sluthændelse.",
        )
    if len(outgoing) > 1 and element.kind not in GATEWAYS:
        report.error(
            element.id,
            "implicit-fork",
            f"{_called(element)} har flere pile ud.",
            "Sæt en gateway efter: eksklusiv for at vælge, parallel for at gøre alt.",
        )
    if element.kind not in _CHOOSING:
        for flow in outgoing:
            if flow.condition is not None:
                report.error(
                    flow.id,
                    "condition-without-choice",
                    f"Pilen {flow.name or flow.id} har en betingelse, som ikke bliver læst.",
                    "Sæt en eksklusiv gateway foran, eller fjern betingelsen.",
                )
        if element.default is not None:
            report.error(
                element.id,
                "default-without-choice",
                f"{_called(element)} har en standardpil, men vælger ikke.",
                "Fjern standardpilen, eller sæt en eksklusiv gateway efter.",
            )


def _gateway(process: Process, element: Element, report: Report) -> None:
    outgoing = process.outgoing(element.id)
    if element.kind in _CHOOSING:
        _choice(element, outgoing, report)
    elif element.kind == "eventBasedGateway":
        _event_gateway(process, element, outgoing, report)


def _choice(element: Element, outgoing: Iterable[SequenceFlow], report: Report) -> None:
    ways = list(outgoing)
    if element.default is not None and element.default not in {f.id for f in ways}:
        report.error(
            element.id,
            "default-flow",
            f"Standardpilen {element.default} går ikke ud fra {_called(element)}.",
            "Vælg en af gatewayens egne pile som standard.",
        )
    for flow in ways:
        _condition(element, flow, len(ways), report)
    if len(ways) > 1 and element.default is None:
        report.warning(
            element.id,
            "no-default",
            f"{_called(element)} har ingen standardpil; passer ingen betingelse, standser sagen.",
            "Gør den ene pil til standard, fx den, der giver en opgave til et menneske.",
        )


def _condition(element: Element, flow: SequenceFlow, ways: int, report: Report) -> None:
    what = f"Betingelsen på pilen {flow.name or flow.id}"
    if flow.id == element.default:
        if flow.condition is not None:
            report.error(
                flow.id,
                "condition-on-default",
                f"{what} bliver ikke læst, for pilen er standard.",
                "Fjern betingelsen, eller vælg en anden standardpil.",
            )
    elif flow.condition is not None:
        texts.must_be_feel(flow.id, flow.condition, what, report)
    elif ways > 1:
        report.error(
            flow.id,
            "missing-condition",
            f"{what} ud af {_called(element)} mangler.",
            'Skriv en betingelse, fx = svar = "ja", eller gør pilen til standard.',
        )


_WAITING = frozenset(("intermediateCatchEvent", "receiveTask"))
_EVENT_KINDS = frozenset(("message", "timer", "signal"))


def _event_gateway(process: Process, element: Element, outgoing, report: Report) -> None:
    if len(outgoing) < 2:
        report.error(
            element.id,
            "event-gateway-ways",
            "En hændelsesgateway skal have mindst to hændelser at vente på.",
            "Tegn en til, eller brug hændelsen alene.",
        )
    for flow in outgoing:
        target = process.elements.get(flow.target)
        if target is None:
            continue
        kind = target.event.kind if target.event else ""
        if target.kind not in _WAITING or kind not in _EVENT_KINDS:
            report.error(
                target.id,
                "event-gateway-target",
                f"Efter en hændelsesgateway kan {_called(target)} ikke stå.",
                "Brug mellemliggende hændelser: besked, timer eller signal.",
            )
        elif len(process.incoming(target.id)) > 1:
            report.error(
                target.id,
                "event-gateway-shared",
                f"{_called(target)} har også pile fra andre steder end hændelsesgatewayen.",
                "Tegn en hændelse for sig til den anden vej.",
            )


def _called(element: Element) -> str:
    """How a person would point at the element."""
    return f'"{element.name}"' if element.name else element.id
