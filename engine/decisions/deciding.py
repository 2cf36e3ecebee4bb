"""Asking: the decisions and functions that an answer needs, evaluated in the order they need each other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engine import clock, feel
from engine.decisions.errors import TableError
from engine.decisions.functions import function, is_function
from engine.decisions.model import (
    Answer,
    Decision,
    Definitions,
    Element,
    InputData,
    Knowledge,
    Service,
    Step,
)
from engine.decisions.run import Run, Scope
from engine.decisions.types import Type, TypeBook


def decide(
    definitions: Definitions,
    asked: str,
    context: Mapping[str, Any],
    on: date | None = None,
    now: datetime | None = None,
    lenient: bool = False,
) -> Answer:
    """`Definitions.decide`, which says what it takes and raises."""
    element = _find(definitions, asked)
    moment = now or clock.now()
    run = Run(on=on or clock.local(moment).date(), now=lambda: moment, lenient=lenient)
    question = _Question(definitions, {k: feel.from_json(v) for k, v in context.items()}, run)
    if isinstance(element, Service):
        value = question.service(definitions, element, question.given)
        rules: tuple[str, ...] = ()
        matched = True
    else:
        value = question.value(definitions, element)
        step = question.steps.get((definitions.namespace, element.id))
        rules = step.rules if step else ()
        matched = element.kind != "decisionTable" or bool(rules)
    return Answer(
        value=_json(value, run, element.id),
        rules=rules,
        trace=tuple(question.steps.values()),
        matched=matched,
        feel=value,
        problems=tuple(run.problems),
    )


def _find(definitions: Definitions, asked: str) -> Decision | Service:
    offered = [*definitions.decisions.values(), *definitions.services.values()]
    for element in offered:
        if element.id == asked:
            return element
    for element in offered:
        if element.name == asked:
            return element
    raise TableError(asked, "Der er ingen beslutning med det navn.")


def _json(value: Any, run: Run, element: str) -> Any:
    """The value as JSON; a function or an interval is no answer to the world outside."""
    try:
        return feel.to_json(value)
    except feel.FeelError as error:
        return run.fail(element, error.message)


class _Question:
    """One set of given values, and what has been found out from them so far."""

    def __init__(self, definitions: Definitions, given: Mapping[str, Any], run: Run):
        self.definitions = definitions
        self.given = given
        self.run = run
        self.found: dict[tuple[str, str], Any] = {}
        self.steps: dict[tuple[str, str], Step] = {}
        self.supplied: frozenset[tuple[str, str]] = frozenset()
        """Decisions whose value was handed in, as the input decisions of a service are."""

    def value(self, file: Definitions, element: Element) -> Any:
        """The value of an element, worked out at most once."""
        key = (file.namespace, element.id)
        if key not in self.found:
            match element:
                case InputData():
                    self.found[key] = self._input(file, element)
                case Decision():
                    self.found[key] = self._decision(file, element)
                case Knowledge():
                    self.found[key] = self._knowledge(file, element)
                case Service():
                    self.found[key] = self._service_function(file, element)
        return self.found[key]

    def _type(self, file: Definitions, name: str) -> Type:
        return TypeBook(dict(file.types)).of(name)

    def _input(self, file: Definitions, element: InputData | Decision) -> Any:
        name = element.variable.name
        value = self.given.get(name, self.given.get(element.name))
        if value is None and file is not self.definitions:
            # An imported input is addressed through the name of the import: `imported.input`.
            for entry in self.definitions.imports:
                inner = self.given.get(entry.name)
                if entry.namespace == file.namespace and isinstance(inner, Mapping):
                    value = inner.get(name)
        return self._type(file, element.variable.type).admit(value, self.run, element.id)

    def _decision(self, file: Definitions, element: Decision) -> Any:
        if element.logic is None or (file.namespace, element.id) in self.supplied:
            return self._input(file, element)
        scope = self._scope(file, element)
        outer, self.run.fired = self.run.fired, []
        try:
            value = element.logic.evaluate(scope)
            rules = tuple(self.run.fired)
        finally:
            self.run.fired = outer
        value = self._type(file, element.variable.type).coerce(value, self.run, element.id)
        told = None if is_function(value) else _json(value, self.run, element.id)
        self.steps[(file.namespace, element.id)] = Step(element.id, rules, told)
        return value

    def _scope(self, file: Definitions, element: Decision | Knowledge) -> Scope:
        """What the element's expressions see.

        Required elements under their names; and values that the caller gave under a name which is
        no element of the file, since tables drawn without input data refer to variables directly.
        """
        declared = {getattr(e, "variable", e).name for e in file.elements.values()}
        values = {k: v for k, v in self.given.items() if k not in declared}
        for reference in element.requires:
            resolved = file.resolve(reference)
            if resolved is None:
                continue
            home, required = resolved
            prefix = "" if home is file else _prefix(file, home)
            value = self.value(home, required)
            if prefix:
                inner = values.get(prefix)
                inner = dict(inner) if isinstance(inner, Mapping) else {}
                values[prefix] = {**inner, required.variable.name: value}
            else:
                values[required.variable.name] = value
        return Scope(self.run, values)

    def _knowledge(self, file: Definitions, element: Knowledge) -> Any:
        if element.logic is None:
            return None
        values: dict[str, Any] = {}
        scope = self._scope(file, element)
        scope = Scope(self.run, values := {**scope.values})
        result = self._type(file, element.variable.type)
        result = result if not (result.item and result.item.is_function) else result.item.result
        made = element.logic.closing_over(scope, result)
        # A function may call itself by its own name.
        values[element.variable.name] = made
        return made

    def _service_function(self, file: Definitions, element: Service) -> Any:
        parameters = [file.resolve(r) for r in (*element.input_data, *element.input_decisions)]
        names = [found[1].variable.name for found in parameters if found]

        def apply(*arguments: Any) -> Any:
            return self.service(file, element, dict(zip(names, arguments, strict=True)))

        return function(names, apply)

    def service(self, file: Definitions, element: Service, given: Mapping[str, Any]) -> Any:
        """The output decisions of a service, from nothing but what it is given."""
        inner = _Question(file, given, self.run)
        inner.supplied = frozenset(
            (found[0].namespace, found[1].id)
            for found in map(file.resolve, element.input_decisions)
            if found
        )
        outputs = [found for found in map(file.resolve, element.outputs) if found]
        values = {e.variable.name: inner.value(home, e) for home, e in outputs}
        self.steps.update(inner.steps)
        value = next(iter(values.values())) if len(values) == 1 else values
        type_ = self._type(file, element.variable.type)
        if type_.item and type_.item.is_function and type_.item.result:
            type_ = type_.item.result
        return type_.coerce(value, self.run, element.id)


def _prefix(file: Definitions, home: Definitions) -> str:
    return next((i.name for i in file.imports if i.namespace == home.namespace), "")
