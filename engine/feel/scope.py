"""Where names are looked up: the innermost scope first, then outwards to the caller's context."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.feel.limits import Run
from engine.feel.values import wrap

MISSING: Any = object()


class Scope:
    """Names that the expression itself made; their values are FEEL values already."""

    __slots__ = ("names", "parent", "run")
    is_item = False

    def __init__(self, names: Mapping[str, Any], parent: Scope | None, run: Run):
        self.names = names
        self.parent = parent
        self.run = run

    def get(self, name: str) -> Any:
        return self.names.get(name, MISSING)

    def find(self, name: str) -> Any:
        """The value, or MISSING when no scope has the name."""
        scope: Scope | None = self
        while scope is not None:
            value = scope.get(name)
            if value is not MISSING:
                return value
            scope = scope.parent
        return MISSING

    def inside_item(self) -> bool:
        """Whether an unknown name may be a field that this item of a filter happens to lack."""
        scope: Scope | None = self
        while scope is not None:
            if scope.is_item:
                return True
            scope = scope.parent
        return False


class Foreign(Scope):
    """A context that the caller may have made: its values are converted when they are read."""

    __slots__ = ()

    def get(self, name: str) -> Any:
        value = read(self.names, name)
        return value if value is MISSING else wrap(value, self.run)


class Item(Foreign):
    """The fields of the item that a filter is looking at."""

    __slots__ = ()
    is_item = True


class Root(Foreign):
    """The caller's context. Each name is asked for once: a lazy view may be slow."""

    __slots__ = ("read",)

    def __init__(self, names: Mapping[str, Any], run: Run):
        super().__init__(names, None, run)
        self.read: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        if name in self.read:
            return self.read[name]
        value = self.read[name] = super().get(name)
        return value


def read(context: Mapping[str, Any], name: str) -> Any:
    """The value as it stands in the context, or MISSING."""
    if type(context) is dict:
        return context.get(name, MISSING)
    try:
        return context[name]
    except KeyError:
        return MISSING
