"""Texts of a diagram that are worked out while it runs: `= FEEL`, or a literal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from engine import feel
from engine.bpmn.errors import DiagramError


class Expression:
    """A parsed text. Parsed once per diagram version, shared between threads."""

    def __init__(self, text: str, element: str):
        self.text = text.strip()
        self.is_feel = self.text.startswith("=")
        self._tree = None
        if self.is_feel:
            try:
                self._tree = feel.parse(self.text[1:].strip())
            except feel.FeelError as error:
                raise DiagramError(element, f"{self.text}: {error}") from error

    @classmethod
    def feel(cls, text: str, element: str) -> Expression:
        """A text that must be FEEL. Raises `DiagramError` where the `=` is missing."""
        if not text.strip().startswith("="):
            raise DiagramError(element, f"'{text}' mangler = foran: kun FEEL kan bruges her")
        return cls(text, element)

    @classmethod
    def maybe(cls, text: str | None, element: str) -> Expression | None:
        return cls(text, element) if text else None

    @property
    def names(self) -> frozenset[str]:
        """The variables it asks for."""
        return self._tree.names if self._tree is not None else frozenset()

    def evaluate(self, context: Mapping[str, Any], now: Callable[[], datetime]) -> Any:
        """The value as JSON: dates, times and durations are ISO 8601 texts.

        Raises `feel.FeelError`. A name that is not there is null.
        """
        if self._tree is None:
            return self.text
        return feel.to_json(self._tree.evaluate(context, now=now))

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"
