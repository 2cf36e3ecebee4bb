"""A form-js schema, read once into components; what is wrong with it is listed, never raised."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine import feel
from engine.errors import Refused
from engine.forms import patterns, texts

INPUTS = frozenset(
    "textfield textarea number checkbox checklist radio select taglist datetime".split()
)
CHOICES = frozenset(("checklist", "radio", "select", "taglist"))
CONTAINERS = frozenset(("group", "dynamiclist"))
#: Never answered: a text is drawn; an expression is computed here, whatever the browser says.
SILENT = frozenset(("text", "expression"))
#: All that may stand in a form. The pages draw exactly these.
ALLOWED = INPUTS | CONTAINERS | SILENT
#: What else form-js has, and why it is refused.
_REFUSED = {
    "iframe": "viser en fremmed side inde i formularen",
    "html": "viser HTML, som ingen har set efter",
    "image": "henter et billede, måske fra en fremmed server",
    "documentPreview": "viser et dokument uden om adgangen til sagen",
    "filepicker": "modtager filer, som opgaven ikke kan gemme",
    "table": "viser data, som formularen ikke selv har",
    "button": "er en knap, og opgaven har allerede sine egne",
    "spacer": "er kun luft; brug en gruppe",
    "separator": "er kun en streg; brug en gruppe",
}
NEWEST_SCHEMA = 19
MAX_BYTES = 500_000
MAX_DEPTH = 8
_LIMITS = ("min", "max", "minLength", "maxLength")
_SUBTYPES = frozenset(("date", "time", "datetime"))
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_RESERVED = frozenset({"sag", "this", "parent", "i", "data"})


class FormUnreadable(Refused):
    """Formularen kan ikke læses. Gem den igen i formularværktøjet."""


@dataclass(frozen=True)
class Fault:
    """Something wrong with a schema; `element` is the component's key or id. Danish texts."""

    element: str
    rule: str
    message: str
    action: str
    severity: str = "error"


@dataclass(frozen=True)
class Component:
    """One component. `hide`, `readonly` and the limits are FEEL, parsed, or plain values.

    `key` is the name of its answer (the path of a group or list). `sag` answers go to the
    completing service only; whatever stands in a `sag` group is `sag` too.
    """

    type: str
    id: str
    key: str
    label: str
    schema: Mapping[str, Any] = field(hash=False, repr=False)
    sag: bool = False
    required: bool = False
    hide: feel.Expression | None = field(default=None, hash=False, repr=False)
    disabled: bool = False
    readonly: bool | feel.Expression = field(default=False, hash=False, repr=False)
    limits: Mapping[str, Any] = field(default_factory=dict, hash=False, repr=False)
    pattern: re.Pattern[str] | None = field(default=None, hash=False, repr=False)
    options: feel.Expression | str | tuple[Any, ...] = field(default=(), hash=False, repr=False)
    expression: feel.Expression | None = field(default=None, hash=False, repr=False)
    text: texts.Text | None = field(default=None, hash=False, repr=False)
    children: tuple[Component, ...] = ()

    @property
    def is_input(self) -> bool:
        return self.type in INPUTS


@dataclass(frozen=True)
class Form:
    """A form: its id, its components in order, and what is wrong with its schema."""

    id: str
    schema: Mapping[str, Any] = field(hash=False, repr=False)
    components: tuple[Component, ...]
    faults: tuple[Fault, ...] = ()

    def walk(self) -> Iterator[Component]:
        """Every component, containers before what stands in them."""
        waiting = list(reversed(self.components))
        while waiting:
            component = waiting.pop()
            yield component
            waiting += reversed(component.children)

    @property
    def properties(self) -> Mapping[str, str]:
        """What stands beside the schema: `titel`, `nummer`, who may use it."""
        return self.schema.get("properties") or {}

    @property
    def inputs(self) -> tuple[Component, ...]:
        return tuple(c for c in self.walk() if c.is_input)


def read(data: bytes) -> Form:
    """A form from the bytes of a `.form` file; its faults are on it.

    Raises `FormUnreadable` where there is nothing to read.
    """
    if len(data) > MAX_BYTES:
        raise FormUnreadable(f"Filen fylder mere end {MAX_BYTES} bytes.")
    try:
        schema = json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise FormUnreadable("Filen er ikke JSON.") from None
    return of(schema)


def of(schema: Any) -> Form:
    """A form from a schema that is already JSON; a form is itself. Raises `FormUnreadable`."""
    if isinstance(schema, Form):
        return schema
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        raise FormUnreadable("Den har ingen komponenter.")
    reader = _Reader()
    name = schema.get("id") if isinstance(schema.get("id"), str) else ""
    if not _KEY.fullmatch(name):
        reader.fault(
            name or "",
            "form-id",
            f'Formularens id "{name}" er ikke små bogstaver a-z, tal og _.',
            "Kald formularen det samme som filen.",
        )
    version = schema.get("schemaVersion")
    if isinstance(version, int) and version > NEWEST_SCHEMA:
        reader.fault(
            name or "",
            "schema-version",
            f"Formularen er skrevet med skemaversion {version}; {NEWEST_SCHEMA} er den nyeste, "
            "der kan læses.",
            "Gem den i Overliggers formularværktøj.",
        )
    components = reader.components(schema["components"], sag=False, depth=0, taken=set())
    return Form(name or "", schema, components, tuple(reader.faults))


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


class _Reader:
    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, element: str, rule: str, message: str, action: str, severity="error") -> None:
        self.faults.append(Fault(element, rule, message, action, severity))

    def components(self, found: Any, *, sag: bool, depth: int, taken: set[str]):
        if depth > MAX_DEPTH:
            self.fault("", "depth", "Grupperne ligger for dybt i hinanden.", "Fjern nogle af dem.")
            return ()
        if not isinstance(found, list):
            return ()
        read = (self._component(c, sag=sag, depth=depth, taken=taken) for c in found)
        return tuple(c for c in read if c is not None)

    def _component(self, found: Any, *, sag: bool, depth: int, taken: set[str]):
        if not isinstance(found, dict):
            self.fault("", "component", "En komponent er ikke et objekt.", "Slet den.")
            return None
        kind = found.get("type")
        name = str(found.get("key") or found.get("path") or found.get("id") or kind)
        if not isinstance(kind, str) or kind not in ALLOWED:
            why = _REFUSED.get(str(kind), "kendes ikke")
            self.fault(
                name,
                "component-type",
                f"Felttypen {kind} kan ikke bruges: den {why}.",
                f"Slet feltet, eller brug en af disse: {', '.join(sorted(ALLOWED))}.",
            )
            return None
        sag = sag or _is_sag(found)
        key = self._key(found, kind, name, taken)
        return Component(
            type=kind,
            id=str(found.get("id", "")),
            key=key,
            label=self._label(found, kind, name),
            schema=found,
            sag=sag,
            hide=self._hide(found, name),
            disabled=found.get("disabled") is True,
            readonly=self._readonly(found, name),
            expression=self._computed(found, kind, name),
            text=self._text(found, kind, name),
            children=self._children(found, kind, key, sag, depth, taken),
            **self._validation(found, kind, name),
            **({"options": self._options(found, name)} if kind in CHOICES else {}),
        )

    def _children(self, found, kind: str, key: str, sag: bool, depth: int, taken: set[str]):
        if kind not in CONTAINERS:
            return ()
        inner = taken if kind == "group" and not key else set()
        return self.components(found.get("components"), sag=sag, depth=depth + 1, taken=inner)

    def _key(self, found: dict, kind: str, name: str, taken: set[str]) -> str:
        key = found.get("path") if kind in CONTAINERS else found.get("key")
        if kind in SILENT - {"expression"} or (kind == "group" and not key):
            return ""
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            self.fault(
                name,
                "key",
                f'Nøglen "{key or ""}" er ikke små bogstaver a-z, tal og _.',
                "Giv feltet en nøgle som fx begrundelse.",
            )
            return key if isinstance(key, str) else name
        if key in _RESERVED:
            self.fault(name, "key", f"Nøglen {key} er optaget.", "Vælg en anden nøgle.")
        if key in taken:
            self.fault(
                name,
                "duplicate-key",
                f"Nøglen {key} bruges af to felter.",
                "Giv hvert felt sin egen nøgle.",
            )
        taken.add(key)
        return key

    def _label(self, found: dict, kind: str, name: str) -> str:
        label = found.get("label") or found.get("dateLabel") or found.get("timeLabel")
        for written in (label, found.get("description")):
            if isinstance(written, str) and (written.startswith("=") or "{{" in written):
                self.fault(
                    name,
                    "label",
                    f"Feltet {name} har FEEL i sin tekst eller forklaring.",
                    "Brug en tekst over feltet til det, der skal regnes ud.",
                )
        if kind in INPUTS and not (isinstance(label, str) and label.strip()):
            self.fault(
                name, "label", f"Feltet {name} har ingen tekst.", "Skriv en tekst.", "warning"
            )
        return label.strip() if isinstance(label, str) and label.strip() else name

    def _hide(self, found: dict, name: str):
        conditional = found.get("conditional")
        hide = conditional.get("hide") if isinstance(conditional, dict) else None
        if not hide:
            return None
        return self.feel(hide, name, "Betingelsen for at skjule feltet")

    def _readonly(self, found: dict, name: str):
        value = found.get("readonly", False)
        if isinstance(value, bool) or value is None:
            return bool(value)
        return self.feel(value, name, "Betingelsen for skrivebeskyttelse") or False

    def _computed(self, found: dict, kind: str, name: str):
        if kind != "expression":
            return None
        return self.feel(found.get("expression"), name, "Udtrykket")

    def _text(self, found: dict, kind: str, name: str) -> texts.Text | None:
        if kind != "text":
            return None
        try:
            return texts.read(str(found.get("text") or ""))
        except texts.BadText as bad:
            self.fault(name, "text", f"Teksten {name} {bad}.", "Ret teksten.")
        except feel.FeelError as error:
            self.fault(name, "feel", f"Teksten {name} har et udtryk: {error}", "Ret udtrykket.")
        return None

    def _validation(self, found: dict, kind: str, name: str) -> dict[str, Any]:
        validate = found.get("validate")
        if kind not in INPUTS or not isinstance(validate, dict):
            validate = {}
        if kind == "datetime" and found.get("subtype", "date") not in _SUBTYPES:
            self.fault(
                name,
                "subtype",
                f"Datofeltets type {found.get('subtype')} kendes ikke.",
                "Vælg dato, tidspunkt eller begge.",
            )
        limits = {
            n: self._limit(validate[n], n, name) for n in _LIMITS if validate.get(n) is not None
        }
        return {
            "required": validate.get("required") is True,
            "limits": {n: v for n, v in limits.items() if v is not None},
            "pattern": self._pattern(validate.get("pattern"), name),
        }

    def _limit(self, value: Any, limit: str, name: str):
        if isinstance(value, str) and value.strip().startswith("="):
            return self.feel(value, name, f"Grænsen {limit}")
        if isinstance(value, str):
            try:
                return float(value) if "." in value else int(value)
            except ValueError:
                # Dates stand as text.
                return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        self.fault(name, "limit", f"Grænsen {limit} er ikke et tal.", "Skriv et tal eller = FEEL.")
        return None

    def _pattern(self, pattern: Any, name: str):
        if not pattern:
            return None
        try:
            return patterns.compiled(str(pattern))
        except patterns.BadPattern as bad:
            self.fault(name, "pattern", f"Feltet {name}: {bad}.", "Skriv et enklere mønster.")
            return None

    def _options(self, found: dict, name: str):
        if found.get("valuesExpression"):
            return (
                self.feel(found["valuesExpression"], name, "Udtrykket for valgmulighederne") or ()
            )
        if found.get("valuesKey"):
            return str(found["valuesKey"])
        values = found.get("values")
        if not isinstance(values, list) or not values:
            self.fault(
                name,
                "options",
                f"Feltet {name} har ingen valgmuligheder.",
                "Skriv dem, eller hent dem med valuesExpression.",
            )
            return ()
        return self._static_options(values, name)

    def _static_options(self, values: list, name: str) -> tuple[Any, ...]:
        seen: list[Any] = []
        for option in values:
            value = option.get("value") if isinstance(option, dict) else None
            if value is None or value == "":
                self.fault(
                    name, "options", f"En valgmulighed i {name} er tom.", "Giv den en værdi."
                )
            elif any(value == other and type(value) is type(other) for other in seen):
                self.fault(
                    name, "options", f"Værdien {value} står to gange i {name}.", "Slet den ene."
                )
            seen.append(value)
        return tuple(values)

    def feel(self, text: Any, name: str, what: str):
        """Parse `= FEEL`; a fault and None where it is not."""
        if not isinstance(text, str) or not text.strip().startswith("="):
            self.fault(
                name, "feel", f"{what} ({text}) begynder ikke med =.", "Skriv det i FEEL: = …"
            )
            return None
        try:
            return feel.parse(text.strip()[1:].strip(), ())
        except feel.FeelError as error:
            self.fault(
                name, "feel", f"{what} ({text}) kan ikke læses som FEEL: {error}", "Ret udtrykket."
            )
            return None


def _is_sag(found: dict) -> bool:
    properties = found.get("properties")
    value = properties.get("sag") if isinstance(properties, dict) else None
    return value is True or str(value).lower() == "true"
