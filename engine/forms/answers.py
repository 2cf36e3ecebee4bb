"""Whether answers hold against their form. Only the form's own keys are accepted, and strictly.

Small code of our own rather than JSON Schema: hidden fields, FEEL limits and options from
variables must be worked out per answer, and the texts are Danish.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine import clock, feel
from engine.errors import Refused
from engine.forms import values
from engine.forms.form import CHOICES, Component, Form, of

MAX_ROWS = 200


class FormErrors(Refused):
    """Formularen er ikke udfyldt rigtigt, og intet er gemt. Ret felterne, og send den igen."""

    def __init__(self, errors: list[tuple[str, str]]):
        self.errors = errors
        super().__init__(" ".join(text for _, text in errors))


@dataclass(frozen=True)
class Option:
    value: Any
    label: str


@dataclass
class Checked:
    """What a check found.

    `answers`: every accepted answer, for the completing service. `variables`: those that become
    process variables: without `sag` fields, and with null for a visible field left empty.
    `silent`: keys of the form about which nothing was said at all, not even that they are empty.
    `errors`: (key, Danish text); a key inside a list is written `liste[0].navn`. Nothing may be
    saved while there are errors.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    errors: list[tuple[str, str]] = field(default_factory=list)

    def or_refuse(self) -> Checked:
        """Itself, or `FormErrors`."""
        if self.errors:
            raise FormErrors(self.errors)
        return self


def check(
    form: Form | Mapping[str, Any],
    answers: Mapping[str, Any] | None,
    context: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Checked:
    """Hold answers (JSON; dates as ISO texts) against a form or a schema.

    `context` is what FEEL sees besides the answers: the variables and `sag`.
    """
    form = form if isinstance(form, Form) else of(form)
    checked = Checked()
    if answers is None:
        answers = {}
    if not isinstance(answers, Mapping):
        checked.errors.append(("", "Svaret er ikke en formular."))
        return checked
    pass_ = Pass(now or clock.now(), checked.errors)
    scope = Scope(form.components, plain(answers), dict(context or {}))
    checked.answers, checked.variables = pass_.level(form.components, scope, answers, "")
    checked.silent = frozenset(c.key for c in opened(form.components)) - answers.keys()
    return checked


def hidden(
    component: Component, answers: Mapping[str, Any], context: Mapping[str, Any], now=None
) -> bool:
    """Whether a component (not what it stands in) is hidden with these answers."""
    return component.hide is not None and (
        evaluate(component.hide, {**context, **answers}, now or clock.now()) is True
    )


def options(
    component: Component, answers: Mapping[str, Any], context: Mapping[str, Any], now=None
) -> list[Option]:
    """The options that a choice offers now, from the schema, a variable or FEEL."""
    found: Any = component.options
    scope = {**context, **answers}
    if isinstance(found, str):
        found = scope.get(found)
    elif not isinstance(found, tuple):
        found = evaluate(found, scope, now or clock.now())
    return [_option(o) for o in found] if isinstance(found, list | tuple) else []


def _option(found: Any) -> Option:
    if isinstance(found, dict):
        value = found.get("value")
        return Option(value, str(found.get("label") or value))
    return Option(found, str(found))


class Scope:
    """The answers of one level, and what FEEL sees there."""

    def __init__(self, components, given: dict[str, Any], outer: dict[str, Any]):
        self.given = given
        # The form's own keys hide variables of the same name from an earlier round; but what
        # the user cannot change keeps showing the variable.
        own = {c.key: False if c.type == "checkbox" else None for c in opened(components)}
        self.context = {**outer, **own, **{k: v for k, v in given.items() if k in own}}

    def forget(self, key: str) -> None:
        self.context[key] = None

    def put(self, key: str, value: Any) -> None:
        self.context[key] = value


def opened(components: tuple[Component, ...]):
    """The components of one object that may be answered; a group without a path is no object."""
    for component in components:
        if component.type == "group" and not component.key:
            yield from opened(component.children)
        elif component.key and not component.disabled and component.readonly is False:
            yield component


@dataclass
class Pass:
    """One walk through a form; `errors` fills as it goes."""

    now: datetime
    errors: list[tuple[str, str]]

    def level(self, components, scope: Scope, given: Mapping[str, Any], prefix: str):
        """The accepted answers and the variables of one object: the form, a group, a row."""
        accepted: dict[str, Any] = {}
        variables: dict[str, Any] = {}
        known = self._components(components, scope, accepted, variables, prefix, False)
        for key in given:
            if key not in known:
                self.errors.append((f"{prefix}{key}", f"Feltet »{key}« findes ikke i formularen."))
        return accepted, variables

    def _components(self, components, scope, accepted, variables, prefix, concealed) -> set[str]:
        """Fill `accepted` and `variables` in the order of the form; the keys it knows."""
        known: set[str] = set()
        for component in components:
            conceal = concealed or self.hides(component, scope)
            if component.type == "group" and not component.key:
                known |= self._components(
                    component.children, scope, accepted, variables, prefix, conceal
                )
                continue
            if not component.key:
                continue
            known.add(component.key)
            if conceal:
                scope.forget(component.key)
                continue
            self.one(component, scope, accepted, variables, prefix)
        return known

    def hides(self, component: Component, scope: Scope) -> bool:
        return (
            component.hide is not None and evaluate(component.hide, scope.context, self.now) is True
        )

    def one(self, component: Component, scope, accepted, variables, prefix) -> None:
        key = component.key
        if component.type == "expression":
            value = evaluate(component.expression, scope.context, self.now)
            scope.put(key, value)
            accepted[key] = value
            if not component.sag:
                variables[key] = value
            return
        if component.disabled or self.is_readonly(component, scope):
            return
        if component.type == "group":
            inner = self._group(component, scope, prefix)
        elif component.type == "dynamiclist":
            inner = self._list(component, scope, prefix)
        else:
            inner = self._field(component, scope, prefix)
        answer, variable = inner
        if answer is not None:
            accepted[key] = answer
        scope.put(key, answer)
        if not component.sag:
            variables[key] = variable

    def is_readonly(self, component: Component, scope: Scope) -> bool:
        if isinstance(component.readonly, bool):
            return component.readonly
        return evaluate(component.readonly, scope.context, self.now) is True

    def _group(self, component: Component, scope: Scope, prefix: str):
        given = scope.given.get(component.key) or {}
        if not isinstance(given, dict):
            self._wrong(component, prefix, "er ikke en gruppe af svar.")
            return None, None
        inner = Scope(component.children, given, scope.context)
        return self.level(component.children, inner, given, f"{prefix}{component.key}.")

    def _list(self, component: Component, scope: Scope, prefix: str):
        rows = scope.given.get(component.key) or []
        if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
            self._wrong(component, prefix, "er ikke en liste af rækker.")
            return None, None
        if len(rows) > MAX_ROWS:
            self._wrong(component, prefix, f"har flere end {MAX_ROWS} rækker.")
            return None, None
        answers, variables = [], []
        for number, row in enumerate(rows):
            outer = {**scope.context, "this": row, "parent": scope.context, "i": [number + 1]}
            inner = Scope(component.children, row, outer)
            where = f"{prefix}{component.key}[{number}]."
            answer, variable = self.level(component.children, inner, row, where)
            answers.append(answer)
            variables.append(variable)
        return answers, variables

    def _field(self, component: Component, scope: Scope, prefix: str):
        value = scope.given.get(component.key)
        if value is None and component.type == "checkbox":
            value = False
        unticked = component.type == "checkbox" and value is False
        if value is None or unticked:
            if component.required:
                self._wrong(component, prefix, "skal udfyldes.")
            return value, value
        limits = {n: self.limit(limit, scope) for n, limit in component.limits.items()}
        allowed = None
        if component.type in CHOICES:
            offered = options(component, scope.context, {}, self.now)
            allowed = [o.value for o in offered]
        try:
            value = values.accepted(component, value, limits, allowed, self.now)
        except values.Wrong as wrong:
            self._wrong(component, prefix, str(wrong))
            return None, None
        return value, value

    def limit(self, limit: Any, scope: Scope) -> Any:
        if isinstance(limit, int | float | str):
            return limit
        return evaluate(limit, scope.context, self.now)

    def _wrong(self, component: Component, prefix: str, text: str) -> None:
        label = component.label.rstrip(":* ")
        self.errors.append((f"{prefix}{component.key}", f"»{label}« {text}"))


def evaluate(expression, context: Mapping[str, Any], now: datetime) -> Any:
    """An expression's value as JSON; null where there is none, or it costs too much."""
    if expression is None:
        return None
    try:
        return feel.to_json(expression.evaluate(context, now=lambda: now))
    except feel.FeelError:
        return None


def plain(given: Mapping[str, Any]) -> dict[str, Any]:
    """Without what a browser sends for an untouched field: null, empty text, empty list."""
    return {k: _cleaned(v) for k, v in given.items() if not _empty(v)}


def _cleaned(value: Any) -> Any:
    if isinstance(value, Mapping):
        return plain(value)
    if isinstance(value, list):
        return [_cleaned(v) for v in value]
    return value


def _empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())
