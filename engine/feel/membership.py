"""`in` and unary tests: what it means that a value meets a test."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.feel.nodes import And, Between, Code, Comparison, InstanceOf, Literal, Name, Node, Or
from engine.feel.operators import COMPARISON, equal, within
from engine.feel.scope import Scope
from engine.feel.structures import Interval, Quantified
from engine.feel.values import Range

INPUT = "?"
# Tests that are true, false or undecided. Undecided is not the same as the value null.
LOGICAL = (Comparison, And, Or, Between, InstanceOf, Quantified)


class ComparisonTest(Node):
    """`< 5`, as a test of the value at hand; as a value itself it is a range."""

    __slots__ = ("operator", "value")
    parts = ("value",)

    def __init__(self, operator: str, value: Node):
        self.operator = operator
        self.value = value

    def code(self) -> Code:
        value, operator = self.value.code(), self.operator
        return lambda scope: _range(operator, value(scope))

    def test(self) -> Code:
        value, compare = self.value.code(), COMPARISON[self.operator]
        return lambda scope: compare(scope.find(INPUT), value(scope), scope.run)


def _range(operator: str, end: Any) -> Range | None:
    if end is None or operator == "!=":
        return None
    if operator == "=":
        return Range(end, end)
    if operator.startswith("<"):
        return Range(None, end, False, operator == "<=")
    return Range(end, None, operator == ">=", False)


class In(Node):
    """`value in test` or `value in (test, test)`: whether the value meets one of them."""

    __slots__ = ("tests", "value")
    parts = ("value", "tests")

    def __init__(self, value: Node, tests: list[Node]):
        self.value = value
        self.tests = tests

    def code(self) -> Code:
        value, meets = self.value.code(), any_of(self.tests)
        return lambda scope: meets(Scope({INPUT: value(scope)}, scope, scope.run))


class NegatedTest(Node):
    """`not(1, 2)` in an input cell: none of them is met."""

    __slots__ = ("tests",)
    parts = ("tests",)

    def __init__(self, tests: list[Node]):
        self.tests = tests

    def test(self) -> Code:
        meets = any_of(self.tests)

        def none(scope: Scope) -> bool | None:
            truth = meets(scope)
            return None if truth is None else not truth

        return none


def any_of(tests: list[Node]) -> Code:
    """True when one test is met, else null when one is undecided, else false."""
    codes = [test_code(test) for test in tests]
    if len(codes) == 1:
        return codes[0]

    def one(scope: Scope) -> bool | None:
        result: bool | None = False
        for code in codes:
            truth = code(scope)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result

    return one


def texts(tests: Iterable[Node]) -> frozenset[str]:
    """The texts that `"a", "b"` lists; empty where a test is anything else than a text."""
    named = [test.value if isinstance(test, Literal) else None for test in tests]
    return frozenset(named) if all(type(value) is str for value in named) else frozenset()


def test_code(test: Node) -> Code:
    """The closure that holds the test against `?`."""
    if isinstance(test, (ComparisonTest, NegatedTest)):
        return test.test()
    code = test.code()
    if isinstance(test, Interval):
        # A range with an unknown end is no range, and being in it is unknown too.
        return lambda scope: _in_range(code(scope), scope)
    if isinstance(test, (*LOGICAL, In)):
        return lambda scope: _truth(code(scope), scope)
    if mentions_input(test) and not (isinstance(test, Name) and test.name == INPUT):
        # The test speaks of the input itself: its truth is the answer.
        return lambda scope: _truth(code(scope), scope)
    return lambda scope: meets(scope.find(INPUT), code(scope), scope)


def _in_range(range_: Range | None, scope: Scope) -> bool | None:
    return None if range_ is None else meets(scope.find(INPUT), range_, scope)


def _truth(value: Any, scope: Scope) -> bool | None:
    if type(value) is bool or value is None:
        return value
    return meets(scope.find(INPUT), value, scope)


def meets(value: Any, test: Any, scope: Scope) -> bool | None:
    """Whether the value is in the range or the list, or equals the test."""
    if type(test) is Range and type(value) is not Range:
        return within(value, test)
    if type(test) is list:
        return _in_list(value, test, scope)
    if test is True and type(value) is not bool:
        return True
    if test is False and type(value) is not bool:
        return False
    return equal(value, test, scope.run)


def _in_list(value: Any, tests: list[Any], scope: Scope) -> bool:
    scope.run.spend(len(tests))
    if type(value) is list and equal(value, tests, scope.run) is True:
        return True
    for test in tests:
        if type(test) is Range and type(value) is not Range:
            if within(value, test) is True:
                return True
        elif equal(value, test, scope.run) is True:
            return True
    return False


def mentions_input(node: Node) -> bool:
    """Whether `?` stands anywhere in it."""
    waiting = [node]
    while waiting:
        at = waiting.pop()
        if isinstance(at, Name) and at.name == INPUT:
            return True
        waiting.extend(at.children())
    return False
