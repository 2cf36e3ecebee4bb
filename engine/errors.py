"""The two kinds of error that the engine raises on purpose.

`Refused` is for people: its Danish docstring is what they read. `Broken` is for operators:
something that was checked at deploy turned out not to hold at run time.
"""

from __future__ import annotations

import inspect


class Refused(Exception):
    """Handlingen kan ikke udføres nu. Prøv igen, eller spørg enhedens leder."""

    def __init__(self, detail: str = "", **facts: object):
        self.detail = detail
        self.facts = facts
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The Danish sentence for the user: the docstring with the facts filled in, then the detail."""
        text = inspect.cleandoc(type(self).__doc__ or "").replace("\n", " ")
        if self.facts:
            text = text.format(**self.facts)
        return f"{text} {self.detail}".strip()


class Broken(Exception):
    """The engine met something that should have been impossible; an incident follows."""
