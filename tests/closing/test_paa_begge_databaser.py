"""What goes over all cases by a query, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from engine import clock, scenarios
from engine.domain import cases, deadlines, invariants, meetings, rules
from engine.scenarios.world import stage
from tests.coordination.conftest import town  # noqa: F401


@pytest.fixture
def case_id(store) -> str:
    return store.write(lambda session: cases.create(session, "koordinering").id)


def broken(store) -> list[str]:
    with store.reading() as session:
        return invariants.broken(session)


def change(store, case_id, function):
    store.write(lambda session: function(session, session.get(cases.Case, case_id)))


def test_a_case_with_nothing_ahead_is_found(store, case_id):
    assert broken(store) == [case_id]


def test_a_meeting_ahead_is_a_future_and_one_that_has_been_is_not(store, case_id):
    now = clock.now()
    change(store, case_id, lambda s, c: meetings.call(s, c, "k", now + timedelta(days=1), "Mål"))
    assert broken(store) == []
    with clock.travelling(now + timedelta(days=2)):
        assert broken(store) == [case_id]


@pytest.mark.parametrize("ending", ["closed", "locked"])
def test_a_case_that_is_over_needs_no_future(store, case_id, ending):
    def end(session, case):
        if ending == "closed":
            cases.move(case, "AFSLUTTET")
        else:
            case.locked = True

    change(store, case_id, end)
    assert broken(store) == []


def test_an_unconfirmed_rule_without_a_number_counts_as_missing(town):  # noqa: F811
    with town.store.reading() as session:
        with pytest.raises(rules.RuleMissing, match="BL-6"):
            rules.lookup(session, "BL-6")
        assert rules.lookup(session, "KUI-2").value == 30
        assert rules.next_in(session, "koordinerende_plan", "naeste_opfoelgning").id == "KP-2"
        assert rules.next_in(session, "barnets_lov", "naeste_opfoelgning").art == "sag"
        assert rules.next_in(session, "visitationsudvalg", "naeste_opfoelgning") is None


def test_a_rule_without_a_number_cannot_be_counted(town):  # noqa: F811
    town.consenting(uddannelse="stort")
    with pytest.raises(deadlines.NotComputable):
        town.write(lambda s, c: deadlines.start(s, c, "SEL-1"))


def test_a_death_in_a_family_goes_as_told_on_postgresql(postgres_server):
    file = Path(__file__).parents[1] / "scenarios" / "familie_en_doer.yaml"
    with stage(postgres_server) as world:
        assert scenarios.play(scenarios.read(file), world).failures == []
