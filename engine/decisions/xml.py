"""Safe XML for DMN: no entities, no DTD, no network, bounded size; only elements of the DMN namespaces."""

from __future__ import annotations

from lxml import etree

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


def parse(xml: bytes) -> Node:
    """The `definitions` element. Raises TableError for anything but a plain DMN 1.2 to 1.5 file."""
    if len(xml) > MAX_BYTES:
        raise TableError("", "Filen er for stor til at være en beslutningstabel.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise TableError("", f"Filen kan ikke læses som XML: {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise TableError("", "Filen har en DOCTYPE; det er ikke tilladt.")
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in NAMESPACES:
        raise TableError("", "Filen er ikke DMN 1.2 til 1.5.")
    _bound_depth(root)
    return root


def _bound_depth(root: Node) -> None:
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in node]
        if not level:
            return
    raise TableError("", "Filen er indlejret for dybt.")


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
