"""The Python answer and the SQL condition of who works a task are the same answer."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import select

from engine import clock
from engine.domain import access
from engine.domain.cases import Case
from engine.domain.organisation import Role, Unit, User
from engine.instances import Instance, WorkItem

PEOPLE = ("sagsb", "leder", "koord", "stedf", "partner", "jurist", "ingen")
QUEUES = (
    *("KUI", "KUI-leder", "JOB", "X", "koordinator", "stedfortraeder", "ejer", "ejer-leder"),
    *("henviser", "jurist", "udvalg"),
)


def furnish(session):
    session.add_all(
        [
            Unit(code="KUI", name="K"),
            Unit(code="JOB", name="J"),
            Unit(code="X", name="X", partner=True),
        ]
    )
    session.flush()
    session.add_all(User(username=name, name=name) for name in PEOPLE)
    session.flush()
    for name, unit, role in (
        ("sagsb", "KUI", "sagsbehandler"),
        ("leder", "KUI", "leder"),
        ("koord", "JOB", "koordinator"),
        ("partner", "X", "partner"),
        ("jurist", "JOB", "jurist"),
    ):
        session.add(Role(username=name, unit=unit, role=role))
    number = 0
    for koord, deputy, owner in product((None, "koord"), (None, "stedf"), (None, "KUI", "JOB")):
        number += 1
        case = Case(
            nummer=f"2026-{number}",
            owner_unit=owner,
            koordinator=koord,
            stedfortraeder=deputy,
            referred_by="X" if number % 2 else None,
            opened_at=clock.now(),
            locked=number == 5,
        )
        session.add(case)
        session.flush()
        instance = Instance(
            case_id=case.id,
            process="p",
            release_id="r",
            state=b"",
            scopes=b"",
            started_at=clock.now(),
            started_by="x",
        )
        session.add(instance)
        session.flush()
        for queue, assignee in product(QUEUES, (None, "ingen")):
            desk, at = access.place(queue, case)
            session.add(
                WorkItem(
                    id=f"{case.id}{queue}{assignee}",
                    instance_id=instance.id,
                    case_id=case.id,
                    release_id="r",
                    process="p",
                    element="e",
                    name="e",
                    kind="user",
                    queue=queue,
                    desk=desk,
                    person=at,
                    assignee=assignee,
                    created_at=clock.now(),
                )
            )


@pytest.mark.parametrize("person", PEOPLE)
def test_what_one_may_work_is_what_one_sees(store, virtual_clock, person):
    store.write(furnish)
    with store.reading() as session:
        seen = {task.id for task in session.scalars(access.visible_tasks(session, person))}
        every = session.scalars(select(WorkItem)).all()
        works = {task.id for task in every if access.may(session, person, "complete", task)}
    assert works == seen
    assert 0 < len(seen) < len(every)


@pytest.mark.parametrize("person", PEOPLE)
def test_the_lanes_hold_what_one_sees_and_no_task_twice(store, virtual_clock, person):
    store.write(furnish)
    with store.reading() as session:
        seen = [task.id for task in session.scalars(access.visible_tasks(session, person))]
        lanes = access.lanes(session, access.reach(session, person))
        together = [lane.condition for lane in lanes]
        apart = [part for lane in lanes for part in lane.apart]
        for conditions in (together, apart):
            listed = [
                id_
                for condition in conditions
                for id_ in session.scalars(select(WorkItem.id).where(condition))
            ]
            assert sorted(listed) == sorted(seen)
