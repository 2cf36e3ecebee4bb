"""FEEL, the expression language of every diagram, table and form. See docs/howto/feel.md."""

from engine.feel import builtins as builtins
from engine.feel.errors import FeelError
from engine.feel.expression import (
    Expression,
    UnaryTests,
    evaluate,
    known_names,
    parse,
    parse_unary_tests,
)
from engine.feel.jsonable import from_json, to_json
from engine.feel.values import Function, Range, YearsMonthsDuration, kind

__all__ = [
    "Expression",
    "FeelError",
    "Function",
    "Range",
    "UnaryTests",
    "YearsMonthsDuration",
    "evaluate",
    "from_json",
    "kind",
    "known_names",
    "parse",
    "parse_unary_tests",
    "to_json",
]
