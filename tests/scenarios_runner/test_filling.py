"""Stories played into a demonstration: moved in time, stopped on the way, at work afterwards."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from engine import clock
from engine.domain.cases import Case
from engine.instances import UNFINISHED, WorkItem
from engine.scenarios import filling
from engine.store import Store

STORIES = Path(__file__).parents[1] / "scenarios"


def test_a_story_is_played_as_if_it_had_just_come_so_far(fiktivby, tmp_path):
    file = tmp_path / "demo.db"
    shutil.copyfile(fiktivby, file)
    store = Store(f"sqlite:///{file}")
    # A Thursday before any of the story's own days.
    with clock.travelling(datetime(2026, 10, 1, 12)):
        assert filling.fill(store, STORIES / "s01_mads.yaml", 24) == []
        with store.reading() as session:
            case = session.scalar(select(Case).where(Case.type == "koordinering"))
            open_tasks = list(
                session.scalars(select(WorkItem).where(WorkItem.state.in_(UNFINISHED)))
            )
        assert case.tilstand == "PLAN_AKTIV"
        assert clock.local(case.opened_at).weekday() == 0  # the story begins on a Monday
        assert case.opened_at < clock.now() - timedelta(weeks=8)
        newest = max(task.created_at for task in open_tasks)
        assert clock.now() - timedelta(weeks=1) <= newest <= clock.now()
    store.close()
