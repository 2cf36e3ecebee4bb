"""BPMN text in, a checked element tree out; nothing hostile gets further than this file.

Size and depth are bounded, DOCTYPE is refused, entities, DTDs and the network are off, ids are
unique, and the tree holds against the BPMN 2.0 schema that the library ships.
"""

from __future__ import annotations

import re
import threading

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import XSD_PATH

from engine.errors import Refused

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
MODELER = "http://camunda.org/schema/modeler/1.0"

#: The biggest drawing of the demo municipality is a thirtieth of this.
MAX_BYTES = 2_000_000
MAX_DEPTH = 100
MAX_ELEMENTS = 25_000

_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]*)""")


class XmlRefused(Refused):
    """Filen kan ikke læses som et BPMN-diagram."""

    def __init__(self, detail: str, action: str, *, line: int | None = None, element: str = ""):
        self.action, self.line, self.element = action, line, element
        super().__init__(detail)


def harden(data: bytes) -> etree._Element:
    """The root element of well-formed, bounded XML without DOCTYPE. Raises `XmlRefused`."""
    if len(data) > MAX_BYTES:
        raise XmlRefused(
            f"Filen fylder {len(data):,} bytes; grænsen er {MAX_BYTES:,}.".replace(",", "."),
            "Del diagrammet op i flere processer, der kalder hinanden.",
        )
    if not data.strip():
        raise XmlRefused("Filen er tom.", "Gem diagrammet igen fra tegneprogrammet.")
    # Any other encoding could hide what the next check looks for.
    declared = _ENCODING.match(data)
    if b"\0" in data or (declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii")):
        raise XmlRefused("Filen er ikke skrevet i UTF-8.", "Gem filen som UTF-8.")
    # Entities inside attributes are expanded by the parser whatever it is told, so a document
    # that declares any never reaches it.
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise XmlRefused(
            "Filen har en DOCTYPE eller entiteter; det har et diagram ikke brug for.",
            "Fjern linjen med <!DOCTYPE …> og gem filen igen fra tegneprogrammet.",
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _syntax(error) from None
    _bounded(root)
    return root


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


def _bounded(root: etree._Element) -> None:
    depth = count = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth, count = depth + 1, count + 1
        if depth > MAX_DEPTH:
            raise _too_deep()
        if count > MAX_ELEMENTS:
            raise XmlRefused(
                f"Filen har flere end {MAX_ELEMENTS} elementer.",
                "Del diagrammet op i flere processer, der kalder hinanden.",
            )


def _too_deep() -> XmlRefused:
    return XmlRefused(
        f"Elementerne ligger mere end {MAX_DEPTH} niveauer inde i hinanden.",
        "Flyt de inderste delprocesser ud i egne processer, og kald dem.",
    )


def _syntax(error: Exception) -> XmlRefused:
    text = str(error)
    if "depth" in text.lower():
        return _too_deep()
    line = error.lineno if isinstance(error, etree.XMLSyntaxError) else None
    where = f" (linje {line})" if line else ""
    return XmlRefused(
        f"XML'en er ikke velformet{where}: {text}.",
        "Gem diagrammet igen fra tegneprogrammet.",
        line=line,
    )


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
        f"Filen følger ikke BPMN 2.0's skema (linje {line}): {_readable(error.message)}",
        "Ret elementet i tegneprogrammet, eller tegn det om.",
        line=line,
        element=_id_at_line(root, line),
    )


def _readable(message: str) -> str:
    return re.sub(r"\{http[^}]*\}", "", message)


def _id_at_line(root: etree._Element, line: int) -> str:
    for element in root.iter(etree.Element):
        if element.sourceline == line:
            return element_id(element)
    return ""
