"""Parsed once, evaluated many times: expressions and unary tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from engine.feel import membership, names, parser
from engine.feel.errors import FeelError
from engine.feel.jsonable import measure
from engine.feel.limits import Run
from engine.feel.nodes import Names, Node
from engine.feel.scope import Root, Scope
from engine.feel.values import wrap

Clock = Callable[[], datetime]
NOTHING: frozenset[str] = frozenset()


def _real_clock() -> datetime:
    return datetime.now(UTC)


class Expression:
    """A parsed expression. Immutable, and safe to share between threads.

    `names` are the root names it takes from the context, `maybe_names` those it may take:
    inside filters (`kurser[pris > 200]`) and in `is defined` and `get or else`.
    """

    __slots__ = ("_code", "maybe_names", "names", "text")

    def __init__(self, text: str, tree: Node):
        found = Names()
        tree.visit(NOTHING, found)
        self.text = text
        self.names = frozenset(found.free)
        self.maybe_names = frozenset(found.maybe)
        self._code = tree.code()

    def evaluate(
        self, context: Mapping[str, Any], now: Clock | None = None, strict: bool = False
    ) -> Any:
        """The value in this context.

        A name that nothing defines is null, or with `strict` a FeelError that names it.
        `now` gives the present aware moment; without it the machine's clock is asked.
        """
        return _within_bounds(self.text, self._code, Root(context, Run(now or _real_clock, strict)))


class UnaryTests:
    """Parsed unary tests: the input cell of a decision table."""

    __slots__ = ("_code", "_texts", "maybe_names", "names", "text")

    def __init__(self, text: str, tests: list[Node] | None):
        found = Names()
        for test in tests or ():
            test.visit(NOTHING, found)
        self.text = text
        self.names = frozenset(found.free)
        self.maybe_names = frozenset(found.maybe)
        self._code = membership.any_of(tests) if tests else None
        self._texts = membership.texts(tests or ())

    def matches(
        self,
        value: Any,
        context: Mapping[str, Any] | None = None,
        now: Clock | None = None,
        strict: bool = False,
    ) -> bool:
        """Whether the value (`?`) meets one of the tests; what is undecided is no match."""
        if self._code is None:
            return True
        if self._texts and type(value) is str:
            # Most cells are names: a table of a hundred rows is looked through, not evaluated.
            return value in self._texts
        run = Run(now or _real_clock, strict)
        scope = Scope({membership.INPUT: wrap(value, run)}, Root(context or {}, run), run)
        return _within_bounds(self.text, self._code, scope) is True


def _within_bounds(text: str, code: Callable[[Scope], Any], scope: Scope) -> Any:
    try:
        value = code(scope)
        measure(value)
        return value
    except RecursionError:
        raise FeelError("Udtrykket er for dybt", text) from None
    except FeelError as error:
        if error.text:
            raise
        raise FeelError(error.reason, text, error.position) from None


@lru_cache(maxsize=2048)
def _parse(text: str, known: frozenset[str]) -> Expression:
    try:
        return Expression(text, parser.read(text, known, "expression"))
    except RecursionError:
        raise FeelError("Udtrykket er for dybt", text) from None


@lru_cache(maxsize=2048)
def _parse_unary(text: str, known: frozenset[str]) -> UnaryTests:
    if text.strip() == "-":
        return UnaryTests(text, None)
    try:
        return UnaryTests(text, parser.read(text, known, "unary_tests"))
    except RecursionError:
        raise FeelError("Udtrykket er for dybt", text) from None


def _odd(known: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in known if names.is_odd(name)) if known else NOTHING


def parse(text: str, names: frozenset[str] = NOTHING) -> Expression:
    """The expression, from the cache when it was parsed before.

    `names` are the names known from the context; only those with key words or symbols in them
    matter (`Pre-bureau score`), and plain ones are harmless. Raises FeelError.
    """
    return _parse(text, _odd(names))


def parse_unary_tests(text: str, names: frozenset[str] = NOTHING) -> UnaryTests:
    """The unary tests of an input cell: `-`, `< 18`, `[15..30], not(null)`. Raises FeelError."""
    return _parse_unary(text, _odd(names))


def evaluate(
    text: str, context: Mapping[str, Any], now: Clock | None = None, strict: bool = False
) -> Any:
    """Parse with the context's own names and evaluate."""
    return parse(text, known_names(context)).evaluate(context, now, strict)


def known_names(context: Mapping[str, Any], depth: int = 4) -> frozenset[str]:
    """The names in plain dicts and lists of them that a parser needs to know beforehand."""
    found: set[str] = set()
    _collect(context, found, depth)
    return frozenset(found)


def _collect(value: Any, found: set[str], depth: int) -> None:
    if depth and type(value) is dict:
        for key, inner in value.items():
            if isinstance(key, str) and key.strip() and names.is_odd(key):
                found.add(key)
            _collect(inner, found, depth - 1)
    elif depth and type(value) is list:
        for inner in value[:20]:
            _collect(inner, found, depth - 1)
