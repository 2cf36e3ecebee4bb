"""Reads the test cases of the public DMN TCK, runs them and compares: the level's figure comes from here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from engine import decisions, feel
from engine.decisions import Definitions

CORPUS = Path(
    os.environ.get("DMN_TCK", Path(__file__).parents[3] / "shared" / "corpus" / "dmn-tck")
)
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
FEEL_FUNCTION = {
    "date": "date",
    "time": "time",
    "dateTime": "date and time",
    "duration": "duration",
    "dayTimeDuration": "duration",
    "yearMonthDuration": "duration",
}


@dataclass(frozen=True)
class Case:
    """A test case: what is put in, and the results that are expected by name."""

    level: int
    folder: Path
    model: Path
    id: str
    inputs: dict[str, Any]
    expected: dict[str, Any]
    service: str

    def __str__(self) -> str:
        return f"{self.folder.name}/{self.id}"


def cases(level: int, corpus: Path = CORPUS) -> Iterator[Case]:
    """Every test case of a compliance level, in the order of the folders."""
    for file in sorted((corpus / f"compliance-level-{level}").glob("*/*.xml")):
        root = etree.parse(file).getroot()
        if _tag(root) != "testCases":
            continue
        model = file.parent / _one(root, "modelName").text.strip()
        for case in _all(root, "testCase"):
            service = case.get("type") == "decisionService"
            yield Case(
                level,
                file.parent,
                model,
                f"{file.stem[-2:]}-{case.get('id')}",
                {node.get("name"): _value(node) for node in _all(case, "inputNode")},
                {
                    node.get("name"): _value(_one(node, "expected"))
                    for node in _all(case, "resultNode")
                },
                case.get("invocableName", "") if service else "",
            )


def load(case: Case) -> Definitions:
    """The case's model, with the other models of its folder to import from."""
    others = [p.read_bytes() for p in sorted(case.folder.glob("*.dmn")) if p != case.model]
    return decisions.read(case.model.read_bytes(), others=others, strict=False)


def answers(definitions: Definitions, case: Case) -> dict[str, Any]:
    """What our engine says to each expected name, as FEEL values."""
    if not case.service:
        return {
            name: definitions.decide(name, case.inputs, lenient=True).feel for name in case.expected
        }
    got = definitions.decide(case.service, case.inputs, lenient=True).feel
    service = next(s for s in definitions.services.values() if s.name == case.service)
    if len(service.outputs) == 1:
        return dict.fromkeys(case.expected, got)
    return {name: (got or {}).get(name) for name in case.expected}


def same(expected: Any, got: Any) -> bool:
    """Equality of FEEL values; numbers agree when they do so to eight decimals, as in the TCK's runners."""
    if isinstance(expected, bool) or isinstance(got, bool) or expected is None or got is None:
        return expected is got
    if isinstance(expected, Decimal):
        return isinstance(got, Decimal) and _near(expected, got)
    if isinstance(expected, list):
        return (
            isinstance(got, list | tuple)
            and len(expected) == len(got)
            and all(map(same, expected, got))
        )
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and expected.keys() == got.keys()
            and all(same(expected[k], got[k]) for k in expected)
        )
    return feel.evaluate("a = b", {"a": expected, "b": got}) is True


def _near(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) <= Decimal("1e-8") * max(1, abs(a))


def _value(node: etree._Element) -> Any:
    """The value under inputNode, expected, item or component."""
    for child in _all(node):
        if _tag(child) == "value":
            return _scalar(child)
        if _tag(child) == "list":
            return [_value(item) for item in _all(child, "item")]
        if _tag(child) == "component":
            return {c.get("name"): _value(c) for c in _all(node, "component")}
        if _tag(child) == "expected":
            return _value(child)
    return None


def _scalar(node: etree._Element) -> Any:
    if node.get(f"{XSI}nil") == "true":
        return None
    text = node.text or ""
    kind = (node.get(f"{XSI}type") or "string").rpartition(":")[2]
    if kind == "boolean":
        return text.strip() in ("true", "1")
    if kind in ("decimal", "double", "integer", "float"):
        return Decimal(text.strip())
    if kind in FEEL_FUNCTION:
        return feel.evaluate(f'{FEEL_FUNCTION[kind]}("{text.strip()}")', {})
    return text


def _tag(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _all(node: etree._Element, tag: str = "") -> list[etree._Element]:
    return [c for c in node if _tag(c) and (not tag or _tag(c) == tag)]


def _one(node: etree._Element, tag: str) -> etree._Element:
    return _all(node, tag)[0]
