"""From the bytes of a DMN file to `Definitions`; everything in it is parsed once, here.

The elements and their requirements are read by this module, their logic by `logic`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from engine.decisions import xml as dmn
from engine.decisions.errors import TableError
from engine.decisions.logic import LogicReader
from engine.decisions.model import (
    Decision,
    Definitions,
    Element,
    Import,
    InputData,
    Knowledge,
    Service,
    Variable,
)
from engine.decisions.tables import DecisionTable
from engine.decisions.types import TypeBook, read_types

FIELD_BEARERS = ("itemComponent", "column", "contextEntry", "output")


def read(source: bytes, others: Iterable[bytes] = (), strict: bool = True) -> Definitions:
    """Read a DMN 1.2 to 1.5 file; `others` are the files that it imports.

    Raises TableError for a file that is not DMN, and with `strict` for the first thing in it that
    could not be evaluated. Without `strict` such things stand in `Definitions.problems`.
    """
    shelf = {root.get("namespace", ""): root for root in map(dmn.parse, others)}
    definitions = _read(dmn.parse(source), shelf, ())
    if strict and definitions.problems:
        raise definitions.problems[0]
    return definitions


def _read(root: dmn.Node, shelf: Mapping[str, dmn.Node], above: tuple[str, ...]) -> Definitions:
    """One file with what it imports; `above` are the namespaces that are importing it."""
    namespace = root.get("namespace", "")
    wanted = [node.get("namespace", "") for node in dmn.children(root, "import")]
    imported = {
        ns: _read(shelf[ns], shelf, (*above, namespace))
        for ns in wanted
        if ns in shelf and ns not in above and ns != namespace
    }
    return _Reader(root, imported).definitions()


class _Reader:
    """One file being read."""

    def __init__(self, root: dmn.Node, imported: Mapping[str, Definitions]):
        self.root = root
        self.namespace = root.get("namespace", "")
        self.problems: list[TableError] = []
        self.imports = tuple(
            Import(node.get("name", ""), node.get("namespace", ""))
            for node in dmn.children(root, "import")
        )
        self.imported = imported
        self.nodes = {n.get("id"): n for n in dmn.children(root) if n.get("id")}
        self.types = TypeBook()
        self.fields = frozenset(self._fields())

    def definitions(self) -> Definitions:
        for entry in self.imports:
            if entry.namespace in self.imported:
                self.types.include(self.imported[entry.namespace].types, entry.name)
        own = dmn.children(self.root, "itemDefinition")
        self.types.include(read_types(own, self.types, self.problems))
        elements: dict[str, Element] = {}
        for node in dmn.children(self.root):
            element = self._element(node)
            if element is None:
                continue
            if not element.id:
                self._problem(node, f"»{element.name}« har intet id.")
            elements[element.id] = element
        result = Definitions(
            id=self.root.get("id", ""),
            name=self.root.get("name", ""),
            namespace=self.namespace,
            elements=elements,
            types=self.types.items,
            imports=self.imports,
            imported=self.imported,
        )
        self._check_ids()
        self._check_requirements(result)
        self._check_types()
        return replace(result, problems=tuple(self.problems))

    def _problem(self, node: dmn.Node, message: str) -> None:
        self.problems.append(TableError(dmn.label(node), message))

    def _fields(self) -> Iterable[str]:
        """Names that may follow a dot anywhere in the file; FEEL must know those with spaces."""
        for node in self.root.iter():
            kind = dmn.tag(node)
            if kind in FIELD_BEARERS:
                bearer = dmn.child(node, "variable") if kind == "contextEntry" else node
                if bearer is not None and bearer.get("name"):
                    yield bearer.get("name")
        for file in self.imported.values():
            for item in file.types.values():
                yield from item.field_names()
            yield from (e.name for e in file.elements.values())

    def _element(self, node: dmn.Node) -> Element | None:
        name, id_ = node.get("name", ""), node.get("id", "")
        match dmn.tag(node):
            case "inputData":
                return InputData(id_, name, self._variable(node, name))
            case "decision":
                return self._decision(node, id_, name)
            case "businessKnowledgeModel":
                return self._knowledge(node, id_, name)
            case "decisionService":
                return Service(
                    id_,
                    name,
                    self._variable(node, name),
                    outputs=self._references(node, "outputDecision"),
                    encapsulated=self._references(node, "encapsulatedDecision"),
                    input_decisions=self._references(node, "inputDecision"),
                    input_data=self._references(node, "inputData"),
                )
        return None

    def _variable(self, node: dmn.Node, name: str) -> Variable:
        found = dmn.child(node, "variable")
        if found is None:
            return Variable(name)
        return Variable(found.get("name", name) or name, found.get("typeRef", ""))

    def _references(self, node: dmn.Node, *names: str) -> tuple[str, ...]:
        return tuple(self._absolute(n.get("href", "")) for n in dmn.children(node, *names))

    def _absolute(self, href: str) -> str:
        return self.namespace + href if href.startswith("#") else href

    def _requirements(self, node: dmn.Node) -> tuple[str, ...]:
        found: list[str] = []
        for requirement in dmn.children(node, "informationRequirement", "knowledgeRequirement"):
            found += self._references(
                requirement, "requiredInput", "requiredDecision", "requiredKnowledge"
            )
        return tuple(found)

    def _names(self, requires: Iterable[str]) -> dict[str, str]:
        """reference → the name by which an expression knows the element."""
        names = {}
        for reference in requires:
            namespace, _, id_ = reference.rpartition("#")
            if self._is_ours(reference):
                node = self.nodes[id_]
                names[reference] = self._variable(node, node.get("name", "")).name
            else:
                prefix = next((i.name for i in self.imports if i.namespace == namespace), "")
                file = self.imported.get(namespace)
                element = file.elements.get(id_) if file else None
                if element:
                    names[reference] = f"{prefix}.{element.name}" if prefix else element.name
        return names

    def _is_ours(self, reference: str) -> bool:
        namespace, _, id_ = reference.rpartition("#")
        return namespace in ("", self.namespace) and id_ in self.nodes

    def _logic(self, requires: tuple[str, ...], own: str) -> LogicReader:
        # What is imported is reached by a path, `import.name`; only its first part is a variable.
        known = {own, *(n for r, n in self._names(requires).items() if self._is_ours(r))}
        known.update(entry.name for entry in self.imports)
        return LogicReader(frozenset(known), self.fields, self.types, self.problems)

    def _decision(self, node: dmn.Node, id_: str, name: str) -> Decision:
        requires = self._requirements(node)
        variable = self._variable(node, name)
        reader = self._logic(requires, variable.name)
        logic = reader.expression_of(node)
        table = logic if isinstance(logic, DecisionTable) else None
        inputs = tuple(self._names(requires).values())
        if table and not inputs:
            inputs = tuple(clause.expression.text for clause in table.inputs)
        return Decision(
            id=id_,
            name=name,
            variable=variable,
            kind=reader.kind_of(node),
            hit_policy=table.hit_policy if table else "",
            inputs=inputs,
            outputs=tuple(clause.name for clause in table.outputs) if table else (),
            rows=tuple(rule.row for rule in table.rules) if table else (),
            description=dmn.text(node, "description"),
            requires=requires,
            logic=logic,
        )

    def _knowledge(self, node: dmn.Node, id_: str, name: str) -> Knowledge:
        requires = self._requirements(node)
        variable = self._variable(node, name)
        body = dmn.child(node, "encapsulatedLogic")
        logic = None
        if body is not None:
            logic = self._logic(requires, variable.name).function(body)
        return Knowledge(id_, name, variable, requires, logic)

    def _check_requirements(self, definitions: Definitions) -> None:
        """Every reference leads somewhere, and nothing needs itself."""
        for element in definitions.elements.values():
            for reference in getattr(element, "requires", ()):
                if definitions.resolve(reference) is None:
                    self._problem(self.nodes[element.id], f"{reference} findes ikke.")
            if isinstance(element, Decision) and _needs_itself(definitions, element):
                self._problem(self.nodes[element.id], "Beslutningen kræver sit eget svar.")

    def _check_ids(self) -> None:
        """A message names an element by its id, so no two may share one."""
        used = Counter(node.get("id") for node in self.root.iter() if dmn.tag(node))
        for node in self.root.iter():
            if dmn.tag(node) and node.get("id") and used[node.get("id")] > 1:
                self._problem(node, f"Id'et »{node.get('id')}« bruges mere end én gang.")

    def _check_types(self) -> None:
        for node in self.root.iter():
            written = node.get("typeRef") or (
                (node.text or "") if dmn.tag(node) == "typeRef" else ""
            )
            if not self.types.of(written).known:
                self._problem(node, f"Typen »{written.strip()}« findes ikke.")


def _needs_itself(definitions: Definitions, start: Decision) -> bool:
    seen: set[str] = set()
    ahead = list(start.requires)
    while ahead:
        found = definitions.resolve(ahead.pop())
        if not found or not isinstance(found[1], Decision) or found[1].id in seen:
            continue
        if found == (definitions, start):
            return True
        seen.add(found[1].id)
        ahead += found[1].requires
    return False
