"""Which room may know which: the arrows of docs/architecture.md, read from the code itself."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINE, WEB = ROOT / "engine", ROOT / "web"
# room -> rooms of ours that it must never import
NEVER = {
    "feel": {"*"},
    "xml": {"*"},
    "bpmn": {"casework", "domain", "services", "diagrams", "store", "jobs", "decisions", "forms"},
    "decisions": {"bpmn", "casework", "domain", "services", "store", "jobs"},
    "domain": {"bpmn", "casework", "services", "scenarios", "cli", "scheduler"},
    "services": {"bpmn", "casework", "scenarios", "cli", "scheduler"},
    "queries": {"bpmn", "casework", "services", "scenarios", "scheduler"},
    "documents": {"bpmn", "casework", "services", "scenarios", "scheduler"},
    "store": {"bpmn", "casework", "domain", "services"},
}
# What everybody may know.
ALWAYS = {"errors", "clock"}


def imports(file: Path) -> set[str]:
    """Full names of the modules that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def files(room: str) -> list[Path]:
    folder = ENGINE / room
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [ENGINE / f"{room}.py"]


@pytest.mark.parametrize("room", sorted(NEVER))
def test_a_room_knows_only_what_the_picture_shows(room):
    for file in files(room):
        ours = {name.split(".")[1] for name in imports(file) if name.startswith("engine.")}
        others = ours - {room} - ALWAYS
        wrong = others if NEVER[room] == {"*"} else others & NEVER[room]
        assert not wrong, f"{file.relative_to(ENGINE)} imports {wrong}"


def test_spiffworkflow_is_known_in_one_room_only():
    for file in ENGINE.rglob("*.py"):
        if file.relative_to(ENGINE).parts[0] != "bpmn":
            assert not any(name.startswith("SpiffWorkflow") for name in imports(file)), file


def test_the_engine_knows_no_web():
    for file in ENGINE.rglob("*.py"):
        assert not imports(file) & {"flask", "web"}, file


def test_the_web_asks_and_acts_but_knows_neither_sql_nor_the_library_below():
    below = ("sqlalchemy", "SpiffWorkflow", "engine.bpmn", "engine.services")
    for file in [*WEB.glob("*.py"), *WEB.joinpath("pages").rglob("*.py")]:
        assert not any(name.startswith(below) for name in imports(file)), file


def test_no_python_is_evaluated_at_run_time():
    for file in [*ENGINE.rglob("*.py"), *WEB.rglob("*.py")]:
        if "node_modules" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec"), f"{file}:{node.lineno}"
