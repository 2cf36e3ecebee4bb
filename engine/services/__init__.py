"""Functions that a diagram may call. Adding one is one decorated function in a module here.

    @service("registrer_samtykke")
    def register_consent(context: Context, tilbud_svar: str, **_: object) -> dict | None:
        \"\"\"Registrer borgerens svar på tilbuddet.\"\"\"

Parameters are filled by name; a returned dict becomes variables. `Refused` refuses the step and
`BpmnError(code, message)` is caught by the diagram. A municipality's own package adds services
through the entry-point group `overligger.services`, naming modules to import.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property
from importlib.metadata import entry_points
from typing import Any, Protocol

from sqlalchemy.orm import Session

from engine.errors import Broken


class BpmnError(Exception):
    """A business error that the diagram catches by its code."""

    def __init__(self, code: str, message: str = ""):
        self.code, self.message = code, message
        super().__init__(f"{code}: {message}" if message else code)


class Verbs(Protocol):
    """What a service may set in motion; carried out by the step that it runs in."""

    def decide(self, context: Context, decision_id: str, inputs: Mapping[str, Any]) -> Any: ...
    def tell(self, context: Context, message: str, data: Mapping[str, Any]) -> None: ...
    def start(
        self, context: Context, process: str, variables: Mapping[str, Any], case_free: bool
    ) -> bool: ...
    def record(self, context: Context, kind: str, facts: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True)
class Context:
    """Where and for whom a service is called."""

    session: Session
    case: Any  # a domain.cases.Case, or None
    actor: str
    on_behalf_of: str | None
    now: datetime
    today: date
    process: str
    element: str
    item: Any = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    #: The job that runs this service, if one does: the idempotency key of outside effects.
    job_id: int | None = None
    verbs: Verbs | None = field(default=None, repr=False)

    def decide(self, decision_id: str, inputs: Mapping[str, Any]) -> Any:
        """Ask the decision table that is in force."""
        return self.verbs.decide(self, decision_id, inputs)

    def tell(self, message: str, data: Mapping[str, Any] | None = None) -> None:
        """Send a message to this case, delivered in the same transaction after the step."""
        self.verbs.tell(self, message, data or {})

    def start(
        self, process: str, variables: Mapping[str, Any] | None = None, *, case_free: bool = False
    ) -> bool:
        """Start a further process on the same case, in the same transaction after the step.

        Case-free: on a case of its own of type `andet`, for work that is no citizen's. False where
        somebody is asked already: for a date no rule gives, once a rule and case; for the rule once.
        """
        return self.verbs.start(self, process, variables or {}, case_free)

    def record(self, kind: str, **facts: Any) -> None:
        """Add an event to the case's trail. Never personal: the trail is kept for ever."""
        self.verbs.record(self, kind, facts)

    def setting(self, name: str, default: Any = None) -> Any:
        """A local setting of the municipality."""
        from engine.domain import organisation

        return organisation.setting(self.session, name, default)


@dataclass(frozen=True)
class Service:
    """A registered function; name, parameters and Danish docstring feed modeler and docs."""

    name: str
    function: Callable[..., Mapping[str, Any] | None]

    @property
    def description(self) -> str:
        return inspect.getdoc(self.function) or ""

    @cached_property
    def parameters(self) -> list[inspect.Parameter]:
        """What the service wants by name, without the context."""
        return list(inspect.signature(self.function).parameters.values())[1:]

    def call(self, context: Context, values: Mapping[str, Any]) -> dict:
        """Call with the values it names. Raises Broken when one without default is missing."""
        wanted, takes_all = {}, False
        for parameter in self.parameters:
            if parameter.kind is parameter.VAR_KEYWORD:
                takes_all = True
            elif parameter.name in values:
                wanted[parameter.name] = values[parameter.name]
            elif parameter.default is parameter.empty:
                raise Broken(f"service {self.name} misses {parameter.name} at {context.element}")
        if takes_all:
            wanted = {name: v for name, v in values.items() if name != "context"} | wanted
        return dict(self.function(context, **wanted) or {})


class UnknownService(Broken):
    """A diagram calls a service that is not registered here."""


_services: dict[str, Service] = {}


def service(name: str) -> Callable:
    """Register the decorated function under the name that diagrams call it by."""

    def register(function: Callable) -> Callable:
        known = _services.get(name)
        if known and known.function.__module__ != function.__module__:
            raise ValueError(f"two services are called {name}")
        _services[name] = Service(name, function)
        return function

    return register


def find(name: str) -> Service:
    """The service of that name. Raises UnknownService."""
    load()
    if name not in _services:
        raise UnknownService(name)
    return _services[name]


def registered() -> dict[str, Service]:
    """Every service, by name."""
    load()
    return dict(sorted(_services.items()))


@cache
def load() -> None:
    """Import every module that registers services: ours, then those of entry points."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    for point in entry_points(group="overligger.services"):
        point.load()
