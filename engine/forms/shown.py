"""What a page shows of a form: the fields that are visible with these answers, in order.

The same conditions, options and limits as `check` uses, worked out the same way: what is shown
here is what is accepted there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine import clock
from engine.forms.answers import (
    MAX_ROWS,
    Option,
    Pass,
    Scope,
    evaluate,
    opened,
    options,
    plain,
)
from engine.forms.form import CHOICES, Component, Form, of
from engine.forms.texts import Span


@dataclass(frozen=True)
class Shown:
    """One field as it stands on the page; a group has `children`, a list has `rows`.

    `name` is the input's name, the key of its errors and what `from_post` reads: `navn`,
    `kontakt.navn`, `maal[0].navn`. It is empty for texts and for groups without a path.
    `value` is JSON: a text, a number, a boolean, a list of option values, an ISO date.
    `prefilled`: the value comes from an earlier step, not from whoever answers now.
    `subtype`: `date`, `time` or `datetime`; `minutes`: the steps of its time, 0 for any.
    `decimals`: of a number, None for any; `unit` stands after it (`kr.`).
    `blank`: one more, empty row of a list, named as the next; `may_add`: whether rows come and go.
    `text`: paragraphs of spans, each `text` and whether it is `strong`.
    `limits`: `min`, `max`, `minLength`, `maxLength` worked out, those that are set.
    """

    type: str
    name: str
    key: str
    label: str
    description: str = ""
    required: bool = False
    readonly: bool = False
    value: Any = None
    prefilled: bool = False
    options: tuple[Option, ...] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    subtype: str = ""
    minutes: int = 0
    decimals: int | None = None
    unit: str = ""
    outline: bool = False
    text: tuple[tuple[Span, ...], ...] = ()
    children: tuple[Shown, ...] = ()
    rows: tuple[tuple[Shown, ...], ...] = ()
    blank: tuple[Shown, ...] = ()
    may_add: bool = False

    @property
    def error(self) -> str:
        """What is wrong with it, in Danish; empty when nothing is."""
        return " ".join(self.errors)


def fields(
    form: Form | Mapping[str, Any],
    answers: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    errors: Iterable[tuple[str, str]] = (),
    now: datetime | None = None,
) -> tuple[Shown, ...]:
    """The fields to show, in order.

    `answers` are what has been answered so far (None: nothing yet), `context` the variables and
    `sag`, `errors` those of a `Checked` or a `FormErrors`.

    A field that the answers do not name shows the variable of its key, else its `defaultValue`.
    What somebody decides (radio, checkbox) and what only a service is told (`sag`) starts empty:
    an older answer never speaks for a new one.
    """
    form = form if isinstance(form, Form) else of(form)
    wrong: dict[str, list[str]] = {}
    for name, text in errors:
        wrong.setdefault(name, []).append(text)
    page = _Page(Pass(now or clock.now(), []), wrong)
    known = dict(context or {})
    return page.draw(form.components, _object(answers), known, known, "")


def _object(found: Any) -> dict[str, Any]:
    return dict(found) if isinstance(found, Mapping) else {}


@dataclass(frozen=True)
class _Level:
    """One object of the form (itself, a group with a path, a row) and what is known about it."""

    given: Mapping[str, Any]
    known: Mapping[str, Any]
    prefilled: frozenset[str]
    scope: Scope
    prefix: str


@dataclass
class _Page:
    walk: Pass
    wrong: Mapping[str, list[str]]

    def draw(self, components, answers, known, outer, prefix: str) -> tuple[Shown, ...]:
        """The visible fields of one object. `known`: its variables; `outer`: what FEEL sees."""
        given = dict(answers)
        for component in opened(components):
            if component.key not in given:
                start = _carried(component, known.get(component.key))
                if start is None:
                    start = component.schema.get("defaultValue")
                if start is not None:
                    given[component.key] = start
        prefilled = frozenset(k for k in given.keys() - answers.keys() if known.get(k) is not None)
        scope = Scope(components, plain(given), outer)
        return self._each(components, _Level(given, known, prefilled, scope, prefix))

    def _each(self, components, level: _Level) -> tuple[Shown, ...]:
        shown: list[Shown] = []
        for component in components:
            if self.walk.hides(component, level.scope):
                _forget(component, level.scope)
            elif component.type == "text":
                shown.append(self._frame(component, level, text=self._text(component, level)))
            elif component.type == "group" and not component.key:
                inside = self._each(component.children, level)
                shown.append(self._frame(component, level, children=inside))
            elif component.key:
                if component.type != "expression":
                    shown.append(self._field(component, level))
                # The next conditions see what the check will make of the answer.
                self.walk.one(component, level.scope, {}, {}, level.prefix)
        return tuple(shown)

    def _text(self, component: Component, level: _Level):
        seen, now = level.scope.context, self.walk.now
        return component.text.filled(lambda e: evaluate(e, seen, now)) if component.text else ()

    def _field(self, component: Component, level: _Level) -> Shown:
        if component.type == "group":
            return self._group(component, level)
        if component.type == "dynamiclist":
            return self._list(component, level)
        return self._input(component, level)

    def _group(self, component: Component, level: _Level) -> Shown:
        key = component.key
        answers = {} if key in level.prefilled else _object(level.given.get(key))
        children = self.draw(
            component.children,
            answers,
            _object(level.known.get(key)),
            level.scope.context,
            f"{level.prefix}{key}.",
        )
        return self._frame(component, level, children=children)

    def _list(self, component: Component, level: _Level) -> Shown:
        found = level.given.get(component.key)
        if not isinstance(found, list):
            found = [{}] * _whole(component.schema.get("defaultRepetitions"))
        rows = [self._row(component, level, n, row) for n, row in enumerate(found[:MAX_ROWS])]
        return self._frame(
            component,
            level,
            rows=tuple(rows),
            blank=self._row(component, level, len(rows), {}),
            may_add=component.schema.get("allowAddRemove") is not False,
        )

    def _row(self, component: Component, level: _Level, number: int, row: Any):
        row, context = _object(row), level.scope.context
        outer = {**context, "this": row, "parent": context, "i": [number + 1]}
        prefix = f"{level.prefix}{component.key}[{number}]."
        return self.draw(component.children, row, {}, outer, prefix)

    def _input(self, component: Component, level: _Level) -> Shown:
        schema, scope = component.schema, level.scope
        fixed = component.disabled or self.walk.is_readonly(component, scope)
        # What the user cannot change shows the variable, whatever was sent.
        value = (level.known if fixed else level.given).get(component.key)
        offered: tuple[Option, ...] = ()
        if component.type in CHOICES:
            offered = tuple(options(component, scope.context, {}, self.walk.now))
            if component.key in level.prefilled:
                value = _still_offered(value, offered)
        if component.type == "checkbox":
            value = value is True
        limits = {n: self.walk.limit(v, scope) for n, v in component.limits.items()}
        decimals = schema.get("decimalDigits")
        return self._frame(
            component,
            level,
            required=component.required and not fixed,
            readonly=fixed,
            value=value,
            options=offered,
            limits={n: v for n, v in limits.items() if v is not None},
            subtype=schema.get("subtype", "date") if component.type == "datetime" else "",
            minutes=_whole(schema.get("timeInterval")),
            decimals=decimals if isinstance(decimals, int) else None,
            unit=_unit(schema),
        )

    def _frame(self, component: Component, level: _Level, **more: Any) -> Shown:
        name = f"{level.prefix}{component.key}" if component.key else ""
        description = component.schema.get("description")
        return Shown(
            type=component.type,
            name=name,
            key=component.key,
            label=component.label if component.schema.get("label") or component.key else "",
            description=description if isinstance(description, str) else "",
            prefilled=component.key in level.prefilled,
            errors=tuple(self.wrong.get(name, ())) if name else (),
            outline=component.schema.get("showOutline") is True,
            **more,
        )


def _carried(component: Component, older: Any) -> Any:
    """What an earlier step's variable brings into a field; None where it brings nothing."""
    if older is None or component.sag or component.type in ("radio", "checkbox"):
        return None
    if component.type == "group":
        return _carried_row(component, older) if isinstance(older, Mapping) else None
    if component.type == "dynamiclist":
        rows = isinstance(older, list) and all(isinstance(row, Mapping) for row in older)
        return [_carried_row(component, row) for row in older] if rows else None
    if component.type in ("checklist", "taglist"):
        return older if isinstance(older, list) else None
    if component.type == "number":
        return older if isinstance(older, int | float) and not isinstance(older, bool) else None
    return older if isinstance(older, str | int | float) else None


def _carried_row(component: Component, older: Mapping[str, Any]) -> dict[str, Any]:
    row = {c.key: _carried(c, older.get(c.key)) for c in opened(component.children)}
    return {key: value for key, value in row.items() if value is not None}


def _still_offered(value: Any, offered: tuple[Option, ...]) -> Any:
    values = [option.value for option in offered]
    if isinstance(value, list):
        return [v for v in value if v in values]
    return value if value in values else None


def _forget(component: Component, scope: Scope) -> None:
    if component.type == "group" and not component.key:
        for child in component.children:
            _forget(child, scope)
    elif component.key:
        scope.forget(component.key)


def _whole(number: Any) -> int:
    whole = number if isinstance(number, int) else 0
    return max(0, min(whole, MAX_ROWS))


def _unit(schema: Mapping[str, Any]) -> str:
    appearance = schema.get("appearance")
    unit = appearance.get("suffixAdorner") if isinstance(appearance, Mapping) else None
    return unit if isinstance(unit, str) else ""
