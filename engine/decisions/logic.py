"""Reads the logic of decisions and functions: boxed expressions and decision tables, FEEL compiled."""

from __future__ import annotations

from datetime import date

from engine import feel
from engine.decisions import xml as dmn
from engine.decisions.boxed import (
    Conditional,
    Context,
    ContextEntry,
    Expression,
    Filter,
    For,
    FunctionDefinition,
    Invocation,
    ListOf,
    Literal,
    Parameter,
    Quantified,
    Relation,
)
from engine.decisions.errors import TableError
from engine.decisions.model import Row
from engine.decisions.tables import (
    AGGREGATIONS,
    HIT_POLICIES,
    DecisionTable,
    InputClause,
    OutputClause,
    Rule,
    Tests,
)
from engine.decisions.types import Type, TypeBook

EXPRESSIONS = (
    "literalExpression",
    "decisionTable",
    "context",
    "invocation",
    "functionDefinition",
    "list",
    "relation",
    "conditional",
    "filter",
    "for",
    "some",
    "every",
)
ANNOTATIONS = {
    "navn": "name",
    "kilde": "source",
    "art": "kind",
    "gyldig_fra": "valid_from",
    "gyldig_til": "valid_to",
    "note": "note",
}
"""The facts beside a rule, by the name that the file uses."""


class LogicReader:
    """Reads expressions in one scope: `names` are the variables that FEEL may meet there."""

    def __init__(
        self,
        names: frozenset[str],
        fields: frozenset[str],
        types: TypeBook,
        problems: list[TableError],
    ):
        self.names = names
        self.fields = fields
        self.types = types
        self.problems = problems

    def within(self, *names: str) -> LogicReader:
        """A reader for an inner scope with more names."""
        return LogicReader(self.names | set(names), self.fields, self.types, self.problems)

    def kind_of(self, node: dmn.Node) -> str:
        found = dmn.child(node, *EXPRESSIONS)
        return dmn.tag(found) if found is not None else ""

    def expression_of(self, parent: dmn.Node | None) -> Expression | None:
        """The one expression inside an element, None when there is none."""
        found = dmn.child(parent, *EXPRESSIONS) if parent is not None else None
        return self.expression(found) if found is not None else None

    def required(self, parent: dmn.Node, name: str) -> Expression:
        """The expression inside a named child; a problem and null when it is missing."""
        holder = dmn.child(parent, name)
        found = self.expression_of(holder)
        if found is None:
            return self._missing(parent, f"»{name}« har intet udtryk.")
        return found

    def _missing(self, node: dmn.Node, message: str) -> Literal:
        self._problem(node, message)
        return Literal(dmn.label(node), "", None, self.types.any, message)

    def _problem(self, node: dmn.Node, message: str) -> None:
        self.problems.append(TableError(dmn.label(node), message))

    def expression(self, node: dmn.Node) -> Expression:
        kind = dmn.tag(node)
        id_ = dmn.label(node)
        type_ = self.types.of(node.get("typeRef", ""))
        match kind:
            case "literalExpression":
                return self.literal(node, type_)
            case "decisionTable":
                return self.table(node, type_)
            case "context":
                return self.context(node, type_)
            case "functionDefinition":
                return self.function(node)
            case "invocation":
                return self.invocation(node, type_)
            case "list":
                items = (self.expression(n) for n in dmn.children(node, *EXPRESSIONS))
                return ListOf(id_, tuple(items), type_)
            case "relation":
                return self.relation(node, type_)
            case "conditional":
                parts = (self.required(node, name) for name in ("if", "then", "else"))
                return Conditional(id_, *parts, type_)
            case "filter":
                match = self.within("item").required(node, "match")
                return Filter(id_, self.required(node, "in"), match, type_)
            case "for":
                name = node.get("iteratorVariable", "")
                returned = self.within(name, "partial").required(node, "return")
                return For(id_, name, self.required(node, "in"), returned, type_)
            case _:
                name = node.get("iteratorVariable", "")
                satisfies = self.within(name).required(node, "satisfies")
                source = self.required(node, "in")
                return Quantified(id_, kind == "every", name, source, satisfies, type_)

    def literal(self, node: dmn.Node, type_: Type | None = None) -> Literal:
        """A FEEL expression; a fault in it is a problem of the file."""
        source = dmn.text(node)
        id_ = dmn.label(node)
        type_ = type_ or self.types.any
        language = node.get("expressionLanguage") or ""
        if language and "feel" not in language.lower():
            fault = f"Sproget {language} udføres ikke; skriv FEEL."
        elif not source:
            fault = "Udtrykket er tomt."
        else:
            try:
                return Literal(id_, source, self._feel(source), type_)
            except feel.FeelError as error:
                fault = f"»{source}« er ikke FEEL: {error}"
        self._problem(node, fault)
        return Literal(id_, source, None, type_, fault)

    def _feel(self, source: str) -> feel.Expression:
        return feel.parse(source, names=self.names | self.fields)

    def tests(self, node: dmn.Node) -> Tests:
        """A cell of unary tests: an input entry, or a list of allowed values."""
        source = dmn.text(node)
        id_ = dmn.label(node)
        if source in ("", "-"):
            return Tests(id_, "-", None)
        try:
            return Tests(
                id_, source, feel.parse_unary_tests(source, names=self.names | self.fields)
            )
        except feel.FeelError as error:
            fault = f"»{source}« er ikke FEEL: {error}"
        self._problem(node, fault)
        return Tests(id_, source, None, fault)

    def function(self, node: dmn.Node) -> FunctionDefinition:
        """A boxed function, or the encapsulated logic of a business knowledge model."""
        parameters = tuple(
            Parameter(n.get("name", ""), self.types.of(n.get("typeRef", "")))
            for n in dmn.children(node, "formalParameter")
        )
        inner = self.within(*(p.name for p in parameters))
        kind = node.get("kind", "FEEL")
        body = inner.expression_of(node) if kind == "FEEL" else None
        return FunctionDefinition(dmn.label(node), parameters, body, kind)

    def context(self, node: dmn.Node, type_: Type) -> Context:
        reader = self
        entries = []
        for entry in dmn.children(node, "contextEntry"):
            variable = dmn.child(entry, "variable")
            name = variable.get("name", "") if variable is not None else ""
            kind = self.types.of(variable.get("typeRef", "") if variable is not None else "")
            entries.append(ContextEntry(name, kind, reader.expression_of(entry)))
            reader = reader.within(name) if name else reader
        return Context(dmn.label(node), tuple(entries), type_)

    def invocation(self, node: dmn.Node, type_: Type) -> Expression:
        called = self.expression_of(node)
        if called is None:
            return self._missing(node, "Det fremgår ikke, hvad der kaldes.")
        bindings = []
        for binding in dmn.children(node, "binding"):
            parameter = dmn.child(binding, "parameter")
            value = self.expression_of(binding)
            if parameter is not None and value is not None:
                bindings.append((parameter.get("name", ""), value))
        return Invocation(dmn.label(node), called, tuple(bindings), type_)

    def relation(self, node: dmn.Node, type_: Type) -> Relation:
        columns = tuple(
            Parameter(n.get("name", ""), self.types.of(n.get("typeRef", "")))
            for n in dmn.children(node, "column")
        )
        rows = tuple(
            tuple(self.expression(n) for n in dmn.children(row, *EXPRESSIONS))
            for row in dmn.children(node, "row")
        )
        return Relation(dmn.label(node), columns, rows, type_)

    def table(self, node: dmn.Node, type_: Type) -> DecisionTable:
        policy = node.get("hitPolicy") or "UNIQUE"
        aggregation = node.get("aggregation") or ""
        if policy not in HIT_POLICIES or (aggregation and aggregation not in AGGREGATIONS):
            self._problem(node, f"Ukendt regel for flere svar: {policy} {aggregation}".strip())
        inputs = tuple(self._input(n) for n in dmn.children(node, "input"))
        outputs = tuple(self._output(n) for n in dmn.children(node, "output"))
        if not outputs:
            self._problem(node, "Tabellen har ingen svarkolonne.")
        if len(outputs) > 1 and aggregation and aggregation != "COUNT":
            self._problem(node, f"{aggregation} kan kun regne på én svarkolonne.")
        clauses = [n.get("name", "") for n in dmn.children(node, "annotation")]
        rules = tuple(
            self._rule(n, len(inputs), len(outputs), clauses) for n in dmn.children(node, "rule")
        )
        return DecisionTable(dmn.label(node), policy, aggregation, inputs, outputs, rules, type_)

    def _input(self, node: dmn.Node) -> InputClause:
        inner = dmn.child(node, "inputExpression")
        if inner is None:
            expression = self._missing(node, "Kolonnen har intet udtryk.")
            type_ = self.types.any
        else:
            type_ = self.types.of(inner.get("typeRef", ""))
            expression = self.literal(inner)
        allowed = dmn.child(node, "inputValues")
        shown = node.get("label") or expression.text
        cell = self.tests(allowed) if allowed is not None and dmn.text(allowed) else None
        return InputClause(dmn.label(node), shown, expression, type_, cell)

    def _output(self, node: dmn.Node) -> OutputClause:
        allowed = dmn.child(node, "outputValues")
        default = dmn.child(node, "defaultOutputEntry")
        tests, ranking = None, ()
        if allowed is not None and dmn.text(allowed):
            tests, ranking = self.tests(allowed), self._ranking(allowed)
        return OutputClause(
            dmn.label(node),
            node.get("name", ""),
            self.types.of(node.get("typeRef", "")),
            tests,
            ranking,
            self.literal(default) if default is not None else None,
        )

    def _ranking(self, allowed: dmn.Node) -> tuple[Literal, ...]:
        """The allowed output values one by one, best first; FEEL itself splits the list."""
        source = f"[{dmn.text(allowed)}]"
        try:
            values = feel.evaluate(source, {})
        except feel.FeelError:
            return ()
        if not isinstance(values, list):
            return ()
        return tuple(
            Literal(dmn.label(allowed), source, self._feel(f"{source}[{n}]"), self.types.any)
            for n in range(1, len(values) + 1)
        )

    def _rule(self, node: dmn.Node, inputs: int, outputs: int, clauses: list[str]) -> Rule:
        tests = [self.tests(n) for n in dmn.children(node, "inputEntry")]
        cells = [self.literal(n) for n in dmn.children(node, "outputEntry")]
        if (len(tests), len(cells)) != (inputs, outputs):
            self._problem(node, "Rækken har ikke lige så mange felter, som tabellen har kolonner.")
            tests = (tests + [Tests(dmn.label(node), "-", None)] * inputs)[:inputs]
            cells = (cells + [self._missing(node, "Feltet mangler.")] * outputs)[:outputs]
        return Rule(self._row(node, clauses), tuple(tests), tuple(cells))

    def _row(self, node: dmn.Node, clauses: list[str]) -> Row:
        facts = self._annotations(node, clauses)
        dates = {}
        for key in ("valid_from", "valid_to"):
            written = facts.pop(key, "")
            try:
                dates[key] = date.fromisoformat(written) if written else None
            except ValueError:
                self._problem(node, f"»{written}« er ikke en dato (ÅÅÅÅ-MM-DD).")
        start, end = dates.get("valid_from"), dates.get("valid_to")
        if start and end and end < start:
            self._problem(node, "Rækken slutter, før den begynder.")
        return Row(dmn.label(node), **facts, **dates)

    def _annotations(self, node: dmn.Node, clauses: list[str]) -> dict[str, str]:
        """Facts beside a rule: annotation columns, and lines `nøgle: værdi` of its description.

        Camunda's Modeler and dmn-js show and edit only the description (their column
        "Annotations"), so that is where our own tables keep them.
        """
        facts: dict[str, str] = {}
        entries = [dmn.text(n) for n in dmn.children(node, "annotationEntry")]
        written = [*zip(clauses, entries, strict=False)]
        for line in dmn.text(node, "description").splitlines():
            key, colon, value = line.partition(":")
            if colon:
                written.append((key, value))
        for key, value in written:
            name = ANNOTATIONS.get(key.strip().lower())
            value = value.strip()
            if not name or not value:
                continue
            if facts.setdefault(name, value) != value:
                self._problem(node, f"»{key.strip()}« står to gange med hver sin værdi.")
        return facts
