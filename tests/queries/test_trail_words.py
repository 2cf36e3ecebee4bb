"""Every kind of event that the code records has its words, and no words are of a kind that is gone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import anchors, events
from engine.bpmn.host import KINDS
from engine.casework import answering, correcting
from engine.events import Event
from engine.queries.trail_words import BEHIND, OF_ALL, TOLD, name_of
from engine.store import Store
from tests.web.fiktivby import played_into

ENGINE = Path(__file__).parents[2] / "engine"
WORDS = TOLD | BEHIND | OF_ALL
#: What writes an event, and takes its kind as a text.
RECORDERS = {"record", "Entry", "_record_note", "_record_document", "_give", "_tell_the_trail"}
#: Kinds that have a name in the code.
NAMED = {
    events.REGISTERED,
    events.ERASED,
    events.DEPLOYED,
    anchors.CHECKPOINT,
    answering.ANSWERED,
    correcting.CORRECTED,
    events.VARIABLES,
    events.PASSED,
}
#: What a flow tells line by line, and the trail together.
TOGETHER = {"variable"}


def _recorded() -> dict[str, str]:
    """Each kind that the code records, and where."""
    found = {}
    for file in sorted(ENGINE.rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and _called(call) in RECORDERS:
                for kind in _first_text(call):
                    found.setdefault(kind, f"{file.relative_to(ENGINE)}:{call.lineno}")
    return found


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _first_text(call: ast.Call) -> Iterator[str]:
    for argument in call.args:
        either = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
        texts = [one.value for one in either if isinstance(one, ast.Constant)]
        if texts:
            yield from (text for text in texts if isinstance(text, str))
            return


def test_every_kind_that_the_code_records_has_its_words():
    recorded = _recorded()
    assert len(recorded) > 80, "the recorders are called something else now"
    wordless = {kind: where for kind, where in recorded.items() if kind not in WORDS}
    assert wordless == {}
    assert (NAMED | KINDS) - set(WORDS) == TOGETHER


def test_no_words_are_left_of_a_kind_that_nobody_records():
    texts = "".join(
        file.read_text() for file in ENGINE.rglob("*.py") if file.name != "trail_words.py"
    )
    known = NAMED | KINDS
    assert [kind for kind in set(WORDS) - known if f'"{kind}"' not in texts] == []


def test_a_kind_stands_in_one_list_alone():
    assert len(WORDS) == len(TOLD) + len(BEHIND) + len(OF_ALL)
    assert name_of("ruling_told").startswith("Afgørelsen")


@pytest.mark.parametrize("story", ["s01_mads"])
def test_what_a_played_story_leaves_has_its_words(fiktivby, tmp_path, story):
    file = tmp_path / "played.db"
    file.write_bytes(fiktivby.read_bytes())
    store = Store(f"sqlite:///{file}")
    played_into(store, story, datetime(2027, 1, 20, 12))
    with store.reading() as session:
        left = set(session.scalars(select(Event.kind).distinct()))
    store.close()
    assert left and left <= set(WORDS), left - set(WORDS)
