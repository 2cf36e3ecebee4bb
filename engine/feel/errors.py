"""The one error of the language."""

from __future__ import annotations


class FeelError(Exception):
    """An expression that cannot be read, or cannot be evaluated within its bounds.

    `reason` is Danish and meant for the process owner; `text` is the whole expression and
    `position` the offset (from 0) of the character where it went wrong.
    """

    def __init__(self, reason: str, text: str = "", position: int = 0):
        self.reason = reason
        self.text = text
        self.position = position
        super().__init__(self.message)

    @property
    def line(self) -> int:
        return self.text.count("\n", 0, self.position) + 1

    @property
    def column(self) -> int:
        return self.position - (self.text.rfind("\n", 0, self.position) + 1) + 1

    @property
    def message(self) -> str:
        """The reason with its place: `... (linje 1, tegn 7)`."""
        if not self.text:
            return self.reason
        return f"{self.reason} (linje {self.line}, tegn {self.column})"
