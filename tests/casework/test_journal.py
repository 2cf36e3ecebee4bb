"""The lines of a step that say one thing together are one event of the trail."""

from __future__ import annotations

from types import SimpleNamespace

from engine.bpmn.host import Step as Line
from engine.casework import journal

STEP = SimpleNamespace(actor="anna", on_behalf_of=None)
RUN = SimpleNamespace(instance=SimpleNamespace(id="i", release_id="r"))


def told(*lines: Line) -> list[tuple]:
    return [(e.kind, e.element, e.facts, e.content) for e in journal.entries(STEP, RUN, lines)]


def line(kind: str, element: str, **data) -> Line:
    return Line(kind, "p", element, "Navn", data)


def put(name: str, new, element: str = "svar", scope: str = "s", **more) -> Line:
    data = {"scope": scope, "old": None, "new": new, **more}
    return Line("variable", "p", element, name, data)


def test_the_variables_of_a_step_are_one_event_with_their_values_apart():
    (kind, element, facts, content), *rest = told(put("a", 1), put("b", "to"))
    assert (kind, element, rest) == ("variables", "svar", [])
    assert facts == {"names": ["a", "b"], "scope": "s"}
    assert content == {"a": {"old": None, "new": 1}, "b": {"old": None, "new": "to"}}


def test_another_element_scope_or_correction_and_the_same_name_again_begin_another_event():
    lines = (
        put("a", 1),
        put("a", 2),
        put("b", 3, scope="t"),
        put("c", 4, element="andet"),
        put("d", 5, element="andet", corrected="opgave"),
    )
    found = told(*lines)
    assert [facts["names"] for _, _, facts, _ in found] == [["a"], ["a"], ["b"], ["c"], ["d"]]
    assert found[-1][2] == {"names": ["d"], "scope": "s", "corrected": "opgave"}


def test_an_element_that_is_entered_and_left_in_one_go_is_passed():
    lines = (line("entered", "a"), line("completed", "a"), line("chose", "a", flows=["f"]))
    kinds = [(kind, element) for kind, element, _, _ in told(*lines)]
    assert kinds == [("passed", "a"), ("chose", "a")]


def test_an_element_in_which_something_happens_is_entered_and_left():
    lines = [line("entered", "a"), line("served", "a"), line("completed", "a")]
    assert [kind for kind, *_ in told(*lines)] == ["entered", "served", "completed"]
    turns = [line("entered", "a", loop=1), line("completed", "a", loop=2)]
    assert [kind for kind, *_ in told(*turns)] == ["entered", "completed"]
    assert [kind for kind, *_ in told(line("entered", "a"), line("completed", "b"))] == [
        "entered",
        "completed",
    ]


def test_what_is_personal_stands_beside_the_chain():
    (event,) = told(line("caught", "a", event="message", message="ord"))
    assert event[2:] == ({"label": "Navn", "event": "message"}, {"message": "ord"})
