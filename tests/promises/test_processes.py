"""What is shipped: it deploys without an error, has a queue and a form for each task, and a page."""

import re
from pathlib import Path

import pytest

from engine import bpmn, diagrams
from engine.diagrams import shipped

ROOT = Path(__file__).parents[2]
FILES = shipped()
DIAGRAMS = sorted(name for name in FILES if name.endswith(".bpmn"))


def test_what_is_shipped_deploys_without_an_error():
    errors = [f for f in diagrams.check(FILES) if f.severity == "error"]
    assert not errors, "\n".join(f"{f.file} {f.element}: {f.message}" for f in errors)


@pytest.mark.parametrize("name", DIAGRAMS)
def test_a_diagram_is_documented_and_its_tasks_have_danish_names(name):
    xml = FILES[name].decode()
    assert "<bpmn:documentation>" in xml
    for label in re.findall(r'<bpmn:(?:user|service|send)Task id="[^"]+" name="([^"]+)"', xml):
        assert label[0].isupper(), label
        assert not re.search(r"\b\w*(aa|oe|ae)\w*\b", label), f"{label}: æ, ø and å are letters"


@pytest.mark.parametrize("name", DIAGRAMS)
def test_a_diagram_holds_no_number_of_the_law(name):
    """Intervals are rows: a duration in a diagram may only be the day after, or repeat a rule."""
    for text in FILES[name].decode().split("duration(")[1:]:
        assert text.startswith(('"P1D"', "&quot;P1D&quot;")), text[:40]


def test_every_form_is_used_by_a_diagram():
    """By a task or a start, or as what somebody reports: `meld_x` gives the message `x`."""
    used = b"".join(FILES[name] for name in DIAGRAMS).decode()
    for name in FILES:
        form, file_type = name.rsplit(".", 1)
        if file_type == "form" and form.startswith("meld_"):
            assert re.search(rf'<bpmn:message id="\w+" name="{form[5:]}"', used), name
        elif file_type == "form":
            assert f'formId="{form}"' in used, name


def test_the_page_of_processes_is_current():
    page = (ROOT / "docs" / "processes.md").read_text(encoding="utf-8")
    assert page == diagrams.describe(FILES), "run: overligger docs"


def test_every_diagram_compiles_with_all_that_it_reaches():
    sources = {name.removesuffix(".bpmn"): FILES[name] for name in DIAGRAMS}
    for root in sources:
        assert root in bpmn.compile(sources, root).processes
