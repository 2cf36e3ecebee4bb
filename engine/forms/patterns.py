"""Regular expressions of text fields: JavaScript's in the browser, Python's on the server.

Only those are taken that mean the same in both and cannot be made to run for ever. Python's
matcher has no time limit, so the cost is bounded beforehand, by the pattern's shape and by the
length of the text: no repetition around another, and at most three of open length.
"""

from __future__ import annotations

import re

#: The longest text that is held against a pattern.
LONGEST_TEXT = 500
_LONGEST_PATTERN = 300
_MOST_OPEN = 3
_MOST_OPTIONAL = 8
_MOST_TIMES = 500
_COUNT = re.compile(r"\{(\d+)(,)?(\d*)\}")


class BadPattern(ValueError):
    """A pattern that cannot be used; the message is Danish."""


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern as Python knows it. Raises `BadPattern`."""
    if len(pattern) > _LONGEST_PATTERN:
        raise BadPattern(f"mønsteret er længere end {_LONGEST_PATTERN} tegn")
    try:
        # \d and \w are ASCII in JavaScript.
        return re.compile(_Reader(pattern).read(), re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadPattern(f"mønsteret kan ikke bruges på serveren: {error}") from None


class _Reader:
    """Walks a pattern once: counts what repeats, and writes Python's spelling."""

    def __init__(self, pattern: str):
        self.pattern = pattern
        self.at = 0
        self.out: list[str] = []
        self.open = self.optional = 0
        # For each group that is open: whether something in it varies (repeats or alternates).
        self.varies: list[bool] = [False]

    def read(self) -> str:
        while self.at < len(self.pattern):
            self._piece()
        return "".join(self.out)

    def _piece(self) -> None:
        char = self.pattern[self.at]
        if char == "\\":
            self._escape()
        elif char == "[":
            self._class()
        elif char == "(":
            self._group()
        elif char == ")":
            self._take(1)
            inner = self.varies.pop() if len(self.varies) > 1 else False
            self._quantifier(inner)
            self.varies[-1] = self.varies[-1] or inner
        elif char == "|":
            self.varies[-1] = True
            self._take(1)
        elif char == "$":
            # JavaScript's $ is the very end; Python's also stands before a last newline.
            self.out.append(r"\Z")
            self.at += 1
        else:
            self._take(1)
            self._quantifier(False)

    def _take(self, length: int) -> None:
        self.out.append(self.pattern[self.at : self.at + length])
        self.at += length

    def _escape(self) -> None:
        following = self.pattern[self.at + 1 : self.at + 2]
        if (following.isdigit() and following != "0") or following in ("k", "A", "Z"):
            raise BadPattern(f"\\{following} kan ikke bruges")
        self._take(2)
        self._quantifier(False)

    def _class(self) -> None:
        end = self.at + 1
        while end < len(self.pattern) and self.pattern[end] != "]":
            end += 2 if self.pattern[end] == "\\" else 1
        if end == self.at + 1:
            raise BadPattern("[] betyder ikke det samme i browseren og på serveren")
        inside = self.pattern[self.at : end + 1]
        # Python warns of [[ and of doubled operators, which it may read as sets one day.
        self.out.append(inside[0] + re.sub(r"(?<!\\)\[|--|&&|~~|\|\|", _escaped, inside[1:]))
        self.at = end + 1
        self._quantifier(False)

    def _group(self) -> None:
        start = self.pattern[self.at : self.at + 3]
        if start.startswith("(?") and start != "(?:":
            raise BadPattern(f"{start} kan ikke bruges")
        self._take(3 if start == "(?:" else 1)
        self.varies.append(False)

    def _quantifier(self, around_variation: bool) -> None:
        rest = self.pattern[self.at :]
        counted = _COUNT.match(rest)
        if rest[:1] in ("*", "+"):
            self._take(1)
            self._repeated(around_variation)
        elif rest[:1] == "?":
            self._take(1)
            self.optional += 1
            self.varies[-1] = True
            if self.optional > _MOST_OPTIONAL:
                raise BadPattern("mønsteret har for mange valgfri dele (?)")
        elif counted:
            self._take(counted.end())
            self._counted(counted, around_variation)
        else:
            return
        if self.pattern[self.at : self.at + 1] == "?":
            self._take(1)

    def _counted(self, counted: re.Match[str], around_variation: bool) -> None:
        least, most = int(counted[1]), int(counted[3] or counted[1])
        if max(least, most) > _MOST_TIMES:
            raise BadPattern(f"mønsteret gentager mere end {_MOST_TIMES} gange")
        if counted[2] and (not counted[3] or least != most):
            self._repeated(around_variation)
        elif around_variation and least > 1:
            raise BadPattern("mønsteret gentager noget, der selv varierer")

    def _repeated(self, around_variation: bool) -> None:
        if around_variation:
            raise BadPattern("mønsteret gentager noget, der selv varierer, fx (a+)+")
        self.open += 1
        self.varies[-1] = True
        if self.open > _MOST_OPEN:
            raise BadPattern(f"mønsteret har flere end {_MOST_OPEN} gentagelser")


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"\\{char}" for char in found[0])
