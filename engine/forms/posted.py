"""What a browser posts, as answers: texts become numbers, booleans and lists by the form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from engine.forms.form import Component, Form

_ROW = re.compile(r"\[(\d{1,4})\]\.")
_NUMBER = re.compile(r"-?\d{1,3}(?:\.\d{3})+(?:,\d+)?|-?\d+(?:[.,]\d+)?", re.ASCII)
_YES = frozenset(("on", "true", "ja", "1"))


def from_post(
    form: Form,
    getlist: Callable[[str], list[str]],
    names: Iterable[str],
    untouched_rows: bool = False,
) -> dict:
    """Answers from a posted page: `getlist(name)` gives the values of an input's name.

    Names are the keys; inside a group `gruppe.navn`, inside a list `liste[0].navn`. A text that
    is no number stays a text, so that the check can say so. Names that the form does not know
    are kept: the check refuses them.

    A list or a checklist that was emptied must say so: an empty value under its own name. Rows
    that nobody has touched are left out, unless the page is only to be drawn again.
    """
    names = [n for n in names]
    answers: dict[str, Any] = {}
    taken = _Post(getlist, names, untouched_rows).level(form.components, "", answers)
    for name in names:
        if name not in taken:
            answers[name] = (getlist(name) or [""])[-1]
    return answers


@dataclass(frozen=True)
class _Post:
    getlist: Callable[[str], list[str]]
    names: list[str]
    untouched_rows: bool

    def level(self, components, prefix: str, into: dict[str, Any]) -> set[str]:
        """Fill `into` with one object's answers; the names that were used."""
        taken: set[str] = set()
        for component in components:
            if component.type == "group":
                inner = into if not component.key else {}
                below = f"{prefix}{component.key}." if component.key else prefix
                taken |= self.level(component.children, below, inner)
                if component.key and inner:
                    into[component.key] = inner
            elif component.type == "dynamiclist":
                taken |= self._rows(component, prefix, into)
            elif component.is_input:
                name = f"{prefix}{component.key}"
                taken.add(name)
                values = self.getlist(name)
                if values or component.type == "checkbox":
                    into[component.key] = _value(component, values)
        return taken

    def _rows(self, component: Component, prefix: str, into: dict[str, Any]) -> set[str]:
        start = f"{prefix}{component.key}"
        found = {
            int(m[1])
            for name in self.names
            if name.startswith(start) and (m := _ROW.match(name, len(start)))
        }
        rows, taken = [], set()
        for number in sorted(found):
            row: dict[str, Any] = {}
            taken |= self.level(component.children, f"{start}[{number}].", row)
            # A row that was opened and left untouched is no row.
            if self.untouched_rows or any(v not in ("", None, [], False) for v in row.values()):
                rows.append(row)
        emptied = self.getlist(start) == [""]
        if emptied:
            taken.add(start)
        if rows or emptied:
            into[component.key] = rows
        return taken


def _value(component: Component, values: list[str]) -> Any:
    if component.type in ("checklist", "taglist"):
        return [_option(component, v) for v in values if v != ""]
    last = values[-1] if values else ""
    if component.type == "checkbox":
        return last.lower() in _YES
    if component.type == "number" and component.schema.get("serializeToString") is not True:
        return _number(last)
    if component.type in ("select", "radio"):
        return _option(component, last)
    if component.type == "textarea":
        return last.replace("\r\n", "\n")
    return last.strip() if component.type == "textfield" else last


def _option(component: Component, text: str) -> Any:
    """Options may be numbers or booleans; a page can only post their text."""
    if isinstance(component.options, tuple):
        for option in component.options:
            value = option.get("value") if isinstance(option, dict) else option
            if str(value) == text or (isinstance(value, bool) and str(value).lower() == text):
                return value
    return text


def _number(text: str) -> Any:
    text = text.strip().replace("\u00a0", "").replace(" ", "")
    if not _NUMBER.fullmatch(text):
        return text
    if "," in text or re.fullmatch(r"-?\d{1,3}(?:\.\d{3})+", text):
        text = text.replace(".", "").replace(",", ".")
    return float(text) if "." in text else int(text)
