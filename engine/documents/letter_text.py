"""The text of a letter: a dated template of plain Danish and the facts of one letter, as blocks.

A template is a file `letters/<code>-v<version>.txt`: a head of `name: value` lines up to `---`, then
the body. In the body an empty line parts the blocks, and a line's first sign says what it is: `!` what
the letter says first, `##` a heading, `-` a point of a list, `>` somebody's own words. What a fact
says is never read as such a sign. A fact that is missing stops the letter: no letter goes out with
a hole in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from engine.errors import Broken
from engine.queries import words

FOLDER = Path(__file__).parent / "letters"
FIRST, HEADING, LIST, QUOTE, PARAGRAPH = "first", "heading", "list", "quote", "paragraph"
_SIGNS = {"! ": FIRST, "## ": HEADING, "- ": LIST, "> ": QUOTE}
# What stands before every fact while the text is read: it makes no fact a sign, and is taken out.
_FACT, _BREAK = "\u2060", "\u2028"


class NoText(Broken):
    """No template of the letter was in force on its day."""


class UnfilledPlace(Broken):
    """A fact of the letter is empty."""


@dataclass(frozen=True)
class Block:
    """A piece of the letter; a list has a line for each point, all else one."""

    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Template:
    code: str
    version: int
    in_force_from: date
    source: str
    title: str
    body: str

    def fill(self, facts: Mapping[str, Any]) -> tuple[str, tuple[Block, ...]]:
        """The title and the blocks. Raises jinja2.UndefinedError, UnfilledPlace."""
        title = _plain(_environment().from_string(self.title).render(facts)).strip()
        body = _environment().from_string(self.body).render(facts)
        return title, tuple(_blocks(body))


def template(code: str, on: date) -> Template:
    """The version in force that day; the first one for what was written before it. Raises NoText."""
    versions = [row for row in templates() if row.code == code]
    if not versions:
        raise NoText(code)
    held = [row for row in versions if row.in_force_from <= on]
    return held[-1] if held else versions[0]


@cache
def templates() -> tuple[Template, ...]:
    """Every version of every letter, by code and version."""
    found = [_read(file) for file in FOLDER.glob("*-v*.txt")]
    return tuple(sorted(found, key=lambda row: (row.code, row.version)))


def _read(file: Path) -> Template:
    code, _, version = file.stem.rpartition("-v")
    head, _, body = file.read_text(encoding="utf-8").partition("\n---\n")
    lines = dict(line.split(": ", 1) for line in head.splitlines() if line.strip())
    return Template(
        code=code,
        version=int(version),
        in_force_from=date.fromisoformat(lines["gaelder_fra"]),
        source=lines["kilde"],
        title=lines["titel"],
        body=body,
    )


def _blocks(text: str) -> Iterator[Block]:
    points: list[str] = []
    for part in text.split("\n\n"):
        lines = [line for line in part.strip("\n").split("\n") if line.strip()]
        if lines and lines[0].startswith("- "):
            points += [_plain(line[2:]) for line in lines]
            continue
        if points:
            yield Block(LIST, tuple(points))
            points = []
        if lines:
            joined = " ".join(lines)
            sign = next((sign for sign in _SIGNS if joined.startswith(sign)), "")
            yield Block(_SIGNS.get(sign, PARAGRAPH), (_plain(joined[len(sign) :]),))
    if points:
        yield Block(LIST, tuple(points))


def _plain(text: str) -> str:
    return text.replace(_FACT, "").replace(_BREAK, "\n").strip()


def _shielded(value: Any) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise UnfilledPlace
    text = str(value).strip().replace("\r\n", "\n").replace("\n", _BREAK)
    return _FACT + text


def _ended(text: str | None) -> str | None:
    """The text as a sentence."""
    return text and text.rstrip().rstrip(".") + ("" if text.rstrip()[-1:] in "!?" else ".")


@cache
def _environment() -> SandboxedEnvironment:
    made = SandboxedEnvironment(
        undefined=StrictUndefined,
        finalize=_shielded,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    made.filters.update(dag=words.day, tidspunkt=words.moment, punktum=_ended)
    return made
