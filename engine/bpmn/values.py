"""What may become a process variable: JSON, bounded, copied on the way in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from engine.bpmn.errors import NotJson

MAX_DEPTH = 30
MAX_VALUES = 20_000
MAX_TEXT = 500_000
RESERVED = frozenset({"sag"})


def clean(variables: Mapping[str, Any]) -> dict[str, Any]:
    """A deep copy of a dict of variables. Raises `NotJson` when it is not bounded JSON.

    The copy matters: what a form or a service keeps of its own data cannot change ours later.
    """
    if not isinstance(variables, Mapping):
        raise NotJson(f"Der kom {type(variables).__name__} i stedet for navngivne værdier.")
    for name in RESERVED & variables.keys():
        raise NotJson(f"Navnet {name} er optaget af sagen selv.")
    return _Copier().copy(dict(variables), 0)


def clean_value(value: Any) -> Any:
    """A deep copy of one value, by the same rules."""
    return _Copier().copy(value, 0)


class _Copier:
    def __init__(self) -> None:
        self.values = self.text = 0

    def copy(self, value: Any, depth: int) -> Any:
        self.values += 1
        if depth > MAX_DEPTH or self.values > MAX_VALUES:
            raise NotJson("Der er for meget eller for dybt indhold.")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, int):
            return self._whole(value)
        if isinstance(value, float):
            return self._fraction(value)
        if isinstance(value, list | tuple):
            return [self.copy(item, depth + 1) for item in value]
        if isinstance(value, dict):
            return {self._key(k): self.copy(v, depth + 1) for k, v in value.items()}
        raise NotJson(f"Typen {type(value).__name__} kan ikke gemmes.")

    def _text(self, value: str) -> str:
        self.text += len(value)
        if self.text > MAX_TEXT:
            raise NotJson("Teksten er for lang.")
        # PostgreSQL stores no NUL, and no database stores half a surrogate pair.
        try:
            value.encode()
        except UnicodeEncodeError:
            raise NotJson("Teksten har tegn, der ikke kan gemmes.") from None
        if "\0" in value:
            raise NotJson("Teksten har tegn, der ikke kan gemmes.")
        return str(value)

    def _key(self, key: Any) -> str:
        if not isinstance(key, str):
            raise NotJson("Et navn i oplysningerne er ikke tekst.")
        return self._text(key)

    @staticmethod
    def _whole(value: int) -> int:
        if not -(2**63) <= value < 2**63:
            raise NotJson("Et tal er for stort.")
        return int(value)

    @staticmethod
    def _fraction(value: float) -> float:
        if not math.isfinite(value):
            raise NotJson("Et tal er ikke et tal.")
        return float(value)
