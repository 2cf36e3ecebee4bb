"""Types of DMN: the built-in ones, item definitions, and the conversion to them.

DMN 1.5, 7.3.2 (item definitions) and 10.3.2.9.4 (conversions): a value becomes a list of one, a
list of one becomes its value, a date becomes the moment at midnight UTC; anything else that does
not conform becomes null.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from engine import feel
from engine.decisions import xml as dmn
from engine.decisions.errors import TableError
from engine.decisions.functions import is_function
from engine.decisions.run import Run

BUILT_IN = {
    "number": "number",
    "integer": "number",
    "long": "number",
    "double": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "date and time",
    "dateTime": "date and time",
    "days and time duration": "days and time duration",
    "dayTimeDuration": "days and time duration",
    "years and months duration": "years and months duration",
    "yearMonthDuration": "years and months duration",
}
"""Names in files → FEEL's names; the Java-like ones are those of Camunda 7's modeler."""

_GENERIC = re.compile(r"^(Any|any|Null|context|list|range|function)\b")

TEMPORAL = {
    "date": "date(v)",
    "time": "time(v)",
    "date and time": "date and time(v)",
    "days and time duration": "duration(v)",
    "years and months duration": "duration(v)",
}


@cache
def _instance_of(name: str) -> feel.Expression:
    return feel.parse(f"v instance of {name}", names=frozenset({"v"}))


@cache
def _from_text(name: str) -> feel.Expression:
    return feel.parse(TEMPORAL[name], names=frozenset({"v"}))


@dataclass(frozen=True)
class ItemDefinition:
    """A named type of the file: a structure, a list, a constrained simple type, or a function."""

    name: str
    type: Type
    components: tuple[ItemDefinition, ...] = ()
    is_collection: bool = False
    allowed: feel.UnaryTests | None = field(default=None, compare=False, repr=False)
    constraint: feel.UnaryTests | None = field(default=None, compare=False, repr=False)
    allowed_text: str = ""
    is_function: bool = False
    result: Type | None = None

    def field_names(self) -> Iterable[str]:
        """The names of the components, at every depth."""
        for component in self.components:
            yield component.name
            yield from component.field_names()

    def fault(self, value: Any) -> str:
        """Why the value is not of this type; empty when it is."""
        if value is None:
            return ""
        if self.is_collection:
            if not isinstance(value, list):
                return f"{shown(value)} er ikke en liste"
            fault = next((f for f in map(self._item_fault, value) if f), "")
        else:
            fault = self._item_fault(value)
        if not fault and self.constraint and self.constraint.matches(value, {}) is not True:
            fault = f"{shown(value)} overholder ikke {self.name}"
        return fault

    def _item_fault(self, value: Any) -> str:
        if self.is_function:
            return "" if is_function(value) else f"{shown(value)} er ikke en funktion"
        if self.components:
            fault = self._component_fault(value)
        else:
            fault = self.type.fault(value)
        if not fault and self.allowed and self.allowed.matches(value, {}) is not True:
            fault = f"{shown(value)} er ikke blandt {self.allowed_text}"
        return fault

    def _component_fault(self, value: Any) -> str:
        if not isinstance(value, Mapping):
            return f"{shown(value)} er ikke en {self.name}"
        for component in self.components:
            if component.name not in value:
                return f"»{component.name}« mangler"
            if fault := component.fault(value[component.name]):
                return f"{component.name}: {fault}"
        return ""


@dataclass
class TypeBook:
    """The item definitions that a file knows, its imports' with their prefix."""

    items: Mapping[str, ItemDefinition] = field(default_factory=dict)

    @property
    def any(self) -> Type:
        return Type("", self)

    def of(self, name: str | None) -> Type:
        return Type((name or "").strip(), self)

    def include(self, items: Mapping[str, ItemDefinition], prefix: str = "") -> None:
        """Add types, those of an imported file under its prefix."""
        added = {f"{prefix}.{name}" if prefix else name: item for name, item in items.items()}
        self.items = {**self.items, **added}


@dataclass(frozen=True)
class Type:
    """A reference to a type by name; empty and `Any` take everything."""

    name: str
    book: TypeBook = field(repr=False, compare=False)

    @property
    def item(self) -> ItemDefinition | None:
        return self.book.items.get(self.name)

    @property
    def known(self) -> bool:
        """Whether the name means something here; FEEL's own generic types count as known."""
        name = self.name.removeprefix("feel:")
        return not name or name in BUILT_IN or self.item is not None or bool(_GENERIC.match(name))

    @property
    def base(self) -> str:
        """FEEL's name of the simple type behind it, empty for structures, lists and Any."""
        if self.item:
            return "" if self.item.is_collection or self.item.components else self.item.type.base
        return BUILT_IN.get(self.name.removeprefix("feel:"), "")

    def fault(self, value: Any) -> str:
        """Why the value is not of this type; empty when it is. Null is of every type."""
        if value is None or not self.name:
            return ""
        if self.item:
            return self.item.fault(value)
        if self.base:
            fits = _instance_of(self.base).evaluate({"v": value}) is True
            return "" if fits else f"{shown(value)} er ikke af typen {self.base}"
        return ""

    def coerce(self, value: Any, run: Run, element: str) -> Any:
        """The value as this type; a value that cannot become it is a fault of `element`."""
        if value is None or not self.name:
            return value
        fault = self.fault(value)
        if not fault:
            return value
        for other in self._conversions(value):
            if not self.fault(other):
                return other
        return run.fail(element, f"{fault}.")

    def _conversions(self, value: Any) -> Iterable[Any]:
        if isinstance(value, list):
            if len(value) == 1:
                yield value[0]
        else:
            yield [value]
        if self.base == "date and time":
            yield feel.evaluate('date and time(v, time("00:00:00Z"))', {"v": value})

    def admit(self, value: Any, run: Run, element: str) -> Any:
        """A value from outside: as `coerce`, and ISO text becomes the date or duration it says."""
        if isinstance(value, str) and self.base in TEMPORAL:
            read = _from_text(self.base).evaluate({"v": value})
            if read is not None:
                return self.coerce(read, run, element)
        return self.coerce(value, run, element)


def shown(value: Any) -> str:
    """A value as a message shows it."""
    try:
        text = repr(feel.to_json(value))
    except feel.FeelError:
        return "en funktion" if is_function(value) else "et interval"
    return text if len(text) < 60 else text[:57] + "..."


def read_types(
    nodes: Iterable[dmn.Node], book: TypeBook, problems: list[TableError]
) -> dict[str, ItemDefinition]:
    """The item definitions of a file by name; faults go to `problems`."""
    return {i.name: i for i in (_item(n, book, problems) for n in nodes)}


def _item(node: dmn.Node, book: TypeBook, problems: list[TableError]) -> ItemDefinition:
    function = dmn.child(node, "functionItem")
    return ItemDefinition(
        name=node.get("name", ""),
        type=book.of(dmn.text(node, "typeRef")),
        components=tuple(_item(n, book, problems) for n in dmn.children(node, "itemComponent")),
        is_collection=node.get("isCollection") == "true",
        allowed=_tests(dmn.child(node, "allowedValues"), problems),
        constraint=_tests(dmn.child(node, "typeConstraint"), problems),
        allowed_text=dmn.text(dmn.child(node, "allowedValues")),
        is_function=function is not None,
        result=book.of(function.get("outputTypeRef")) if function is not None else None,
    )


def _tests(node: dmn.Node | None, problems: list[TableError]) -> feel.UnaryTests | None:
    source = dmn.text(node)
    if source in ("", "-"):
        return None
    try:
        return feel.parse_unary_tests(source, names=frozenset())
    except feel.FeelError as error:
        problems.append(TableError(dmn.label(node), f"»{source}« er ikke FEEL: {error}"))
    return None
