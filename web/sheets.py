"""What a browser posts of a form, and its rows that come and go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import request

from engine import forms

#: Names of a page's own inputs begin so; the rest are answers.
OWN = "_"


def posted(form: forms.Form, untouched_rows: bool = False) -> dict[str, Any]:
    """The answers that were posted, as the form's components read them."""
    names = [n for n in request.form if not n.startswith(OWN) and n not in ("csrf_token", "liste")]
    return forms.from_post(form, request.form.getlist, names, untouched_rows)


def change_rows(answers: dict[str, Any]) -> str:
    """Add or take away the row that a button asked for; the name that is to get the focus."""
    added, removed = request.form.get("_tilfoej"), request.form.get("_fjern")
    if added:
        *path, key = _path(added)
        rows = _at(answers, path).setdefault(key, [])
        rows.append({})
        return f"{added}[{len(rows) - 1}]"
    if removed:
        *path, key, number = _path(removed)
        rows = _at(answers, path).get(key) or []
        if number < len(rows):
            del rows[number]
        return removed.rsplit("[", 1)[0]
    return ""


def _path(name: str) -> list[str | int]:
    """`maal[0].trin` as ["maal", 0, "trin"]."""
    steps: list[str | int] = []
    for piece in name.replace("]", "").split("."):
        key, *numbers = piece.split("[")
        steps += [key, *(int(n) for n in numbers if n.isdigit())]
    return steps


def _at(answers: Any, path: Iterable[str | int]) -> Any:
    for step in path:
        if isinstance(step, int):
            answers = answers[step] if isinstance(answers, list) and step < len(answers) else {}
        else:
            answers = answers.setdefault(step, {})
    return answers


def faults(
    shown: Iterable[forms.Shown], errors: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    """(name of the field, text) of each error; no name where no shown field has it."""
    names = set(_names(shown))
    return [(name if name in names else "", text) for name, text in errors]


def _names(shown: Iterable[forms.Shown]) -> Iterable[str]:
    for field in shown:
        if field.name:
            yield field.name
        yield from _names(field.children)
        for row in field.rows:
            yield from _names(row)
