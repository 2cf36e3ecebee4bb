"""No open task and no armed job stands on a closed case, apart from what its diagram declares."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import diagrams, scenarios
from engine.casework.closing import goes_on
from engine.domain.cases import Case
from engine.instances import UNFINISHED, Instance, WorkItem
from engine.jobs import Job
from engine.scenarios.world import stage

STORIES = Path(__file__).parents[1] / "scenarios"
# Each had something left behind when its case closed: a day to set, reminders, an offer, the spine.
LEFT = (
    "betaenkning_og_ikke_truffet",
    "en_sektor_henvises",
    "fejloprettet_sag",
    "lukkes_foer_alt_er_startet",
    "s02_selma_afvikling",
    "svar_i_betaenkningstiden",
    "torben_doer",
)


class Looked:
    """A stage that is looked over when the curtain falls."""

    def __init__(self, where):
        self.where, self.closed, self.left, self.declared = where, 0, [], []

    @contextmanager
    def store(self):
        with self.where.store() as store:
            yield store
            with store.reading() as session:
                self._look(session)

    def _look(self, session):
        for case in session.scalars(select(Case)):
            if case.open:
                continue
            self.closed += 1
            tasks = select(WorkItem).where(
                WorkItem.case_id == case.id, WorkItem.state.in_(UNFINISHED)
            )
            jobs = select(Job).where(Job.case_id == case.id)
            for row in (*session.scalars(tasks), *session.scalars(jobs)):
                begun = session.get(Instance, row.instance_id)
                program = diagrams.program(session, begun.release_id)
                told = (case.nummer, row.process, row.element)
                (self.declared if goes_on(program, row.process) else self.left).append(told)


@pytest.mark.parametrize("name", LEFT)
def test_a_closed_case_keeps_nothing_but_what_is_declared(name):
    with stage() as where:
        looked = Looked(where)
        played = scenarios.play(scenarios.read(STORIES / f"{name}.yaml"), looked)
    assert played.ok, played.failures
    assert looked.closed > 0
    assert looked.left == []


def test_the_third_registration_and_a_young_persons_contact_go_on():
    with stage() as where:
        found = {}
        for name in ("lukkes_foer_alt_er_startet", "s02_selma_afvikling"):
            looked = Looked(where)
            scenarios.play(scenarios.read(STORIES / f"{name}.yaml"), looked)
            found[name] = {element for _, _, element in looked.declared}
    assert found == {
        "lukkes_foer_alt_er_startet": {"registrering_3_tid"},
        "s02_selma_afvikling": {"tilbyd_aktivitet"},
    }
