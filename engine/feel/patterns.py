"""Regular expressions: XPath's, translated to Python's `regex`, and kept on a short lead.

Only what XPath and XQuery 3.1 know gets through: no look-around, no recursion, no named
groups, no inline flags. A pattern can still backtrack without end (`(a+)+b`), so the library
runs it with a time limit, taken from the evaluation's purse (limits.py).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import regex

from engine.feel.limits import MAX_PATTERN, MAX_STRING, Run

MAX_REPEAT = 1000
MAX_WEIGHT = 5000  # characters of the pattern when its repeats are written out
FLAGS = {"i": regex.IGNORECASE, "m": regex.MULTILINE, "s": regex.DOTALL}

_SINGLE = set("nrt\\|.?*+(){}$-[]^")
_START = r"A-Z_a-z:\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
_CLASSES = {
    "d": r"\d",
    "D": r"\D",
    "s": r" \t\n\r",
    "w": r"\w",
    "W": r"\W",
    "i": _START,
    "c": _START + r"\-.0-9\u00b7",
}
_NEGATED = {"S": "s", "I": "i", "C": "c"}
_REPEAT = regex.compile(r"\{(\d{1,4})(?:(,)(\d{1,4})?)?\}")
_PROPERTY = regex.compile(r"\{(Is)?([A-Za-z0-9\-]{1,40})\}")


class _Translation:
    """One pattern on its way from XPath to `regex`; ValueError where XPath has no such thing."""

    def __init__(self, source: str, flags: str):
        self.source = source
        self.flags = flags
        self.place = 0
        self.groups = 0
        # Per open group its weight so far and the weight of its last part: `(a{9}){9}` is 81,
        # and `regex` would write it all out.
        self.weights: list[list[int]] = [[0, 0]]

    def all(self) -> str:
        parts = []
        while self.place < len(self.source):
            parts.append(self._one(self._take()))
        if len(self.weights) > 1:
            raise ValueError("group")
        return "".join(parts)

    def _take(self) -> str:
        if self.place >= len(self.source):
            raise ValueError("end")
        char = self.source[self.place]
        self.place += 1
        return char

    def _peek(self, text: str) -> bool:
        return self.source.startswith(text, self.place)

    def _one(self, char: str) -> str:
        if char.isspace() and "x" in self.flags:
            return ""
        if char not in "(){":
            self._weigh(1)
        if char == "\\":
            return self._escape()
        if char == "[":
            return self._set()
        if char == "(":
            return self._group()
        if char == ")":
            return self._close()
        if char == "{":
            return self._repeat()
        if char == "$":
            # Python's `$` also matches before a last line break.
            return "$" if "m" in self.flags else r"\Z"
        if char == "." and "s" not in self.flags:
            return r"[^\n\r]"
        if char in "]}":
            raise ValueError(char)
        if char in "*+?":
            return self._quantifier(char)
        return char if char in ".^|" else regex.escape(char)

    def _quantifier(self, char: str) -> str:
        if self._peek("?"):
            self.place += 1
            char += "?"
        # `a**` and `a++` mean nothing in XPath, and the latter something else in Python.
        if self.place < len(self.source) and self.source[self.place] in "*+?{":
            raise ValueError("quantifier")
        return char

    def _repeat(self) -> str:
        found = _REPEAT.match(self.source, self.place - 1)
        if not found or max(int(found[1]), int(found[3] or 0)) > MAX_REPEAT:
            raise ValueError("repeat")
        self.place = found.end()
        self._weigh(self.weights[-1][1] * max(int(found[1]), int(found[3] or 0), 1))
        return self._quantifier(found[0])

    def _group(self) -> str:
        self.weights.append([0, 0])
        if self._peek("?"):
            if not self._peek("?:"):
                raise ValueError("group")
            self.place += 2
            return "(?:"
        self.groups += 1
        return "("

    def _close(self) -> str:
        if len(self.weights) == 1:
            raise ValueError("group")
        self._weigh(self.weights.pop()[0])
        return ")"

    def _weigh(self, weight: int) -> None:
        """Count a part of the group that is open now."""
        group = self.weights[-1]
        group[0] += weight
        group[1] = weight
        if group[0] > MAX_WEIGHT:
            raise ValueError("weight")

    def _escape(self) -> str:
        char = self._take()
        if char in "123456789":
            if int(char) > self.groups:
                raise ValueError("reference")
            return f"(?:\\{char})"
        return self._class(char, inside=False)

    def _class(self, char: str, inside: bool) -> str:
        """An escape, in a set or outside."""
        if char in _SINGLE:
            return f"\\{char}"
        if char in "pP":
            return self._property(char)
        if char in _NEGATED:
            if inside:
                # A negation cannot stand inside a set; `regex` has only blanks' own.
                if char != "S":
                    raise ValueError(char)
                return r"\S"
            return f"[^{_CLASSES[_NEGATED[char]]}]"
        if char in _CLASSES:
            return _CLASSES[char] if inside else f"[{_CLASSES[char]}]"
        raise ValueError(char)

    def _property(self, char: str) -> str:
        found = _PROPERTY.match(self.source, self.place)
        if not found:
            raise ValueError("property")
        self.place = found.end()
        return f"\\{char}{{{'In' if found[1] else ''}{found[2]}}}"

    def _set(self) -> str:
        negated = "^" if self._peek("^") else ""
        self.place += len(negated)
        parts: list[str] = []
        while not self._peek("]") or not parts:
            char = self._take()
            if char == "-" and self._peek("[") and parts:
                self.place += 1
                without = self._set()
                if not self._peek("]"):
                    raise ValueError("set")
                self.place += 1
                return f"(?!{without})[{negated}{''.join(parts)}]"
            parts.append(self._member(char, bool(parts)))
        self.place += 1
        return f"[{negated}{''.join(parts)}]"

    def _member(self, char: str, later: bool) -> str:
        if char == "\\":
            return self._class(self._take(), inside=True)
        if char == "[" or (char == "]" and not later):
            raise ValueError("set")
        if char == "-":
            # Between two members it makes a range; at either end it is itself.
            at_end = not later or self._peek("]")
            return "\\-" if at_end else "-"
        return regex.escape(char, special_only=False) if not char.isalnum() else char


@lru_cache(maxsize=256)
def compiled(source: str, flags: str) -> Any:
    """The compiled pattern; ValueError when it or its flags are not XPath's."""
    if len(source) > MAX_PATTERN or set(flags) - set("imsxq"):
        raise ValueError("pattern")
    options = regex.V0
    for flag in set(flags) & FLAGS.keys():
        options |= FLAGS[flag]
    text = regex.escape(source) if "q" in flags else _Translation(source, flags).all()
    try:
        return regex.compile(text, options)
    except (regex.error, OverflowError, RecursionError, KeyError, IndexError) as error:
        raise ValueError("pattern") from error


def matches(run: Run, text: str, source: str, flags: str) -> bool:
    pattern = _ready(run, text, source, flags)
    return run.timed(lambda left: pattern.search(text, timeout=left)) is not None


def replace(run: Run, text: str, source: str, replacement: str, flags: str) -> str:
    """Every match replaced; `$1` is the first group. ValueError for a pattern that matches ''."""
    pattern = _ready(run, text, source, flags)
    if run.timed(lambda left: pattern.fullmatch("", timeout=left)) is not None:
        raise ValueError("empty match")
    pieces = _replacement(replacement, "q" in flags, pattern.groups)

    def fill(found) -> str:
        filled = "".join(
            piece if isinstance(piece, str) else (found[piece] or "") for piece in pieces
        )
        run.spend(1 + (len(filled) >> 5))
        return filled

    return run.string(run.timed(lambda left: pattern.sub(fill, text, timeout=left)))


def split(run: Run, text: str, source: str) -> list[str]:
    """The pieces between the matches."""
    pattern = _ready(run, text, source, "")
    pieces, start = [], 0
    for found in run.timed(lambda left: list(pattern.finditer(text, timeout=left))):
        if found.end() == found.start() and found.start() in (0, len(text)):
            continue
        pieces.append(text[start : found.start()])
        start = found.end()
    run.spend(len(pieces))
    return [*pieces, text[start:]]


def extract(run: Run, text: str, source: str) -> list[str]:
    """The text of every match."""
    pattern = _ready(run, text, source, "")
    found = run.timed(lambda left: list(pattern.finditer(text, timeout=left)))
    run.spend(len(found))
    return [match[0] for match in found]


def _ready(run: Run, text: str, source: str, flags: str):
    run.spend(20 + (len(text) >> 3))
    if len(text) > MAX_STRING:
        raise ValueError("text")
    return run.timed(lambda left: compiled(source, flags))


def _replacement(text: str, literal: bool, groups: int) -> list[str | int]:
    """The replacement as texts and group numbers; ValueError for a stray `$` or backslash."""
    if literal:
        return [text]
    pieces: list[str | int] = []
    place = 0
    while place < len(text):
        char = text[place]
        place += 1
        if char == "\\":
            if text[place : place + 1] not in ("\\", "$"):
                raise ValueError("replacement")
            pieces.append(text[place])
            place += 1
        elif char == "$":
            number, place = _group_number(text, place, groups)
            pieces.append(number if number <= groups else "")
        else:
            pieces.append(char)
    return pieces


def _group_number(text: str, place: int, groups: int) -> tuple[int, int]:
    """As many digits as still name a group."""
    if text[place : place + 1] not in set("0123456789"):
        raise ValueError("replacement")
    number = int(text[place])
    place += 1
    while text[place : place + 1] in set("0123456789") and number * 10 + int(text[place]) <= groups:
        number = number * 10 + int(text[place])
        place += 1
    return number, place
