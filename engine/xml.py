"""XML from outside, as a bounded element tree; nothing hostile gets further than this file.

Size, depth and number of elements are bounded, DOCTYPE is refused, entities, DTDs and the network
are off. The reasons are Danish, and say the place.
"""

from __future__ import annotations

import re

from lxml import etree

MAX_BYTES = 2_000_000
MAX_DEPTH = 100
MAX_ELEMENTS = 25_000

_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]*)""")
_SAVE_AGAIN = "Gem filen igen fra tegneprogrammet."
_SPLIT = "Del filen op i flere."


class XmlFault(ValueError):
    """A file that is not XML to be trusted: the Danish `reason`, what to do, and the place."""

    def __init__(
        self, reason: str, action: str, line: int | None = None, column: int | None = None
    ):
        self.reason, self.action, self.line, self.column = reason, action, line, column
        super().__init__(reason)


def harden(
    data: bytes,
    *,
    most_bytes: int = MAX_BYTES,
    most_depth: int = MAX_DEPTH,
    most_elements: int = MAX_ELEMENTS,
) -> etree._Element:
    """The root element of well-formed, bounded XML without DOCTYPE. Raises `XmlFault`."""
    if len(data) > most_bytes:
        size = f"Filen fylder {len(data):,} bytes; grænsen er {most_bytes:,}.".replace(",", ".")
        raise XmlFault(size, _SPLIT)
    if not data.strip():
        raise XmlFault("Filen er tom.", _SAVE_AGAIN)
    # Any other encoding could hide what the next check looks for.
    declared = _ENCODING.match(data)
    if b"\0" in data or (declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii")):
        raise XmlFault("Filen er ikke skrevet i UTF-8.", "Gem filen som UTF-8.")
    # Entities inside attributes are expanded by the parser whatever it is told, so a document
    # that declares any never reaches it.
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise XmlFault(
            "Filen har en DOCTYPE eller entiteter; det har den ikke brug for.",
            "Fjern linjen med <!DOCTYPE …>, og gem filen igen fra tegneprogrammet.",
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
    except etree.XMLSyntaxError as error:
        raise _malformed(error, most_depth) from None
    except ValueError:
        raise XmlFault("XML'en er ikke velformet.", _SAVE_AGAIN) from None
    _bounded(root, most_depth, most_elements)
    return root


def _bounded(root: etree._Element, most_depth: int, most_elements: int) -> None:
    depth = count = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth, count = depth + 1, count + 1
        if depth > most_depth:
            raise _too_deep(most_depth)
        if count > most_elements:
            raise XmlFault(f"Filen har flere end {most_elements} elementer.", _SPLIT)


def _too_deep(most_depth: int) -> XmlFault:
    return XmlFault(
        f"Elementerne ligger mere end {most_depth} niveauer inde i hinanden.",
        "Flyt det inderste ud i filer for sig.",
    )


_KINDS = etree.ErrorTypes
_REASONS = {
    _KINDS.ERR_DOCUMENT_EMPTY: "her skulle et element begynde med <",
    _KINDS.ERR_DOCUMENT_END: "der står noget efter det yderste element",
    _KINDS.ERR_GT_REQUIRED: "elementet mangler sin afslutning >",
    _KINDS.ERR_LTSLASH_REQUIRED: "elementet bliver ikke lukket",
    _KINDS.ERR_TAG_NOT_FINISHED: "filen slutter, før alle elementer er lukket",
    _KINDS.ERR_NAME_REQUIRED: "her mangler et navn; skriv &amp; for & og &lt; for <",
    _KINDS.ERR_ENTITYREF_SEMICOL_MISSING: "et & skal skrives &amp;",
    _KINDS.ERR_UNDECLARED_ENTITY: "tegnet efter & er ikke et, som XML kender; skriv tegnet selv",
    _KINDS.WAR_UNDECLARED_ENTITY: "tegnet efter & er ikke et, som XML kender; skriv tegnet selv",
    _KINDS.ERR_LT_IN_ATTRIBUTE: "et < i en egenskab skal skrives &lt;",
    _KINDS.ERR_ATTRIBUTE_NOT_STARTED: "en egenskab mangler anførselstegn om sin værdi",
    _KINDS.ERR_ATTRIBUTE_NOT_FINISHED: "en egenskab mangler sit sidste anførselstegn",
    _KINDS.ERR_ATTRIBUTE_WITHOUT_VALUE: "en egenskab mangler sin værdi",
    _KINDS.ERR_ATTRIBUTE_REDEFINED: "en egenskab står to gange på samme element",
    _KINDS.ERR_SPACE_REQUIRED: "der mangler et mellemrum mellem to egenskaber",
    _KINDS.NS_ERR_UNDEFINED_NAMESPACE: "navnerummet foran kolon er ikke erklæret",
    _KINDS.ERR_INVALID_CHAR: "her står et tegn, som ikke må stå i XML",
    _KINDS.ERR_INVALID_ENCODING: "her står bytes, som ikke er UTF-8",
    _KINDS.ERR_CDATA_NOT_FINISHED: "en CDATA-blok slutter ikke",
    _KINDS.ERR_MISPLACED_CDATA_END: "]]> må ikke stå i tekst",
    _KINDS.ERR_COMMENT_NOT_FINISHED: "en kommentar slutter ikke",
    _KINDS.ERR_HYPHEN_IN_COMMENT: "en kommentar har to bindestreger i sig",
    _KINDS.ERR_RESERVED_XML_NAME: "linjen <?xml … ?> må kun stå allerførst",
}
_MISMATCH = re.compile(r"mismatch: (\S+) line (\d+) and (\S+?)(?:,|$)")


def _malformed(error: etree.XMLSyntaxError, most_depth: int) -> XmlFault:
    text = error.msg or ""
    if "depth" in text.lower():
        return _too_deep(most_depth)
    reason = _REASONS.get(error.code, "her står noget, der ikke er XML")
    mismatch = _MISMATCH.search(text)
    if mismatch:
        opened, since, closed = mismatch.groups()
        reason = f"elementet {opened} fra linje {since} bliver lukket som {closed}"
    line, column = error.position
    return XmlFault(
        f"XML'en er ikke velformet på linje {line}, tegn {column}: {reason}.",
        _SAVE_AGAIN,
        line,
        column,
    )
