"""The decision table: rules matched row by row, and the hit policies.

DMN 1.5, chapter 8. A rule outside its validity on the day asked does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine import feel
from engine.decisions.boxed import Expression, Literal
from engine.decisions.model import Row
from engine.decisions.run import Scope
from engine.decisions.types import Type, shown

HIT_POLICIES = (
    "UNIQUE",
    "ANY",
    "FIRST",
    "PRIORITY",
    "RULE ORDER",
    "OUTPUT ORDER",
    "COLLECT",
)
AGGREGATIONS = ("SUM", "MIN", "MAX", "COUNT")
LISTS = ("RULE ORDER", "OUTPUT ORDER", "COLLECT")
"""Policies whose answer is a list, empty when nothing fired."""


@dataclass(frozen=True)
class Tests:
    """One cell on the left side. `parsed` is None when the text is not FEEL; `-` matches all."""

    id: str
    text: str
    parsed: feel.UnaryTests | None = field(repr=False, compare=False)
    fault: str = ""

    @property
    def anything(self) -> bool:
        return self.text.strip() in ("", "-")

    def matches(self, value: Any, scope: Scope) -> bool:
        if self.anything:
            return True
        if self.parsed is None:
            scope.run.fail(self.id, self.fault)
            return False
        # FEEL takes a test that is true as met; a bare `true` in a cell means the value true.
        if not isinstance(value, bool) and self.text.strip() in ("true", "false"):
            return False
        try:
            return self.parsed.matches(value, scope.values, now=scope.run.now) is True
        except feel.FeelError as error:
            scope.run.fail(self.id, error.message)
            return False


@dataclass(frozen=True)
class InputClause:
    """A column on the left: what is looked at, and which values are allowed."""

    id: str
    label: str
    expression: Literal
    type: Type
    allowed: Tests | None = None

    def evaluate(self, scope: Scope) -> Any:
        value = self.type.admit(self.expression.evaluate(scope), scope.run, self.id)
        if value is None or self.allowed is None or self.allowed.anything:
            return value
        if not self.allowed.matches(value, scope):
            told = f"{self.label}: {shown(value)} er ikke blandt {self.allowed.text}."
            return scope.run.fail(self.id, told)
        return value


@dataclass(frozen=True)
class OutputClause:
    """A column on the right. `ranking` are the allowed values, best first."""

    id: str
    name: str
    type: Type
    allowed: Tests | None = None
    ranking: tuple[Literal, ...] = ()
    default: Expression | None = None


@dataclass(frozen=True)
class Rule:
    row: Row
    tests: tuple[Tests, ...]
    outputs: tuple[Expression, ...]


@dataclass(frozen=True)
class DecisionTable:
    id: str
    hit_policy: str
    aggregation: str
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]
    type: Type

    def evaluate(self, scope: Scope) -> Any:
        """The answer by hit policy; the ids of the rules that count go to the run."""
        values = [clause.evaluate(scope) for clause in self.inputs]
        hits = [
            rule
            for rule in self.rules
            if rule.row.valid(scope.run.on)
            and all(t.matches(v, scope) for t, v in zip(rule.tests, values, strict=True))
        ]
        answer = self._answer(hits, values, scope) if hits else self._without_hit(scope)
        return self.type.coerce(answer, scope.run, self.id)

    def _without_hit(self, scope: Scope) -> Any:
        scope.run.tables_without_hit += 1
        if any(clause.default for clause in self.outputs):
            answer = self._shape(
                [c.default.evaluate(scope) if c.default else None for c in self.outputs]
            )
            return [answer] if self.hit_policy in LISTS and not self.aggregation else answer
        if self.aggregation == "COUNT":
            return feel.evaluate("0", {})
        return [] if self.hit_policy in LISTS and not self.aggregation else None

    def _answer(self, hits: Sequence[Rule], values: Sequence[Any], scope: Scope) -> Any:
        policy = self.hit_policy
        if policy == "UNIQUE" and len(hits) > 1:
            return self._contradiction(hits, values, scope)
        if policy == "FIRST":
            hits = hits[:1]
        outputs = [self._outputs(rule, scope) for rule in hits]
        if policy == "ANY" and not all(_equal(outputs[0], other) for other in outputs[1:]):
            return self._contradiction(hits, values, scope)
        if policy in ("PRIORITY", "OUTPUT ORDER"):
            order = self._ranked(outputs, scope)
            hits, outputs = [hits[i] for i in order], [outputs[i] for i in order]
        if policy == "PRIORITY":
            hits = hits[:1]
        scope.run.fired.extend(rule.row.id for rule in hits)
        shaped = [self._shape(found) for found in outputs]
        if policy not in LISTS:
            return shaped[0]
        return self._aggregate(shaped, scope) if self.aggregation else shaped

    def _contradiction(self, hits: Sequence[Rule], values: Sequence[Any], scope: Scope) -> None:
        rows = ", ".join(rule.row.id for rule in hits)
        example = ", ".join(
            f"{clause.expression.text} = {shown(value)}"
            for clause, value in zip(self.inputs, values, strict=True)
        )
        return scope.run.fail(
            self.id, f"Rækkerne {rows} gælder på samme tid og modsiger hinanden ({example})."
        )

    def _outputs(self, rule: Rule, scope: Scope) -> list[Any]:
        """The right side of a rule; a value that the column does not allow is a fault."""
        found = []
        for clause, cell in zip(self.outputs, rule.outputs, strict=True):
            value = clause.type.coerce(cell.evaluate(scope), scope.run, rule.row.id)
            if value is not None and clause.allowed and not clause.allowed.matches(value, scope):
                told = f"{shown(value)} er ikke blandt {clause.allowed.text}."
                scope.run.fail(rule.row.id, told)
            found.append(value)
        return found

    def _shape(self, outputs: Sequence[Any]) -> Any:
        """One column gives the bare value, several a context."""
        if len(self.outputs) == 1:
            return outputs[0]
        return {clause.name: value for clause, value in zip(self.outputs, outputs, strict=True)}

    def _ranked(self, outputs: Sequence[Sequence[Any]], scope: Scope) -> list[int]:
        """The places of the hits, best output first; the first column weighs most."""
        rankings = [[v.evaluate(scope) for v in clause.ranking] for clause in self.outputs]

        def weight(place: int) -> tuple[int, ...]:
            return tuple(
                next((i for i, best in enumerate(ranking) if _equal(best, value)), len(ranking))
                for ranking, value in zip(rankings, outputs[place], strict=True)
            )

        return sorted(range(len(outputs)), key=weight)

    def _aggregate(self, values: list[Any], scope: Scope) -> Any:
        built_in = self.aggregation.lower()
        return feel.evaluate(f"{built_in}(v)", {"v": values}, now=scope.run.now)


def _equal(a: Any, b: Any) -> bool:
    return feel.evaluate("a = b", {"a": a, "b": b}) is True or (a is None and b is None)
