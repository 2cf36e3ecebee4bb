"""Types as `instance of` and the parameters of functions name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.feel.errors import FeelError
from engine.feel.values import Function, kind, wrap

NAMES = {
    "number",
    "string",
    "boolean",
    "date",
    "time",
    "date and time",
    "days and time duration",
    "years and months duration",
    "list",
    "context",
    "range",
    "function",
    "null",
    "any",
}
ALIASES = {
    "Any": "any",
    "Null": "null",
    "day and time duration": "days and time duration",
    "year and month duration": "years and months duration",
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}


class Type:
    """A simple type, by name."""

    def __init__(self, name: str):
        self.name = ALIASES.get(name, name)
        if self.name not in NAMES:
            raise FeelError(f"Typen »{name}« er ukendt")

    def holds(self, value: Any) -> bool:
        """Whether the value is of the type; null is only of `Null`."""
        if value is None:
            return self.name == "null"
        return self.name == "any" or kind(value) == self.name

    def fit(self, value: Any) -> Any:
        """The value, as the type wants it; ValueError when it does not fit. null always fits."""
        if value is None or self.holds(value):
            return value
        if isinstance(value, list) and len(value) == 1 and self.holds(wrap(value[0])):
            return wrap(value[0])
        if self.name == "list":
            return [value]
        raise ValueError(self.name)


class ListType(Type):
    def __init__(self, item: Type):
        self.name = "list"
        self.item = item

    def holds(self, value: Any) -> bool:
        if not isinstance(value, list):
            return False
        return all(item is None or self.item.holds(wrap(item)) for item in value)

    def fit(self, value: Any) -> Any:
        if value is not None and not isinstance(value, list) and self.item.holds(value):
            return [value]
        if value is None or self.holds(value):
            return value
        raise ValueError(self.name)


class RangeType(Type):
    def __init__(self, item: Type):
        self.name = "range"
        self.item = item

    def holds(self, value: Any) -> bool:
        if kind(value) != "range":
            return False
        ends = [end for end in (value.start, value.end) if end is not None]
        return all(self.item.holds(end) for end in ends)


class ContextType(Type):
    def __init__(self, fields: dict[str, Type]):
        self.name = "context"
        self.fields = fields

    def holds(self, value: Any) -> bool:
        if not isinstance(value, Mapping):
            return False
        return all(
            name in value and (value[name] is None or type_.holds(wrap(value[name])))
            for name, type_ in self.fields.items()
        )


class FunctionType(Type):
    """A function by its number of parameters; FEEL functions do not promise what they return."""

    def __init__(self, parameters: list[Type], result: Type):
        self.name = "function"
        self.parameters = parameters
        self.result = result

    def holds(self, value: Any) -> bool:
        if not isinstance(value, Function):
            return kind(value) == "function"
        return len(value.parameters) == len(self.parameters)


def named(name: str) -> Type:
    """The type of that name; FeelError when the language has none."""
    return Type(name)
