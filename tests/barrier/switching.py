"""The same running site with one thing in its code written otherwise, while it is asked."""

from __future__ import annotations

import ast
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FunctionType

#: What a module makes once of a function: (the function, the name of what it makes, who uses it).
MADE_ONCE = {"_held": ("_HELD", "reach")}


class Switch:
    """One function of the site as it is, and as it would be with its file written as `text`."""

    def __init__(self, file: Path, at: int, text: str):
        sound = file.read_text(encoding="utf-8")
        self.name = _enclosing(sound, sound.count("\n", 0, at) + 1)
        self.function = _living(file, self.name)
        self.sound = self.function.__code__
        compiled = compile(text, str(file), "exec", dont_inherit=True)
        self.other = next(code for code in _within(compiled) if code.co_qualname == self.name)

    @property
    def shows_in(self) -> CodeType:
        """The code that a request runs where this makes a difference."""
        if self.name in MADE_ONCE:
            return self.function.__globals__[MADE_ONCE[self.name][1]].__code__
        return self.sound

    @contextmanager
    def on(self) -> Iterator[None]:
        self._put(self.other)
        try:
            yield
        finally:
            self._put(self.sound)

    def _put(self, code: CodeType) -> None:
        self.function.__code__ = code
        if self.name in MADE_ONCE:
            made, _user = MADE_ONCE[self.name]
            self.function.__globals__[made] = self.function()


@contextmanager
def run_through() -> Iterator[set[int]]:
    """The ids of the code that runs meanwhile."""
    ran: set[int] = set()

    def note(frame, event, _argument):
        if event == "call":
            ran.add(id(frame.f_code))

    sys.setprofile(note)
    try:
        yield ran
    finally:
        sys.setprofile(None)


def _enclosing(text: str, line: int) -> str:
    """The name of the function, or the method, that the line stands in; not of one inside it."""
    for top in ast.parse(text).body:
        for node in top.body if isinstance(top, ast.ClassDef) else [top]:
            if isinstance(node, ast.FunctionDef) and node.lineno <= line <= node.end_lineno:
                return node.name if node is top else f"{top.name}.{node.name}"
    raise AssertionError(f"line {line} stands in no function")


def _living(file: Path, name: str) -> FunctionType:
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType):
            code = thing.__code__
            if code.co_qualname == name and code.co_filename == str(file):
                return thing
    raise AssertionError(f"nothing has loaded {name} of {file.name}")


def _within(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _within(each)
