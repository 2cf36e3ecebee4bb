"""What can be wrong with a decision table."""

from __future__ import annotations

from engine.errors import Broken


class TableError(Broken):
    """A decision table is not sound, or was asked something that it cannot answer.

    `element` is the id of the DMN element, `message` a Danish sentence for its owner.
    """

    def __init__(self, element: str, message: str):
        self.element = element
        self.message = message
        super().__init__(f"{element}: {message}" if element else message)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TableError) and self.args == other.args

    def __hash__(self) -> int:
        return hash(self.args)
