"""Nobody is shown what does not exist for them: random grants, users and requests.

OVERLIGGER_BARRIER_TRIALS=10000 runs more of them, OVERLIGGER_BARRIER_SEED others.
"""

from __future__ import annotations

import os

import pytest

from tests.barrier import mutations, trial, world

TRIALS = int(os.environ.get("OVERLIGGER_BARRIER_TRIALS", "2000"))
SEED = int(os.environ.get("OVERLIGGER_BARRIER_SEED", "1"))


@pytest.fixture(scope="session")
def built(fiktivby, tmp_path_factory):
    return world.build(tmp_path_factory.mktemp("barrier") / "world.db", fiktivby)


def test_no_route_tells_anybody_what_does_not_exist_for_them(built, tmp_path):
    site = trial.Site(built, tmp_path)
    result = trial.run(site, TRIALS, SEED)
    site.close()
    print(f"seed {SEED}: {result}")
    assert not result.leaks, "\n".join(map(str, result.leaks))
    assert result.shown > TRIALS // 20, "hardly anything was seen: the trials prove nothing"
    assert result.denied > TRIALS // 20, "hardly anything was hidden: the trials prove nothing"
    missing = {rule.rule for rule in site.rules if rule.endpoint not in trial.asking.ELSEWHERE}
    assert missing <= result.routes.keys() or TRIALS < 2000, missing - result.routes.keys()


@pytest.mark.parametrize("name", mutations.SAMPLE)
def test_the_trials_see_a_query_that_does_not_ask_who_is_asking(built, tmp_path, name):
    mutation = next(each for each in mutations.MUTATIONS if each.name == name)
    seen, said = mutations.tried(mutation, mutations.copied(tmp_path / "copy"), built, SEED)
    assert seen, said


def test_the_code_as_it_is_still_holds_every_condition_that_is_taken_away_one_by_one():
    for each in mutations.MUTATIONS:
        assert each.old in (mutations.ROOT / each.file).read_text(encoding="utf-8"), each.name
