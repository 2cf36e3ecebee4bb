"""Asking: the decisions and functions that an answer needs, evaluated in the order they need each other."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
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
    steps: list[Step] = []
    question = _Question(definitions, context, run, steps)
    if isinstance(element, Service):
        value, rules, is_table = question.service(element, context), (), False
    else:
        value = question.value(element)
        rules = steps[-1].rules if steps and steps[-1].decision == element.id else ()
        is_table = element.kind == "decisionTable"
    return Answer(
        value=_json(value, run, element.id),
        rules=rules,
        trace=tuple(steps),
        matched=bool(rules) or not is_table,
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


class _Without(Mapping):
    """The caller's values but for some names. They may be slow facts: each is read when asked for."""

    def __init__(self, given: Mapping[str, Any], hidden: set[str]):
        self.given = given
        self.hidden = hidden

    def __getitem__(self, name: str) -> Any:
        if name in self.hidden:
            raise KeyError(name)
        return self.given[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.given if name not in self.hidden)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _plain(value: Any) -> Any:
    """A given value as FEEL has it; a lazy view of facts stays lazy."""
    lazy = isinstance(value, Mapping) and not isinstance(value, dict)
    return value if lazy else feel.from_json(value)


def _json(value: Any, run: Run, element: str) -> Any:
    """The value as JSON; a function or an interval is no answer to the world outside."""
    try:
        return feel.to_json(value)
    except feel.FeelError as error:
        return run.fail(element, error.message)


class _Question:
    """One set of given values for one file, and what has been found out from them so far."""

    def __init__(
        self, definitions: Definitions, given: Mapping[str, Any], run: Run, steps: list[Step]
    ):
        self.definitions = definitions
        self.given = given
        self.run = run
        self.steps = steps
        self.found: dict[str, Any] = {}
        self.supplied: frozenset[str] = frozenset()
        """Decisions whose value was handed in, as the input decisions of a service are."""
        self.abroad: dict[str, _Question] = {}

    def value(self, element: Element) -> Any:
        """The value of an element, worked out at most once."""
        if element.id not in self.found:
            match element:
                case InputData():
                    value = self._input(element)
                case Decision():
                    value = self._decision(element)
                case Knowledge():
                    value = self._knowledge(element)
                case Service():
                    value = self._service_function(element)
            self.found[element.id] = value
        return self.found[element.id]

    def _type(self, name: str) -> Type:
        """A type by name; of a function type, what the function gives."""
        found = TypeBook(self.definitions.types).of(name)
        is_function = found.item is not None and found.item.is_function
        return found.item.result if is_function and found.item.result else found

    def _input(self, element: InputData | Decision) -> Any:
        value = _plain(self.given.get(element.variable.name, self.given.get(element.name)))
        type_ = TypeBook(self.definitions.types).of(element.variable.type)
        return type_.admit(value, self.run, element.id)

    def _decision(self, element: Decision) -> Any:
        if element.logic is None or element.id in self.supplied:
            return self._input(element)
        scope = self._scope(element)
        outer, self.run.fired = self.run.fired, []
        try:
            value = element.logic.evaluate(scope)
            rules = tuple(self.run.fired)
        finally:
            self.run.fired = outer
        type_ = TypeBook(self.definitions.types).of(element.variable.type)
        value = type_.coerce(value, self.run, element.id)
        told = None if is_function(value) else _json(value, self.run, element.id)
        self.steps.append(Step(element.id, rules, told))
        return value

    def _scope(self, element: Decision | Knowledge) -> Scope:
        """What the element's expressions see.

        Required elements under their names; and values that the caller gave under a name which is
        no element of the file, since tables drawn without input data refer to variables directly.
        """
        declared = {e.variable.name for e in self.definitions.elements.values()}
        free = _Without(self.given, declared)
        values: dict[str, Any] = {}
        for reference in element.requires:
            resolved = self.definitions.resolve(reference)
            if resolved is None:
                continue
            home, required = resolved
            prefix, question = self._at(home)
            found = {required.variable.name: question.value(required)}
            if prefix:
                inner = values.get(prefix, free.get(prefix))
                values[prefix] = {**(inner if isinstance(inner, Mapping) else {}), **found}
            else:
                values.update(found)
        return Scope(self.run, ChainMap(values, free))

    def _at(self, file: Definitions) -> tuple[str, _Question]:
        """The name under which a file is imported, and the question put to that file.

        Its inputs are given as a context under that name; without one it sees what we see.
        """
        if file is self.definitions:
            return "", self
        imports = self.definitions.imports
        prefix = next((i.name for i in imports if i.namespace == file.namespace), "")
        if file.namespace not in self.abroad:
            inner = self.given.get(prefix)
            given = inner if isinstance(inner, Mapping) else self.given
            self.abroad[file.namespace] = _Question(file, given, self.run, self.steps)
        return prefix, self.abroad[file.namespace]

    def _knowledge(self, element: Knowledge) -> Any:
        if element.logic is None:
            return None
        itself: dict[str, Any] = {}
        scope = Scope(self.run, ChainMap(itself, self._scope(element).values))
        made = element.logic.closing_over(scope, self._type(element.variable.type))
        # A function may call itself by its own name.
        itself[element.variable.name] = made
        return made

    def _service_function(self, element: Service) -> Any:
        references = (*element.input_data, *element.input_decisions)
        found = [self.definitions.resolve(reference) for reference in references]
        names = [each[1].variable.name for each in found if each]

        def apply(*arguments: Any) -> Any:
            return self.service(element, dict(zip(names, arguments, strict=True)))

        return function(names, apply)

    def service(self, element: Service, given: Mapping[str, Any]) -> Any:
        """The output decisions of a service, from nothing but what it is given."""
        inner = _Question(self.definitions, given, self.run, self.steps)
        supplied = map(self.definitions.resolve, element.input_decisions)
        inner.supplied = frozenset(found[1].id for found in supplied if found)
        values = {}
        for found in map(self.definitions.resolve, element.outputs):
            if found:
                values[found[1].variable.name] = inner._at(found[0])[1].value(found[1])
        value = next(iter(values.values())) if len(values) == 1 else values
        return self._type(element.variable.type).coerce(value, self.run, element.id)
