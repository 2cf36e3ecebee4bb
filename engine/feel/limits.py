"""What one expression may use: text, depth, steps, sizes, seconds.

Steps are counted, not timed, so that the same expression gives the same answer on a slow
machine. A step is about one node of the expression; work on long values costs more steps.
Only regular expressions, which Python runs out of our sight, are timed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from time import perf_counter

from engine.feel.errors import FeelError

MAX_TEXT = 20_000  # characters of an expression
MAX_DEPTH = 200  # levels of the tree; a + b + c is two
MAX_BRACKETS = 100  # brackets inside each other
MAX_ITERATIONS = 8  # variables of one `for`
MAX_CALLS = 24  # functions of the expression's own inside each other
MAX_STEPS = 400_000
MAX_STRING = 100_000  # characters of a computed string
MAX_VALUE = 200_000  # values inside the result, counted as a tree
MAX_PATTERN = 1_000  # characters of a regular expression
REGEX_SECONDS = 0.5  # for all regular expressions of one evaluation together


class Run:
    """One evaluation: its clock, its remaining steps and its strictness."""

    __slots__ = ("calls", "fuel", "now", "regex_seconds", "strict")

    def __init__(self, now: Callable[[], datetime], strict: bool = False):
        self.now = now
        self.strict = strict
        self.fuel = MAX_STEPS
        self.calls = 0
        self.regex_seconds = REGEX_SECONDS

    def spend(self, steps: int) -> None:
        """Use some of the steps; refuse when there are none left."""
        self.fuel -= steps
        if self.fuel < 0:
            raise FeelError("Udtrykket kræver for meget arbejde")

    def string(self, text: str) -> str:
        """A computed string, paid for and within the size allowed."""
        if len(text) > MAX_STRING:
            raise FeelError("Teksten bliver for lang")
        self.spend(len(text) >> 5)
        return text

    def timed(self, work: Callable[[float], object]) -> object:
        """Run work(seconds left) on the time set aside for regular expressions."""
        if self.regex_seconds <= 0:
            raise FeelError("Mønstret tager for lang tid")
        start = perf_counter()
        try:
            return work(self.regex_seconds)
        except TimeoutError:
            self.regex_seconds = 0
            raise FeelError("Mønstret tager for lang tid") from None
        finally:
            self.regex_seconds -= perf_counter() - start
