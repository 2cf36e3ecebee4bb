"""What is typed and not sent: a row for each tab, sealed, gone with its task."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from engine import clock, drafts
from engine.domain.cases import Case
from engine.instances import Instance, WorkItem

NUMBER = "640380-4000"


@pytest.fixture
def task(store, virtual_clock) -> str:
    """One open task, whatever its diagram."""

    def write(session) -> None:
        session.add(Case(id="sag", nummer="2026-0001", opened_at=clock.now()))
        session.add(
            Instance(
                id="i",
                case_id="sag",
                process="p",
                release_id="r",
                state=b"",
                scopes=b"",
                started_at=clock.now(),
                started_by="liv",
            )
        )
        session.flush()
        session.add(
            WorkItem(
                id="opgave",
                instance_id="i",
                case_id="sag",
                release_id="r",
                process="p",
                element="e",
                name="Opgave",
                kind="user",
                queue="KUI",
                created_at=clock.now(),
            )
        )

    store.write(write)
    return "opgave"


def put(store, task: str, tab: str, by: str, upon=(), **answers) -> drafts.Saved:
    return store.write(lambda s: drafts.put(s, task, tab, answers, by, upon))


def test_each_tab_keeps_its_own_words_until_one_is_built_upon_the_other(store, task):
    first = put(store, task, "a", "liv", ord="en")
    second = put(store, task, "b", "kim", ord="to")
    assert first.others == () and [d.tab for d in second.others] == ["a"]
    chosen = put(store, task, "b", "kim", upon=[first.mark], ord="to")
    assert chosen.others == ()
    with store.reading() as session:
        assert [d.answers for d in drafts.of(session, task)] == [{"ord": "to"}]


def test_words_typed_after_one_looked_are_not_taken_away(store, task):
    seen = put(store, task, "a", "liv", ord="en")
    put(store, task, "a", "liv", ord="en og mere")
    saved = put(store, task, "b", "kim", upon=[seen.mark], ord="to")
    assert [d.answers["ord"] for d in saved.others] == ["en og mere"]


def test_what_is_typed_is_sealed_where_it_lies(store, task):
    put(store, task, "a", "liv", cpr=NUMBER)
    with store.reading() as session:
        (raw,) = session.execute(text("SELECT sealed FROM drafts")).one()
        assert NUMBER.encode() not in bytes(raw)
        assert session.scalars(select(drafts.Draft)).one().answers == {"cpr": NUMBER}


def test_a_task_that_is_over_keeps_no_draft(store, task):
    put(store, task, "a", "liv", ord="en")
    store.write(lambda session: drafts.forget(session, [task]))
    with store.reading() as session:
        assert drafts.of(session, task) == []
