"""Where a form names goals or efforts, the words of the plan stand there, not its keys."""

from __future__ import annotations

import json

import pytest

from engine import forms
from engine.domain import cases
from tests.coordination.conftest import ANSWER, ROOT


@pytest.fixture
def running(town):
    """The plan is in force: one goal, `skole`, and two efforts."""
    town.consenting(uddannelse="stort", beskaeftigelse="noget", familie="noget")
    town.appointed()
    town.begin("plan", anledning="ny")
    town.drafted()
    town.do("koordinator-1", "borgerens_svar", **ANSWER)
    return town


def page(town, form: str, answers=None, **variables) -> list[forms.Shown]:
    """The form's fields as a page would show them, groups and lists opened."""
    schema = json.loads((ROOT / "forms" / f"{form}.form").read_text(encoding="utf-8"))
    drawn = town.read(
        lambda s, c: forms.fields(schema, answers or {}, {"sag": cases.view(s, c), **variables})
    )
    return list(_every(drawn))


def _every(fields):
    for field in fields:
        yield field
        for inside in (field.children, field.blank, *field.rows):
            yield from _every(inside)


def test_the_follow_up_offers_the_goals_in_the_citizens_own_words(running):
    goal = next(f for f in page(running, "opfoelgning") if f.key == "maal")
    assert [(o.value, o.label) for o in goal.options] == [("skole", "Jeg vil gerne i skole igen")]


@pytest.mark.parametrize(
    "form", ["sektorplan", "start_indsats", "hindring", "aftal_hindring", "ryk_enheden"]
)
def test_an_effort_is_named_by_its_title(running, form):
    texts = [f for f in page(running, form, indsats="vejledning") if f.type == "text"]
    assert "Vejledning" in [span.text for paragraph in texts[0].text for span in paragraph]


def test_the_registration_asks_for_the_background_only_at_the_start(running):
    done = {"gennemfoert": "ja"}
    first = {f.key for f in page(running, "registrering", done, nummer=1)}
    third = {f.key for f in page(running, "registrering", done, nummer=3)}
    assert first - third == {"koen"}
    assert {"bolig_status", "forsoergelse_status", "uddannelse_status"} <= third
