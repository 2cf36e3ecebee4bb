"""Files on their way in: which they are, what they hold, and why some are refused at once.

Reading a file is remembered. Nothing here asks the database or the organisation, so that a hostile
file is refused before either is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from engine.bpmn import dialect, xml
from engine.bpmn.lint import Finding, Report, lint, names
from engine.settings import settings

if TYPE_CHECKING:
    from engine import decisions, forms

#: Rules by which the lint gives a file up: nothing more is read of it.
UNREAD = ("xml", "too-many-elements")


@dataclass(frozen=True)
class Process:
    """An executable process and the file it stands in."""

    file: str
    process: dialect.Process
    messages: Mapping[str, dialect.Message]

    @property
    def id(self) -> str:
        return self.process.id


@dataclass
class Bundle:
    """What a set of files holds, by id; `findings` says what is wrong with each by itself."""

    processes: dict[str, Process] = field(default_factory=dict)
    forms: dict[str, tuple[str, forms.Form]] = field(default_factory=dict)
    tables: dict[str, tuple[str, decisions.Definitions]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def over(self, other: Bundle) -> Bundle:
        """These files in place of the other's of the same name."""
        replaced = {identity(file) for file in self.files}
        stay = {f for f in other.files if identity(f) not in replaced}
        kept = Bundle(
            {k: v for k, v in other.processes.items() if v.file in stay},
            {k: v for k, v in other.forms.items() if v[0] in stay},
            {k: v for k, v in other.tables.items() if v[0] in stay},
            {f: other.files[f] for f in stay},
        )
        return Bundle(
            {**kept.processes, **self.processes},
            {**kept.forms, **self.forms},
            {**kept.tables, **self.tables},
            {**kept.files, **self.files},
            self.findings,
        )


def identity(file: str) -> tuple[str, str]:
    """(kind, key) of a file name or path: what a later version of it replaces."""
    path = PurePath(file)
    return path.suffix.lstrip(".").lower(), path.stem


def read_files(paths: Iterable[Path]) -> dict[str, bytes]:
    """Every diagram, table and form of these files and folders, by path."""
    found: dict[str, bytes] = {}
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in inside:
            if not path.is_dir() or file.suffix.lstrip(".").lower() in _READERS:
                found[str(file)] = file.read_bytes()
    return found


def shipped() -> dict[str, bytes]:
    """Every diagram, table and form that comes with the product, by file name."""
    folders = (settings().processes, settings().forms)
    return {Path(path).name: data for path, data in read_files(folders).items()}


def read(files: Mapping[str, bytes], linted: bool = True) -> Bundle:
    """Read each file by itself, and lint it; what is in force was linted when it came."""
    bundle = Bundle(files=dict(files))
    seen: dict[tuple[str, str], str] = {}
    for file, data in files.items():
        kind, key = identity(file)
        if (kind, key) in seen:
            bundle.findings.append(
                _finding(
                    file,
                    key,
                    "file-twice",
                    f"{seen[kind, key]} og {file} har samme navn.",
                    "Udgiv kun den ene.",
                )
            )
            continue
        seen[kind, key] = file
        _READERS.get(kind, _unknown)(file, key, data, bundle, linted)
    return bundle


def given_up(new: Bundle) -> list[Finding]:
    """Why files are refused whatever else is in force: none can be read, or some call in a ring."""
    ring = list(rings(new))
    if ring or not (new.processes or new.forms or new.tables):
        return in_order(new.findings + ring)
    return []


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once, by file and place."""
    return sorted(set(findings), key=lambda f: (f.file, f.severity, f.element, f.rule, f.message))


def rings(bundle: Bundle) -> Iterator[Finding]:
    """A process that reaches itself by calls would never get to its first task."""
    for process in bundle.processes.values():
        for element, called in calls(process):
            way = _way(bundle, called, process.id)
            if way is not None:
                yield Finding(
                    process.file,
                    element.id,
                    "error",
                    "call-cycle",
                    f"Processen kalder sig selv: {' → '.join([process.id, *way])}.",
                    "Bryd ringen: send en besked, eller tegn en pil tilbage i én af processerne.",
                )


def _way(bundle: Bundle, start: str, goal: str) -> list[str] | None:
    """The processes from `start` to `goal` by calls, both included, or None."""
    came_from: dict[str, str | None] = {start: None}
    waiting = [start]
    while waiting:
        at = waiting.pop(0)
        if at == goal:
            way = []
            while at is not None:
                way.append(at)
                at = came_from[at]
            return way[::-1]
        if at in bundle.processes:
            for _, called in calls(bundle.processes[at]):
                if called not in came_from:
                    came_from[called] = at
                    waiting.append(called)
    return None


def calls(process: Process) -> Iterator[tuple[dialect.Element, str]]:
    """Each call activity with the process that it calls."""
    for element in process.process.elements.values():
        if element.kind == "callActivity" and element.called is not None:
            yield element, element.called.process


def _unknown(file: str, key: str, data: bytes, bundle: Bundle, linted: bool) -> None:
    bundle.findings.append(
        _finding(
            file,
            "",
            "file-kind",
            "Filen er hverken et diagram, en beslutningstabel eller en formular.",
            "Giv den endelsen .bpmn, .dmn eller .form, eller lad den være.",
        )
    )


def _bpmn(file: str, key: str, data: bytes, bundle: Bundle, linted: bool) -> None:
    if linted:
        findings = _linted(data, file)
        bundle.findings += findings
        if any(finding.rule in UNREAD for finding in findings):
            return
    process = _process(data, file)
    if process is not None:
        bundle.processes.setdefault(process.id, process)


@lru_cache(maxsize=512)
def _linted(data: bytes, file: str) -> tuple[Finding, ...]:
    return tuple(lint(data, file))


@lru_cache(maxsize=512)
def _process(data: bytes, file: str) -> Process | None:
    try:
        diagram = dialect.read(xml.parse(data))
    except xml.XmlRefused:
        return None
    executable = diagram.executable
    return Process(file, executable, diagram.messages) if executable else None


def _form(file: str, key: str, data: bytes, bundle: Bundle, linted: bool) -> None:
    from engine import forms  # a diagram alone needs them not

    try:
        form = read_form(data)
    except forms.FormUnreadable as refused:
        bundle.findings.append(
            _finding(file, key, "form", refused.message, "Gem den igen i formularværktøjet.")
        )
        return
    for fault in form.faults:
        bundle.findings.append(
            Finding(file, fault.element, fault.severity, fault.rule, fault.message, fault.action)
        )
    if form.id != key:
        bundle.findings.append(
            _finding(
                file,
                form.id,
                "form-file-name",
                f"Formularen hedder {form.id}, men filen hedder {key}.",
                f"Kald formularen {key} eller filen {form.id}.form.",
            )
        )
    bundle.forms[form.id] = (file, form)


@lru_cache(maxsize=512)
def read_form(data: bytes) -> forms.Form:
    """A form, read once for the same bytes."""
    from engine import forms

    return forms.read(data)


def _dmn(file: str, key: str, data: bytes, bundle: Bundle, linted: bool) -> None:
    from engine import decisions  # a diagram alone needs them not

    try:
        table = read_table(data)
    except decisions.TableError as error:
        bundle.findings.append(
            _finding(file, error.element, "dmn", error.message, "Ret tabellen i tabelværktøjet.")
        )
        return
    report = Report(file)
    for problem in table.problems:
        report.error(problem.element, "dmn", problem.message, "Ret cellen i tabellen.")
    for decision in table.decisions:
        names.snake(decision, decision, "Beslutningens id", report)
    if key not in table.decisions:
        report.error(
            key,
            "dmn-file-name",
            f"Filen {key}.dmn har ingen beslutning med id {key}.",
            "Giv den beslutning, som processerne spørger, samme id som filen.",
        )
    bundle.findings += report.findings
    for decision in table.decisions:
        if decision in bundle.tables:
            bundle.findings.append(
                _finding(
                    file,
                    decision,
                    "decision-twice",
                    f"Beslutningen {decision} står også i {bundle.tables[decision][0]}.",
                    "Giv den ene et andet id.",
                )
            )
        bundle.tables[decision] = (file, table)


@lru_cache(maxsize=128)
def read_table(data: bytes) -> decisions.Definitions:
    """A table file, read once for the same bytes; its problems stand on it."""
    from engine import decisions

    return decisions.read(data, strict=False)


def _finding(file: str, element: str, rule: str, message: str, action: str) -> Finding:
    return Finding(file, element, "error", rule, message, action)


_READERS = {"bpmn": _bpmn, "dmn": _dmn, "form": _form}
