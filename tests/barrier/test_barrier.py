"""Nobody is shown what does not exist for them: random grants, users and requests.

OVERLIGGER_BARRIER_TRIALS=10000 runs more of them, OVERLIGGER_BARRIER_SEED others.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from engine.domain import access
from engine.store import Base
from tests.barrier import asking, filters, mutations, planting, trial, world
from tests.barrier.asking import Asked
from tests.barrier.result import Result
from tests.barrier.scenes import SCENES, TRIED
from tests.barrier.site import Site
from tests.barrier.state import State

TRIALS = int(os.environ.get("OVERLIGGER_BARRIER_TRIALS", "2000"))
SEED = int(os.environ.get("OVERLIGGER_BARRIER_SEED", "1"))
USER = "koordinator-1"
WEB = Path(__file__).parents[2] / "web" / "pages"
ARGUMENT = re.compile(
    r"""(?:request\.(?:args|form|values)|form|told|args)\.get(?:list)?\(["'](\w+)["']"""
)
#: Pages of no case, whose own tests ask them with what they take.
NO_CASE = {
    "absence.py": "colleagues",
    "committee.py": "when the committee meets",
    "figures.py": "sums",
    "frame.py": "a unit's own text",
    "imports.py": "a form and a file of one's own",
    "registered.py": "a form of one's own",
    "sign_in.py": "the door",
    "tour.py": "how far one has come",
}

#: What of `access` says how far somebody reaches or where a task lies: the filters build on it, and
#: its own conditions stand in `filters.INSIDE`.
NO_FILTERS = {
    "Lane",
    "Reach",
    "in_place_of",
    "place",
    "reach",
    "takes_part_now",
    "workers",
    "works",
}


@pytest.fixture(scope="session")
def built(fiktivby, tmp_path_factory):
    return world.build(tmp_path_factory.mktemp("barrier") / "world.db", fiktivby)


def test_no_route_tells_anybody_what_does_not_exist_for_them(built, tmp_path):
    site = Site(built, tmp_path)
    result = trial.run(site, TRIALS, SEED)
    site.close()
    print(f"seed {SEED}: {result}")
    assert not result.leaks, "\n".join(map(str, result.leaks))
    assert result.shown > TRIALS // 20, "hardly anything was seen: the trials prove nothing"
    assert result.denied > TRIALS // 20, "hardly anything was hidden: the trials prove nothing"
    missing = {rule.rule for rule in site.rules if rule.endpoint not in asking.ELSEWHERE}
    assert missing <= result.routes.keys() or TRIALS < 2000, missing - result.routes.keys()


def test_a_page_that_breaks_turns_a_trial_red(built, tmp_path):
    def breaks():
        raise RuntimeError

    site = Site(built, tmp_path)
    site.app.view_functions["cases.show"] = breaks
    site.aim(["/sager"])
    with State(site, 0, SEED, result := Result()).drawn() as state:
        state.hold(site.client(USER), USER, Asked("GET", "/sager", "/sager"))
    site.close()
    assert [leak.why for leak in result.leaks] == ["broke: what it would have told is not known"]


def test_every_table_is_planted_or_said_to_hold_no_words_about_anybody(built):
    said = planting.PLANTED.keys() | planting.BY_HAND.keys() | planting.NOBODYS.keys()
    new = planting.unsaid()
    assert not new, f"say in tests/barrier/planting.py whether {new} hold words about somebody"
    assert said <= Base.metadata.tables.keys()
    db = world.connected(built)
    told = {row[0] for row in db.execute("select distinct part from canaries")}
    db.close()
    assert set(planting.PLANTED.values()) <= told, "a table is planted in which nothing stands"


def test_whatever_a_page_is_asked_with_is_asked_by_the_trials():
    drawn = Path(asking.__file__).read_text(encoding="utf-8")
    for file in sorted(WEB.rglob("*.py")):
        for name in ARGUMENT.findall(file.read_text(encoding="utf-8")):
            named = f'"{name}"' in drawn or name in asking.HARMLESS
            assert named or file.name in NO_CASE, f"{file.name} reads {name}: say so in asking.py"


def test_a_query_that_does_not_ask_who_is_asking_is_seen(built, tmp_path):
    sample = [each for each in filters.found() if each.name in mutations.SAMPLE]
    assert len(sample) == len(mutations.SAMPLE)
    sweep = mutations.swept(built, tmp_path, sample)
    assert not sweep.leaks, "\n".join(map(str, sweep.leaks))
    assert not sweep.unseen, [hunt.mutation.name for hunt in sweep.unseen]


def test_in_each_scene_all_is_well_and_the_missing_filter_is_seen(built, tmp_path):
    laid = [each for each in filters.found() if each.name in SCENES]
    assert {each.name for each in laid} == SCENES.keys(), (
        "a scene is named after no filter there is"
    )
    sweep = mutations.swept(built, tmp_path, laid, states=0)
    assert not sweep.leaks, "\n".join(map(str, sweep.leaks))
    assert not sweep.unseen, [hunt.mutation.name for hunt in sweep.unseen]


def test_whatever_is_said_to_tell_nothing_is_tried(built, tmp_path):
    tried = [each for each in filters.found() if each.name in filters.NOTHING_TOLD]
    sweep = mutations.swept(built, tmp_path, tried, states=0)
    assert not sweep.leaks, "\n".join(map(str, sweep.leaks))
    assert sweep.unseen == sweep.hunts, [hunt.told for hunt in sweep.hunts]
    assert TRIED.keys() == filters.NOTHING_TOLD.keys()


def test_every_file_that_asks_the_barrier_is_aimed_at_and_every_exception_is_still_there():
    names = {each.name for each in filters.found()}
    assert len(names) > 60
    assert filters.NOTHING_TOLD.keys() <= names
    functions = {name.rpartition(" ")[0].rpartition(" ")[2] for name in names}
    for function in access.__all__:
        asks = f"access.{function}" in functions or function in NO_FILTERS
        assert asks or not callable(getattr(access, function)), function
