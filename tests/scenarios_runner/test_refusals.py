"""A step that is to be refused: by which refusal, and with nothing saved at all."""

from datetime import date

import pytest

from engine import outbox
from engine.domain import budget
from engine.scenarios import acts, fingerprint

OPEN = "- {by: sagsbehandler-kui, open: afspilning, for: mads}\n"


@pytest.mark.parametrize(
    "said", ["ForStort", "X er for stort", "enhedens LEDER", "hedens led", "prøven"]
)
def test_a_refusal_is_told_by_its_class_or_a_part_of_its_text(works, said):
    works(OPEN, f"- {{by: sagsbehandler-kui, task: skriv, answers: {{x: 60}}, refused: {said!r}}}")


@pytest.mark.parametrize("said", ["ForLille", "for småt", "Stor", "enhed", "forstort"])
def test_any_other_word_is_a_failure_that_says_what_was_refused(fails_at, said):
    failure = fails_at(
        OPEN, f"- {{by: sagsbehandler-kui, task: skriv, answers: {{x: 60}}, refused: {said!r}}}"
    )
    assert failure[:3] == (2, "refused", said)
    assert failure[3].startswith("ForStort: X er for stort til prøven.")


def test_a_form_that_is_not_filled_in_is_a_refusal(works):
    works(
        OPEN,
        """
    - {by: sagsbehandler-kui, task: skriv, answers: {}, refused: FormErrors}
    - {by: sagsbehandler-kui, task: skriv, answers: {x: to}, refused: FormErrors}
    - {by: sagsbehandler-kui, task: skriv, answers: {x: 1, ukendt: 2}, refused: ukendt}
    """,
    )


def test_what_is_done_though_it_should_be_refused_is_a_failure(fails_at):
    failure = fails_at(
        OPEN, "- {by: sagsbehandler-kui, task: skriv, answers: {x: 1}, refused: ForStort}"
    )
    assert failure == (2, "refused", "ForStort", "det blev gjort")


@pytest.mark.parametrize(
    "step",
    [
        "task: skriv, answers: {x: 60}, refused: NoSuchTask",
        "claim: skriv, refused: NoSuchTask",
        "tell: stands, refused: NobodyWaits",
    ],
)
def test_a_stranger_is_no_proof_that_something_is_refused(fails_at, step):
    failure = fails_at(OPEN, f"- {{by: hacker, {step}}}")
    assert failure == (2, "by", "en bruger i kommunen", "hacker")


@pytest.mark.parametrize(
    "step",
    [
        "{by: sagsbehandler-xx, open: afspilning, for: mads, refused: UnknownUser}",
        "{by: sagsbehandler-kui, open: findes_ikke, for: mads, refused: UnknownProcess}",
        "{by: sagsbehandler-vok, task: skriv, answers: {x: 1}, refused: NoSuchTask}",
        "{by: sagsbehandler-vok, claim: skriv, refused: NoSuchTask}",
        "{by: sagsbehandler-kui, release: skriv, refused: NotClaimed}",
        "{by: sagsbehandler-kui, assign: {task: skriv, to: sagsbehandler-vok}, refused: CannotReceive}",
        "{by: sagsbehandler-vok, assign: {task: skriv, to: koordinator-1}, refused: NoSuchTask}",
        "{by: sagsbehandler-kui, hold: {task: skriv, until: 2026-11-23, reason: x}, refused: HoldInThePast}",
        "{by: sagsbehandler-kui, hold: {task: skriv, until: 2027-01-01, reason: ''}, refused: HoldWithoutReason}",
        "{tell: stands, refused: NobodyWaits}",
        "{tell: findes_ikke, key: x, refused: NobodyWaits}",
        "{set_budget: {faelles-1999: {total: 1}}, refused: UnknownLine}",
        "{set_rule: {id: findes_ikke, value: 1}, refused: UnknownSetting}",
        "{absent: {user: x, from: 2026-12-01, to: 2026-12-02, deputy: koordinator-1}, refused: UnknownUser}",
    ],
)
def test_every_act_may_be_refused(works, step):
    works(OPEN, f"- {step}")


def test_a_task_that_never_was_cannot_be_refused(fails_at):
    failure = fails_at(OPEN, "- {by: sagsbehandler-kui, task: skirv, refused: NoSuchTask}")
    assert failure == (2, "task", "skirv", "sagsbehandler-kui ser skriv (KUI)")


DECIDED = {"decided_by": "Byrådet", "decided_on": date(2026, 10, 8), "by": "system"}
LEAKS = {
    "events": lambda cast: cast.store.write(
        lambda session: budget.keep_shares(session, "faelles-2027", 5, **DECIDED)
    ),
    "outbox": lambda cast: cast.store.write(lambda session: outbox.put(session, "brev") and None),
}


@pytest.mark.parametrize(
    ("leak", "tables"),
    [("events", "budget_contributions, budget_entries, budget_lines"), ("outbox", "outbox")],
)
def test_a_refusal_that_saves_something_is_a_failure(fails_at, monkeypatch, leak, tables):
    refused = acts.ACTS["task"]

    def leaking(cast, step):
        LEAKS[leak](cast)
        refused(cast, step)

    monkeypatch.setitem(acts.ACTS, "task", leaking)
    failure = fails_at(
        OPEN, "- {by: sagsbehandler-kui, task: skriv, answers: {x: 60}, refused: ForStort}"
    )
    assert failure == (2, "refused", "intet er gemt", f"ændret: {tables}")


def test_a_diagram_that_breaks_leaves_its_incident_and_nothing_else(works, fails_at, monkeypatch):
    step = "- {by: sagsbehandler-kui, task: skriv, answers: {x: 99}, refused: StepFailed}\n"
    works(OPEN, step, "- expect: {incidents: [skriv], tasks: {KUI: [skriv]}}")
    broken = acts.ACTS["task"]

    def leaking(cast, step):
        LEAKS["outbox"](cast)
        broken(cast, step)

    monkeypatch.setitem(acts.ACTS, "task", leaking)
    assert fails_at(OPEN, step)[1:] == ("refused", "intet er gemt", "ændret: outbox")


def test_the_fingerprint_covers_every_table_and_names_the_one_that_changed(sqlite_store):
    from engine.store import Base

    before = fingerprint.of(sqlite_store)
    assert set(before) == set(Base.metadata.tables)
    sqlite_store.write(lambda session: outbox.put(session, "brev") and None)
    assert fingerprint.changed(before, fingerprint.of(sqlite_store)) == ["outbox"]
