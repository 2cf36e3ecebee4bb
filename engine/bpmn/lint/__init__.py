"""The allow-list in front of the engine: a diagram may say what the engine executes, no more.

    vocabulary   which elements and attributes may stand in a file at all
    extensions   which zeebe: extensions each kind of element may carry
    names        ids, process id = file name, one executable process
    flow         starts, ends, connections, gateways
    events       what events throw and catch, timers, links
    tasks        what each kind of task must say
    nets         joins that never fire, loops that never wait, faults caught twice
    texts        FEEL, timers, variable names

Each family is one function `check(root or diagram, report)`; all run on every file, so that one
reading shows everything. Cross checks between files stand in `engine.diagrams`.
"""

from __future__ import annotations

from engine.bpmn import dialect, xml
from engine.bpmn.lint import events, extensions, flow, names, nets, tasks, vocabulary
from engine.bpmn.lint.findings import Finding, Report

__all__ = ["Finding", "Report", "lint", "read"]

#: The spine of the demo municipality has a tenth of this; nobody can read more.
MOST_ELEMENTS = 600


def lint(data: bytes, file: str) -> list[Finding]:
    """All that is wrong with one BPMN file by itself; empty when the engine can execute it.

    `file` is its name or path; a process must be named after it.
    """
    report = Report(file)
    root = read(data, report)
    if root is None:
        return report.findings
    vocabulary.check(root, report)
    extensions.check(root, report)
    diagram = dialect.read(root)
    names.check(root, diagram, report)
    for process in diagram.processes:
        if process.executable:
            flow.check(process, report)
            events.check(process, report)
            tasks.check(process, report)
            nets.check(process, report)
    return report.findings


def read(data: bytes, report: Report):
    """The file's outermost element; None, with the reason reported, when no more is read of it."""
    try:
        root = xml.parse(data)
    except xml.XmlRefused as refused:
        report.error(refused.element, "xml", refused.message, refused.action)
        return None
    if not _too_large(root):
        return root
    report.error(
        "",
        "too-many-elements",
        f"Filen har flere end {MOST_ELEMENTS} elementer.",
        "Del processen op i flere, der kalder hinanden.",
    )
    return None


def _too_large(root) -> bool:
    nodes = (f"{{{xml.BPMN}}}{kind}" for kind in (*dialect.FLOW_NODES, "sequenceFlow"))
    return sum(1 for _ in root.iter(*nodes)) > 2 * MOST_ELEMENTS
