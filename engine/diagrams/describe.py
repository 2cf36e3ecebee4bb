"""The page that lists every process: tasks and queues, forms, messages, timers, services, tables.

It is written from the files, so that whoever writes a scenario, a form or a service finds the ids
in one place; a test says when the committed page is out of date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine import files, forms, services
from engine.bpmn.elements import Element, IoMapping, SequenceFlow
from engine.files import Bundle, Process

_HEAD = """# Processes

Written by `overligger docs` from the diagrams, tables and forms; do not edit it by hand.
Texts that begin with `=` are FEEL. How to read it, for instance to write a scenario:

- A citizen's case opens with `helhedsforloeb`, answering the form of its start event. A process
  that is called runs inside its caller; its tasks have their own ids all the same.
- `queue` is a unit's code, `<CODE>-leder`, or a role of the case: `koordinator`, `stedfortraeder`,
  `ejer` (the unit that has the case), `ejer-leder`, `henviser`, `udvalg…`, `jurist`.
- `due` and timers that read `sag.frister` follow the row of that name in the table `frister`.
- A field is answered by its key, a list by a list of mappings with the keys behind `[]`. Dates
  are `2026-12-01`, datetimes `2026-12-01T09:00`. `sag` marks what reaches the case only and
  never becomes a process variable. A hidden field must be left out.
- Options from `sag.valg_…enheder` are codes of units, `valg_koordinatorer`,
  `valg_stedfortraedere` and `valg_udvalg` user names, `valg_opfoelgningsfrister` names of rules,
  `valg_budgetlinjer` and `valg_daekning` budget lines (the latter also units), `valg_afgoerelser`
  the rulings that were told.
- A message is told to its case with the data that its event keeps, by name.
"""
_LIMITS = {"min": "≥ {}", "max": "≤ {}", "minLength": "≥ {} chars", "maxLength": "≤ {} chars"}


def describe(given: Mapping[str, bytes]) -> str:
    """The page as Markdown, for files by name or path."""
    bundle = files.read(given, linted=False)
    parts = [_HEAD, _contents(bundle)]
    parts += (_process(bundle.processes[name], bundle) for name in sorted(bundle.processes))
    parts.append("# Forms\n")
    parts += (_form(bundle.forms[name][1], bundle) for name in sorted(bundle.forms))
    parts.append("# Decision tables\n")
    parts.append(_tables(bundle))
    return "\n".join(part for part in parts if part).rstrip() + "\n"


def _contents(bundle: Bundle) -> str:
    rows = (
        (f"[{p.id}](#{p.id})", p.process.name, _first_line(p.process.documentation))
        for _, p in sorted(bundle.processes.items())
    )
    return _table(("process", "name", "about"), rows)


def _process(process: Process, bundle: Bundle) -> str:
    elements = list(process.process.elements.values())
    parts = [f"## {process.id}", "", f"**{process.process.name}**"]
    if process.process.documentation:
        parts += ["", " ".join(process.process.documentation.split())]
    parts += ["", *_lines(process, bundle, elements), ""]
    parts.append(
        _table(
            ("task", "name", "queue", "form", "due", "on completion"),
            (_task(e) for e in elements if e.kind in ("userTask", "manualTask")),
        )
    )
    parts.append(
        _table(
            ("service", "at", "inputs", "does"),
            (_service(e) for e in elements if e.task is not None),
        )
    )
    parts.append(
        _table(
            ("event", "name", "kind", "what"),
            (_event(e) for e in elements if _is_told(e)),
        )
    )
    flows = process.process.flows.values()
    parts.append(
        _table(
            ("question", "text", "answers"),
            (_gateway(e, flows) for e in elements if _asks(e, flows)),
        )
    )
    return "\n".join(part for part in parts if part is not None)


def _lines(process: Process, bundle: Bundle, elements: list[Element]) -> Iterator[str]:
    """Short lists: how it starts, who calls it, what it calls and asks."""
    starts = [_start(e, process.id) for e in elements if e.scope == process.id]
    yield from _list("Starts", (s for s in starts if s))
    callers = (
        f"[{other.id}](#{other.id})"
        for _, other in sorted(bundle.processes.items())
        if any(e.called and e.called.process == process.id for e in other.process.elements.values())
    )
    yield from _list("Called by", callers)
    calls = {e.called.process: e for e in elements if e.called}
    yield from _list("Calls", (_call(e) for _, e in sorted(calls.items())))
    asks = sorted({(e.decision.id, e.decision.result) for e in elements if e.decision})
    yield from _list("Asks", (f"`{id_}` → `{result}`" for id_, result in asks))


def _list(title: str, items: Iterable[str]) -> Iterator[str]:
    found = list(items)
    if found:
        yield f"- {title}: {', '.join(found)}"


def _start(element: Element, process: str) -> str:
    if element.kind != "startEvent":
        return ""
    form = f" with form `{element.form_id}`" if element.form_id else ""
    if element.event.kind == "none":
        return f"`{element.id}`{form}"
    return f"`{element.id}` ({_caught(element)}){form}"


def _call(element: Element) -> str:
    given = ", ".join(f"`{m.target}`" for m in element.inputs)
    back = ", ".join(f"`{m.target}`" for m in element.outputs)
    ways = [f"in {given}"] if given else []
    ways += [f"out {back}"] if back else []
    told = f" ({'; '.join(ways)})" if ways else ""
    return f"[{element.called.process}](#{element.called.process}){told}"


def _task(element: Element) -> tuple[str, ...]:
    name = element.name
    if element.loop:
        each = element.loop.input_element or "item"
        name += f" (for each `{each}` of `{element.loop.input_collection}`)"
    form = f"[{element.form_id}](#form-{element.form_id})" if element.form_id else "–"
    done = ", ".join(f"`{listener.type}`" for listener in element.listeners)
    if element.outputs:
        done += f"{'; ' if done else ''}keeps {', '.join(_mapped(m) for m in element.outputs)}"
    queue = element.queue or element.lane or "–"
    return (f"`{element.id}`", name, _code(queue), form, _code(element.due), done)


def _service(element: Element) -> tuple[str, ...]:
    found = services.registered().get(element.task.type)
    does = _first_line(found.description) if found else ""
    if element.task.retries:
        does = f"{does} (job, {element.task.retries} retries)".strip()
    inputs = ", ".join(_mapped(m) for m in element.inputs)
    return (f"`{element.task.type}`", f"`{element.id}`", inputs, does)


def _mapped(mapping: IoMapping) -> str:
    """A mapping as `target = source`; the name alone where both are the same."""
    same = mapping.source.removeprefix("=").strip() == mapping.target
    return f"`{mapping.target}`" if same else f"`{mapping.target} {_equals(mapping.source)}`"


def _equals(source: str) -> str:
    return source if source.startswith("=") else f'= "{source}"'


def _asks(element: Element, flows: Iterable[SequenceFlow]) -> bool:
    """Whether the token's way depends on an answer here."""
    ways = [f for f in flows if f.source == element.id]
    return element.kind in ("exclusiveGateway", "inclusiveGateway") and len(ways) > 1


def _gateway(element: Element, flows: Iterable[SequenceFlow]) -> tuple[str, ...]:
    ways = (
        f"{f.name or '–'} → `{f.target}` {'otherwise' if f.id == element.default else _code(f.condition)}"
        for f in sorted(flows, key=lambda f: f.id == element.default)
        if f.source == element.id
    )
    return (f"`{element.id}`", element.name, "<br>".join(ways))


def _is_told(element: Element) -> bool:
    if element.event is None or (element.kind == "sendTask" and element.event.name is None):
        return False
    return element.event.kind not in ("none", "terminate", "link")


def _event(element: Element) -> tuple[str, ...]:
    kind = element.event.kind
    if element.kind in ("endEvent", "intermediateThrowEvent", "sendTask"):
        what = f"throws {_code(element.event.name)}"
    else:
        what = _caught(element)
        if element.attached_to:
            stops = "interrupts" if element.interrupting else "beside"
            what += f", {stops} `{element.attached_to}`"
        elif element.kind == "startEvent" and element.scope != element.process:
            what += f", {'interrupts' if element.interrupting else 'beside'} its scope"
        if element.outputs and kind == "message":
            what += f", keeps {', '.join(_mapped(m) for m in element.outputs)}"
    return (f"`{element.id}`", element.name, kind, what)


def _caught(element: Element) -> str:
    event = element.event
    if event.kind == "timer":
        return f"{event.timer.kind} {_code(event.timer.text)}" if event.timer else "timer"
    key = f" with key {_code(event.key)}" if event.key and event.key != "= sag.nummer" else ""
    return f"{event.kind} {_code(event.name or 'any')}{key}"


def _form(form: forms.Form, bundle: Bundle) -> str:
    shown = sorted(
        f"`{p.id}/{e.id}`"
        for p in bundle.processes.values()
        for e in p.process.elements.values()
        if e.form_id == form.id
    )
    parts = [f'## <a id="form-{form.id}"></a>{form.id}', ""]
    parts.append(f"Shown at {', '.join(shown)}." if shown else "Shown nowhere.")
    parts.append("")
    rows = list(_fields(form.components, "", False))
    parts.append(
        _table(("key", "type", "label", "required", "what", "sag"), rows) or "No fields.\n"
    )
    return "\n".join(parts)


def _fields(components, prefix: str, conditional: bool) -> Iterator[tuple[str, ...]]:
    for component in components:
        key = f"{prefix}{component.key}"
        hidden = conditional or component.hide is not None
        if component.is_input or component.type == "expression":
            yield (
                f"`{key}`",
                component.type,
                component.label,
                ("when shown" if hidden else "yes") if component.required else "",
                _what(component),
                "sag" if component.sag else "",
            )
        below = {"group": f"{key}." if component.key else prefix, "dynamiclist": f"{key}[]."}
        if component.children:
            yield from _fields(component.children, below[component.type], hidden)


def _what(component: forms.Component) -> str:
    """Options, limits and the condition under which a field is hidden."""
    schema, told = component.schema, []
    if isinstance(component.options, tuple):
        told += [f"`{_value(o)}`" for o in component.options]
    elif isinstance(component.options, str):
        told.append(f"options in `{component.options}`")
    elif component.options is not None:
        told.append(f"options {_code(schema.get('valuesExpression'))}")
    if component.type == "datetime":
        told.append(schema.get("subtype", "date"))
    validate = schema.get("validate") or {}
    told += [text.format(validate[n]) for n, text in _LIMITS.items() if validate.get(n) is not None]
    if component.hide is not None:
        told.append(f"hidden when {_code(schema['conditional']['hide'])}")
    return ", ".join(told)


def _value(option: Any) -> Any:
    return option.get("value") if isinstance(option, dict) else option


def _tables(bundle: Bundle) -> str:
    rows = (
        (
            f"`{id_}`",
            decision.name,
            decision.hit_policy.lower() or decision.kind,
            ", ".join(f"`{i}`" for i in decision.inputs),
            str(len(decision.rows)),
        )
        for id_, decision in sorted(
            (d, table.decisions[d]) for d, (_, table) in bundle.tables.items()
        )
    )
    return _table(("decision", "name", "hit policy", "inputs", "rows"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str | None:
    """A Markdown table, or None without rows."""
    written = ["| " + " | ".join(_cell(c) for c in row) + " |" for row in rows]
    if not written:
        return None
    return "\n".join([f"| {' | '.join(head)} |", "|" + "---|" * len(head), *written, ""])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _code(text: str | None) -> str:
    return f"`{' '.join(text.split())}`" if text else ""


def _first_line(text: str | None) -> str:
    return (text or "").strip().split("\n\n")[0].replace("\n", " ").strip()
