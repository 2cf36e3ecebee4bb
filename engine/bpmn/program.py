"""Compiled diagrams: the closed set of processes that one process reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType

from engine.bpmn import dialect, parser, xml
from engine.bpmn.dialect import Element, Timer
from engine.bpmn.errors import DiagramError
from engine.bpmn.specs.scopes import ScopeSpec


@dataclass(frozen=True)
class Source:
    """One file: its main process has the id that the file is named by."""

    process_id: str
    xml: bytes


@dataclass(frozen=True)
class Start:
    """A way to start a process. `kind` is none, message, timer or signal."""

    process: str
    element: str
    label: str
    kind: str
    name: str | None = None
    key: str | None = None
    timer: Timer | None = None
    form_id: str | None = None


class Program:
    """Frozen and shared between instances and threads; `key` tells two versions apart."""

    def __init__(
        self,
        root: str,
        key: str,
        diagrams: Mapping[str, dialect.Process],
        specs: Mapping[str, ScopeSpec],
    ):
        self.root, self.key = root, key
        self.diagrams = MappingProxyType(dict(diagrams))
        self.specs = MappingProxyType(dict(specs))

    @property
    def processes(self) -> tuple[str, ...]:
        return tuple(self.diagrams)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Program) and other.key == self.key

    def element(self, process: str, element: str) -> Element:
        """Raises `KeyError` where there is none."""
        return self.diagrams[process].elements[element]

    def elements(self) -> tuple[Element, ...]:
        return tuple(e for d in self.diagrams.values() for e in d.elements.values())

    def starts(self, process: str | None = None) -> tuple[Start, ...]:
        """The start events of a process, the root where none is named; the plain one first."""
        process = process or self.root
        room = self.specs[process]
        return tuple(_start(self.element(process, name)) for name in room.starts)


def _start(element: Element) -> Start:
    event = element.event
    return Start(
        element.process,
        element.id,
        element.name,
        event.kind,
        event.name,
        event.key,
        event.timer,
        element.form_id,
    )


def compile(sources: Mapping[str, bytes], root: str) -> Program:
    """Compile a process and all it calls, from files by process id (or `<id>.bpmn`).

    Raises `DiagramError` with the element's id.
    """
    files = {name.removesuffix(".bpmn"): data for name, data in sources.items()}
    diagrams: dict[str, dialect.Process] = {}
    specs: dict[str, ScopeSpec] = {}
    todo = [(root, root)]
    while todo:
        name, caller = todo.pop(0)
        if name in diagrams:
            continue
        if name not in files:
            raise DiagramError(caller, f"the process {name} is not among the files")
        tree = _tree(name, files[name])
        diagrams[name] = _executable(name, tree)
        specs.update(parser.rooms(tree, diagrams[name]))
        calls = (e for e in diagrams[name].elements.values() if e.kind == "callActivity")
        todo.extend((e.called.process, e.id) for e in calls)
    _check_calls(diagrams, specs)
    return Program(root, _key(root, {n: files[n] for n in diagrams}), diagrams, specs)


def _tree(name: str, data: bytes):
    try:
        return xml.parse(data)
    except xml.XmlRefused as error:
        raise DiagramError(error.element or name, error.message, name) from error


def _executable(name: str, tree) -> dialect.Process:
    executable = [p for p in dialect.read(tree).processes if p.executable]
    if [p.id for p in executable] != [name]:
        found = ", ".join(p.id for p in executable) or "none"
        message = f"the file must hold one executable process, {name}; it holds {found}"
        raise DiagramError(name, message, name)
    return executable[0]


def _check_calls(diagrams, specs) -> None:
    for diagram in diagrams.values():
        for element in diagram.elements.values():
            if element.kind != "callActivity":
                continue
            called = element.called.process
            if diagrams[called].elements[specs[called].starts[0]].event.kind != "none":
                message = f"{called} has no plain start event to be called by"
                raise DiagramError(element.id, message, diagram.id)


def _key(root: str, files: Mapping[str, bytes]) -> str:
    digest = sha256(root.encode())
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + sha256(files[name]).digest())
    return digest.hexdigest()
