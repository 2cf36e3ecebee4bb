"""BPMN text in, a checked element tree out; nothing hostile gets further than this file.

`engine.xml` bounds and hardens it; here ids are unique, and the tree holds against the BPMN 2.0
schema that the library ships.
"""

from __future__ import annotations

import re
import threading

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import XSD_PATH

from engine import xml
from engine.errors import Refused

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
MODELER = "http://camunda.org/schema/modeler/1.0"


class XmlRefused(Refused):
    """Filen kan ikke læses som et BPMN-diagram."""

    def __init__(self, detail: str, action: str, *, line: int | None = None, element: str = ""):
        self.action, self.line, self.element = action, line, element
        super().__init__(detail)


def harden(data: bytes) -> etree._Element:
    """The root element of well-formed, bounded XML without DOCTYPE. Raises `XmlRefused`."""
    try:
        return xml.harden(data)
    except xml.XmlFault as fault:
        raise XmlRefused(fault.reason, fault.action, line=fault.line) from None


def parse(data: bytes) -> etree._Element:
    """The `definitions` element of a BPMN file, valid by the BPMN 2.0 schema.

    Raises `XmlRefused` with the Danish reason, what to do instead, and line or element id.
    """
    root = harden(data)
    if root.tag != f"{{{BPMN}}}definitions":
        raise XmlRefused(
            f"Det yderste element er {root.tag} og ikke definitions fra BPMN 2.0.",
            f"Gem filen som BPMN 2.0 (navnerum {BPMN}).",
            line=root.sourceline,
        )
    _unique_ids(root)
    _valid(root)
    return root


def element_id(element: etree._Element) -> str:
    """The nearest id at or above an element: the place a modeler can point at."""
    at: etree._Element | None = element
    while at is not None:
        if at.get("id"):
            return at.get("id", "")
        at = at.getparent()
    return ""


def _unique_ids(root: etree._Element) -> None:
    seen: set[str] = set()
    for element in root.iter(etree.Element):
        name = element.get("id")
        if name is None or not element.tag.startswith((f"{{{BPMN}}}", f"{{{BPMNDI}}}")):
            continue
        if name in seen:
            raise XmlRefused(
                f"Id'et {name} bruges to gange (linje {element.sourceline}).",
                "Giv hvert element sit eget id.",
                line=element.sourceline,
                element=name,
            )
        seen.add(name)


# A schema object keeps its last errors on itself; one validation at a time.
_guard = threading.Lock()
_schema: etree.XMLSchema | None = None


def _valid(root: etree._Element) -> None:
    global _schema
    with _guard:
        if _schema is None:
            _schema = etree.XMLSchema(etree.parse(XSD_PATH))
        if _schema.validate(root):
            return
        error = _schema.error_log[0]
    line = error.line
    raise XmlRefused(
        f"Filen følger ikke BPMN 2.0's skema på linje {line}: {_readable(error)}.",
        "Ret elementet i tegneprogrammet, eller tegn det om.",
        line=line,
        element=_id_at_line(root, line),
    )


_NAMED = re.compile(r"Element '([^']*)'(?:, attribute '([^']*)')?: (.*)", re.DOTALL)
_QUOTED = re.compile(r"'([^']*)'", re.DOTALL)


def _readable(error: etree._LogEntry) -> str:
    """The schema's English sentence in Danish, with the names it tells of."""
    named = _NAMED.match(error.message)
    if named is None:
        return "et element passer ikke ind"
    element, attribute = _local(named[1]), _local(named[2] or "")
    quoted = _QUOTED.search(re.sub(r"\[facet '\w+'\]", "", named[3]))
    value = _local(quoted[1])[:60] if quoted else ""
    kind = error.type_name.removeprefix("SCHEMAV_")
    if kind == "ELEMENT_CONTENT" and "Missing" in named[3]:
        return f"elementet {element} mangler noget i sig"
    if kind == "CVC_COMPLEX_TYPE_4":
        return f"elementet {element} mangler egenskaben {value}"
    if kind.startswith("CVC_COMPLEX_TYPE_3"):
        return f"elementet {element} kan ikke have egenskaben {attribute or value}"
    if kind == "CVC_COMPLEX_TYPE_2_3":
        return f"elementet {element} har tekst i sig, som ikke hører til dér"
    if attribute:
        return f"egenskaben {attribute} på {element} kan ikke være »{value}«"
    if kind.startswith(("CVC_DATATYPE", "CVC_ENUM", "CVC_PATTERN")):
        return f"elementet {element} kan ikke indeholde »{value}«"
    return f"elementet {element} kan ikke stå her"


def _local(name: str) -> str:
    return re.sub(r"\{http[^}]*\}", "", name)


def _id_at_line(root: etree._Element, line: int) -> str:
    for element in root.iter(etree.Element):
        if element.sourceline == line:
            return element_id(element)
    return ""
