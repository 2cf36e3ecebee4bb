"""DMN as an element tree: what `engine.xml` lets in, and of it only the elements of DMN."""

from __future__ import annotations

from lxml import etree

from engine import xml
from engine.decisions.errors import TableError

MAX_BYTES = 4_000_000
MAX_DEPTH = 120
NAMESPACES = {
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}

Node = etree._Element


def parse(data: bytes) -> Node:
    """The `definitions` element. Raises TableError for anything but a plain DMN 1.2 to 1.5 file."""
    try:
        root = xml.harden(data, most_bytes=MAX_BYTES, most_depth=MAX_DEPTH)
    except xml.XmlFault as fault:
        raise TableError("", fault.reason) from None
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in NAMESPACES:
        raise TableError("", "Filen er ikke DMN 1.2 til 1.5.")
    return root


def tag(node: Node) -> str:
    """The element's local name, empty for what is not DMN."""
    if not isinstance(node.tag, str):
        return ""
    name = etree.QName(node)
    return name.localname if name.namespace in NAMESPACES else ""


def children(node: Node, *names: str) -> list[Node]:
    """The child elements of DMN with one of the names; all of them without names."""
    return [c for c in node if tag(c) and (not names or tag(c) in names)]


def child(node: Node, *names: str) -> Node | None:
    return next(iter(children(node, *names)), None)


def text(node: Node | None, name: str = "text") -> str:
    """The text of a child element, stripped; empty when there is none."""
    found = child(node, name) if node is not None else None
    return "".join(found.itertext()).strip() if found is not None else ""


def label(node: Node) -> str:
    """An id for messages: the element's own or that of the nearest parent."""
    while node is not None:
        if node.get("id"):
            return node.get("id")
        node = node.getparent()
    return ""
