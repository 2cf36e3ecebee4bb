"""A whole case from referral to closure through the pages, each person at their own browser.

Mads' story is told in the scenarios up to his first follow-up, so this goes on where it ends, with
the closing answers of Torben's.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from engine.scenarios import story as stories
from engine.scenarios.story import Story
from tests.browser.hands import STORIES, Troupe, visit

MOTHER, ENOUGH = "s01_mads", "s10_lukkes_til_sektorplan"


def _closing() -> list[dict[str, Any]]:
    """The steps that close Mads' case: every unit lets go, he is talked with, and it is measured."""
    told = stories.content(STORIES / f"{ENOUGH}.yaml")["steps"]
    answers = {step["task"]: step["answers"] for step in told if "task" in step}
    steps = [("koordinator-1", "vurder_afslutning", {})]
    for user, unit in (("fam", "FAM"), ("kui", "KUI"), ("yde", "YDE")):
        steps.append((f"sagsbehandler-{user}", "frigiv_eller_overfoer", {"item": unit}))
    steps.append(("koordinator-1", "borgersamtale", {}))
    steps.append(("koordinator-1", "registrering_2", {"at": "2027-04-28T10:00"}))
    steps.append(("koordinator-1", "registrering_3", {"at": "2027-07-28T09:00"}))
    return [{"by": by, "task": task, "answers": answers[task], **more} for by, task, more in steps]


def _whole() -> Story:
    file = STORIES / f"{MOTHER}.yaml"
    said = stories.content(file)
    steps = [{k: v for k, v in step.items() if k != "expect"} for step in said["steps"]]
    steps[-1]["answers"] |= {"aendring": "afslut", "aendring_begrundelse": "Mads går på FGU"}
    return stories.parse(said | {"steps": [*filter(None, steps), *_closing()]}, file)


def test_a_case_goes_from_referral_to_closure_through_the_pages(site, sign_in, tmp_path):
    pictures = Path(os.environ.get("OVERLIGGER_PICTURES", tmp_path))
    troupe = Troupe(site, sign_in, _whole(), pictures)
    for step in troupe.story.steps:
        troupe.take(step)
    page = troupe.page_of("koordinator-1")
    visit(page, "koordinator-1", f"/sager/{troupe.nummer}")
    expect(page.get_by_text("Sagen er afsluttet.")).to_be_visible()
    people = {person for person, _task in troupe.done}
    assert len(people) == 8, people
