"""Names that machines and people meet: ids, the process's own, messages and signals."""

from __future__ import annotations

import re
from pathlib import PurePath

from lxml import etree

from engine.bpmn.dialect import Diagram
from engine.bpmn.lint.findings import Report
from engine.bpmn.xml import BPMN

SNAKE = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST = 100


def check(root: etree._Element, diagram: Diagram, report: Report) -> None:
    _processes(diagram, report)
    for process in diagram.processes:
        for element in process.elements.values():
            snake(element.id, element.id, "Id'et", report)
    for kind, danish in (("message", "Beskedens"), ("signal", "Signalets")):
        seen: set[str] = set()
        for node in root.iterfind(f"{{{BPMN}}}{kind}"):
            name = node.get("name", "")
            snake(node.get("id", ""), name, f"{danish} navn", report)
            if name in seen:
                report.error(
                    node.get("id", ""),
                    f"{kind}-twice",
                    f"{danish} navn {name} bruges to gange.",
                    "Slet den ene, og lad hændelserne henvise til den anden.",
                )
            seen.add(name)
    _lanes(root, diagram, report)


def snake(element: str, name: str, what: str, report: Report) -> None:
    """Demand lower_snake ASCII; the finding suggests a name that would do."""
    if SNAKE.fullmatch(name) and len(name) <= _LONGEST:
        return
    better = suggestion(name)
    report.error(
        element,
        "name",
        f'{what} "{name}" er ikke små bogstaver a-z, tal og _ (højst {_LONGEST} tegn).',
        f"Kald det fx {better}." if better else "Giv det et navn af små bogstaver, tal og _.",
    )


def suggestion(name: str) -> str:
    """The nearest lower_snake name, empty where nothing is left of it."""
    for letter, ascii_letters in (("æ", "ae"), ("ø", "oe"), ("å", "aa")):
        name = name.replace(letter, ascii_letters).replace(letter.upper(), ascii_letters)
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_0123456789")[:_LONGEST]


def _processes(diagram: Diagram, report: Report) -> None:
    executable = [p for p in diagram.processes if p.executable]
    if not executable:
        report.error(
            diagram.processes[0].id if diagram.processes else "",
            "no-executable-process",
            "Filen har ingen proces, der kan udføres.",
            "Sæt isExecutable (Kan udføres) på processen.",
        )
    for process in executable[1:]:
        report.error(
            process.id,
            "several-processes",
            f"Filen har flere processer, der kan udføres: {executable[0].id} og {process.id}.",
            "Læg hver proces i sin egen fil; de kan kalde hinanden.",
        )
    for process in executable[:1]:
        stem = PurePath(report.file).stem
        if process.id != stem:
            report.error(
                process.id,
                "process-file-name",
                f"Processen hedder {process.id}, men filen hedder {stem}.",
                f"Kald processen {stem} eller filen {process.id}.bpmn.",
            )
        snake(process.id, process.id, "Processens id", report)
    for process in diagram.processes:
        if not process.executable and process.elements:
            report.error(
                process.id,
                "drawn-process",
                f"Processen {process.name or process.id} har indhold, men udføres ikke.",
                "Borgere og samarbejdspartnere tegnes som lukkede puljer uden indhold.",
            )


def _lanes(root: etree._Element, diagram: Diagram, report: Report) -> None:
    known = {e for p in diagram.processes for e in p.elements}
    seen: set[str] = set()
    for lane in root.iter(f"{{{BPMN}}}lane"):
        if lane.find(f"{{{BPMN}}}childLaneSet") is not None:
            continue
        for ref in lane.iterfind(f"{{{BPMN}}}flowNodeRef"):
            name = (ref.text or "").strip()
            if name not in known:
                report.error(
                    lane.get("id", ""),
                    "lane-reference",
                    f"Banen {lane.get('name', '')} henviser til {name}, som ikke findes.",
                    "Gem diagrammet igen fra tegneprogrammet.",
                )
            elif name in seen:
                report.error(
                    name,
                    "two-lanes",
                    f"{name} står i to baner.",
                    "Træk elementet helt ind i den ene bane.",
                )
            seen.add(name)
