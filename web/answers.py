"""What was answered in a form, as one reads it, and where two answers differ."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from flask import Flask

from engine.forms import Shown
from web.texts import gettext as _


def init_app(app: Flask) -> None:
    app.jinja_env.filters["svar"] = said


def differences(mine: Iterable[Shown], theirs: Iterable[Shown]) -> list[tuple[str, str, str]]:
    """(label, mine, theirs) of each field where two ways of filling in a form differ."""
    ours, others = _flat(mine), _flat(theirs)
    labels = {**{k: v[0] for k, v in others.items()}, **{k: v[0] for k, v in ours.items()}}
    empty = ("", "")
    return [
        (label, ours.get(name, empty)[1], others.get(name, empty)[1])
        for name, label in labels.items()
        if ours.get(name, empty)[1] != others.get(name, empty)[1]
    ]


def _flat(shown: Iterable[Shown], before: str = "") -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for field in shown:
        if field.type in ("group", "text"):
            found |= _flat(field.children, before)
        elif field.type == "dynamiclist":
            for number, row in enumerate(field.rows, 1):
                found |= _flat(row, f"{field.label} {number}: ")
        else:
            found[field.name] = (before + field.label, said(field))
    return found


def said(field: Shown) -> str:
    """A field's value as one reads it."""
    value = field.value
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    if field.options:
        labels = {option.value: option.label for option in field.options}
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(str(labels.get(v, v)) for v in chosen)
    if field.type == "datetime":
        return _moment(str(value), field.subtype)
    if isinstance(value, int | float):
        return f"{value} {field.unit}".replace(".", ",").strip()
    return str(value)


def _moment(text: str, subtype: str) -> str:
    try:
        if subtype == "date":
            return f"{date.fromisoformat(text[:10]):%d.%m.%Y}"
        if subtype == "datetime":
            return f"{datetime.fromisoformat(text):%d.%m.%Y kl. %H.%M}"
    except ValueError:
        pass
    return text.replace(":", ".")
