"""The texts of a form: paragraphs, `**bold**` and `{{ FEEL }}`, and nothing that fetches or links.

A small part of form-js' Markdown, read into spans: a page writes them out, and neither the author
nor a variable can bring mark-up along.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine import feel

_TOKEN = re.compile(r"\{\{(.*?)\}\}|(\*\*)", re.DOTALL)
_FOREIGN = (
    (re.compile(r"<\s*[a-zA-Z/!]"), "HTML"),
    (re.compile(r"!\["), "et billede"),
    (re.compile(r"\]\(|https?://"), "et link"),
    (re.compile(r"^\s*(#|```|>)", re.MULTILINE), "en overskrift, kode eller et citat"),
    (re.compile(r"\{\{\s*[#/]"), "en løkke eller en betingelse"),
)


class BadText(ValueError):
    """A text that no page would show as it stands; the message is Danish."""


@dataclass(frozen=True)
class Span:
    text: str
    strong: bool = False


@dataclass(frozen=True)
class Text:
    """A text that has been read; `filled` gives its paragraphs with the values put in."""

    paragraphs: tuple[tuple[tuple[str | feel.Expression, bool], ...], ...]

    def filled(self, value: Callable[[feel.Expression], Any]) -> tuple[tuple[Span, ...], ...]:
        """Paragraphs of spans. `value` gives what an expression is worth, as JSON."""
        return tuple(
            tuple(
                Span(piece if isinstance(piece, str) else _said(value(piece)), strong)
                for piece, strong in paragraph
            )
            for paragraph in self.paragraphs
        )


def read(text: str) -> Text:
    """A text read into pieces. Raises `BadText`, and `FeelError` from its expressions."""
    for pattern, what in _FOREIGN:
        if pattern.search(text):
            raise BadText(f"indeholder {what}; der må kun stå afsnit, **fed** og {{{{ FEEL }}}}")
    paragraphs = (p.strip() for p in re.split(r"\n\s*\n", text))
    return Text(tuple(_paragraph(p) for p in paragraphs if p))


def _paragraph(text: str) -> tuple[tuple[str | feel.Expression, bool], ...]:
    pieces: list[tuple[str | feel.Expression, bool]] = []
    strong, at = False, 0
    for token in _TOKEN.finditer(text):
        if token.start() > at:
            pieces.append((text[at : token.start()], strong))
        at = token.end()
        if token[2]:
            strong = not strong
        else:
            pieces.append((feel.parse(token[1].strip(), ()), strong))
    if strong:
        raise BadText("begynder med fed skrift uden at slutte igen")
    if "{{" in text[at:]:
        raise BadText("begynder med {{ uden at slutte med }}")
    if text[at:]:
        pieces.append((text[at:], False))
    return tuple(pieces)


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, int | float):
        return f"{value}".replace(".", ",")
    if isinstance(value, list):
        return ", ".join(_said(v) for v in value)
    return str(value)
