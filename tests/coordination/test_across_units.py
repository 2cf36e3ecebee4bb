"""Model B, a matrix: the team's leader gives work to staff of other units who are in the case."""

from __future__ import annotations

import pytest

from engine import casework
from engine.casework.refusals import CannotReceive, NoSuchTask
from engine.domain import organisation
from tests.coordination.test_igangsaet import LINK, starting  # noqa: F401


@pytest.fixture
def team(starting):  # noqa: F811
    """KUI is the team, and the case its own; JOB takes part in it, BOL does not."""

    def choose(session, case) -> None:
        organisation.change_setting(session, "team_enhed", "KUI")
        case.organisationsmodel = "B_matrix"

    starting.write(choose)
    return starting


def give(town, to: str, by: str = "leder-kui") -> None:
    task = town.task(by, "kobl_sektorplan", "vejledning")
    casework.assign(town.store, task, to, by=by)


def test_the_teams_leader_gives_a_task_to_somebody_of_another_unit_who_then_does_it(team):
    give(team, "sagsbehandler-job")
    team.do("sagsbehandler-job", "kobl_sektorplan", item="vejledning", **LINK)
    assert "kobl_sektorplan" not in team.queues().get("KUI", [])


def test_leading_across_gives_nobody_sight_of_a_case(team):
    with pytest.raises(CannotReceive):
        give(team, "sagsbehandler-bol")


def test_who_does_not_lead_the_team_leads_nobody_across(team):
    with pytest.raises(CannotReceive):
        give(team, "sagsbehandler-job", by="sagsbehandler-kui")
    with pytest.raises((CannotReceive, NoSuchTask)):
        task = team.task("sagsbehandler-kui", "kobl_sektorplan", "vejledning")
        casework.assign(team.store, task, "sagsbehandler-job", by="leder-job")


def test_in_the_other_models_work_stays_in_its_unit(team):
    def cooperate(session, case) -> None:
        case.organisationsmodel = "C_samarbejde_visitationsudvalg"

    team.write(cooperate)
    with pytest.raises(CannotReceive):
        give(team, "sagsbehandler-job")
